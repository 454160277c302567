import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { createVerifier, type Verifier } from '@resource-server/core'
import { Agent, buildConnector, EnvHttpProxyAgent, ProxyAgent } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Authority, createAuthority } from '../support/authority.js'
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js'
import { A } from '../support/fixture.js'
import { fetchBy } from './fetch-by.js'
import { startTlsIssuer, type TlsIssuer } from './tls-issuer.js'
import { callerWith } from './verdict.js'

// A company's own network: its issuer has a certificate of the company's own root, and the way out is a proxy. Real TLS,
// a real tunnel, real tokens; only names are resolved by hand, since as.example.com is nobody's.

const OPENID = 'https://as.example.com/.well-known/openid-configuration'
const ACCEPTED = 'accepted: u1'
const UNAVAILABLE = '503, Retry-After 1'

let authority: Authority
let issuer: TlsIssuer
const closing: { close(): Promise<unknown> }[] = []

beforeAll(async () => {
  authority = await createAuthority()
  issuer = await startTlsIssuer(await authority.issue('as.example.com'))
  closing.push(issuer)
})
afterEach(() => {
  vi.unstubAllEnvs()
})
afterAll(async () => {
  await Promise.all(closing.map((each) => each.close()))
})

function closed<T extends { close(): Promise<unknown> }>(each: T): T {
  closing.unshift(each)
  return each
}

/** Leads to the issuer on loopback whatever name is asked for; the certificate must be of that name all the same. */
function agentTo({ port }: TlsIssuer, ca?: string | string[]): Agent {
  const connect = buildConnector(ca === undefined ? {} : { ca })
  return closed(
    new Agent({
      connect: (options, done) =>
        connect({ ...options, servername: options.hostname, hostname: '127.0.0.1', port: String(port) }, done),
    }),
  )
}

async function proxyTo(server: TlsIssuer, authorization?: string): Promise<ConnectProxy> {
  const routes = { 'as.example.com:443': server.port }
  return closed(await startConnectProxy({ routes, ...(authorization !== undefined && { authorization }) }))
}

test('what is tested here is what the docs tell', async () => {
  const [docs, tested] = await Promise.all([
    readFile(new URL('../../docs/recipes.md', import.meta.url), 'utf8'),
    readFile(new URL('fetch-by.ts', import.meta.url), 'utf8'),
  ])
  expect(docs).toContain(tested)
})

