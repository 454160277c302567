import type { Api } from './apis/index.js'
import { ordersApi } from './apis/index.js'
import type { Branch } from './branch.js'
import { type Case, invalidToken } from './cases.js'
import type { Client } from './clients.js'
import type { Clock } from './clock.js'
import { requestToken } from './token-request.js'

export interface Outage {
  readonly cases: readonly Case[]
  /** What operators saw meanwhile; complete when the cases have been run. */
  readonly observations: readonly string[]
}

/** An issuer is down for a while, and then it changes its key: what callers see of it. */
export async function outageOf(branch: Branch, courier: Client, apis: readonly Api[], clock: Clock): Promise<Outage> {
  const observations: string[] = []
  const observe = (when: string): void => {
    const { state, keys, age = 0, lastError } = apis[0]?.statusOf(branch.issuer) ?? { state: 'unloaded', keys: 0 }
    const trouble = lastError === undefined ? '' : `, ${lastError.replace(/^.* failed: /, '')}`
    observations.push(
      `verifier.status() of branch, ${when}: ${state}, ${keys} usable, ${Math.floor(age)} s old${trouble}`,
    )
  }

  const byOldKey = await requestToken(branch.issuer, courier, ordersApi, 'read:orders')
  await branch.comeBackWith(branch.newKey, branch.oldKey)
  const byNewKey = await requestToken(branch.issuer, courier, ordersApi, 'read:orders')
  await branch.comeBackWith(branch.oldKey)

  const accepted = { status: 200, client: 'courier' }
  const cases: Case[] = [
    {
      sent: 'courier: a token of the issuer branch',
      authorization: `Bearer ${byOldKey}`,
      expected: accepted,
      why: 'its keys are loaded now',
    },
    {
      before: async () => {
        await branch.stop()
        clock.putForward(30)
      },
      sent: 'the same, and branch has been down for half an hour',
      authorization: `Bearer ${byOldKey}`,
      expected: accepted,
      why: 'its keys are past their age, and serve for an hour more while it cannot be asked',
    },
    {
      before: async () => observe('down for half an hour'),
      sent: 'a token by a key that the APIs have never seen, branch still down',
      authorization: `Bearer ${byNewKey}`,
      expected: { status: 503, retryAfter: 'present', reason: 'keys' },
      why: 'whether there is such a key only branch can say: try later, do not discard it',
    },
    {
      before: async () => {
        await branch.comeBackWith(branch.newKey, branch.oldKey)
        clock.putForward(1)
      },
      sent: 'the same a minute later, and branch is back',
      authorization: `Bearer ${byNewKey}`,
      expected: accepted,
      why: 'the first token of a new key waits for one fetch, and is accepted',
    },
    {
      before: async () => observe('back again'),
      sent: 'the token by the old key, which branch still publishes',
      authorization: `Bearer ${byOldKey}`,
      expected: accepted,
      why: 'a rotation takes nothing from tokens that were issued before it',
    },
    {
      before: async () => {
        await branch.comeBackWith(branch.newKey)
        clock.putForward(10)
      },
      sent: 'the same ten minutes after branch has withdrawn that key',
      authorization: `Bearer ${byOldKey}`,
      expected: { status: 401, challenge: invalidToken, reason: 'unknown_key' },
      why: 'a withdrawn key is dead after ten minutes at the latest',
    },
  ]
  return { cases, observations }
}
