/** Parses an absolute http or https URL of printable ASCII without user name and password, or returns `undefined`. */
export function parseUrl(text: unknown): URL | undefined {
  // The URL parser drops tabs, trims spaces, supplies slashes and turns "\\" into one; a setting that needs any of that
  // is a typing error.
  if (typeof text !== 'string' || !/^[\x21-\x5b\x5d-\x7e]+$/.test(text) || !/^https?:\/\/[^/]/i.test(text))
    return undefined
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  // The parser lets quotes, commas and equals signs into a host: no host has them, but a challenge would.
  if (!/^[\w.:[\]-]+$/.test(url.host)) return undefined
  return url.username === '' && url.password === '' ? url : undefined
}

/** Whether requests may go to this URL: https anywhere, http on the loopback interface only unless `insecure`. */
export function isSecure(url: URL, insecure: boolean): boolean {
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (insecure || isLoopback(url.hostname))
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** A URL as it may stand in messages and logs: without its query, which may hold a key, and not without end. */
export function nameOfUrl(text: string): string {
  const { origin, pathname } = new URL(text)
  return (origin + pathname).slice(0, 256)
}
