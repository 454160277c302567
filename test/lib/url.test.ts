import { describe, expect, test } from 'vitest'
import { isSecure, nameOfUrl, parseUrl } from '../../packages/core/src/lib/url.js'

describe('RFC 3986: a setting that should be a URL', () => {
  test.each([
    ['https://as.test', 'https://as.test/'],
    ['https://as.test/t1/', 'https://as.test/t1/'],
    ['https://as.test:8443/a?b=c#d', 'https://as.test:8443/a?b=c#d'],
    ['https://[2001:db8::1]/', 'https://[2001:db8::1]/'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['HTTPS://as.test', 'https://as.test/'],
    ['https://my_host-1.as.test', 'https://my_host-1.as.test/'],
    ['https://xn--bcher-kva.test/%7Ea;b,c=d', 'https://xn--bcher-kva.test/%7Ea;b,c=d'],
  ])('%s is one', (text, href) => {
    expect(parseUrl(text)?.href).toBe(href)
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a URL object', new URL('https://as.test')],
    ['an array', ['https://as.test']],
    ['the empty string', ''],
    ['a host', 'as.test'],
    ['a path', '/jwks'],
    ['no host', 'https://'],
    ['two slashes', '//as.test'],
    ['a user', 'https://user@as.test'],
    ['a user and a password', 'https://user:secret@as.test'],
    ['a password alone', 'https://:secret@as.test'],
    ['a space in front', ' https://as.test'],
    ['a space at the end', 'https://as.test '],
    ['a space inside', 'https://as.test/a b'],
    ['a line feed at the end', 'https://as.test\n'],
    ['a line feed inside', 'https://as.\ntest'],
    ['a tab inside', 'https://as\t.test'],
    ['a NUL at the end', 'https://as.test/\0'],
    ['a letter beyond ASCII', 'https://as.t\u0435st'],
    ['a letter beyond ASCII, the first', 'https://\u0430s.test'],
    ['a tab before the host', 'https://\tas.test'],
    ['a line feed before the host', 'https://\nas.test'],
    ['a space before the host', 'https:// as.test'],
    ['a NUL before the host', 'https://\0as.test'],
    ['another scheme', 'ftp://as.test'],
    ['an address of mail', 'mailto:a@b.test'],
    ['data', 'data:application/json,{}'],
    ['a scheme that only begins like http', 'httpsx://as.test'],
    ['no slash', 'https:as.test'],
    ['one slash', 'https:/as.test'],
    ['three slashes', 'https:///as.test'],
    ['backslashes', 'https:\\\\as.test'],
    ['a slash and a backslash', 'https:/\\as.test'],
    ['a backslash after the slashes', 'https://\\as.test'],
    ['a backslash in the path', 'https://as.test\\a'],
    ['a DEL', 'https://as.test/\x7f'],
    ['a quote in the host, which a challenge would end at', 'https://a",error="x.test'],
    ['a comma in the host', 'https://a,b.test'],
    ['an equals sign in the host', 'https://a=b.test'],
    ['a template in the host', 'https://{tenantid}.test'],
    ['a port that is none', 'https://as.test:99999'],
  ])('%s is none', (_, value) => {
    expect(parseUrl(value)).toBeUndefined()
  })
})

describe('RFC 8414 §2: https, and http only where nobody is in between', () => {
  test.each([
    'https://as.test',
    'https://127.0.0.1',
    'http://localhost',
    'http://localhost:8080/jwks',
    'http://LOCALHOST',
    'http://127.0.0.1',
    'http://127.255.255.254:1',
    'http://127.1', // URL writes it out as 127.0.0.1
    'http://[::1]:8080',
    'http://[0:0:0:0:0:0:0:1]',
  ])('%s is safe', (url) => {
    expect(isSecure(new URL(url), false)).toBe(true)
  })

  test.each([
    'http://as.test',
    'http://localhost.as.test',
    'http://notlocalhost',
    'http://localhost.',
    'http://sub.localhost',
    'http://127.0.0.1.as.test',
    'http://127.0.0.1x.test',
    'http://a127.0.0.1.test',
    'http://127.as.test',
    'http://128.0.0.1',
    'http://12.7.0.1',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://[::]',
    'http://[::2]',
    'http://[::ffff:127.0.0.1]',
  ])('%s is not, unless http is allowed', (url) => {
    expect(isSecure(new URL(url), false)).toBe(false)
    expect(isSecure(new URL(url), true)).toBe(true)
  })

  test.each([
    'ftp://as.test',
    'file:///etc/jwks.json',
    'data:application/json,{}',
    'ws://localhost',
    'wss://as.test',
    'blob:https://as.test/1',
  ])('%s is not, whatever is allowed', (url) => {
    expect(isSecure(new URL(url), false)).toBe(false)
    expect(isSecure(new URL(url), true)).toBe(false)
  })
})

test.each([
  ['https://as.test/jwks', 'https://as.test/jwks'],
  ['https://as.test:8443/a/b?key=secret', 'https://as.test:8443/a/b'],
  ['https://as.test/?key=secret#secret', 'https://as.test/'],
  [`https://as.test/${'a'.repeat(300)}`, `https://as.test/${'a'.repeat(240)}`],
])('in messages %s is called %s', (url, name) => {
  expect(nameOfUrl(url)).toBe(name)
})
