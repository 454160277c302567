import { describe, expect, test } from 'vitest'
import { createMetadataSource, type MetadataContext, metadataUrlsFor } from '../../packages/core/src/issuer/metadata.js'
import { type Budget, startBudget } from '../../packages/core/src/lib/deadline.js'
import { LoadError } from '../../packages/core/src/lib/exchange.js'
import { type JsonObject, parseJsonObject } from '../../packages/core/src/lib/json.js'
import { I, NOW } from '../support/fixture.js'

const OPENID = `${I}/.well-known/openid-configuration`
const OAUTH = `${I}/.well-known/oauth-authorization-server`

describe('where an issuer may publish its metadata', () => {
  test.each([
    [
      'https://as.test',
      'https://as.test/.well-known/openid-configuration',
      'https://as.test/.well-known/oauth-authorization-server',
    ],
    [
      'https://as.test/',
      'https://as.test/.well-known/openid-configuration',
      'https://as.test/.well-known/oauth-authorization-server',
    ],
    [
      'https://as.test/t1',
      'https://as.test/t1/.well-known/openid-configuration',
      'https://as.test/.well-known/oauth-authorization-server/t1',
    ],
    [
      'https://as.test/t1/',
      'https://as.test/t1/.well-known/openid-configuration',
      'https://as.test/.well-known/oauth-authorization-server/t1',
    ],
    [
      'https://as.test:8443/a/b',
      'https://as.test:8443/a/b/.well-known/openid-configuration',
      'https://as.test:8443/.well-known/oauth-authorization-server/a/b',
    ],
    [
      'http://127.0.0.1:9000/x',
      'http://127.0.0.1:9000/x/.well-known/openid-configuration',
      'http://127.0.0.1:9000/.well-known/oauth-authorization-server/x',
    ],
  ])('OpenID Connect Discovery §4, RFC 8414 §3.1: %s', (issuer, ...urls) => {
    expect(metadataUrlsFor(issuer)).toEqual(urls)
  })
})

type Answer = { readonly text: string; readonly type?: string } | Error

const good: Answer = { text: JSON.stringify({ issuer: I, jwks_uri: `${I}/jwks` }) }
const status = (code: number): Answer =>
  new LoadError('metadata', `it answered ${code}, expected 200`, {
    status: code,
    isTransient: [408, 429].includes(code) || code >= 500,
  })
const broken: Answer = new LoadError('metadata', 'GET https://as.test failed: ECONNREFUSED')

interface Discovery {
  /** What is found out, or the message of the failure. */
  ask(isDoubted?: boolean, budget?: Budget): Promise<string>
  readonly asked: string[]
  readonly budgets: Budget[]
  answers: Record<string, Answer>
  advance(seconds: number): void
}

function discovery(answers: Record<string, Answer>, changes: Partial<MetadataContext> = {}): Discovery {
  let now = NOW * 1000
  const asked: string[] = []
  const budgets: Budget[] = []
  const source = createMetadataSource({
    issuer: I,
    urls: metadataUrlsFor(I),
    wanted: 'jwks_uri',
    insecure: false,
    clock: () => now,
    load: async (url, budget) => {
      asked.push(url)
      budgets.push(budget)
      const answer = discovery_.answers[url] ?? status(404)
      if (answer instanceof Error) throw answer
      const document = parseJsonObject(answer.text, 16) as JsonObject
      return { document, bytes: answer.text.length, mediaType: answer.type ?? 'application/json', maxAge: undefined }
    },
    ...changes,
  })
  const discovery_: Discovery = {
    asked,
    budgets,
    answers,
    advance: (seconds) => {
      now += seconds * 1000
    },
    ask: (isDoubted = false, budget = startBudget(5)) =>
      source(budget, isDoubted).then(
        (address) => address,
        (error: unknown) => {
          expect(error).toBeInstanceOf(LoadError)
          expect((error as LoadError).subject).toBe('metadata')
          return (error as LoadError).message
        },
      ),
  }
  return discovery_
}

