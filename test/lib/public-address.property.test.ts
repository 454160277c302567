import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressIn, isPublicAddress } from '../../packages/core/src/lib/public-address.js'

// The IANA special-purpose registries and multicast once more, read by Node's own `BlockList`.
const ipv4 = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24',
  '192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
].flatMap((line) => line.split(' '))
const ipv6 = [
  '::/128 ::1/128 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16',
  '3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8',
].flatMap((line) => line.split(' '))

const special = new BlockList()
const special6 = new BlockList() // of its own, since a `BlockList` holds a mapped address for one of IPv4
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')
for (const block of ipv4) special.addSubnet(block.split('/')[0]!, Number(block.split('/')[1]), 'ipv4')
for (const block of ipv6) special6.addSubnet(block.split('/')[0]!, Number(block.split('/')[1]), 'ipv6')

const isPublic = (address: string): boolean =>
  isIP(address) === 4
    ? !special.check(address, 'ipv4')
    : global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')

/** Bytes that are often those of a block, or one beside them. */
const near = (blocks: string[], unit: RegExp, radix: number, max: number): fc.Arbitrary<number> => {
  const edges = blocks
    .flatMap((block) => block.split('/')[0]!.match(unit) ?? [])
    .map((text) => Number.parseInt(text, radix))
  return fc.oneof(
    fc.constantFrom(...new Set(edges.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((n) => n >= 0 && n <= max))),
    fc.integer({ min: 0, max }),
    fc.constantFrom(0, max),
  )
}
const octet = near(ipv4, /\d+/g, 10, 255)
const group = near(ipv6, /[\da-f]+/g, 16, 0xffff)
const anyIpv4 = fc.array(octet, { minLength: 4, maxLength: 4 }).map((octets) => octets.join('.'))
const anyIpv6 = fc.oneof(
  fc.ipV6(),
  fc.tuple(group, group).map(([a, b]) => `${a.toString(16)}:${b.toString(16)}::1`),
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.map((n) => n.toString(16)).join(':')),
  fc.tuple(fc.constantFrom('::', '::ffff:', '64:ff9b::', '2001::', '2606::'), anyIpv4).map((parts) => parts.join('')),
)

test('of every address the verdict is that of the registries', () => {
  const seen = { true: 0, false: 0 }
  fc.assert(
    fc.property(fc.oneof(anyIpv4, anyIpv6), (address) => {
      const expected = isPublic(address)
      seen[`${expected}`]++
      expect([address, isPublicAddress(address)]).toEqual([address, expected])
      const host = addressIn(new URL(isIP(address) === 6 ? `https://[${address}]` : `https://${address}`))
      expect([host, isPublicAddress(host!)]).toEqual([host, expected])
    }),
    { numRuns: 5000 },
  )
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(500)
})

test('nothing is public that Node would not read as an address', () => {
  const piece = fc.constantFrom(
    '2606',
    '8',
    '255',
    '256',
    '08',
    '0',
    'ffff',
    'g',
    '.',
    '.',
    ':',
    ':',
    '::',
    '%',
    ']',
    ' ',
  )
  const almost = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc
      .tuple(fc.oneof(anyIpv4, anyIpv6), fc.nat(20), piece)
      .map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at)),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  fc.assert(
    fc.property(almost, (text) => {
      if (isPublicAddress(text)) expect([text, isIP(text)]).not.toEqual([text, 0])
    }),
    { numRuns: 5000 },
  )
})

test('a host that Node connects to without a lookup is read as that address, and of the others none is public', () => {
  const piece = fc.constantFrom(
    '127',
    '1',
    '0x7f',
    '010',
    '0',
    '255',
    '256',
    '.',
    '.',
    '.',
    '[',
    ']',
    '::',
    ':',
    'ffff',
    'a',
  )
  const host = fc.oneof(
    anyIpv4,
    anyIpv6.map((address) => `[${address}]`),
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(host, (host) => {
      if (!URL.canParse(`https://${host}/`)) return
      const url = new URL(`https://${host}/`)
      const connectedTo = url.hostname.replace(/^\[(.*)\]$/, '$1')
      const address = addressIn(url)
      if (isIP(connectedTo) !== 0) expect([host, address]).toEqual([host, connectedTo])
      else if (address !== undefined) expect([host, isPublicAddress(address)]).toEqual([host, false])
    }),
    { numRuns: 5000 },
  )
})
