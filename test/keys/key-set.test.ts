import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { describe, expect, test, vi } from 'vitest'
import {
  candidatesIn,
  changesBetween,
  createKeySetReader,
  importKeySet,
  type KeySet,
  type SkippedKey,
} from '../../packages/core/src/keys/key-set.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import { type JsonValue, parseJsonObject } from '../../packages/core/src/lib/json.js'
import type { PublicKey } from '../../packages/core/src/lib/signature.js'
import { verifySignature } from '../../packages/core/src/lib/signature-node.js'
import { d1, e1, ecKey, type Jwk, r1, republished, rsaKey, type TestKey } from '../support/keys.js'
import { type SigningAlgorithm, signatureOf } from '../support/token.js'

const membersOf = (jwks: readonly unknown[]): readonly JsonValue[] =>
  parseJsonObject(JSON.stringify({ keys: jwks }), 16)!['keys'] as readonly JsonValue[]

async function imported(...jwks: unknown[]): Promise<{ set: KeySet; skipped: SkippedKey[] }> {
  const skipped: SkippedKey[] = []
  const set = await importKeySet(membersOf(jwks), (key) => skipped.push(key))
  return { set, skipped }
}

/** Which of these keys a candidate is, by the signatures that it verifies. */
async function ownerOf(candidate: PublicKey, alg: SigningAlgorithm, keys: readonly TestKey[]): Promise<string> {
  for (const key of keys) {
    if (await verifySignature(candidate, Buffer.from('data'), new Uint8Array(signatureOf('data', key, alg))))
      return key.kid
  }
  return 'nobody'
}

const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((kid) => ecKey(kid, 'P-256')) as [
  TestKey,
  TestKey,
  TestKey,
  TestKey,
  TestKey,
]

async function owners(set: KeySet, kid: string | undefined, keys = [a, b, c, d, e]): Promise<string[]> {
  return Promise.all(candidatesIn(set, 'ES256', kid).map((candidate) => ownerOf(candidate, 'ES256', keys)))
}

describe('RFC 7515 §4.1.4: the kid names the key, to the letter', () => {
  test('one key', async () => {
    const { set } = await imported(a.jwk, b.jwk)
    expect(await owners(set, 'b')).toEqual(['b'])
  })

  test.each(['', ' b', 'b ', 'B', 'bb', '*', '__proto__', 'constructor', '../b', '%62', 'undefined', 'null'])(
    '%j names none',
    async (kid) => {
      const { set } = await imported(a.jwk, b.jwk, { ...c.jwk, kid: undefined })
      expect(await owners(set, kid)).toEqual([])
    },
  )

  test('a key without kid is not named by any, and a key whose kid is no string likewise', async () => {
    const { set } = await imported({ ...a.jwk, kid: undefined }, { ...b.jwk, kid: 7 }, { ...c.jwk, kid: null })
    expect(await owners(set, '7')).toEqual([])
    expect(await owners(set, 'null')).toEqual([])
    expect(await owners(set, undefined)).toEqual(['a', 'b', 'c'])
    expect(set.kids.size).toBe(0)
  })

  test('the empty kid is a kid', async () => {
    const { set } = await imported({ ...a.jwk, kid: '' }, b.jwk)
    expect(await owners(set, '')).toEqual(['a'])
  })

  test('a kid of 256 characters names a key, one of 257 none', async () => {
    const { set } = await imported({ ...a.jwk, kid: 'k'.repeat(256) }, { ...b.jwk, kid: 'k'.repeat(257) })
    expect(await owners(set, 'k'.repeat(256))).toEqual(['a'])
    expect(await owners(set, 'k'.repeat(257))).toEqual([])
    expect(set.kids.size).toBe(1)
  })
})

