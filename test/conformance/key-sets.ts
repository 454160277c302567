import { text } from '../support/jwks-server.js'
import { d1, e1, type Jwk, privateJwkOf, r1, republished, strangerEc } from '../support/keys.js'
import { rsa1024 } from '../support/odd-keys.js'
import { b64u, token, tokenBy } from '../support/token.js'
import type { ConformanceCase } from './case.js'
import { keysAre, oneHit, publishing, served } from './remote-keys.js'
import { bearer, granted, invalidToken, unavailable } from './rows.js'

const twin = republished(r1, 'twin')

export const keySets: readonly ConformanceCase[] = [
  {
    name: 'RFC 7517 §5: one malformed member does not cost the whole set',
    rules: ['R-7517-a', 'A-64'],
    setup: publishing(
      null,
      {},
      1,
      [],
      { kty: 'WAT' },
      { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' },
      { kty: 'RSA', n: '!!', e: 'AQAB' },
      rsa1024.jwk,
      e1.jwk,
    ),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  {
    name: 'RFC 7517 §9.3: a key published with its private part is not used',
    rules: ['X09', 'R-7517-c', 'A-61'],
    setup: publishing(privateJwkOf(r1), e1.jwk),
    before: [],
    given: bearer(tokenBy('RS256')),
    expect: invalidToken('unknown_key'),
    outboundAtMost: 2,
  },
  ...[e1, d1].map((key) => ({
    name: `RFC 7517 §9.3: nor is ${key.kid}, published with its private part`,
    rules: ['X09', 'R-7517-c', 'A-61'],
    setup: publishing(privateJwkOf(key), r1.jwk),
    before: [],
    given: bearer(tokenBy(key === e1 ? 'ES256' : 'EdDSA')),
    expect: invalidToken('unknown_key'),
    outboundAtMost: 2,
  })),
  {
    name: 'RFC 7517 §9.3: the other keys of such a set are',
    rules: ['R-7517-c', 'A-61'],
    setup: publishing(privateJwkOf(r1), e1.jwk),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].map((member) => ({
    name: `RFC 7517 §9.3: a public key with the private member ${member} is not used`,
    rules: ['X09', 'R-7517-c', 'A-61'],
    setup: publishing({ ...r1.jwk, [member]: 'AAAA' }, e1.jwk),
    before: [],
    given: bearer(tokenBy('RS256')),
    expect: invalidToken('unknown_key'),
    outboundAtMost: 2,
  })),
  {
    name: 'RFC 7518 §6.4: a symmetric key in the set signs nothing',
    rules: ['X09', 'R-7517-c', 'A-61'],
    setup: publishing({ kty: 'oct', kid: 'h1', alg: 'HS256', k: b64u('secret') }, e1.jwk),
    before: [],
    given: bearer(token({ header: { alg: 'HS256', kid: 'h1' }, key: 'secret' })),
    expect: invalidToken('algorithm'),
    outbound: [],
  },
  {
    name: 'RFC 7518 §6.4: a symmetric key beside a good one of the same kid does no harm',
    rules: ['R-7517-c', 'A-61'],
    setup: publishing({ kty: 'oct', kid: 'e1', k: b64u('secret') }, e1.jwk),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  {
    name: 'RFC 7518 §6.4: under the kid of a good token a symmetric key signs nothing',
    rules: ['X09', 'R-7517-c', 'A-61', 'A-04'],
    setup: publishing({ kty: 'oct', kid: 'e1', alg: 'HS256', k: b64u('secret') }, e1.jwk),
    before: [],
    given: bearer(token({ header: { alg: 'HS256' }, key: 'secret' })),
    expect: invalidToken('algorithm'),
    outbound: [],
  },
  {
    name: 'RFC 7517 §4.5: a member whose kid is a number costs the others nothing, and names no key',
    rules: ['R-7517-a', 'A-64'],
    setup: publishing({ ...strangerEc.jwk, kid: 1 }, { ...r1.jwk, kid: ['e1'] }, e1.jwk),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  ...['"__proto__":{"keys":[]}', '"issuer":"https://evil.test","jwks_uri":"https://evil.test"'].map((others) => ({
    name: `RFC 7517 §5: keys with other members beside them are used: ${others}`,
    rules: ['R-7517-a', 'A-64'],
    setup: keysAre(text(`{${others},"keys":[${JSON.stringify(e1.jwk)}]}`)),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  })),
  {
    name: 'RFC 7517 §5: a hundred members are read, and the last of them is used',
    rules: ['R-7517-e', 'A-64'],
    setup: publishing(...Array.from({ length: 99 }, () => ({ kty: 'WAT' })), e1.jwk),
    before: [],
    given: served,
    expect: granted,
    outbound: oneHit,
  },
  ...[101, 10_000].map((count) => ({
    name: `RFC 7517 §5: a set of ${count} members is not used, though the first is good`,
    rules: ['X25', 'R-7517-e', 'A-64'],
    setup: publishing(e1.jwk, ...Array.from({ length: count - 1 }, () => ({}))),
    before: [],
    given: served,
    expect: unavailable('keys'),
    outboundAtMost: 2,
    within: 3,
  })),
  ...[
    [strangerRsaTwin(), twin.jwk],
    [twin.jwk, strangerRsaTwin()],
  ].map((keys, index) => ({
    name: `RFC 7517 §4.5: a second key with the same kid ${index === 0 ? 'before' : 'after'} the right one does no harm`,
    rules: ['R-7517-d', 'A-62'],
    setup: publishing(...keys),
    before: [],
    given: bearer(tokenBy('RS256', { header: { kid: 'twin' } })),
    expect: granted,
    outbound: oneHit,
  })),
]

function strangerRsaTwin(): Jwk {
  return { ...r1.jwk, kid: 'twin', n: b64u(Buffer.alloc(256, 0xd5)) }
}
