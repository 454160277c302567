/** The client prolongs its own token: one digit of `exp` moves it by centuries. */
export function withLaterExpiry(token: string): string {
  const [header, payload, signature] = segmentsOf(token)
  const claims = Buffer.from(payload, 'base64url').toString()
  return [header, encode(claims.replace('"exp":1', '"exp":9')), signature].join('.')
}

/** A character in the middle stands for six whole bits, so that the signature stays canonical base64url. */
export function withOtherSignature(token: string): string {
  const [header, payload, signature] = segmentsOf(token)
  const middle = Math.floor(signature.length / 2)
  const other = signature[middle] === 'A' ? 'B' : 'A'
  return [header, payload, signature.slice(0, middle) + other + signature.slice(middle + 1)].join('.')
}

export function withAlgorithmNone(token: string): string {
  const [, payload, signature] = segmentsOf(token)
  return [encode('{"alg":"none","typ":"at+jwt"}'), payload, signature].join('.')
}

const encode = (json: string): string => Buffer.from(json).toString('base64url')

function segmentsOf(token: string): [string, string, string] {
  const [header, payload, signature] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined) throw new Error('expected a JWT')
  return [header, payload, signature]
}