describe('RFC 7517 §4.5: several keys with one kid', () => {
  test('each is a candidate, in either order', async () => {
    const twin = republished(b, 'a')
    expect(await owners((await imported(a.jwk, twin.jwk)).set, 'a')).toEqual(['a', 'b'])
    expect(await owners((await imported(twin.jwk, a.jwk)).set, 'a')).toEqual(['b', 'a'])
  })

  test('those of another algorithm are none', async () => {
    const { set } = await imported(
      { ...r1.jwk, kid: 'a' },
      a.jwk,
      { ...d1.jwk, kid: 'a' },
      { ...b.jwk, kid: 'a', use: 'enc' },
    )
    expect(await owners(set, 'a')).toEqual(['a'])
    expect(candidatesIn(set, 'RS256', 'a')).toHaveLength(1)
    expect(candidatesIn(set, 'EdDSA', 'a')).toHaveLength(1)
    expect(candidatesIn(set, 'ES384', 'a')).toHaveLength(0)
  })

  test('at most four are tried', async () => {
    const { set } = await imported(...[a, b, c, d, e].map((key) => republished(key, 'same').jwk))
    expect(await owners(set, 'same')).toEqual(['a', 'b', 'c', 'd'])
  })

  test('those of another kid or algorithm do not use up the four', async () => {
    const others = ['x', 'y', 'z'].map((kid) => republished(r1, kid).jwk)
    const { set } = await imported(
      ...others,
      r1.jwk,
      republished(r1, 'e').jwk,
      d1.jwk,
      a.jwk,
      b.jwk,
      c.jwk,
      d.jwk,
      e.jwk,
    )
    expect(await owners(set, 'e')).toEqual(['e'])
    expect(await owners(set, undefined)).toEqual(['a', 'b', 'c', 'd'])
  })
})

test('RFC 7515 §4.1.4: a token without kid may be of each key that fits its algorithm', async () => {
  const { set } = await imported(r1.jwk, a.jwk, { ...b.jwk, kid: undefined }, d1.jwk)
  expect(await owners(set, undefined)).toEqual(['a', 'b'])
  expect(candidatesIn(set, 'PS384', undefined)).toHaveLength(1)
  expect(candidatesIn(set, 'none', undefined)).toHaveLength(0)
  expect(candidatesIn(set, '__proto__', undefined)).toHaveLength(0)
})

test('RFC 9864 §2.2: an Ed25519 key is a candidate under both names, whichever it bears', async () => {
  for (const alg of [undefined, 'EdDSA', 'Ed25519']) {
    const { set } = await imported({ ...d1.jwk, alg })
    for (const name of ['EdDSA', 'Ed25519'] as const) {
      const [candidate] = candidatesIn(set, name, 'd1')
      expect(await ownerOf(candidate!, name, [d1])).toBe('d1')
    }
  }
})

describe('RFC 7517 §5: each key is judged alone', () => {
  const bad: [unknown, SkippedKey][] = [
    [
      { kty: 'WAT', kid: 'wat' },
      { kid: 'wat', kty: 'WAT', why: 'unsupported' },
    ],
    [
      { ...b.jwk, use: 'enc' },
      { kid: 'b', kty: 'EC', why: 'not_for_signatures' },
    ],
    [
      { ...b.jwk, d: 'AQ' },
      { kid: 'b', kty: 'EC', why: 'private' },
    ],
    [rsaKey('weak', 1024).jwk, { kid: 'weak', kty: 'RSA', why: 'weak' }],
    [
      { ...b.jwk, y: b.jwk['x'] },
      { kid: 'b', kty: 'EC', why: 'invalid_point' },
    ],
    [{ kid: 7 }, { kid: undefined, kty: undefined, why: 'malformed' }],
    [
      { kid: 'k'.repeat(257), kty: 'K'.repeat(257) },
      { kid: undefined, kty: undefined, why: 'unsupported' },
    ],
    [null, { kid: undefined, kty: undefined, why: 'malformed' }],
    ['a string', { kid: undefined, kty: undefined, why: 'malformed' }],
    [[a.jwk], { kid: undefined, kty: undefined, why: 'malformed' }],
  ]

  test.each(bad)('%j costs the others nothing', async (jwk, report) => {
    const { set, skipped } = await imported(jwk, a.jwk)
    expect(await owners(set, 'a')).toEqual(['a'])
    expect(set.keys).toHaveLength(1)
    expect(skipped).toEqual([report])
  })

  test('what is reported of a key begins no line of its own in a log', async () => {
    const { skipped } = await imported({ kty: 'W\u2028T', kid: 'a\nb\r\tc\u0000d\u007fe\u00e9' })
    expect(skipped).toEqual([{ kid: 'a?b??c?d?e?', kty: 'W?T', why: 'unsupported' }])
  })

  test('good keys are not reported', async () => {
    const { skipped } = await imported(a.jwk, r1.jwk, d1.jwk)
    expect(skipped).toEqual([])
  })

  test('the kid of a skipped key is known all the same', async () => {
    const { set } = await imported({ ...b.jwk, use: 'enc' }, a.jwk)
    expect([...set.kids]).toEqual(['b', 'a'])
    expect(await owners(set, 'b')).toEqual([])
  })

  test('contradictory members that imports stumble over do not matter', async () => {
    const { set, skipped } = await imported({
      ...a.jwk,
      ext: 'no',
      key_ops: ['verify', 'encrypt', 'verify'],
      use: 'sig',
    })
    expect(await owners(set, 'a')).toEqual(['a'])
    expect(skipped).toEqual([])
  })

  test('a key that the runtime does not know is skipped like one that we do not know', async () => {
    const { createPublicKey } = crypto
    const withoutEd25519 = vi.spyOn(crypto, 'createPublicKey')
    withoutEd25519.mockImplementation((...given: any[]) => {
      if (given[0].key.crv === 'Ed25519') throw new Error('unsupported')
      return (createPublicKey as any)(...given)
    })
    syncBuiltinESMExports()
    try {
      const { set, skipped } = await imported(d1.jwk, a.jwk)
      expect(await owners(set, 'a')).toEqual(['a'])
      expect(candidatesIn(set, 'EdDSA', 'd1')).toEqual([])
      expect(skipped).toEqual([{ kid: 'd1', kty: 'OKP', why: 'unsupported' }])
    } finally {
      withoutEd25519.mockRestore()
      syncBuiltinESMExports()
    }
  })

  test('a set may turn out empty', async () => {
    const { set } = await imported({ kty: 'WAT' })
    expect(set.keys).toEqual([])
    expect((await imported()).set.keys).toEqual([])
  })
})

