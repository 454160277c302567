import {
  type AccessToken,
  type AuthenticationError,
  createVerifier,
  type Requirements,
  type Verifier,
  type VerifierOptions,
} from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { A, I, NOW } from '../support/fixture.js'
import { e1, publicKeys, r1, strangerEc, type TestKey } from '../support/keys.js'
import { type TokenSpec, token } from '../support/token.js'

// A token that is remembered comes back as the very object that it was before. That is how these tests know.

const A_DAY: TokenSpec = { claims: { exp: NOW + 86_400 } }

/** A verifier on a clock that is moved by hand, with an issuer whose keys can change and that can be down. */
function worldWith(changes: Partial<VerifierOptions> = {}) {
  let now = NOW * 1000
  const issuer = { keys: [e1] as TestKey[], isDown: false, asked: 0 }
  const verifier = createVerifier({
    issuer: { issuer: I, jwksUri: `${I}/jwks` },
    audience: A,
    clock: () => now,
    keys: { retries: 0 },
    fetch: async () => {
      issuer.asked++
      if (issuer.isDown) throw new TypeError('fetch failed')
      return Response.json({ keys: issuer.keys.map(({ jwk }) => jwk) })
    },
    ...changes,
  })
  return { verifier, issuer, advance: (seconds: number) => void (now += seconds * 1000) }
}

async function verdict(verifier: Verifier, jwt: string, ...requirements: [] | [Requirements]): Promise<string> {
  try {
    await verifier.verify(jwt, ...requirements)
    return 'accepted'
  } catch (error) {
    const { kind, reason } = error as AuthenticationError
    return `${kind}/${reason}`
  }
}

const isRemembered = async (verifier: Verifier, jwt: string): Promise<boolean> =>
  (await verifier.verify(jwt)) === (await verifier.verify(jwt))

describe('what is remembered', () => {
  test('a token that comes again is the same object, at each door of the verifier', async () => {
    const { verifier } = worldWith()
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    const request = new Request('https://api.test', { headers: { authorization: `Bearer ${jwt}` } })
    expect(await verifier.verify(jwt)).toBe(first)
    expect((await verifier.authenticate(request)).accessToken).toBe(first)
    await verifier.protect({}, (_, accessToken) => {
      expect(accessToken).toBe(first)
      return new Response()
    })(request)
  })

  test('tokenCache: false remembers nothing', async () => {
    expect(await isRemembered(worldWith().verifier, token(A_DAY))).toBe(true)
    expect(await isRemembered(worldWith({ tokenCache: false }).verifier, token(A_DAY))).toBe(false)
  })

  test('there is room for as many as maxEntries says', async () => {
    const { verifier } = worldWith({ tokenCache: { maxEntries: 2 } })
    const [a, b, c] = ['a', 'b', 'c'].map((jti) => token({ claims: { ...A_DAY.claims, jti } })) as [
      string,
      string,
      string,
    ]
    const first = await verifier.verify(a)
    const second = await verifier.verify(b)
    expect(await verifier.verify(a)).toBe(first)
    await verifier.verify(c) // b makes room: it came once
    expect(await verifier.verify(a)).toBe(first)
    expect(await verifier.verify(b)).not.toBe(second)
  })

  test('R-SET: what one verifier has seen is nothing to another', async () => {
    const issuer = { issuer: I, jwks: { keys: publicKeys } }
    const one = createVerifier({ issuer, audience: A, clock: () => NOW * 1000 })
    const other = createVerifier({ issuer, audience: 'https://other.test', clock: () => NOW * 1000 })
    const jwt = token(A_DAY)
    expect(await verdict(one, jwt)).toBe('accepted')
    expect(await verdict(other, jwt)).toBe('invalid_token/audience')
    expect(await verdict(one, jwt)).toBe('accepted')
  })

  test('RFC 7515 §5.2: a refused token is not remembered, and pushes out none that is', async () => {
    const { verifier } = worldWith({ tokenCache: { maxEntries: 1 } })
    const good = await verifier.verify(token(A_DAY))
    const refused: TokenSpec[] = [
      { key: strangerEc },
      { claims: { exp: NOW - 60 } },
      { claims: { aud: 'https://other.test' } },
      { claims: { cnf: { jkt: 'x' } } },
      { header: { typ: 'id+jwt' } },
      { claims: { nbf: NOW + 600 } },
    ]
    for (const spec of refused) {
      const jwt = token(spec)
      const before = await verdict(verifier, jwt)
      expect(before).toMatch(/^invalid_token/)
      expect(await verdict(verifier, jwt)).toBe(before)
    }
    for (let n = 0; n < 2000; n++) await verdict(verifier, token({ key: strangerEc, claims: { jti: `bad ${n}` } }))
    expect(await verifier.verify(good.token)).toBe(good)
  })

  test('a token that lacks a scope is remembered, and refused each time', async () => {
    const { verifier } = worldWith()
    const jwt = token(A_DAY)
    expect(await verdict(verifier, jwt, { scopes: ['delete'] })).toBe('insufficient_scope/missing_scope')
    const accessToken = await verifier.verify(jwt)
    expect(await verdict(verifier, jwt, { scopes: ['delete'] })).toBe('insufficient_scope/missing_scope')
    expect(await verdict(verifier, jwt, { claims: { sub: 'u2' } })).toBe('forbidden/claim')
    expect(await verifier.verify(jwt, { scopes: ['read'] })).toBe(accessToken)
  })
})

