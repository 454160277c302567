export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object without a prototype, deeply frozen. */
export interface JsonObject {
  readonly [member: string]: JsonValue | undefined
}

const encoder = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) // a BOM is kept, so that JSON.parse refuses it

/** As {@link decodeJsonObject}, from a text. */
export function parseJsonObject(text: string, maxDepth: number): JsonObject | undefined {
  return decodeJsonObject(encoder.encode(text), maxDepth)
}

/**
 * Parses one JSON object strictly, or returns `undefined`.
 *
 * Stricter than `JSON.parse`: valid UTF-8 without a byte order mark, no member name twice in one object, at most
 * `maxDepth` levels, every number finite, no name that needs escapes. What comes back has no prototype and is deeply
 * frozen; members called `__proto__`, `constructor` and `prototype` are left out.
 */
export function decodeJsonObject(bytes: Uint8Array, maxDepth: number): JsonObject | undefined {
  const object = decodeOpenJsonObject(bytes, maxDepth)
  return object && Object.freeze(object)
}

/**
 * As {@link decodeJsonObject}, but the outermost object is still to be frozen by who reads it: on Node 20 and 22 each
 * frozen object without a prototype gets a layout of its own, and every member of it is as slow to read as the first of
 * its kind.
 */
export function decodeOpenJsonObject(bytes: Uint8Array, maxDepth: number): JsonObject | undefined {
  let value: unknown
  let hasEscapes: boolean
  try {
    const text = utf8.decode(bytes)
    hasEscapes = text.includes('\\')
    value = JSON.parse(text)
    if (hasEscapes) value = JSON.parse(text.replaceAll(escapes, spellPlainly)) // all are inside of strings: it was JSON
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const tally: Tally = { strings: 0, isOdd: false, hasEscapes }
  const object = hardenMembers(value, maxDepth, tally)
  // JSON.parse keeps the last of two members with one name, other parsers the first: a proxy in front of us may have
  // seen another token. Every member has a name, so a lost member shows as a string that is missing.
  return !tally.isOdd && tally.strings === countStrings(bytes) ? object : undefined
}

/**
 * V8 takes some names that are spelt with escapes for another one, on Node 24 and 26 at least: once an object with a
 * member called `\` was parsed anywhere in the process, `{"\n":1}` seems to have one too, and so `n\u0` may take the place
 * of `"n\u00e4me"`. Any stranger can send such an object. So what needs no escape is spelt without one. What does need it,
 * which is what is left to be mistaken and what it is mistaken for, has no business in a name.
 */
const escapes = /\\(?:u([\dA-Fa-f]{4})|.)/g
// oxlint-disable-next-line no-control-regex -- RFC 8259 §7: these cannot stand in a string
const needsEscape = /["\\\0-\x1f]/

function spellPlainly(escape: string, digits: string | undefined): string {
  const character = digits === undefined ? escape.slice(1) : String.fromCharCode(Number.parseInt(digits, 16))
  return character === '/' || (digits !== undefined && !needsEscape.test(character)) ? character : escape
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Tally {
  /** Names of members and values. */
  strings: number
  /** Whether something is too deep, a number too big, or a name not to be trusted. */
  isOdd: boolean
  readonly hasEscapes: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** How many strings stand in valid JSON, names of members included. */
function countStrings(bytes: Uint8Array): number {
  let quotes = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) quotes++
    else if (byte === BACKSLASH) i++ // inside a string; what comes next does not end it
  }
  return quotes / 2
}

/**
 * Hardens in place what JSON.parse has just made, for nobody else has seen it: objects that lose their prototype this way
 * keep the layout that makes their members quick to read.
 */
function harden(value: unknown, levels: number, tally: Tally): void {
  if (typeof value === 'string') {
    tally.strings++
  } else if (Array.isArray(value)) {
    if (levels === 0)
      tally.isOdd = true // and no deeper: the stack might overflow
    else for (const member of value) harden(member, levels - 1, tally)
    Object.freeze(value)
  } else if (isObject(value)) {
    Object.freeze(hardenMembers(value, levels, tally))
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    tally.isOdd = true // 1e400 parses to Infinity
  }
}

function hardenMembers(value: Record<string, unknown>, levels: number, tally: Tally): JsonObject {
  Object.setPrototypeOf(value, null)
  if (levels === 0) tally.isOdd = true
  else
    for (const name in value) {
      tally.strings++
      if (tally.hasEscapes && needsEscape.test(name)) tally.isOdd = true
      harden(value[name], levels - 1, tally)
      // Harmless here, poison for an application that merges claims into an object of its own.
      if (name === '__proto__' || name === 'constructor' || name === 'prototype') delete value[name]
    }
  return value as JsonObject
}