describe('one version after the other', () => {
  const read = (...jwks: Jwk[]): readonly JsonValue[] => membersOf(jwks)

  test('the same members are the same set, so that what hangs on it lives on; others are another', async () => {
    const skipped: SkippedKey[] = []
    const readKeySet = createKeySetReader((key) => skipped.push(key))
    const first = await readKeySet(read(a.jwk, { kty: 'WAT' }))
    expect(await readKeySet(read(a.jwk, { kty: 'WAT' }))).toBe(first)
    expect(skipped).toHaveLength(1)
    const second = await readKeySet(read({ ...a.jwk, use: 'sig' }))
    expect(second).not.toBe(first)
    expect(await readKeySet(read({ ...a.jwk, use: 'sig' }))).toBe(second)
    expect(await readKeySet(read(a.jwk, { kty: 'WAT' }))).not.toBe(first) // the last one is kept, not all
  })

  test('a set of no use fails, and the last good one is still known', async () => {
    const readKeySet = createKeySetReader(() => {})
    const good = await readKeySet(read(a.jwk))
    for (const bad of [read(), read({ kty: 'WAT' }), read({ ...a.jwk, use: 'enc' })])
      await expect(readKeySet(bad)).rejects.toThrow(
        new LoadError('keys', 'The JWK set of the issuer has no usable key'),
      )
    expect(await readKeySet(read(a.jwk))).toBe(good)
  })

  test('what has changed is told by kid', async () => {
    const set = async (...jwks: Jwk[]) => (await imported(...jwks)).set
    const both = await set(a.jwk, b.jwk)
    expect(changesBetween(undefined, both)).toEqual({ added: ['a', 'b'], removed: [] })
    expect(changesBetween(both, both)).toEqual({ added: [], removed: [] })
    expect(changesBetween(both, await set(b.jwk))).toEqual({ added: [], removed: ['a'] })
    expect(changesBetween(await set(b.jwk), both)).toEqual({ added: ['a'], removed: [] })
    // Replaced under its name: another key, and nothing that a name alone would show.
    expect(changesBetween(both, await set(a.jwk, { ...e1.jwk, kid: 'b' }))).toEqual({ added: ['b'], removed: ['b'] })
    const { kid: _, ...nameless } = a.jwk
    expect(changesBetween(undefined, await set(nameless, { ...b.jwk, kid: 'line\nfeed' }))).toEqual({
      added: ['(no kid)', 'line?feed'],
      removed: [],
    })
  })

  test('the members are kept to be shared, but for those that nobody should have published', async () => {
    const { set } = await imported(a.jwk, { ...b.jwk, d: 'AQ' }, { kty: 'oct', k: 'AAAA' }, { kty: 'WAT' })
    expect(set.members).toEqual([a.jwk, { kty: 'WAT' }])
  })
})