describe('X10: time goes by', () => {
  test('A-82: a remembered token expires like any other', async () => {
    const { verifier, advance } = worldWith()
    const jwt = token({ claims: { exp: NOW + 300 } })
    const first = await verifier.verify(jwt)
    advance(309)
    expect(await verifier.verify(jwt)).toBe(first)
    advance(1)
    expect(await verdict(verifier, jwt)).toBe('invalid_token/expired')
    expect(await verdict(verifier, jwt)).toBe('invalid_token/expired')
  })

  test.each(['nbf', 'iat'])('A-82: a clock that is set back makes its %s a time that has not come', async (claim) => {
    const { verifier, advance } = worldWith({ issuer: { issuer: I, jwks: { keys: publicKeys } } })
    const jwt = token({ claims: { ...A_DAY.claims, iat: NOW - 100, [claim]: NOW } })
    const first = await verifier.verify(jwt)
    advance(-11)
    expect(await verdict(verifier, jwt)).toBe('invalid_token/not_yet_valid')
    advance(11)
    expect(await verifier.verify(jwt)).toBe(first)
  })

  test('a clock that is set back by more than the keys are old makes the issuer be asked again', async () => {
    const { verifier, issuer, advance } = worldWith()
    const jwt = token({ claims: { exp: NOW + 86_400, iat: NOW - 86_400 } })
    await verifier.verify(jwt)
    advance(-3600)
    issuer.keys = [r1]
    expect(await verdict(verifier, jwt)).toBe('invalid_token/unknown_key')
    expect(issuer.asked).toBe(2)
  })
})

