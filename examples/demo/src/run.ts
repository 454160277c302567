import type { Api } from './apis/index.js'
import type { Case, Outcome } from './cases.js'

export interface Result {
  readonly case: Case
  readonly came: readonly { readonly api: string; readonly outcome: Outcome; readonly asExpected: boolean }[]
  readonly asExpected: boolean
}

/** One case after the other, so that the latest reason of an API belongs to the call that was just made. */
export async function runCases(cases: readonly Case[], apis: readonly Api[]): Promise<Result[]> {
  const results: Result[] = []
  for (const each of cases) results.push(await runCase(each, apis))
  return results
}

async function runCase(given: Case, apis: readonly Api[]): Promise<Result> {
  await given.before?.()
  const came = await Promise.all(
    apis.map(async (api) => {
      const outcome = await call(api, given.authorization)
      return { api: api.name, outcome, asExpected: isSame(outcome, given.expected) }
    }),
  )
  return { case: given, came, asExpected: came.every(({ asExpected }) => asExpected) }
}

async function call(api: Api, authorization: string | undefined): Promise<Outcome> {
  const response = await fetch(`${api.origin}/orders`, { headers: authorization ? { authorization } : {} })
  const body = await response.text()
  return {
    status: response.status,
    client: response.ok ? JSON.parse(body).client : undefined,
    challenge: withoutDescription(response.headers.get('www-authenticate')),
    retryAfter: response.headers.has('retry-after') ? 'present' : undefined,
    reason: api.takeReason(),
  }
}

const withoutDescription = (challenge: string | null): string | undefined =>
  challenge?.replace(/, error_description="[^"]*"/, '')

const isSame = (a: Outcome, b: Outcome): boolean =>
  a.status === b.status &&
  a.client === b.client &&
  a.challenge === b.challenge &&
  a.retryAfter === b.retryAfter &&
  a.reason === b.reason
