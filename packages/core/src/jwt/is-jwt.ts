/**
 * Whether a token means to be a JWT: three segments of base64url, the first of which is a JSON object with `alg` (RFC
 * 7515 §3.1, §7.1). Well-formed it need not be: a JWT with a mistake in it is a bad JWT and no opaque token, which would
 * have somebody asked about it.
 */
export function isJwt(token: string): boolean {
  const segments = token.split('.', 4)
  return segments.length === 3 && segments.every((segment) => /^[\w-]*=*$/.test(segment)) && hasAlg(segments[0]!)
}

function hasAlg(segment: string): boolean {
  try {
    const header: unknown = JSON.parse(atob(segment.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof header === 'object' && header !== null && 'alg' in header
  } catch {
    return false
  }
}
