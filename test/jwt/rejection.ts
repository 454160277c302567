import { Rejection } from '../../packages/core/src/failure.js'

/** How a stage refuses: `invalid_token/expired: exp has passed`, or `passed`. What is no refusal travels on. */
export function refusalOf(stage: () => unknown): string {
  try {
    stage()
    return 'passed'
  } catch (thrown) {
    return textOf(thrown)
  }
}

/** As {@link refusalOf}, for a stage that may answer with a promise. */
export async function asyncRefusalOf(stage: () => unknown): Promise<string> {
  try {
    await stage()
    return 'passed'
  } catch (thrown) {
    return textOf(thrown)
  }
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Rejection)) throw thrown
  return `${thrown.failure.kind}/${thrown.failure.reason}: ${thrown.detail}`
}
