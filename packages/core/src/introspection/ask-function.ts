import { withDeadline } from '../lib/deadline.js'
import { LoadError } from '../lib/exchange.js'
import { isObject, parseJsonObject } from '../lib/json.js'
import type { Introspect } from '../options/introspection.js'
import type { Ask } from './introspection.js'

const MAX_DEPTH = 16

/** Asks a function of the user. Its answer is made JSON, so that nothing in it can change or act later. */
export function createFunctionAsker(introspect: Introspect): Ask {
  return async (token, budget) => {
    const answer: unknown = await withDeadline(budget.remaining(), (signal) => introspect(token, { signal }))
    const document = isObject(answer) ? parseJsonObject(JSON.stringify(answer), MAX_DEPTH) : undefined
    if (document === undefined) throw new LoadError('introspection', 'introspect() did not answer a plain JSON object')
    return document
  }
}
