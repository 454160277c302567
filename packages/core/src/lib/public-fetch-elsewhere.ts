import type { Fetch } from './exchange.js'
import { addressIn, isPublicAddress, PrivateAddressError } from './public-address.js'

// One label; the names of RFC 6761 §6.3, RFC 6762 §3 and its appendix G, RFC 7686 and 8375; `internal`, reserved by
// ICANN; what clusters and hosts call themselves.
const PRIVATE_NAME =
  /^(?:[^.]+|.+\.(?:localhost|local|internal|intranet|private|corp|home|lan|home\.arpa|localdomain|svc|consul|test|onion|invalid))\.*$/

/**
 * Makes a `fetch` for URLs that strangers may choose, where there is no way to see what is connected to: https only, no
 * literal of an address that is not public, no name that is private by its form.
 *
 * What it **cannot** check is where any other name leads: `as.attacker.example` may resolve to 10.0.0.1, today or from
 * the second time on. On Workers that leads nowhere, since their `fetch` has no network of yours to reach. On Deno, Bun
 * and others that run inside of a network, what keeps them from its machines must be the network itself.
 */
export function createPublicFetch(): Fetch {
  return async (url, init) => {
    const target = new URL(url)
    if (target.protocol !== 'https:') {
      throw Object.assign(new TypeError(`${target.protocol} is not https:`), { code: 'ERR_INVALID_PROTOCOL' })
    }
    if (!mayBePublic(target)) throw new PrivateAddressError(target.hostname)
    return globalThis.fetch(url, init)
  }
}

function mayBePublic(url: URL): boolean {
  const address = addressIn(url)
  return address === undefined ? !PRIVATE_NAME.test(url.hostname) : isPublicAddress(address)
}