describe('RFC 8414 §3: candidates', () => {
  test('the first that answers counts, and no other is asked', async () => {
    const { ask, asked } = discovery({ [OPENID]: good, [OAUTH]: good })
    expect(await ask()).toBe(`${I}/jwks`)
    expect(asked).toEqual([OPENID])
  })

  test.each([400, 401, 403, 404, 405, 410, 499])('the second is asked after %d', async (code) => {
    const { ask, asked } = discovery({ [OPENID]: status(code), [OAUTH]: good })
    expect(await ask()).toBe(`${I}/jwks`)
    expect(asked).toEqual([OPENID, OAUTH])
  })

  test.each<[string, Answer]>([
    ['no connection', broken],
    ['204', status(204)],
    ['302', status(302)],
    ['399', status(399)],
    ['408, which is about the moment', status(408)],
    ['429, which is about the moment', status(429)],
    ['500', status(500)],
    ['503', status(503)],
    ['a document of somebody else', { text: '{"issuer":"https://evil.test","jwks_uri":"https://evil.test/jwks"}' }],
    ['another media type', { text: good.text, type: 'text/html' }],
    ['a bug', new LoadError('metadata', 'GET https://as.test failed: TypeError')],
  ])('the second is not asked after %s', async (_, answer) => {
    const { ask, asked } = discovery({ [OPENID]: answer, [OAUTH]: good })
    expect(await ask()).not.toBe(`${I}/jwks`)
    expect(asked).toEqual([OPENID])
  })

  test('where none has a document, the last answer is the failure', async () => {
    const { ask, asked } = discovery({ [OPENID]: status(404), [OAUTH]: status(403) })
    expect(await ask()).toBe('it answered 403, expected 200')
    expect(asked).toEqual([OPENID, OAUTH])
  })

  test('a bug is no answer: it travels on, and nobody else is asked', async () => {
    const asked: string[] = []
    const source = createMetadataSource({
      issuer: I,
      urls: metadataUrlsFor(I),
      wanted: 'jwks_uri',
      insecure: false,
      clock: () => NOW * 1000,
      load: (url) => {
        asked.push(url)
        return Promise.reject(Object.assign(new RangeError('a bug'), { status: 404 }))
      },
    })
    await expect(source(startBudget(5), false)).rejects.toThrow('a bug')
    expect(asked).toEqual([OPENID])
  })

  test('they share one budget of time', async () => {
    const { ask, budgets } = discovery({ [OAUTH]: good })
    await ask()
    expect(budgets).toHaveLength(2)
    expect(budgets[0]).toBe(budgets[1])
  })
})

describe('RFC 8414 §3.3: the document is that of the issuer', () => {
  test.each([
    '"https://as.test/"',
    '"https://AS.test"',
    '"https://as.test:443"',
    '"HTTPS://as.test"',
    '"http://as.test"',
    '"https://as.test "',
    '"https://evil.test"',
    '"https://аs.test"',
    '["https://as.test"]',
    'null',
    '""',
    '{}',
  ])('issuer %s is another one', async (issuer) => {
    const { ask } = discovery({ [OPENID]: { text: `{"issuer":${issuer},"jwks_uri":"${I}/jwks"}` } })
    expect(await ask()).toBe(
      'The metadata at https://as.test/.well-known/openid-configuration is not that of the issuer https://as.test: its issuer must be equal to the letter',
    )
  })

  test('a document without issuer likewise', async () => {
    const { ask } = discovery({ [OPENID]: { text: `{"jwks_uri":"${I}/jwks"}` } })
    expect(await ask()).toMatch(/is not that of the issuer/)
  })
})

describe('RFC 8414 §2: jwks_uri is https', () => {
  const NO_URI = 'The metadata at https://as.test/.well-known/openid-configuration has no jwks_uri with https'
  const found = (jwksUri: string, insecure = false): Promise<string> =>
    discovery({ [OPENID]: { text: `{"issuer":"${I}"${jwksUri}}` } }, { insecure }).ask()

  test.each([
    '',
    ',"jwks_uri":null',
    ',"jwks_uri":["https://as.test/jwks"]',
    ',"jwks_uri":""',
    ',"jwks_uri":"/jwks"',
    ',"jwks_uri":"as.test/jwks"',
    ',"jwks_uri":"https://user:secret@as.test/jwks"',
    ',"jwks_uri":"https://as.test/ jwks"',
    ',"jwks_uri":"file:///etc/jwks.json"',
    ',"jwks_uri":"data:application/json,{}"',
  ])('{…%s} has none', async (jwksUri) => {
    expect(await found(jwksUri)).toBe(NO_URI)
    expect(await found(jwksUri, true)).toBe(NO_URI)
  })

  test('http only to loopback, or by the switch', async () => {
    expect(await found(',"jwks_uri":"http://as.test/jwks"')).toBe(NO_URI)
    expect(await found(',"jwks_uri":"http://as.test/jwks"', true)).toBe('http://as.test/jwks')
    expect(await found(',"jwks_uri":"http://127.0.0.1:1/jwks"')).toBe('http://127.0.0.1:1/jwks')
  })

  test('it may be on another host', async () => {
    expect(await found(',"jwks_uri":"https://keys.test/a?b=c"')).toBe('https://keys.test/a?b=c')
  })
})

test.each(['text/html', 'text/plain', '', 'application/jwk-set+json', 'application/jsonp', 'application/problem+json'])(
  'RFC 8414 §3.2: a document of type %j is not metadata',
  async (type) => {
    const { ask } = discovery({ [OPENID]: { ...good, type } })
    expect(await ask()).toBe('The document at https://as.test/.well-known/openid-configuration is not application/json')
  },
)

