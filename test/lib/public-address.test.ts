import { describe, expect, test } from 'vitest'
import { addressIn, isPublicAddress } from '../../packages/core/src/lib/public-address.js'

/** The last address before a block, its first and last, and the next one. Without one on a side, another block is there. */
type Block = [block: string, before: string | undefined, first: string, last: string, after: string | undefined]

const blocks: Block[] = [
  ['0.0.0.0/8', undefined, '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['10.0.0.0/8', '9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['100.64.0.0/10', '100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['127.0.0.0/8', '126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['168.63.129.16/32', '168.63.129.15', '168.63.129.16', '168.63.129.16', '168.63.129.17'],
  ['169.254.0.0/16', '169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['172.16.0.0/12', '172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['192.0.0.0/24', '191.255.255.255', '192.0.0.0', '192.0.0.255', '192.0.1.0'],
  ['192.0.2.0/24', '192.0.1.255', '192.0.2.0', '192.0.2.255', '192.0.3.0'],
  ['192.88.99.0/24', '192.88.98.255', '192.88.99.0', '192.88.99.255', '192.88.100.0'],
  ['192.168.0.0/16', '192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['198.18.0.0/15', '198.17.255.255', '198.18.0.0', '198.19.255.255', '198.20.0.0'],
  ['198.51.100.0/24', '198.51.99.255', '198.51.100.0', '198.51.100.255', '198.51.101.0'],
  ['203.0.113.0/24', '203.0.112.255', '203.0.113.0', '203.0.113.255', '203.0.114.0'],
  ['224.0.0.0/4', '223.255.255.255', '224.0.0.0', '239.255.255.255', undefined],
  ['240.0.0.0/4', undefined, '240.0.0.0', '255.255.255.255', undefined],
  ['all before 2000::/3', undefined, '::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2000::'],
  [
    '2001::/23',
    '2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001::',
    '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:200::',
  ],
  [
    '2001:db8::/32',
    '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:db8::',
    '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:db9::',
  ],
  [
    '2002::/16',
    '2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2002::',
    '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2003::',
  ],
  [
    '3fff::/20',
    '3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '3fff::',
    '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff',
    '3fff:1000::',
  ],
  [
    'all after 2000::/3',
    '3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '4000::',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    undefined,
  ],
]

test.each(blocks)('%s is not public, its neighbours are', (_, before, first, last, after) => {
  expect([first, last].map(isPublicAddress)).toEqual([false, false])
  for (const neighbour of [before, after]) {
    if (neighbour !== undefined) expect([neighbour, isPublicAddress(neighbour)]).toEqual([neighbour, true])
  }
})

test.each([
  '8.8.8.8',
  '93.184.216.34',
  '192.31.196.1',
  '2606:4700:4700::1111',
  '2A00:1450:4001:81B::200E',
  '2a00:1450:4001:81b:0:0:0:200e',
  '2a00::1.2.3.4',
  '2620:4f:8000::1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test.each([
  ['the metadata service of a cloud', '169.254.169.254'],
  ['the same, of AWS by IPv6', 'fd00:ec2::254'],
  ['loopback', '::1'],
  ['a mapped loopback', '::ffff:127.0.0.1'],
  ['the same in hexadecimal', '::ffff:7f00:1'],
  ['the same without abbreviation', '0:0:0:0:0:ffff:7f00:0001'],
  ['a mapped public address', '::ffff:8.8.8.8'],
  ['an IPv4-compatible loopback', '::127.0.0.1'],
  ['loopback by NAT64', '64:ff9b::127.0.0.1'],
  ['loopback by NAT64 of the network', '64:ff9b:1::7f00:1'],
  ['loopback by 6to4', '2002:7f00:1::'],
  ['a Teredo tunnel', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['a unique local address', 'fc00::1'],
  ['the other half of them', 'fdff::1'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['discard-only', '100::1'],
  ['segment routing', '5f00::1'],
])('%s, %s, is not public', (_, address) => {
  expect(isPublicAddress(address)).toBe(false)
})

describe('what is not exactly an address is not public', () => {
  test.each([
    '',
    ' ',
    '.',
    ':',
    ':::',
    '8.8.8',
    '8.8.8.8.8',
    '8.8.8.8.',
    '.8.8.8.8',
    '8..8.8',
    '8.8.8.',
    '08.8.8.8',
    '8.8.8.010',
    '8.8.8.256',
    '8.8.8.1000',
    '256.8.8.8',
    '-8.8.8.8',
    '+8.8.8.8',
    '8.8.8.0x8',
    '134744072',
    '0x8.8.8.8',
    ' 8.8.8.8',
    '8.8.8.8 ',
    '8.8.8.8\n',
    '8.8.8.8\0',
    '8.8.8.8/32',
    '8.8.8.8:443',
    '８.8.8.8',
    '8.8.8.٨',
    'as.example.com',
    'localhost',
    '2606',
    '2606:',
    '2606:4700',
    '2606:::1',
    '2606::1::1',
    '2606:4700:4700:0:0:0:0:0:1111',
    '2606::12345',
    '2606::g',
    '2606::1%0',
    '2606::1%eth0',
    '2606::1%25eth0',
    '[2606::1]',
    '2606::1]',
    '2606::1]:443/[',
    '2606::1\n',
    '2606:\t:1',
    ' 2606::1',
    '2606::1/128',
    '2606::8.8.8',
    '2606::8.8.8.256',
    '2606::08.8.8.8',
    '2606::8.8.8.8:1',
    '２606::1',
  ])('%j', (text) => {
    expect(isPublicAddress(text)).toBe(false)
  })
})

describe('the address in a URL', () => {
  test.each([
    ['https://127.0.0.1/', '127.0.0.1'],
    ['https://127.0.0.1.:8443/', '127.0.0.1'],
    ['https://127.1/', '127.0.0.1'],
    ['https://2130706433/', '127.0.0.1'],
    ['https://0x7f.1/', '127.0.0.1'],
    ['https://0177.0.0.1/', '127.0.0.1'],
    ['https://%31%32%37.0.0.1/', '127.0.0.1'],
    ['https://①②⑦。0。0。1/', '127.0.0.1'],
    ['https://127.0.0.1../', '127.0.0.1..'], // a name to the URL parser, and who knows to whom not
    ['https://0/', '0.0.0.0'],
    ['https://[::1]/', '::1'],
    ['https://[0:0:0:0:0:ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['https://user@[::1]:8443/', '::1'],
  ])('%s is in one form', (url, address) => {
    expect(addressIn(new URL(url))).toBe(address)
  })

  test.each([
    'https://as.example.com/',
    'https://localhost/',
    'https://127.0.0.1.nip.io/',
    'https://a1/',
    'https://a.1a/',
  ])('%s has a name', (url) => {
    expect(addressIn(new URL(url))).toBeUndefined()
  })
})
