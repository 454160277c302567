import type { Fetch } from './exchange.js'
export const createPublicFetch = (): Fetch => (url, init) => globalThis.fetch(url, init)
