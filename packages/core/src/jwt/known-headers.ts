import type { JoseHeader, UnverifiedJwt } from './parse.js'

/** Headers of verified tokens, by their segment. An issuer signs all its tokens with a few of them. */
export interface KnownHeaders {
  get(segment: string): JoseHeader | undefined
  /** Only of a token that has been verified. */
  add(jwt: UnverifiedJwt): void
}

const MOST = 100

export function createKnownHeaders(): KnownHeaders {
  const headers = new Map<string, JoseHeader>()
  return {
    get: (segment) => headers.get(segment),
    add({ headerSegment, header, alg, kid }) {
      if (headers.has(headerSegment)) return
      if (headers.size >= MOST) headers.clear() // an issuer with a header for each token gains nothing here
      headers.set(headerSegment, { header, alg, kid })
    },
  }
}
