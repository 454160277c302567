import type { Api } from './apis/index.js'
import type { Outcome } from './cases.js'
import type { Issuers } from './issuers.js'
import type { Result } from './run.js'
import { type Column, renderTable, wrap } from './table.js'

export interface Report {
  readonly issuers: Issuers
  readonly apis: readonly Api[]
  readonly results: readonly Result[]
  /** What an operator sees of the outage. */
  readonly observations: readonly string[]
  readonly notices: readonly string[]
}

export function renderReport({ issuers, apis, results, observations, notices }: Report): string {
  const parts = [
    introduction(issuers, apis),
    resultTable(apis, results),
    differences(results),
    observations.join('\n'),
    notices.map((notice) => wrap(notice, 116).join('\n  ')).join('\n'),
    summary(results),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

const introduction = ({ home, partner, branch, stranger }: Issuers, apis: readonly Api[]): string =>
  [
    ['Issuer home', home.issuer, 'oidc-provider, trusted by the APIs'],
    ['Issuer partner', partner.issuer, 'oidc-provider, trusted, stopped after it has issued one token'],
    ['Issuer branch', branch.issuer, 'oidc-provider, trusted, goes down for a while and then changes its key'],
    ['Issuer stranger', stranger.issuer, 'oidc-provider, not trusted'],
    ...apis.map(({ name, origin }) => [`API ${name}`, origin, 'GET /orders wants the scope read:orders']),
  ]
    .map(([name = '', address = '', note = '']) => `${name.padEnd(17)}${address.padEnd(25)}${note}`)
    .join('\n')

function resultTable(apis: readonly Api[], results: readonly Result[]): string {
  const columns: Column[] = [
    { title: '', width: 1 },
    { title: 'Sent', width: 29 },
    ...apis.map(({ name }) => ({ title: name, width: 7 })),
    { title: 'Came back', width: 27 },
    { title: 'Why', width: 32 },
  ]
  return renderTable(columns, results.map(rowOf))
}

function rowOf({ case: { sent, why }, came, asExpected }: Result): string[] {
  const statuses = came.map(({ outcome }) => String(outcome.status))
  const first = came[0]?.outcome
  return [
    asExpected ? '✓' : '✗',
    sent,
    ...statuses,
    first ? answerOf(first) : '',
    first?.reason ? `${first.reason}: ${why}` : why,
  ]
}

function answerOf({ client, challenge, retryAfter }: Outcome): string {
  if (client !== undefined) return `{"client":"${client}"}`
  if (challenge !== undefined) return challenge
  return retryAfter ? 'no challenge, Retry-After' : 'no challenge'
}

const differences = (results: readonly Result[]): string =>
  results
    .flatMap(({ case: { sent, expected }, came }) =>
      came
        .filter(({ asExpected }) => !asExpected)
        .map(({ api, outcome }) =>
          [`✗ ${api}: ${sent}`, `  expected ${JSON.stringify(expected)}`, `  came     ${JSON.stringify(outcome)}`].join(
            '\n',
          ),
        ),
    )
    .join('\n')

function summary(results: readonly Result[]): string {
  const good = results.filter(({ asExpected }) => asExpected).length
  return `${good} of ${results.length} as expected at every API.`
}
