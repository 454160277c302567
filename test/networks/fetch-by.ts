import type { VerifierOptions } from '@resource-server/core'
import { type Dispatcher, fetch } from 'undici'

export function fetchBy(dispatcher: Dispatcher): NonNullable<VerifierOptions['fetch']> {
  return (url, init) => fetch(url, { ...init, dispatcher })
}
