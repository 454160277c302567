export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object without a prototype, deeply frozen. */
export interface JsonObject {
  readonly [member: string]: JsonValue | undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) // a BOM is kept, so that JSON.parse refuses it

/** As {@link parseJsonObject}, from bytes that must be valid UTF-8 without a byte order mark. */
export function decodeJsonObject(bytes: Uint8Array, maxDepth: number): JsonObject | undefined {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return undefined
  }
  return parseJsonObject(text, maxDepth)
}

/**
 * Parses one JSON object strictly, or returns `undefined`.
 *
 * Stricter than `JSON.parse`: no member name twice in one object, at most `maxDepth` levels, every number finite. What
 * comes back has no prototype and is deeply frozen; members called `__proto__`, `constructor` and `prototype` are left
 * out.
 */
export function parseJsonObject(text: string, maxDepth: number): JsonObject | undefined {
  const object = parseOpenJsonObject(text, maxDepth)
  return object && Object.freeze(object)
}

/**
 * As {@link parseJsonObject}, but the outermost object is still to be frozen by who reads it: on Node 20 and 22 each
 * frozen object without a prototype gets a layout of its own, and every member of it is as slow to read as the first of
 * its kind.
 */
export function parseOpenJsonObject(text: string, maxDepth: number): JsonObject | undefined {
  const shape = measure(text)
  if (shape.depth > maxDepth) return undefined // before JSON.parse: deep values make later recursion overflow the stack
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const tally: Tally = { members: 0, finite: true }
  const object = hardenMembers(value, tally)
  // JSON.parse keeps the last of two members with one name, other parsers the first: a proxy in front of us may have
  // seen another token. Every member has one colon outside of strings, so a lost member shows as a difference in
  // numbers.
  return tally.members === shape.members && tally.finite ? object : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Tally {
  members: number
  finite: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const BRACE = 0x7b
const BRACKET = 0x5b
const END_BRACE = 0x7d
const END_BRACKET = 0x5d

/**
 * How deep the text nests and how many members its objects have, repeated ones included. Only meaningful for text that
 * is valid JSON.
 */
function measure(text: string): { depth: number; members: number } {
  let level = 0
  let depth = 0
  let members = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) i = endOfString(text, i)
    else if (code === COLON) members++
    else if (code === BRACE || code === BRACKET) depth = Math.max(depth, ++level)
    else if (code === END_BRACE || code === END_BRACKET) level--
  }
  return { depth, members }
}

function endOfString(text: string, start: number): number {
  let end = start
  do end = text.indexOf('"', end + 1)
  while (end !== -1 && isEscaped(text, end))
  return end === -1 ? text.length : end
}

/** Whether an odd number of backslashes stands before this place. */
function isEscaped(text: string, at: number): boolean {
  let start = at
  while (text.charCodeAt(start - 1) === BACKSLASH) start--
  return (at - start) % 2 === 1
}

/**
 * Hardens in place what JSON.parse has just made, for nobody else has seen it: objects that lose their prototype this way
 * keep the layout that makes their members quick to read.
 */
function harden(value: unknown, tally: Tally): void {
  if (Array.isArray(value)) {
    for (const member of value) harden(member, tally)
    Object.freeze(value)
  } else if (isObject(value)) {
    Object.freeze(hardenMembers(value, tally))
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    tally.finite = false // 1e400 parses to Infinity
  }
}

function hardenMembers(value: Record<string, unknown>, tally: Tally): JsonObject {
  Object.setPrototypeOf(value, null)
  for (const name in value) {
    tally.members++
    harden(value[name], tally)
    // Harmless here, poison for an application that merges claims into an object of its own.
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') delete value[name]
  }
  return value as JsonObject
}