const DAY = 86_400
const moved: Answer = { text: JSON.stringify({ issuer: I, jwks_uri: `${I}/new` }) }

describe('metadata are kept for a day', () => {
  test('to the millisecond', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    found.answers = { [OPENID]: moved }
    found.advance(DAY - 0.001)
    expect(await found.ask()).toBe(`${I}/jwks`)
    expect(found.asked).toHaveLength(1)
    found.advance(0.001)
    expect(await found.ask()).toBe(`${I}/new`)
    expect(found.asked).toHaveLength(2)
  })

  test('failures are not kept', async () => {
    const found = discovery({ [OPENID]: broken })
    await found.ask()
    found.answers = { [OPENID]: good }
    expect(await found.ask()).toBe(`${I}/jwks`)
  })

  test('a clock that was set back makes them no younger', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    found.advance(-1)
    await found.ask()
    expect(found.asked).toHaveLength(2)
  })

  test('where they cannot be read again, the last good ones serve for a day more', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    found.answers = { [OPENID]: broken }
    found.advance(DAY)
    expect(await found.ask()).toBe(`${I}/jwks`)
    found.advance(DAY - 0.001)
    expect(await found.ask()).toBe(`${I}/jwks`)
    found.advance(0.001)
    expect(await found.ask()).toBe('GET https://as.test failed: ECONNREFUSED')
    found.answers = { [OPENID]: moved }
    expect(await found.ask()).toBe(`${I}/new`)
  })

  test('they take half of the time, and leave the other half for the keys', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    found.advance(DAY)
    await found.ask()
    const [first, again] = found.budgets.map((budget) => budget.remaining())
    expect(first).toBeGreaterThan(4000)
    expect(again).toBeLessThanOrEqual(2500)
    expect(again).toBeGreaterThan(2000)
  })

  test('a document that is not that of the issuer any more does not take the place of one that was', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    found.answers = { [OPENID]: { text: '{"issuer":"https://evil.test","jwks_uri":"https://evil.test/jwks"}' } }
    found.advance(DAY)
    expect(await found.ask()).toBe(`${I}/jwks`)
    expect(found.asked).toHaveLength(2)
  })

  test('a bug in reading them again is not taken for a bad day of the issuer', async () => {
    let isBroken = false
    let now = NOW * 1000
    const source = createMetadataSource({
      issuer: I,
      urls: [OPENID],
      wanted: 'jwks_uri',
      insecure: false,
      clock: () => now,
      load: async () => {
        if (isBroken) throw new RangeError('a bug')
        const document = parseJsonObject((good as { text: string }).text, 16)!
        return { document, bytes: 1, mediaType: 'application/json', maxAge: undefined }
      },
    })
    await source(startBudget(5), false)
    isBroken = true
    now += DAY * 1000
    await expect(source(startBudget(5), false)).rejects.toThrow('a bug')
  })
})

describe('metadata that are doubted are read again earlier', () => {
  const TEN_MINUTES = 600

  test('and a moved jwks_uri is found', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    found.answers = { [OPENID]: moved }
    expect(await found.ask()).toBe(`${I}/jwks`)
    expect(await found.ask(true)).toBe(`${I}/new`)
    expect(found.asked).toHaveLength(2)
  })

  test('at most once in ten minutes, however often they are doubted', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    await found.ask(true)
    expect(found.asked).toHaveLength(2)
    found.advance(TEN_MINUTES - 0.001)
    expect(await found.ask(true)).toBe(`${I}/jwks`)
    expect(found.asked).toHaveLength(2)
    found.advance(0.001)
    await found.ask(true)
    expect(found.asked).toHaveLength(3)
  })

  test('nor more often when they are a day old and cannot be had', async () => {
    const found = discovery({ [OPENID]: good })
    await found.ask()
    found.answers = {}
    found.advance(DAY)
    await found.ask()
    const asked = found.asked.length
    found.advance(TEN_MINUTES - 1)
    expect(await found.ask(true)).toBe(`${I}/jwks`)
    expect(found.asked).toHaveLength(asked)
  })

  test('not those that this very attempt has read: there are no later ones', async () => {
    const found = discovery({ [OPENID]: good })
    const budget = startBudget(5)
    await found.ask(false, budget)
    expect(await found.ask(true, budget)).toBe(`${I}/jwks`)
    expect(found.asked).toHaveLength(1)
  })

  test.each<[string, Answer]>([
    ['was read', good],
    ['could not be read', broken],
  ])('a clock that was set back since it %s does not hold that up', async (_, answer) => {
    const found = discovery({ [OPENID]: good })
    found.advance(1000)
    await found.ask()
    found.answers = { [OPENID]: answer }
    found.advance(1000)
    await found.ask(true)
    found.advance(-500)
    await found.ask(true)
    expect(found.asked).toHaveLength(3)
  })
})
