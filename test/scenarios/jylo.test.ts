import type { VerifierOptions } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import type { Door } from '../support/door.js'
import { doors } from '../support/doors.js'
import { republished, rsaKey } from '../support/keys.js'
import { type Api, INVALID_TOKEN, openApi, summaryOf } from './api.js'
import { audience, issuerOf, type Jylo, keys, type Region, regions, signToken, startJylo } from './jylo.js'

const successor = rsaKey('eu-2')

const others = (region: Region): Region[] => regions.filter((other) => other !== region)

function openJyloApi(door: Door, { network }: Jylo, options: Partial<VerifierOptions> = {}): Promise<Api> {
  return openApi(door, {
    options: { issuer: regions.map(issuerOf), audience, fetch: network.fetch, ...options },
  })
}

describe.each(doors)('Jylo, three regional issuers for one audience, through $name', (door) => {
  test.each(['JWT', 'at+jwt', 'none'])('a token of each region is accepted, with typ %s', async (typ) => {
    const jylo = await startJylo(keys, typ)
    const api = await openJyloApi(door, jylo)

    for (const region of regions) {
      const { status, accessToken } = await api.call(await jylo.token(region))
      expect(status).toBe(200)
      expect(accessToken).toMatchObject({
        issuer: issuerOf(region),
        audience: [audience],
        subject: undefined,
        clientId: undefined,
      })
      expect(accessToken?.scopes.size).toBe(0)
      expect(accessToken?.header['typ']).toBe(typ === 'none' ? undefined : typ)
      expect(jylo.servers[region].jwksFetches()).toBe(1)
    }
  })

  test('a token by the EU key that says it is of the UK is refused, whichever kid it names', async () => {
    const jylo = await startJylo()
    const api = await openJyloApi(door, jylo)
    const forged = (kid: string | null): string => signToken('uk', { key: keys.eu, kid })

    const itsOwn = await api.call(forged('eu-1'))
    expect(itsOwn).toMatchObject({ status: 401, challenges: [INVALID_TOKEN], accessToken: undefined })
    expect(summaryOf(itsOwn)).toBe('401 unknown_key')
    expect(summaryOf(await api.call(forged('uk-1')))).toBe('401 signature')
    expect(summaryOf(await api.call(forged(null)))).toBe('401 signature')
    expect(jylo.servers.eu.hits).toEqual([])
  })

  test('a key that leaked from one region never verifies a token of another', async () => {
    const jylo = await startJylo()
    const api = await openJyloApi(door, jylo)
    const accepted: string[] = []

    for (const leaked of regions) {
      for (const claimed of regions) {
        for (const kid of [keys[leaked].kid, keys[claimed].kid, null]) {
          const { status } = await api.call(signToken(claimed, { key: keys[leaked], kid }))
          if (status !== 401) accepted.push(`${leaked} as ${claimed}: ${status}`)
        }
      }
    }
    // Three for each region: its own key under its own kid, named either way or not at all.
    expect(accepted).toEqual(
      regions.flatMap((region) => Array.from({ length: 3 }, () => `${region} as ${region}: 200`)),
    )
  })

  test('two regions whose keys have the same kid keep them apart', async () => {
    const sameKid = { uk: republished(keys.uk, 'key-1'), eu: republished(keys.eu, 'key-1'), us: keys.us }
    const jylo = await startJylo(sameKid)
    const api = await openJyloApi(door, jylo)

    expect(summaryOf(await api.call(await jylo.token('uk')))).toBe('200')
    expect(summaryOf(await api.call(await jylo.token('eu')))).toBe('200')
    expect(summaryOf(await api.call(signToken('uk', { key: sameKid.eu })))).toBe('401 signature')
    expect(summaryOf(await api.call(signToken('eu', { key: sameKid.uk })))).toBe('401 signature')
  })

  test.each(['refuses connections', 'answers 503'] as const)(
    'a region that %s takes only its own tokens down, and says that they may be fine',
    async (outage) => {
      const jylo = await startJylo()
      const api = await openJyloApi(door, jylo)
      const eu = await jylo.token('eu')
      await jylo.servers.eu.fail(outage)

      const refused = await api.call(eu)
      expect(refused).toMatchObject({ status: 503, challenges: [], retryAfter: expect.stringMatching(/^[1-9]\d*$/) })
      expect(summaryOf(refused)).toBe('503 metadata')
      for (const region of others('eu')) {
        expect(summaryOf(await api.call(await jylo.token(region)))).toBe('200')
        expect(jylo.servers[region].jwksFetches()).toBe(1)
      }
      expect(summaryOf(await api.call(eu))).toBe('503 metadata')
    },
  )

  test('a region that goes down after its keys were loaded is not missed for the next hour', async () => {
    const jylo = await startJylo()
    const api = await openJyloApi(door, jylo)
    const eu = await jylo.token('eu')
    expect(summaryOf(await api.call(eu))).toBe('200')

    await jylo.servers.eu.fail('refuses connections')
    api.advance(600 + 3599)
    expect(summaryOf(await api.call(eu))).toBe('200')
    api.advance(1)
    expect(summaryOf(await api.call(eu))).toBe('503 keys')
    expect(summaryOf(await api.call(await jylo.token('uk')))).toBe('200')
  })

  test('a key that a region withdraws dies with the next fetch, and the others notice nothing', async () => {
    const jylo = await startJylo()
    const api = await openJyloApi(door, jylo)
    const [eu, uk] = [await jylo.token('eu'), await jylo.token('uk')]
    expect(summaryOf(await api.call(eu))).toBe('200')
    expect(summaryOf(await api.call(uk))).toBe('200')

    jylo.servers.eu.publish([successor])
    expect(summaryOf(await api.call(signToken('eu', { key: successor })))).toBe('200')
    expect(summaryOf(await api.call(eu))).toBe('401 unknown_key')
    expect(summaryOf(await api.call(uk))).toBe('200')
    expect(jylo.servers.eu.jwksFetches()).toBe(2)
    expect(jylo.servers.uk.jwksFetches()).toBe(1)
  })

  test('a region that is not trusted is not even asked for its keys', async () => {
    const jylo = await startJylo()
    const api = await openJyloApi(door, jylo, { issuer: issuerOf('uk') })
    const token = await jylo.token('eu')

    expect(summaryOf(await api.call(token))).toBe('401 unknown_issuer')
    expect(jylo.servers.eu.hits).toEqual(['POST /oauth/token'])
  })
})

test('Jylo: while one region never answers, tokens of the others do not wait for it at any door', {
  timeout: 20_000,
}, async () => {
  const jylo = await startJylo()
  const tokens = { uk: await jylo.token('uk'), eu: await jylo.token('eu'), us: await jylo.token('us') }
  await jylo.servers.eu.fail('never answers')

  const answered = await Promise.all(
    doors.map(async (door) => {
      const api = await openJyloApi(door, jylo, { keys: { timeout: 2 } })
      const order: string[] = []
      const call = async (region: Region): Promise<void> => {
        const { status } = await api.call(tokens[region])
        order.push(`${region} ${status}`)
      }
      await Promise.all([call('eu'), call('uk').then(() => call('us'))])
      return order
    }),
  )
  expect(answered).toEqual(doors.map(() => ['uk 200', 'us 200', 'eu 503']))
})
