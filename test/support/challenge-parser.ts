/** One challenge of a `WWW-Authenticate` field (RFC 9110 §11.6.1). */
export interface Challenge {
  readonly scheme: string
  /** Names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>
  /** The challenge as it was written. */
  readonly text: string
}

const scheme = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: |$|(?=,))/y
const parameter =
  /([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))/y
const separator = /, /y

/** What RFC 6750 §3 allows in the values of a `Bearer` challenge. */
const bearerValues: Readonly<Record<string, RegExp>> = {
  realm: /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/,
  error: /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/,
  error_description: /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/,
  error_uri: /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  scope: /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/,
}

/**
 * Parses the value of a `WWW-Authenticate` field and throws for anything that RFC 9110 §11 or RFC 6750 §3 does not allow to be sent:
 * other separators than ", ", a parameter twice, a scheme twice, a realm that is not quoted, a `Bearer` challenge without parameters.
 */
export function parseChallenges(value: string): Challenge[] {
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(value)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  const refuse = (what: string): never => {
    throw new Error(`${what} at ${at} of ${JSON.stringify(value)}`)
  }
  do {
    const start = at
    const name = take(scheme)?.[1] ?? refuse('no scheme')
    const parameters = new Map<string, string>()
    let end = at
    for (let match = take(parameter); match !== null; match = take(parameter)) {
      const parameterName = match[1]!.toLowerCase()
      if (parameters.has(parameterName)) refuse(`${parameterName} twice`)
      if (parameterName === 'realm' && match[2] === undefined) refuse('a realm without quotes')
      parameters.set(parameterName, match[2] ?? match[3]!)
      end = at
      if (!continuesWithParameter(value, at)) break
      take(separator)
    }
    const challenge = { scheme: name, parameters, text: value.slice(start, end).trimEnd() }
    requireLegalValues(challenge)
    challenges.push(challenge)
  } while (take(separator) !== null)
  if (at !== value.length) refuse('text that belongs to no challenge')
  const schemes = challenges.map(({ scheme }) => scheme.toLowerCase())
  if (new Set(schemes).size !== schemes.length) refuse('two challenges of one scheme')
  return challenges
}

/** After ", " either another parameter follows or the scheme of the next challenge. */
function continuesWithParameter(value: string, at: number): boolean {
  parameter.lastIndex = at + 2
  return value.startsWith(', ', at) && parameter.test(value)
}

function requireLegalValues({ scheme, parameters, text }: Challenge): void {
  if (scheme !== 'Bearer') return
  if (parameters.size === 0) throw new Error(`a Bearer challenge without parameters: ${text}`)
  for (const [name, value] of parameters) {
    if (bearerValues[name]?.test(value) === false)
      throw new Error(`${name} with a character that RFC 6750 forbids: ${text}`)
  }
}
