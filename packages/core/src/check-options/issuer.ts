import { checkClaims, type RequiredClaim } from '../claim-requirement.js'
import { invalidOption, readMembers } from '../invalid-option.js'
import { isPlainObject } from '../lib/plain-object.js'
import type { Profile } from '../options.js'
import { type CheckedIntrospection, introspection } from './introspection.js'
import { algorithmNames, audience, issuerIdentifier, names, object, optional, profile, secureUrl } from './values.js'

export interface CheckedIssuer extends IssuerDefaults {
  /** The path of this entry in the options, for messages. */
  readonly path: string
  readonly issuer: string
  readonly jwksUri: string | undefined
  readonly jwks: object | undefined
  readonly metadataUrl: string | undefined
  readonly scopeClaims: readonly string[]
  readonly claims: readonly RequiredClaim[]
  readonly introspection: CheckedIntrospection | undefined
}

/** What an entry takes from the top level unless it says otherwise. */
export interface IssuerDefaults {
  readonly audience: readonly string[] | null
  readonly algorithms: ReadonlySet<string>
  readonly profile: Profile
  readonly clockTolerance: number
}

const knownInEntry = [
  'issuer',
  'tenants',
  'jwksUri',
  'jwks',
  'metadataUrl',
  'audience',
  'algorithms',
  'profile',
  'scopeClaims',
  'claims',
  'introspection',
]

/** The issuers that are written down, one entry for each tenant. */
export function issuers(value: unknown, defaults: IssuerDefaults, insecure: boolean): readonly CheckedIssuer[] {
  if (Array.isArray(value) && value.length === 0) throw invalidOption('issuer', 'at least one issuer', value)
  const entries = Array.isArray(value)
    ? Array.from(value, (entry: unknown, index) => issuerEntries(entry, `issuer[${index}]`, defaults, insecure)).flat()
    : issuerEntries(value, 'issuer', defaults, insecure)
  const seen = new Set<string>()
  for (const { issuer, path } of entries) {
    if (seen.has(issuer)) throw invalidOption(path, 'an issuer that is not listed already', issuer)
    seen.add(issuer)
  }
  return entries
}

const PLACE = '{tenantid}' // as Microsoft writes it
const templates = ['issuer', 'metadataUrl', 'jwksUri'] as const

/** An entry with `tenants` stands for one entry for each of them, which shares nothing with the others. */
function issuerEntries(
  value: unknown,
  path: string,
  defaults: IssuerDefaults,
  insecure: boolean,
): readonly CheckedIssuer[] {
  const given = isPlainObject(value) ? readMembers(value, path, knownInEntry) : undefined
  if (given?.['tenants'] === undefined) return [issuerEntry(value, path, defaults, insecure)]
  const { tenants, ...shared } = given
  if (!String(shared['issuer']).includes(PLACE))
    throw invalidOption(`${path}.issuer`, `a URL with ${PLACE} in the place of each of the tenants`, shared['issuer'])
  return names(tenants, `${path}.tenants`).map((tenant, index) => {
    // Nothing that could lead to another host or path.
    if (!/^[\w-]{1,64}$/.test(tenant))
      throw invalidOption(`${path}.tenants[${index}]`, 'the id of a tenant: letters, digits, hyphens', tenant)
    const filled = templates.flatMap((name) => {
      const template = shared[name]
      return typeof template === 'string' ? [[name, template.replaceAll(PLACE, tenant)]] : []
    })
    return issuerEntry({ ...shared, ...(Object.fromEntries(filled) as object) }, path, defaults, insecure)
  })
}

/** @param path how to call the entry in messages */
export function issuerEntry(value: unknown, path: string, defaults: IssuerDefaults, insecure: boolean): CheckedIssuer {
  const url = (text: unknown, at: string): string => secureUrl(text, at, insecure)
  const unsaid = {
    path,
    jwksUri: undefined,
    jwks: undefined,
    metadataUrl: undefined,
    scopeClaims: ['scope', 'scp'],
    claims: [],
    introspection: undefined,
  }
  if (typeof value === 'string') return { ...defaults, ...unsaid, issuer: issuerIdentifier(value, path, insecure) }
  if (!isPlainObject(value)) throw invalidOption(path, "the issuer's URL, or an object with it", value)

  const given = readMembers(value, path, knownInEntry)
  const { jwksUri, jwks, metadataUrl } = given
  if (metadataUrl !== undefined && (jwksUri ?? jwks) !== undefined)
    throw invalidOption(
      `${path}.metadataUrl`,
      `to stand alone, but there is ${jwksUri === undefined ? 'jwks' : 'jwksUri'} already`,
      metadataUrl,
    )
  const profileOfEntry = optional(given['profile'], `${path}.profile`, profile, defaults.profile)
  const audienceOfEntry =
    given['audience'] === null ? null : optional(given['audience'], `${path}.audience`, audience, defaults.audience)
  if (profileOfEntry === 'rfc9068' && audienceOfEntry === null)
    throw invalidOption(`${path}.audience`, 'an audience, which the profile rfc9068 requires', null)
  return {
    path,
    issuer: issuerIdentifier(given['issuer'], `${path}.issuer`, insecure),
    jwksUri: optional(jwksUri, `${path}.jwksUri`, url, undefined),
    jwks: optional(jwks, `${path}.jwks`, object, undefined),
    metadataUrl: optional(metadataUrl, `${path}.metadataUrl`, url, undefined),
    audience: audienceOfEntry,
    algorithms: optional(given['algorithms'], `${path}.algorithms`, algorithmNames, defaults.algorithms),
    profile: profileOfEntry,
    clockTolerance: defaults.clockTolerance,
    scopeClaims: optional(given['scopeClaims'], `${path}.scopeClaims`, names, unsaid.scopeClaims),
    claims: optional(given['claims'], `${path}.claims`, checkClaims, unsaid.claims),
    introspection: optional(
      given['introspection'],
      `${path}.introspection`,
      (entry, at) => introspection(entry, at, insecure),
      undefined,
    ),
  }
}