describe('R-CACHE: the key must still be there', () => {
  test('a withdrawn key takes its tokens with it as soon as a new token would be refused', async () => {
    const { verifier, issuer, advance } = worldWith()
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    issuer.keys = [r1]
    advance(400)
    expect(await verifier.verify(jwt)).toBe(first)
    advance(200) // 600 s in all: keys.maxAge
    expect(await verdict(verifier, jwt)).toBe('invalid_token/unknown_key')
    expect(await verdict(verifier, jwt)).toBe('invalid_token/unknown_key')
  })

  test('a key replaced under its kid does so too', async () => {
    const { verifier, issuer, advance } = worldWith()
    const jwt = token(A_DAY)
    await verifier.verify(jwt)
    issuer.keys = [{ ...strangerEc, jwk: { ...strangerEc.jwk, kid: e1.kid } }]
    advance(600)
    expect(await verdict(verifier, jwt)).toBe('invalid_token/signature')
    issuer.keys = [e1]
    advance(600)
    expect(await verdict(verifier, jwt)).toBe('accepted')
  })

  test('keys that come and go beside it change nothing', async () => {
    const { verifier, issuer, advance } = worldWith()
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    issuer.keys = [r1, e1]
    advance(600)
    expect(await verifier.verify(token({ ...A_DAY, key: r1, header: { alg: 'RS256', kid: r1.kid } }))).not.toBe(first)
    expect(await verifier.verify(jwt)).toBe(first)
  })

  test('remembered tokens are served while the issuer is down, and no longer than new ones', async () => {
    const { verifier, issuer, advance } = worldWith()
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    issuer.isDown = true
    advance(600)
    expect(await verdict(verifier, jwt)).toBe('accepted')
    expect(await verifier.verify(jwt)).toBe(await verifier.verify(jwt))
    advance(3600) // keys.staleIfError is over
    expect(await verdict(verifier, jwt)).toBe('unavailable/keys')
    issuer.isDown = false
    advance(60)
    expect((await verifier.verify(jwt)).subject).toBe(first.subject)
  })

  test('a remembered token has the keys refreshed ahead of time, as a new one would', async () => {
    const { verifier, issuer, advance } = worldWith()
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    advance(599)
    expect(await verifier.verify(jwt)).toBe(first)
    await new Promise(setImmediate)
    expect(issuer.asked).toBe(2)
  })
})

describe('whose word it is', () => {
  const tenants = () => {
    const entries = new Map<string, { issuer: string; jwks: { keys: readonly object[] }; audience?: string }>()
    entries.set(I, { issuer: I, jwks: { keys: publicKeys } })
    return { entries, options: { issuer: (iss: string) => entries.get(iss) } satisfies Partial<VerifierOptions> }
  }

  test('an issuer that is trusted no more takes its tokens with it', async () => {
    const { entries, options } = tenants()
    const { verifier, advance } = worldWith(options)
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    entries.delete(I)
    expect(await verifier.verify(jwt)).toBe(first)
    advance(600)
    expect(await verdict(verifier, jwt)).toBe('invalid_token/unknown_issuer')
  })

  test('an issuer whose entry has changed judges by the new one', async () => {
    const { entries, options } = tenants()
    const { verifier, advance } = worldWith(options)
    const jwt = token(A_DAY)
    await verifier.verify(jwt)
    entries.set(I, { issuer: I, jwks: { keys: publicKeys }, audience: 'https://other.test' })
    advance(600)
    expect(await verdict(verifier, jwt)).toBe('invalid_token/audience')
  })
})

