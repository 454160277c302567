import type { JoseHeader, UnverifiedJwt } from './parse.js'

/** Headers of verified tokens, by their segment. An issuer signs all its tokens with a few of them. */
export interface KnownHeaders {
  get(segment: string): JoseHeader | undefined
  /** Only of a token that has been verified. */
  add(jwt: UnverifiedJwt): void
}

const MOST = 100
const ascii = new TextDecoder()

export function createKnownHeaders(): KnownHeaders {
  const headers = new Map<string, JoseHeader>()
  return {
    get: (segment) => headers.get(segment),
    add({ headerSegment, signingInput, header, alg, kid }) {
      if (headers.has(headerSegment)) return
      if (headers.size >= MOST) headers.clear() // an issuer with a header for each token gains nothing here
      // A copy: the segment is a slice of the token, and as long as it is kept the whole token is in memory.
      headers.set(ascii.decode(signingInput.subarray(0, headerSegment.length)), { header, alg, kid })
    },
  }
}
