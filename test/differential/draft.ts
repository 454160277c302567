import type { SigningAlgorithm } from '../support/token.js'
import type { PublishedKey } from './keys.js'

/**
 * A member of a JSON object, both halves as they are written: names may be escaped or stand twice, numbers may exceed
 * every range.
 */
export type Member = readonly [name: string, value: string]

/** A segment of a token on its way from members to characters. Each step can be replaced. */
export interface Part {
  readonly members: readonly Member[]
  readonly text: (members: readonly Member[]) => string
  readonly bytes: (text: string) => Buffer
  readonly segment: (bytes: Buffer) => string
}

/** A token before it is signed. */
export interface Draft {
  readonly header: Part
  readonly claims: Part
  readonly key: PublishedKey
  /** How it is signed, whatever the header says. */
  readonly signedAs: SigningAlgorithm
  readonly sign: (input: string) => Buffer
  readonly signature: (bytes: Buffer) => string
}

export const toBase64url = (bytes: Buffer): string => bytes.toString('base64url')

export function part(members: readonly Member[], separator = ','): Part {
  return {
    members,
    text: (list) => `{${list.map(([name, value]) => `${name}:${value}`).join(separator)}}`,
    bytes: (text) => Buffer.from(text),
    segment: toBase64url,
  }
}

export function draftOf(header: Part, claims: Part, key: PublishedKey, signedAs: SigningAlgorithm): Draft {
  return { header, claims, key, signedAs, sign: (input) => key.signatureOf(input, signedAs), signature: toBase64url }
}

export function segmentOf({ members, text, bytes, segment }: Part): string {
  return segment(bytes(text(members)))
}

export function assemble({ header, claims, sign, signature }: Draft): string {
  const input = `${segmentOf(header)}.${segmentOf(claims)}`
  return `${input}.${signature(sign(input))}`
}

/** A member with this name and JSON value, whatever it was before. */
export function withMember(changed: Part, name: string, value: string): Part {
  return { ...changed, members: [...withoutMember(changed, name).members, [JSON.stringify(name), value]] }
}

export function withoutMember(changed: Part, name: string): Part {
  return { ...changed, members: changed.members.filter(([written]) => JSON.parse(written) !== name) }
}