describe('what somebody else has to say is asked each time', () => {
  test('X12: isRevoked', async () => {
    const answers: unknown[] = [false, false, true, new Error('down'), false]
    const asked: AccessToken[] = []
    const { verifier } = worldWith({
      isRevoked: (accessToken) => {
        asked.push(accessToken)
        const answer = answers[asked.length - 1]
        if (answer instanceof Error) throw answer
        return answer
      },
    })
    const jwt = token(A_DAY)
    const verdicts = []
    for (const _ of answers) verdicts.push(await verdict(verifier, jwt))
    expect(verdicts).toEqual(['accepted', 'accepted', 'invalid_token/revoked', 'unavailable/revocation', 'accepted'])
    expect(new Set(asked).size).toBe(1)
  })

  test('a token that was revoked when it came first is not remembered', async () => {
    let isRevoked = true
    const seen: AccessToken[] = []
    const { verifier } = worldWith({
      isRevoked: (accessToken) => {
        seen.push(accessToken)
        return isRevoked
      },
    })
    const jwt = token(A_DAY)
    expect(await verdict(verifier, jwt)).toBe('invalid_token/revoked')
    isRevoked = false
    await verifier.verify(jwt)
    expect(seen[1]).not.toBe(seen[0])
  })

  test('the predicates of the issuer, of the verifier and of the route, and the check', async () => {
    const says = { issuer: true, verifier: true, route: true, check: true }
    const { verifier } = worldWith({
      issuer: { issuer: I, jwks: { keys: publicKeys }, claims: { sub: () => says.issuer } },
      requirements: { claims: { sub: () => says.verifier } },
    })
    const jwt = token(A_DAY)
    const judged = () => verdict(verifier, jwt, { claims: { sub: () => says.route }, check: () => says.check })
    expect(await judged()).toBe('accepted')
    for (const [who, refusal] of [
      ['issuer', 'invalid_token/claim'],
      ['verifier', 'forbidden/claim'],
      ['route', 'forbidden/claim'],
      ['check', 'forbidden/check'],
    ] as const) {
      says[who] = false
      expect([who, await judged()]).toEqual([who, refusal])
      says[who] = true
      expect(await judged()).toBe('accepted')
    }
  })

  test('X14: how long ago the user authenticated', async () => {
    const { verifier, advance } = worldWith()
    const jwt = token({ claims: { ...A_DAY.claims, auth_time: NOW } })
    expect(await verdict(verifier, jwt, { maxAge: 60 })).toBe('accepted')
    advance(61)
    expect(await verdict(verifier, jwt, { maxAge: 60 })).toBe('insufficient_user_authentication/too_old')
    expect(await verdict(verifier, jwt)).toBe('accepted')
  })
})

describe('twins of a remembered token', () => {
  test('A-79: no character of it can be changed, wherever it stands', async () => {
    const { verifier } = worldWith()
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    for (let at = 0; at < jwt.length; at++) {
      const twin = `${jwt.slice(0, at)}${jwt[at] === 'A' ? 'B' : 'A'}${jwt.slice(at + 1)}`
      expect(await verdict(verifier, twin)).toMatch(/^invalid_token\//)
    }
    expect(await verifier.verify(jwt)).toBe(first)
  })

  test('A-79: its signature under other claims is a bad signature, though it ends alike', async () => {
    const { verifier } = worldWith()
    const [header, , signature] = token(A_DAY).split('.')
    await verifier.verify(token(A_DAY))
    const [, payload] = token({ claims: { ...A_DAY.claims, sub: 'admin' } }).split('.')
    expect(await verdict(verifier, `${header}.${payload}.${signature}`)).toBe('invalid_token/signature')
  })

  test('R-MAL: the other signature that ECDSA has for it is another token, verified for itself', async () => {
    const { verifier } = worldWith()
    const jwt = token(A_DAY)
    const first = await verifier.verify(jwt)
    const twin = malleated(jwt)
    expect(twin).not.toBe(jwt)
    const other = await verifier.verify(twin)
    expect(other).not.toBe(first)
    expect([other.token, first.token]).toEqual([twin, jwt])
  })

  test('white space, padding and a second spelling of the last character are no way in', async () => {
    const { verifier } = worldWith()
    const jwt = token(A_DAY)
    await verifier.verify(jwt)
    for (const twin of [`${jwt} `, ` ${jwt}`, `${jwt}=`, `${jwt}\n`, `${jwt}.`, jwt.toLowerCase(), `${jwt}\0`])
      expect(await verdict(verifier, twin)).toMatch(/^invalid_token\//)
  })
})

/** The order of the group of P-256 (SP 800-186 §3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** (r, s) and (r, n − s) are signatures of the same bytes. */
function malleated(jwt: string): string {
  const [header, payload, signature] = jwt.split('.')
  const bytes = Buffer.from(signature!, 'base64url')
  const s = ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
  return `${header}.${payload}.${twin.toString('base64url')}`
}
