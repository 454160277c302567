/**
 * Whether an IPv4 or IPv6 address, as text, leads to the public internet: not to this machine, this network or any other
 * special place. What cannot be read is not public, and neither is an address with a zone.
 *
 * Nobody can tell that a public address is routed back inside, as the NAT64 prefix of a network's own may be.
 */
export function isPublicAddress(address: string): boolean {
  return address.includes(':') ? isPublicIpv6(address) : isPublicIpv4(address)
}

/** A host that was not connected to, because it is not on the public internet. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
  readonly code = 'ERR_PRIVATE_ADDRESS'

  constructor(host: string) {
    super(`${host} is not a public address`)
  }
}

/**
 * The address that the host of a URL is, if it is no name. The URL parser has turned all spellings into one by now:
 * `2130706433`, `0x7f.1` and `127.1` are 127.0.0.1, and every host that ends in a number is an IPv4 address.
 */
export function addressIn({ hostname }: URL): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  return /^[\d.]+$/.test(hostname) ? hostname : undefined
}

// The IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast and class E.
const SPECIAL_IPV4 = [
  '0.0.0.0/8', // this network; on Linux 0.0.0.0 is this machine
  '10.0.0.0/8',
  '100.64.0.0/10', // behind a carrier's NAT; Alibaba Cloud's metadata service
  '127.0.0.0/8',
  '168.63.129.16/32', // in no registry: on Azure, the host below the virtual machine
  '169.254.0.0/16', // link-local; the metadata service of most clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map((block) => {
  const [base = '', bits] = block.split('/')
  return { base: parseIpv4(base) ?? 0, shift: 32 - Number(bits) }
})

function isPublicIpv4(text: string): boolean {
  const address = parseIpv4(text)
  if (address === undefined) return false
  return !SPECIAL_IPV4.some(({ base, shift }) => address >>> shift === base >>> shift)
}

/** Four decimal numbers and nothing else: some read `010.1` as 8.0.0.1, some as 10.0.0.1. */
function parseIpv4(text: string): number | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

/**
 * Only of 2000::/3 is anything public. Outside of it are loopback, fc00::/7, fe80::/10, multicast, and the ways to write
 * an IPv4 address as one of IPv6: ::ffff:0:0/96 and 64:ff9b::/96.
 */
function isPublicIpv6(text: string): boolean {
  // Every runtime has a parser of IPv6 in its URL, which answers the one shortest form (RFC 5952).
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(`https://[${text}]`)) return false
  const [first = 0, second = 0] = new URL(`https://[${text}]`).hostname
    .slice(1)
    .split(':')
    .map((group) => Number.parseInt(group, 16) || 0) // zeros may be left out
  if (first === 0x2001) return second > 0x1ff && second !== 0xdb8 // protocols, Teredo; documentation
  if (first === 0x3fff) return second > 0xfff // documentation
  return first >= 0x2000 && first <= 0x3fff && first !== 0x2002 // 6to4 holds an IPv4 address
}
