/** Parses an absolute URL of printable ASCII without user name and password, or returns `undefined`. */
export function parseUrl(text: unknown): URL | undefined {
  // The URL parser drops tabs and line feeds and trims spaces; a setting that needs that is a typing error.
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) return undefined
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
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
