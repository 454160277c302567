import { explain, type VerifierEvent } from '@resource-server/core'
import type { Logger } from 'pino'

/**
 * Writes what a verifier tells to a log, for `onEvent`. What clients do is `info`: anybody can cause it, as often as he
 * likes. What keeps good clients out is `error`.
 */
export function createLog(logger: Logger): (event: VerifierEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'authentication.failed': {
        const { cause, ...facts } = event
        if (event.kind === 'unavailable') logger.error({ ...facts, err: cause }, explain(event))
        else logger.info(facts, explain(event))
        break
      }
      case 'keys.fetch':
        if (event.ok) logger.debug(event, 'keys were fetched')
        else logger.error(event, `keys of ${event.issuer} could not be fetched: ${event.reason}`)
        break
      case 'keys.stale':
        logger.warn(event, `keys of ${event.issuer} are past their age, for ${event.remaining} s more`)
        break
      case 'keys.store':
      case 'introspection.store':
        logger.error({ ...event, err: event.cause }, `the store failed at ${event.operation}`)
        break
      case 'key.skipped':
        logger[event.why === 'private' ? 'fatal' : 'warn'](event, `a key of ${event.issuer} is ${event.why}`)
        break
      case 'keys.changed':
      case 'keys.forced':
        logger.info(event, event.type)
        break
    }
  }
}
