import { invalidOption, readMembers } from '../invalid-option.js'
import type { ResourceSettings } from '../metadata.js'
import type { ResourceOptions } from '../options.js'
import { checkWords } from '../requirements/requirements.js'
import { optional, secureUrl, text } from './values.js'

const knownInResource: readonly (keyof ResourceOptions)[] = [
  'url',
  'name',
  'documentation',
  'policyUri',
  'tosUri',
  'scopesSupported',
]

export function resourceEntry(value: unknown, insecure: boolean): ResourceSettings {
  const given = typeof value === 'string' ? { url: value } : readMembers(value, 'resource', knownInResource)
  const path = typeof value === 'string' ? 'resource' : 'resource.url'
  const url = secureUrl(given['url'], path, insecure)
  if (url.includes('#')) throw invalidOption(path, 'a URL without a fragment', url) // RFC 9728 §1.2
  const link = (text: unknown, at: string): string => secureUrl(text, at, insecure)
  return {
    url,
    name: optional(given['name'], 'resource.name', text, undefined),
    documentation: optional(given['documentation'], 'resource.documentation', link, undefined),
    policyUri: optional(given['policyUri'], 'resource.policyUri', link, undefined),
    tosUri: optional(given['tosUri'], 'resource.tosUri', link, undefined),
    scopesSupported: optional(
      given['scopesSupported'],
      'resource.scopesSupported',
      (scopes, at) => checkWords(scopes, at, 'scope'),
      [],
    ),
  }
}
