/** A rule that no single request can show, or that is shown in yet another way, and the test that shows it. */
export interface Elsewhere {
  readonly rule: string
  /** The file, from the root of the repository. */
  readonly test: string
  /** The name of the test, or of the group of tests, as it is written in that file. */
  readonly what: string
}

export const elsewhere: readonly Elsewhere[] = [
  {
    rule: 'R-6750-3-a',
    test: 'test/challenge/challenge.test.ts',
    what: 'RFC 9110 §11.5: the realm is a quoted-string',
  },
  {
    rule: 'R-6750-3-c',
    test: 'test/lib/quoted-string.test.ts',
    what: 'RFC 6750 §3: every character of %x20-21 / %x23-5B / %x5D-7E may stand in a challenge, and no other',
  },
  {
    rule: 'R-6750-3-c',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  {
    rule: 'R-9110-15.5.2',
    test: 'test/fuzz/expectations.ts',
    what: 'get 400, 401 or 403, reach no handler, and nothing of them comes out again',
  },
  { rule: 'R-9110-5.3-a', test: 'test/adapters/node-request.test.ts', what: 'RFC 9110 §5.3: a request of node:http' },
  { rule: 'R-9110-5.3-a', test: 'test/adapters/http2.test.ts', what: 'several authorization fields are refused: %s' },
  {
    rule: 'R-9110-11.6.1-a',
    test: 'test/pins/authentication-error.test.ts',
    what: 'RFC 9110 §11.6.1: several challenges are several lines',
  },
  { rule: 'R-EXT-a', test: 'test/adapters/node-request.test.ts', what: 'names are found however they are spelt' },
  {
    rule: 'R-EXT-a',
    test: 'test/adapters/fastify.test.ts',
    what: 'requests that are injected are guarded like any other',
  },
  {
    rule: 'R-EXT-b',
    test: 'test/credential/credential.test.ts',
    what: 'a token of 16 KiB passes, and one more character is an invalid token',
  },
  {
    rule: 'R-EXT-b',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-38, A-39, A-40, R-EXT-b: %s is refused at once',
  },
  {
    rule: 'R-EXT-c',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-34, R-7519-7.2-a, RFC 7515 §2: a token has one spelling; %s is refused',
  },
  {
    rule: 'R-8725b-3.14-a',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-35, RFC 8725 §3.14: white space %s is refused: %j',
  },
  {
    rule: 'R-8725b-3.14-a',
    test: 'test/jwt/parse.test.ts',
    what: 'RFC 8725 §3.14: one character more, less or other never makes another spelling of the same token',
  },
  {
    rule: 'R-7515-2-a',
    test: 'test/lib/base64url.test.ts',
    what: 'RFC 7515 §2: of all spellings that differ in the last character alone one is accepted',
  },
  {
    rule: 'R-7515-4-a',
    test: 'test/lib/json.property.test.ts',
    what: 'RFC 8259: a text is accepted exactly when it is an object without a repeated name, not too deep and finite',
  },
  {
    rule: 'R-STR-a',
    test: 'test/lib/json.test.ts',
    what: 'a hundred thousand levels are refused before anything recurses',
  },
  { rule: 'R-STR-b', test: 'test/lib/json.test.ts', what: 'do nothing to whoever merges the result' },
  {
    rule: 'R-7518-3.4-a',
    test: 'test/differential/signatures.test.ts',
    what: 'RFC 7515 §5.2: both sides agree on a signature by %s',
  },
  { rule: 'R-7518-3.3-a', test: 'test/keys/jwk.test.ts', what: 'RFC 7518 §3.3, §6.3.1: RSA' },
  {
    rule: 'R-RSA-e',
    test: 'test/differential/published-keys.test.ts',
    what: 'RFC 8017 §3.1: RSA with the exponent 1, where the block is its own signature',
  },
  { rule: 'R-8037-b', test: 'test/keys/jwk.test.ts', what: 'there are fourteen encodings of small order' },
  {
    rule: 'R-9864-a',
    test: 'test/pins/defaults.test.ts',
    what: 'algorithms: every asymmetric one of the list, and no other',
  },
  {
    rule: 'R-8725b-3.1-a',
    test: 'test/pins/defaults.test.ts',
    what: 'algorithms: every asymmetric one of the list, and no other',
  },
  {
    rule: 'R-7517-b',
    test: 'test/keys/key-set.test.ts',
    what: 'contradictory members that imports stumble over do not matter',
  },
  {
    rule: 'R-7517-c',
    test: 'test/pins/failures.test.ts',
    what: 'a key that is skipped is told, with what is wrong and nothing of the key',
  },
  {
    rule: 'R-7517-c',
    test: 'test/keys/store.test.ts',
    what: 'a private key that an issuer has published is not carried on',
  },
  { rule: 'R-7517-e', test: 'test/keys/load-jwks.test.ts', what: 'RFC 7517 §5: a JWK set' },
  { rule: 'R-7517-e', test: 'test/lib/load-json.test.ts', what: 'what is read is bounded' },
  {
    rule: 'R-9068-4-d',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  {
    rule: 'R-8707-2-a',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  { rule: 'R-SKEW', test: 'test/pins/defaults.test.ts', what: 'clockTolerance: 10 seconds' },
  {
    rule: 'R-SKEW',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  { rule: 'R-JTI', test: 'test/requirements/revocation.test.ts', what: 'it is given the access token and a signal' },
  {
    rule: 'R-SET',
    test: 'test/requirements/verifier.test.ts',
    what: 'authorize() takes what this verifier has verified, and nothing else',
  },
  { rule: 'R-SCOPE-d', test: 'test/conformance/requirements.test.ts', what: 'X29, R-SCOPE-d: %s refuses' },
  {
    rule: 'R-8414-2-a',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  {
    rule: 'R-8414-3.3',
    test: 'test/issuer/metadata.test.ts',
    what: 'RFC 8414 §3.3: the document is that of the issuer',
  },
  {
    rule: 'R-8414-a',
    test: 'test/networks/networks.test.ts',
    what: 'is not trusted otherwise: 503, and the reason tells the operator',
  },
  { rule: 'R-NET-b', test: 'test/lib/load-json.test.ts', what: 'a redirect is not followed: %s' },
  { rule: 'R-NET-c', test: 'test/lib/load-json.test.ts', what: 'a gzip bomb is counted as it unpacks' },
  { rule: 'R-NET-c', test: 'test/lib/load-json.test.ts', what: '%s ends with what is left of the whole time' },
  { rule: 'R-JWKS-a', test: 'test/keys/load-on-the-issuer.test.ts', what: 'fifty tokens at a cold start share one' },
  { rule: 'R-JWKS-a', test: 'test/storms/storms.test.ts', what: 'make one fetch, of metadata and of keys' },
  {
    rule: 'R-JWKS-b',
    test: 'test/keys/load-on-the-issuer.test.ts',
    what: 'of strangers costs one request per cooldown, counted from its start',
  },
  { rule: 'R-JWKS-c', test: 'test/keys/load-on-the-issuer.test.ts', what: '1, 2, 4, 8, 16, 30, 30 … seconds' },
  {
    rule: 'R-JWKS-d',
    test: 'test/keys/freshness.test.ts',
    what: 'RFC 9111 §5.2.2.1: the issuer may ask for less than maxAge, and not for more',
  },
  { rule: 'R-JWKS-e', test: 'test/keys/promises.test.ts', what: '1: a withdrawn key is refused' },
  {
    rule: 'R-JWKS-f',
    test: 'test/keys/freshness.test.ts',
    what: 'a set is stale for staleIfError after that, and only if the issuer fails',
  },
  {
    rule: 'R-JWKS-g',
    test: 'test/keys/freshness.test.ts',
    what: 'once, however many tokens come meanwhile, and none of them waits',
  },
  {
    rule: 'R-JWKS-h',
    test: 'test/keys/promises.test.ts',
    what: 'at worst thirty seconds late, if strangers ask for keys of their own',
  },
  { rule: 'R-JWKS-i', test: 'test/keys/freshness.test.ts', what: 'a bad set never replaces a good one' },
  {
    rule: 'R-JWKS-j',
    test: 'test/keys/store.test.ts',
    what: 'the keys of different issuers, and of one issuer from different places, have different names',
  },
  {
    rule: 'R-MCP-7',
    test: 'test/jwt/access-token.test.ts',
    what: 'RFC 9700 §4.9.3: the token does not show when the object is logged, copied or serialized',
  },
  { rule: 'R-MCP-7', test: 'test/pins/exports.test.ts', what: 'a verifier has these members, and nothing else' },
  {
    rule: 'R-9700-4.9.3',
    test: 'test/pins/authentication-error.test.ts',
    what: 'RFC 9700 §4.9.3: nothing of the token or its claims is in it, however it is logged',
  },
  {
    rule: 'R-9700-4.9.3',
    test: 'test/fuzz/expectations.ts',
    what: 'get 400, 401 or 403, reach no handler, and nothing of them comes out again',
  },
  { rule: 'R-OPS-a', test: 'test/requirements/revocation.test.ts', what: 'X28: no answer is not a no' },
  {
    rule: 'R-OPS-b',
    test: 'test/adapters/express.test.ts',
    what: 'a client that leaves while the token is checked takes nothing down',
  },
  {
    rule: 'R-OPS-b',
    test: 'test/adapters/fastify.test.ts',
    what: 'a client that leaves while the token is checked takes nothing down',
  },
  {
    rule: 'R-OPS-b',
    test: 'test/adapters/express.test.ts',
    what: 'what a handler throws goes to the error handler once, and nothing answers twice',
  },
  {
    rule: 'R-OPS-c',
    test: 'test/adapters/express.test.ts',
    what: 'of somebody else is replaced by the guard, and gone where the guard refuses',
  },
  { rule: 'R-OPS-c', test: 'test/adapters/fastify.test.ts', what: 'of somebody else is gone where the guard refuses' },
  {
    rule: 'R-OPS-e',
    test: 'test/conformance/paths.test.ts',
    what: 'A-113, R-OPS-e: at $name no spelling of a path goes round the guard',
  },
  { rule: 'R-OPS-f', test: 'test/pins/defaults.test.ts', what: 'nothing is fetched when a verifier is made' },
  {
    rule: 'R-OPS-f',
    test: 'test/keys/attempts.test.ts',
    what: 'an attempt that will never end, as on platforms that stop what belongs to a request',
  },
  { rule: 'R-OPS-g', test: 'test/keys/freshness.test.ts', what: 'a clock that was set back' },
  { rule: 'R-OPS-h', test: 'test/pins/failures.test.ts', what: 'the response' },
  { rule: 'R-OPS-j', test: 'test/adapters/http2.test.ts', what: 'several authorization fields are refused: %s' },
  {
    rule: 'X29',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  { rule: 'X29', test: 'test/conformance/requirements.test.ts', what: 'X29, R-SCOPE-d: %s refuses' },
  {
    rule: 'X29',
    test: 'test/options/options.test.ts',
    what: 'X29: what cannot work is refused when the verifier is made, and named',
  },
  {
    rule: 'A-08',
    test: 'test/differential/signatures.test.ts',
    what: 'RFC 7515 §5.2: both sides agree on a signature by %s',
  },
  {
    rule: 'A-14',
    test: 'test/differential/signatures.test.ts',
    what: 'RFC 8017 §8: an RSA signature has its leading zeros, or is another spelling',
  },
  {
    rule: 'A-18',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  {
    rule: 'A-19',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  {
    rule: 'A-34',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-34, R-7519-7.2-a, RFC 7515 §2: a token has one spelling; %s is refused',
  },
  {
    rule: 'A-35',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-35, RFC 8725 §3.14: white space %s is refused: %j',
  },
  {
    rule: 'A-38',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-38, A-39, A-40, R-EXT-b: %s is refused at once',
  },
  {
    rule: 'A-39',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-38, A-39, A-40, R-EXT-b: %s is refused at once',
  },
  {
    rule: 'A-40',
    test: 'test/conformance/bare-token.test.ts',
    what: 'A-38, A-39, A-40, R-EXT-b: %s is refused at once',
  },
  {
    rule: 'A-49',
    test: 'test/conformance/construction.test.ts',
    what: 'X29: a verifier that is written down wrongly is refused at once, and the mistake is named',
  },
  { rule: 'A-49', test: 'test/pins/defaults.test.ts', what: 'no environment variable is read' },
  {
    rule: 'A-61',
    test: 'test/pins/failures.test.ts',
    what: 'a key that is skipped is told, with what is wrong and nothing of the key',
  },
  { rule: 'A-62', test: 'test/faults/key-sets.test.ts', what: 'several keys of one kid: each is tried, at most four' },
  {
    rule: 'A-64',
    test: 'test/faults/key-sets.test.ts',
    what: '%s beside a good key costs the good one nothing, and is told',
  },
  { rule: 'A-69', test: 'test/lib/load-json.test.ts', what: 'a gzip bomb is counted as it unpacks' },
  { rule: 'A-70', test: 'test/keys/promises.test.ts', what: '4: no request waits longer than five seconds for keys' },
  {
    rule: 'A-71',
    test: 'test/storms/storms.test.ts',
    what: '%s, 10,000 tokens of invented keys beside 1,000 good ones',
  },
  {
    rule: 'A-73',
    test: 'test/keys/load-on-the-issuer.test.ts',
    what: 'an hour of requests every second while it is down: at most one attempt per step',
  },
  { rule: 'A-75', test: 'test/keys/promises.test.ts', what: '1: a withdrawn key is refused' },
  { rule: 'A-76', test: 'test/keys/promises.test.ts', what: 'within seventy minutes when it is not' },
  { rule: 'A-78', test: 'test/keys/store.test.ts', what: 'what is found is judged like an answer of the issuer' },
  {
    rule: 'A-78',
    test: 'test/keys/store.test.ts',
    what: 'an entry of somebody else’s keys is no use to a verifier that has them from another place',
  },
  {
    rule: 'A-86',
    test: 'test/soak/soak.test.ts',
    what: 'a day with a hundred issuers: nothing promised is broken, nothing grows, and the process ends by itself',
  },
  { rule: 'A-86', test: 'test/keys/unknown-kids.test.ts', what: '256 are remembered, the latest' },
  {
    rule: 'A-107',
    test: 'test/fuzz/expectations.ts',
    what: 'get 400, 401 or 403, reach no handler, and nothing of them comes out again',
  },
  {
    rule: 'A-109',
    test: 'test/keys/key-set.test.ts',
    what: 'what is reported of a key begins no line of its own in a log',
  },
  {
    rule: 'A-110',
    test: 'test/fuzz/expectations.ts',
    what: 'get 400, 401 or 403, reach no handler, and nothing of them comes out again',
  },
  {
    rule: 'A-110',
    test: 'test/adapters/express.test.ts',
    what: 'nothing of the token, the claims or the reason is in its page, in development either',
  },
  {
    rule: 'A-113',
    test: 'test/conformance/paths.test.ts',
    what: 'A-113, R-OPS-e: at $name no spelling of a path goes round the guard',
  },
  { rule: 'A-114', test: 'test/adapters/express.test.ts', what: 'every method is guarded, OPTIONS and HEAD included' },
  {
    rule: 'A-114',
    test: 'test/adapters/fastify.test.ts',
    what: 'HEAD is guarded as its GET is, and so is every other method',
  },
  {
    rule: 'A-118',
    test: 'test/adapters/express.test.ts',
    what: 'a response that has been sent while the token was checked is left alone',
  },
  { rule: 'A-118', test: 'test/adapters/fastify.test.ts', what: 'what a check throws is a 500 without a challenge' },
  { rule: 'A-120', test: 'test/adapters/http2.test.ts', what: 'several authorization fields are refused: %s' },
  { rule: 'A-168', test: 'test/pins/exports.test.ts', what: 'a verifier has these members, and nothing else' },
  {
    rule: 'R-CACHE',
    test: 'test/token-cache/token-cache.test.ts',
    what: 'a withdrawn key takes its tokens with it as soon as a new token would be refused',
  },
  {
    rule: 'R-CACHE',
    test: 'test/token-cache/token-cache.test.ts',
    what: 'RFC 7515 §5.2: a refused token is not remembered, and pushes out none that is',
  },
  { rule: 'R-CACHE', test: 'test/token-cache/token-cache.test.ts', what: 'X12: isRevoked' },
  {
    rule: 'R-CACHE',
    test: 'test/token-cache/verified-tokens.test.ts',
    what: 'of 1,000,000 tokens the last ones are known, as many as there is room for',
  },
  {
    rule: 'R-SET',
    test: 'test/token-cache/token-cache.test.ts',
    what: 'R-SET: what one verifier has seen is nothing to another',
  },
  {
    rule: 'R-MAL',
    test: 'test/token-cache/token-cache.test.ts',
    what: 'R-MAL: the other signature that ECDSA has for it is another token, verified for itself',
  },
  {
    rule: 'A-79',
    test: 'test/token-cache/verified-tokens.test.ts',
    what: 'CVE-2026-35030: two tokens that share what they are found by are two tokens',
  },
  {
    rule: 'A-79',
    test: 'test/token-cache/token-cache.test.ts',
    what: 'A-79: no character of it can be changed, wherever it stands',
  },
  {
    rule: 'A-82',
    test: 'test/token-cache/token-cache.test.ts',
    what: 'A-82: a remembered token expires like any other',
  },
  {
    rule: 'A-86',
    test: 'test/token-cache/verified-tokens.test.ts',
    what: 'tokens that come once push out none that comes often',
  },
]
