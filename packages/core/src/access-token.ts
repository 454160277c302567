import type { JsonObject } from './lib/json.js'
import { createSharedByText } from './lib/shared-by-text.js'
import type { VerifiedToken } from './verified-token.js'

/** The claims of a verified access token, or what its issuer has answered about an opaque one: types that were checked are told, all others are for you to check. */
export interface AccessTokenClaims extends JsonObject {
  readonly iss: string
  readonly exp: number
  readonly aud?: string | readonly string[]
  readonly iat?: number
  readonly nbf?: number
  readonly sub?: string
  readonly client_id?: string
  readonly jti?: string
}

/** An access token that was found valid. Deeply frozen: requests that carry the same token may share it. */
export interface AccessToken {
  /** The token as it was sent. Not enumerable, so that logging or copying the object does not spill it. */
  readonly token: string
  readonly scheme: 'Bearer'
  /** `iss`, equal to the letter to one of the issuers in the options. */
  readonly issuer: string
  /**
   * `sub`: a user, or for the client credentials grant mostly the client (RFC 9068 §5: do not take it for a user just
   * because it is there).
   */
  readonly subject: string | undefined
  /** `client_id` (RFC 9068 §2.2), or its older names `azp`, `cid` and `appid`. */
  readonly clientId: string | undefined
  /** All of `aud`. */
  readonly audience: readonly string[]
  /** The scopes granted; an empty set where the token has none. */
  readonly scopes: ReadonlySet<string>
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: number
  /** `iat`, in seconds since the epoch. */
  readonly issuedAt: number | undefined
  readonly claims: AccessTokenClaims
  /** That of a JWT; of an opaque token it is empty. */
  readonly header: JsonObject
  /** `cnf`: always `undefined` as long as bound tokens are refused. */
  readonly confirmation: JsonObject | undefined
}

/** Makes the access token of one that has passed every check. */
export function createAccessToken(
  token: string,
  verified: VerifiedToken,
  scopeClaims: readonly string[],
  maker: object,
): AccessToken {
  return new FrozenAccessToken(token, verified, scopeClaims, maker)
}

/** Whether an access token is one that this maker has made, and no look-alike. */
export function isMadeBy(maker: object, accessToken: AccessToken): boolean {
  return FrozenAccessToken.isMadeBy(maker, accessToken)
}

class FrozenAccessToken implements AccessToken {
  readonly #token: string
  readonly #maker: object // and not a WeakSet of what was made: each collection of garbage would walk through it
  readonly scheme: 'Bearer'
  readonly issuer: string
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly audience: readonly string[]
  readonly scopes: ReadonlySet<string>
  readonly expiresAt: number
  readonly issuedAt: number | undefined
  readonly claims: AccessTokenClaims
  readonly header: JsonObject
  readonly confirmation: undefined

  constructor(token: string, verified: VerifiedToken, scopeClaims: readonly string[], maker: object) {
    const claims = verified.claims as AccessTokenClaims
    const { aud = [] } = claims
    this.#token = token
    this.#maker = maker
    this.scheme = 'Bearer'
    this.issuer = claims.iss
    this.subject = claims.sub
    this.clientId = claims.client_id ?? firstString(claims, ['azp', 'cid', 'appid'])
    this.audience = typeof aud === 'string' ? audienceOf(aud) : Object.freeze([...aud])
    this.scopes = readScopes(claims, scopeClaims)
    this.expiresAt = claims.exp
    this.issuedAt = claims.iat
    this.claims = Object.freeze(claims) // after all that reads it
    this.header = 'header' in verified ? verified.header : NO_HEADER
    this.confirmation = undefined
    Object.freeze(this)
  }

  get token(): string {
    return this.#token
  }

  static isMadeBy(maker: object, value: unknown): boolean {
    return typeof value === 'object' && value !== null && #maker in value && value.#maker === maker
  }
}

const audienceOf = createSharedByText((aud): readonly string[] => Object.freeze([aud]))

const NO_HEADER = Object.freeze(Object.create(null)) as JsonObject

function firstString(claims: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = claims[name]
    if (typeof value === 'string') return value
  }
  return undefined
}

/**
 * The scopes in the first of `scopeClaims` that the token has. Never a union: a claim that somebody else fills must not
 * add to `scope`.
 */
function readScopes(claims: JsonObject, scopeClaims: readonly string[]): ReadonlySet<string> {
  let first = 0
  while (first < scopeClaims.length && claims[scopeClaims[first]!] === undefined) first++
  const name = scopeClaims[first]
  if (name === undefined) return NO_SCOPES
  const value = claims[name]
  // `scope` is a string (RFC 9068 §2.2.3); other claims may be arrays of strings.
  if (typeof value === 'string') return scopesOfText(value)
  if (name === 'scope' || !Array.isArray(value)) return NO_SCOPES
  return value.every((scope) => typeof scope === 'string') ? new FrozenSet(value) : NO_SCOPES
}

/** RFC 6749 §3.3: split at the space and nowhere else. */
const scopesOfText = createSharedByText(
  (text): ReadonlySet<string> => new FrozenSet(text.split(' ').filter((scope) => scope !== '')),
)

/** What Set can do besides since Node 22. */
const ALGEBRA = [
  'union',
  'intersection',
  'difference',
  'symmetricDifference',
  'isSubsetOf',
  'isSupersetOf',
  'isDisjointFrom',
]

/**
 * `Object.freeze` leaves the inside of a Set open; one handler that adds a scope would add it for every request that
 * shares the token. Even `Set.prototype.add.call` reaches only the Set that this one is for consoles and clones: what it
 * answers comes from another one.
 */
class FrozenSet extends Set<string> {
  static {
    for (const name of ALGEBRA) {
      const method: unknown = Reflect.get(Set.prototype, name)
      if (typeof method !== 'function') continue
      const value = function (this: FrozenSet, other: unknown): unknown {
        return Reflect.apply(method, this.#values, [other])
      }
      Object.defineProperty(FrozenSet.prototype, name, { value, writable: true, configurable: true })
    }
  }

  readonly #values: ReadonlySet<string>
  constructor(values: readonly string[]) {
    super()
    for (const value of values) super.add(value)
    this.#values = new Set(values)
    Object.freeze(this)
  }
  override get size(): number {
    return this.#values.size
  }
  override has(value: string): boolean {
    return this.#values.has(value)
  }
  override forEach(callback: (value: string, same: string, set: Set<string>) => void, self?: unknown): void {
    for (const value of this.#values) callback.call(self, value, value, this)
  }
  override keys(): SetIterator<string> {
    return this.#values.keys()
  }
  override values(): SetIterator<string> {
    return this.#values.values()
  }
  override entries(): SetIterator<[string, string]> {
    return this.#values.entries()
  }
  override [Symbol.iterator](): SetIterator<string> {
    return this.#values.values()
  }
  /** A Set says nothing in JSON. */
  toJSON(): readonly string[] {
    return [...this]
  }
  override add(): never {
    throw new TypeError('The scopes of an access token cannot be changed')
  }
  override delete(): never {
    throw new TypeError('The scopes of an access token cannot be changed')
  }
  override clear(): never {
    throw new TypeError('The scopes of an access token cannot be changed')
  }
}

const NO_SCOPES = new FrozenSet([])
