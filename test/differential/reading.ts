/**
 * What a token says, read by the code of neither side and without any strictness: for tokens that one side has
 * accepted.
 */
export interface Reading {
  readonly token: string
  readonly segments: readonly string[]
  readonly header: ReadObject
  readonly claims: ReadObject
}

export interface ReadObject {
  readonly bytes: Buffer
  /** Of members that stand twice, the last one. */
  readonly members: Readonly<Record<string, unknown>>
  readonly levels: number
  readonly hasMemberTwice: boolean
  readonly hasOddName: boolean
  readonly hasInfinity: boolean
}

export function read(token: string): Reading {
  const segments = token.split('.')
  return { token, segments, header: readObject(segments[0]!), claims: readObject(segments[1]!) }
}

function readObject(segment: string): ReadObject {
  const bytes = Buffer.from(segment, 'base64')
  const text = new TextDecoder().decode(bytes)
  const members = JSON.parse(text) as Record<string, unknown>
  return { bytes, members, ...structureOf(text), hasInfinity: holdsInfinity(members) }
}

const punctuation = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/gs

function structureOf(text: string): Pick<ReadObject, 'levels' | 'hasMemberTwice' | 'hasOddName'> {
  const open: Set<unknown>[] = []
  let levels = 0
  let hasMemberTwice = false
  let hasOddName = false
  for (const [mark, string, colon] of text.matchAll(punctuation)) {
    if (mark === '{' || mark === '[') levels = Math.max(levels, open.push(new Set()))
    else if (mark === '}' || mark === ']') open.pop()
    else if (colon !== undefined) {
      const name = JSON.parse(string!) as string
      hasOddName ||= [...name].some((character) => character < ' ' || '"\\'.includes(character))
      hasMemberTwice ||= open.at(-1)!.has(name)
      open.at(-1)!.add(name)
    }
  }
  return { levels, hasMemberTwice, hasOddName }
}

function holdsInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinity)
}
