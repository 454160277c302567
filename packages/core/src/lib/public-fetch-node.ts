import { type LookupAddress, type LookupAllOptions, lookup as lookUpName } from 'node:dns'
import { Agent } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Fetch } from './exchange.js'
import { createHttpsFetch } from './https-fetch.js'
import { addressIn, isPublicAddress, PrivateAddressError } from './public-address.js'

/** The part of `lookup` of `node:dns` that is used. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const IDLE = 4000 // milliseconds; long enough for the next of a few requests in a row

/**
 * Makes a `fetch` for URLs that strangers may choose: https only, no redirects, and a connection to a public address or
 * none. Names are judged by what they resolve to for this very connection. Checked earlier, a name could lead to a
 * public address then and to a private one now (DNS rebinding).
 *
 * A proxy of the environment is not used: it would be the one who connects.
 *
 * @param lookup how names are resolved, for tests
 */
export function createPublicFetch(lookup: Lookup = lookUpName): Fetch {
  // Not the global agent: its open connections were checked by nobody, and a request would travel on any of them. What
  // this lookup answered is what Node connects to, so there is no need to look at the socket's address afterwards.
  const agent = new Agent({ keepAlive: true, timeout: IDLE, lookup: publicOnly(lookup) })

  const fetch = createHttpsFetch(agent)

  return async (url, init) => {
    const address = addressIn(new URL(url)) // Node looks up names only
    if (address !== undefined && !isPublicAddress(address)) throw new PrivateAddressError(address)
    return fetch(url, init)
  }
}

/** One private address among several refuses them all: which of them is connected to is not ours to say. */
function publicOnly(lookup: Lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error) callback(error, [])
      else if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        callback(new PrivateAddressError(hostname), [])
      else if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}
