import { type AuthenticationFailedEvent, explain } from '@resource-server/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Api, openApi, summaryOf } from '../scenarios/api.js'
import { doors } from '../support/doors.js'
import { NOW } from '../support/fixture.js'
import { json, jwks, startJwksServer } from '../support/jwks-server.js'
import { r1 } from '../support/keys.js'
import { tokenBy } from '../support/token.js'
import { type Changes, type Recipe, recipes } from './recipes.js'

const realFetch = globalThis.fetch

/** The token that the issuer's documentation shows, with changes, signed by RS256 as all of them do. */
function tokenOf({ header, claims }: Recipe, changes: Changes = {}): string {
  return tokenBy('RS256', {
    header: { ...header, ...changes.header },
    claims: { client_id: undefined, jti: undefined, iat: NOW, exp: NOW + 3600, ...claims, ...changes.claims },
  })
}

/** Metadata and keys at the addresses of the issuer. Only the network leads to the loopback interface. */
async function open(door: (typeof doors)[number], recipe: Recipe): Promise<Api> {
  const documents = new Map<string, ReturnType<typeof json>>([[recipe.jwksUri, jwks([r1.jwk])]])
  for (const [url, members] of Object.entries(recipe.metadata))
    documents.set(url, json({ ...members, jwks_uri: recipe.jwksUri }))
  const server = await startJwksServer()
  onTestFinished(() => server.close())
  for (const [url, document] of documents) server.serve({ [new URL(url).pathname]: document })
  return openApi(door, {
    options: {
      ...recipe.options,
      fetch: (url, init) => {
        if (!documents.has(url)) throw new TypeError(`${url} is none of this issuer's addresses`)
        return realFetch(server.origin + new URL(url).pathname, init)
      },
    },
    routes: { '/v1/route': recipe.route },
  })
}

describe.each(doors)('through $name', (door) => {
  describe.each(recipes)('$name', (recipe) => {
    test('its token is accepted with client, subject and scopes', async () => {
      const api = await open(door, recipe)
      const { status, accessToken, failure } = await api.call(tokenOf(recipe), '/v1/route')
      expect([status, failure]).toEqual([200, undefined])
      const { clientId, subject, scopes } = accessToken!
      expect({ clientId, subject, scopes: [...scopes] }).toEqual(recipe.seen)
    })

    test('what is not meant for this API is refused, and what is not enough too', async () => {
      const api = await open(door, recipe)
      for (const [what, changes, reason, advice] of recipe.refused) {
        const outcome = await api.call(tokenOf(recipe, changes), '/v1/route')
        expect([what, summaryOf(outcome)]).toEqual([what, `401 ${reason}`])
        if (advice !== undefined) expect(explain(outcome.failure as AuthenticationFailedEvent)).toMatch(advice)
      }
      for (const [what, claims, reason] of recipe.notEnough) {
        const outcome = await api.call(tokenOf(recipe, { claims }), '/v1/route')
        expect([what, summaryOf(outcome)]).toEqual([what, `403 ${reason}`])
      }
    })
  })
})