describe('a private certificate authority', () => {
  test('is trusted when it is given', async () => {
    const caller = callerWith(fetchBy(agentTo(issuer, authority.certificate)))
    expect((await caller.ask()).outcome).toBe(ACCEPTED)
  })

  test('is trusted beside those that everyone trusts', async () => {
    const caller = callerWith(fetchBy(agentTo(issuer, [...rootCertificates, authority.certificate])))
    expect((await caller.ask()).outcome).toBe(ACCEPTED)
  })

  test('is not trusted otherwise: 503, and the reason tells the operator', async () => {
    const hitsBefore = issuer.hits.length
    const caller = callerWith(fetchBy(agentTo(issuer)))
    expect((await caller.ask()).outcome).toBe(UNAVAILABLE)
    expect(caller.lastReason()).toBe(`GET ${OPENID} failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE`)
    expect(issuer.hits).toHaveLength(hitsBefore)
  })

  test.each<[string, { name?: string; isExpired?: boolean }, string]>([
    ['an expired certificate', { isExpired: true }, 'CERT_HAS_EXPIRED'],
    ['a certificate of another name', { name: 'evil.example.com' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('%s of it is no good', async (_, { name = 'as.example.com', isExpired = false }, code) => {
    const other = closed(await startTlsIssuer(await authority.issue(name, { isExpired })))
    const caller = callerWith(fetchBy(agentTo(other, authority.certificate)))
    expect((await caller.ask()).outcome).toBe(UNAVAILABLE)
    expect(caller.lastReason()).toBe(`GET ${OPENID} failed: ${code}`)
    expect(other.hits).toEqual([])
  })

  test('a certificate of somebody else’s authority is no good', async () => {
    const stranger = await createAuthority()
    const other = closed(await startTlsIssuer(await stranger.issue('as.example.com')))
    const caller = callerWith(fetchBy(agentTo(other, authority.certificate)))
    expect((await caller.ask()).outcome).toBe(UNAVAILABLE)
    expect(other.hits).toEqual([])
  })
})

describe('NODE_EXTRA_CA_CERTS', () => {
  const program = fileURLToPath(new URL('ready.js', import.meta.url))

  /** What a process says that trusts what the environment says, with nothing configured. */
  async function ready(identifier: string, extra?: string): Promise<string> {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
    const child = spawn(process.execPath, [program, identifier], {
      env: { ...env, ...(extra !== undefined && { NODE_EXTRA_CA_CERTS: extra }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await once(child, 'close')
    return output
  }

  test('makes the whole process trust an authority, and without it nobody does', { timeout: 30_000 }, async () => {
    const identifierAt = (port: number): string => `https://127.0.0.1:${port}`
    const local = closed(await startTlsIssuer(await authority.issue('127.0.0.1'), identifierAt))
    const folder = await mkdtemp(join(tmpdir(), 'resource-server-'))
    closing.push({ close: () => rm(folder, { recursive: true }) })
    const file = join(folder, 'company.pem')
    await writeFile(file, authority.certificate)
    const identifier = identifierAt(local.port)
    expect(await ready(identifier, file)).toBe('ready')
    expect(await ready(identifier)).toBe(
      `ERR_NOT_READY: There are no keys of ${identifier}: GET ${identifier}/.well-known/openid-configuration failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE`,
    )
  })
})

describe('a proxy', () => {
  const requestTls = (): { ca: string } => ({ ca: authority.certificate })
  const agentThrough = (proxy: ConnectProxy, token?: string): ProxyAgent =>
    closed(new ProxyAgent({ uri: proxy.url, requestTls: requestTls(), ...(token !== undefined && { token }) }))

  test('carries everything: metadata and keys, and TLS ends at the issuer', async () => {
    const proxy = await proxyTo(issuer)
    const [hitsBefore, peersBefore] = [issuer.hits.length, issuer.peers.length]
    const caller = callerWith(fetchBy(agentThrough(proxy)))
    expect((await caller.ask()).outcome).toBe(ACCEPTED)
    expect(issuer.hits.slice(hitsBefore)).toEqual(['/.well-known/openid-configuration', '/jwks'])
    expect(new Set(proxy.tunnels)).toEqual(new Set(['as.example.com:443']))
    expect(issuer.peers.slice(peersBefore).every((peer) => peer > 0)).toBe(true)
  })

  test('that asks who we are is told', async () => {
    const authorization = `Basic ${btoa('api:secret')}`
    const proxy = await proxyTo(issuer, authorization)
    expect((await callerWith(fetchBy(agentThrough(proxy, authorization))).ask()).outcome).toBe(ACCEPTED)
    const nobody = callerWith(fetchBy(agentThrough(proxy)))
    expect((await nobody.ask()).outcome).toBe(UNAVAILABLE)
    expect(nobody.lastReason()).toBe(`GET ${OPENID} failed: TypeError`)
  })

  test('does not make an unknown authority a known one', async () => {
    const proxy = await proxyTo(issuer)
    const caller = callerWith(fetchBy(closed(new ProxyAgent(proxy.url))))
    expect((await caller.ask()).outcome).toBe(UNAVAILABLE)
    expect(caller.lastReason()).toBe(`GET ${OPENID} failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE`)
  })

  test('that goes down is an outage like any other: good tokens are accepted, and it is asked again', async () => {
    const proxy = await proxyTo(issuer)
    const caller = callerWith(fetchBy(agentThrough(proxy)), { retries: 0 })
    expect((await caller.ask()).outcome).toBe(ACCEPTED)
    await proxy.close()
    caller.advance(1000)
    expect((await caller.ask()).outcome).toBe(ACCEPTED)
    expect(caller.lastReason()).toMatch(/ failed: (?:ECONNREFUSED|UND_ERR_SOCKET)$/)
    caller.advance(3200)
    expect((await caller.ask()).outcome).toMatch(/^503/)
  })

  test.each([407, 502, 503])('that answers %d is an outage', async (refusesWith) => {
    const proxy = await proxyTo(issuer)
    proxy.behaves = { refusesWith }
    const caller = callerWith(fetchBy(agentThrough(proxy)))
    expect((await caller.ask()).outcome).toBe(UNAVAILABLE)
    proxy.behaves = 'opens tunnels'
    caller.advance(1)
    expect((await caller.ask()).outcome).toBe(ACCEPTED)
  })

  test('that never answers is waited for no longer than a request waits', async () => {
    const proxy = await proxyTo(issuer)
    proxy.behaves = 'hangs'
    const caller = callerWith(fetchBy(agentThrough(proxy)), { timeout: 1 })
    const { outcome, seconds } = await caller.ask()
    expect(outcome).toBe(UNAVAILABLE)
    expect(seconds).toBeLessThan(3)
    expect(caller.lastReason()).toBe(`GET ${OPENID} failed: timed out`)
  })

  test('of the environment is used', async () => {
    const proxy = await proxyTo(issuer)
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    vi.stubEnv('NO_PROXY', '')
    const through = closed(new EnvHttpProxyAgent({ requestTls: requestTls() }))
    expect((await callerWith(fetchBy(through)).ask()).outcome).toBe(ACCEPTED)
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  test('of the environment is passed by for a place in NO_PROXY', async () => {
    const proxy = await proxyTo(issuer)
    const identifierAt = (port: number): string => `https://127.0.0.1:${port}`
    const local = closed(await startTlsIssuer(await authority.issue('127.0.0.1'), identifierAt))
    const verifier = (): Verifier => {
      const dispatcher = closed(
        new EnvHttpProxyAgent({ connect: { ca: authority.certificate }, requestTls: requestTls() }),
      )
      return createVerifier({ issuer: identifierAt(local.port), audience: A, fetch: fetchBy(dispatcher) })
    }
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    vi.stubEnv('NO_PROXY', '127.0.0.1')
    expect(await verifier().ready()).toBeUndefined()
    expect(proxy.tunnels).toEqual([])
    vi.stubEnv('NO_PROXY', '')
    await expect(verifier().ready()).rejects.toThrow('There are no keys of https://127.0.0.1') // it has no route there
    expect(new Set(proxy.tunnels)).toEqual(new Set([`127.0.0.1:${local.port}`]))
  })
})
