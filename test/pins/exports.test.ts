import * as core from '@resource-server/core'
import * as https from '@resource-server/core/https'
import * as redis from '@resource-server/core/redis'
import * as express from '@resource-server/express'
import * as fastify from '@resource-server/fastify'
import { expect, test } from 'vitest'

// A new name is a promise: it comes with a page in the documentation and a changeset, and with a line here.

const kinds = (module: object) =>
  Object.fromEntries(Object.entries(module).map(([name, value]) => [name, typeof value]))

test('@resource-server/core exports these, and nothing else', () => {
  expect(kinds(core)).toEqual({
    AuthenticationError: 'function',
    allowInsecureRequests: 'symbol',
    authenticateEagerly: 'function',
    createVerifier: 'function',
    defineRequirements: 'function',
    explain: 'function',
    protectedResourceMetadata: 'function',
    verifierFrom: 'function',
    viewNodeRequest: 'function',
  })
})

test('@resource-server/core/https exports this, and nothing else', () => {
  expect(kinds(https)).toEqual({ httpsFetch: 'function' })
})

test('@resource-server/core/redis exports this, and nothing else', () => {
  expect(kinds(redis)).toEqual({ redisStore: 'function' })
})

test('@resource-server/express exports these, and nothing else', () => {
  expect(kinds(express)).toEqual({
    authenticate: 'function',
    authorize: 'function',
    getAccessToken: 'function',
    protectedResourceMetadata: 'function',
  })
})

test('@resource-server/fastify exports these, and nothing else', () => {
  expect(kinds(fastify)).toEqual({ default: 'function', getAccessToken: 'function' })
})

test('a verifier has these members, and nothing else', () => {
  const verifier = core.createVerifier({ issuer: 'https://as.test', audience: 'https://api.test/v1' })
  expect(kinds(verifier)).toEqual({
    authenticate: 'function',
    verify: 'function',
    authorize: 'function',
    protect: 'function',
    ready: 'function',
    status: 'function',
    metadata: 'undefined',
  })
})

test('the switch is a symbol that a reviewer cannot overlook', () => {
  expect(core.allowInsecureRequests.description).toBe('allowInsecureRequests')
  expect(Symbol.keyFor(core.allowInsecureRequests)).toBeUndefined()
})
