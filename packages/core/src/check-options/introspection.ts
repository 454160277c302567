import { invalidOption, invalidSecret, readMembers } from '../invalid-option.js'
import { isPlainObject, membersOf } from '../lib/plain-object.js'
import type {
  Introspect,
  IntrospectionFunctionOptions,
  IntrospectionOptions,
  PrivateJwk,
} from '../options/introspection.js'
import type { Store } from '../options/store.js'
import { boolean, type Check, callable, isNonEmptyString, keyStore, optional, seconds, secureUrl } from './values.js'

export interface CheckedIntrospection {
  readonly tokens: 'opaque' | 'all'
  readonly cache: { readonly maxAge: number; readonly store: Store | undefined } | undefined
  readonly ask: Introspect | CheckedEndpoint
}

export interface CheckedEndpoint {
  readonly endpoint: string | undefined
  readonly clientId: string
  readonly client:
    | { readonly authentication: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
    | { readonly authentication: 'private_key_jwt'; readonly privateKey: PrivateJwk }
  readonly signedResponse: boolean
}

type Known<Options> = readonly (Options extends unknown ? keyof Options : never)[]

const knownOfEndpoint: Known<IntrospectionOptions> = [
  'endpoint',
  'clientId',
  'clientSecret',
  'authentication',
  'privateKey',
  'tokens',
  'cache',
  'signedResponse',
]
const knownOfFunction: Known<IntrospectionFunctionOptions> = ['introspect', 'tokens', 'cache']

export function introspection(value: unknown, path: string, insecure: boolean): CheckedIntrospection {
  if (typeof value === 'function') return { tokens: 'opaque', cache: undefined, ask: value as Introspect }
  if (!isPlainObject(value)) throw invalidOption(path, 'an object with clientId, or a function', value)
  const isFunction = 'introspect' in value
  const given = readMembers(value, path, isFunction ? knownOfFunction : knownOfEndpoint)
  return {
    tokens: optional(given['tokens'], `${path}.tokens`, oneOf(['opaque', 'all']), 'opaque'),
    cache: optional(given['cache'], `${path}.cache`, cache, undefined),
    ask: isFunction ? callable<Introspect>(given['introspect'], `${path}.introspect`) : endpoint(given, path, insecure),
  }
}

function endpoint(given: ReturnType<typeof readMembers>, path: string, insecure: boolean): CheckedEndpoint {
  const { clientId } = given
  if (!isNonEmptyString(clientId))
    throw invalidOption(`${path}.clientId`, 'what this API is called at the authorization server', clientId)
  return {
    endpoint: optional(given['endpoint'], `${path}.endpoint`, (text, at) => secureUrl(text, at, insecure), undefined),
    clientId,
    client: client(given, path),
    signedResponse: optional(given['signedResponse'], `${path}.signedResponse`, boolean, false),
  }
}

const authentications = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const

function client(
  { authentication, clientSecret, privateKey }: ReturnType<typeof readMembers>,
  path: string,
): CheckedEndpoint['client'] {
  const method = optional(authentication, `${path}.authentication`, oneOf(authentications), 'client_secret_basic')
  if (method !== 'private_key_jwt') {
    if (privateKey !== undefined)
      throw invalidSecret(`${path}.privateKey`, 'authentication: "private_key_jwt" beside it')
    if (!isNonEmptyString(clientSecret)) throw invalidSecret(`${path}.clientSecret`, 'a non-empty string')
    return { authentication: method, secret: clientSecret }
  }
  if (clientSecret !== undefined)
    throw invalidSecret(`${path}.clientSecret`, 'to be left out, since private_key_jwt sends no secret')
  if (!isPrivateJwk(privateKey))
    throw invalidSecret(
      `${path}.privateKey`,
      'a private JWK, whole, with an alg that it can sign by and that the option algorithms knows',
    )
  return { authentication: method, privateKey: { ...privateKey } }
}

function isPrivateJwk(value: unknown): value is PrivateJwk {
  if (!isPlainObject(value)) return false
  const { alg, kid, ...members } = membersOf(value)
  const type = typeof alg === 'string' ? keyTypes.find(({ algorithms }) => algorithms.test(alg)) : undefined
  return (
    type !== undefined &&
    (kid === undefined || isNonEmptyString(kid)) &&
    Object.entries(type.has).every(([name, wanted]) =>
      wanted === '' ? isNonEmptyString(members[name]) : members[name] === wanted,
    )
  )
}

/** What a private key for these algorithms has (RFC 7518 §6, RFC 8037 §2): this value, or any text. */
const keyTypes: readonly { readonly algorithms: RegExp; readonly has: Record<string, string> }[] = [
  { algorithms: /^(?:RS|PS)(?:256|384|512)$/, has: { kty: 'RSA', n: '', e: '', d: '' } },
  { algorithms: /^ES256$/, has: { kty: 'EC', crv: 'P-256', x: '', y: '', d: '' } },
  { algorithms: /^ES384$/, has: { kty: 'EC', crv: 'P-384', x: '', y: '', d: '' } },
  { algorithms: /^ES512$/, has: { kty: 'EC', crv: 'P-521', x: '', y: '', d: '' } },
  { algorithms: /^Ed(?:DSA|25519)$/, has: { kty: 'OKP', crv: 'Ed25519', x: '', d: '' } },
]

function cache(value: unknown, path: string): CheckedIntrospection['cache'] {
  const { maxAge, store } = readMembers(value, path, ['maxAge', 'store'])
  return {
    maxAge: seconds(1, 3600)(maxAge, `${path}.maxAge`),
    store: optional(store, `${path}.store`, keyStore, undefined),
  }
}

function oneOf<const Word extends string>(words: readonly Word[]): Check<Word> {
  return (value, path) => {
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    throw invalidOption(path, `one of ${words.join(', ')}`, value)
  }
}
