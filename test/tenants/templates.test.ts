import { expect, test } from 'vitest'
import { I, NOW } from '../support/fixture.js'
import { publicKeys, strangerEc } from '../support/keys.js'
import { token } from '../support/token.js'
import { outcome, platform, startTenantServer } from './tenants.js'

const template = 'https://as.test/{tenantid}/v2.0'
const [FIRST, SECOND] = ['9188040d-6c67-4c5b-b112-36a304b66dad', 'f8cdef31-a31e-4b4a-93e4-5f571e91255a']
const of = (tenant: string, claims: object = {}): string =>
  token({ claims: { iss: `https://as.test/${tenant}/v2.0`, ...claims } })

test('the tenants that are listed are trusted, and no other of the template', async () => {
  const { verifier } = platform({ issuer: template, tenants: [FIRST, SECOND], jwks: { keys: publicKeys } })
  expect((await verifier.verify(of(FIRST!))).issuer).toBe(`https://as.test/${FIRST}/v2.0`)
  expect(await outcome(verifier.verify(of(SECOND!)))).toBe('accepted')
  for (const stranger of [
    '11111111-2222-3333-4444-555555555555',
    '{tenantid}',
    'common',
    FIRST!.toUpperCase(),
    '',
    `${FIRST}/..`,
  ])
    expect([stranger, await outcome(verifier.verify(of(stranger)))]).toEqual([stranger, 'invalid_token/unknown_issuer'])
  expect(verifier.status().issuers.map(({ issuer }) => issuer)).toEqual([
    `https://as.test/${FIRST}/v2.0`,
    `https://as.test/${SECOND}/v2.0`,
  ])
})

test('each has its own keys, where the template says', async () => {
  const { fetch, hits } = await startTenantServer((tenant) => (tenant === SECOND ? 'answers 500' : 'well'))
  const { verifier } = platform(
    { issuer: template, tenants: [FIRST, SECOND], jwksUri: 'https://as.test/{tenantid}/keys' },
    { fetch, keys: { retries: 0 } },
  )
  expect(await outcome(verifier.verify(of(FIRST!)))).toBe('accepted')
  expect(await outcome(verifier.verify(of(SECOND!)))).toBe('unavailable/keys')
  expect(await outcome(verifier.verify(of(FIRST!)))).toBe('accepted')
  expect(hits).toEqual([FIRST, SECOND])
})

test('claims of an entry are asked of tokens that are signed, and shown to a predicate of those only', async () => {
  const seen: unknown[] = []
  const { verifier } = platform({
    issuer: I,
    jwks: { keys: publicKeys },
    claims: {
      token_use: 'access',
      groups: 'staff',
      tier: (claim: unknown) => {
        seen.push(claim)
        return claim === 'gold'
      },
    },
  })
  const good = { token_use: 'access', groups: ['staff', 'x'], tier: 'gold', exp: NOW + 60 }
  expect(await outcome(verifier.verify(token({ claims: good })))).toBe('accepted')
  expect(seen).toEqual(['gold'])
  for (const bad of [{ token_use: 'id' }, { token_use: undefined }, { groups: [] }, { groups: 'Staff' }])
    expect(await outcome(verifier.verify(token({ claims: { ...good, ...bad } })))).toMatch(/^invalid_token/)
  expect(await outcome(verifier.verify(token({ claims: { ...good, tier: 'silver' } })))).toBe('invalid_token/claim')
  expect(seen).toEqual(['gold', 'silver'])
  expect(await outcome(verifier.verify(token({ claims: { ...good, tier: 'forged' }, key: strangerEc })))).toBe(
    'invalid_token/signature',
  )
  expect(
    await outcome(
      verifier.verify(token({ claims: { ...good, tier: 'forged' }, header: { kid: 'x' }, key: strangerEc })),
    ),
  ).toBe('invalid_token/unknown_key')
  expect(seen).toEqual(['gold', 'silver'])
})

test('a predicate of an entry that throws is a bug, and no verdict', async () => {
  const { verifier, events } = platform({
    issuer: I,
    jwks: { keys: publicKeys },
    claims: { tier: (claim: any) => claim.startsWith('gold') },
  })
  expect(await outcome(verifier.verify(token()))).toBe('A check or claim predicate threw')
  expect(events).toEqual([])
})
