import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createVerifier, type VerifierEvent } from '@resource-server/core'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createLog, createMetrics, observeKeys } from '../../examples/observability/src/main.js'
import { A, I, NOW } from '../support/fixture.js'
import { publicKeys } from '../support/keys.js'
import { T, token } from '../support/token.js'

let isDown = true

function verifierTelling(onEvent: (event: VerifierEvent) => void) {
  isDown = true
  return createVerifier({
    issuer: { issuer: I, jwksUri: `${I}/jwks` },
    audience: A,
    clock: () => NOW * 1000,
    keys: { retries: 0 },
    fetch: async () => {
      if (isDown) throw new TypeError('fetch failed')
      return Response.json({ keys: [...publicKeys, { kty: 'oct', kid: 'oops', k: 'secret' }] })
    },
    onEvent,
  })
}

const stranger = token({ claims: { iss: 'https://canary.test', sub: 'canary-sub' } })
const expired = token({ claims: { exp: NOW - 60, sub: 'canary-sub' } })

test('OpenTelemetry: refusals, fetches and the age of keys become metrics, with labels that nobody else can choose', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const meter = provider.getMeter('test')
  const verifier = verifierTelling(createMetrics(meter))
  observeKeys(meter, verifier)
  for (const jwt of [stranger, stranger, T]) await verifier.verify(jwt).catch(() => {})

  await provider.forceFlush()
  const points = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, attributes, value })),
    )
  await provider.shutdown()

  const refused = points.filter(({ name }) => name === 'resource_server.refused')
  expect(refused.map(({ attributes, value }) => ({ ...attributes, value }))).toEqual([
    { kind: 'invalid_token', reason: 'unknown_issuer', issuer: 'none', value: 2 },
    { kind: 'unavailable', reason: 'keys', issuer: I, value: 1 },
  ])
  expect(points.find(({ name }) => name === 'resource_server.keys.fetch')?.attributes).toEqual({ issuer: I, ok: false })
  expect(JSON.stringify(points)).not.toContain('canary')
})

test('pino: each event is one line that says why, at a level that says whose fault it is', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const verifier = verifierTelling(createLog(logger))
  await verifier.verify(T).catch(() => {})
  isDown = false
  const { status } = verifier
  expect(status().issuers[0]!.state).toBe('unloaded')
  const working = verifierTelling(createLog(logger))
  isDown = false
  for (const jwt of [T, stranger, expired]) await working.verify(jwt).catch(() => {})

  const records = lines.map((line) => JSON.parse(line) as { level: number; msg: string; reason?: string })
  const levels = pino.levels.values
  expect(records.map(({ level, msg }) => [level, msg.split(/[:(]/)[0]!.trim()])).toEqual([
    [levels['error'], `keys of https`],
    [levels['error'], 'keys'],
    [levels['fatal'], 'a key of https'],
    [levels['info'], 'keys.changed'],
    [levels['debug'], 'keys were fetched'],
    [levels['info'], 'unknown_issuer'],
    [levels['info'], 'expired'],
  ])
  expect(records.at(-1)!.msg).toContain('60 s apart')
  for (const secret of ['canary-sub', 'secret', ...T.split('.'), ...expired.split('.')])
    expect(lines.join('')).not.toContain(secret)
})
