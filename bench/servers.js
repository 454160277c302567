// Applications with one route that wants a token, each guarded in the way that its guard's documentation shows.
import { createVerifier } from 'fast-jwt'
import buildGetJwks from 'get-jwks'
import { createRemoteJWKSet, jwtVerify } from 'jose'

/**
 * @typedef {import('./world.js').Settings} Settings
 * @typedef {(settings: Settings) => Promise<(port: number) => Promise<unknown>>} Build makes an application and returns how it is started
 * @typedef {{ name: string, framework: 'Express 5' | 'Fastify 5', isOurs?: true, isBare?: true, build: Build }} Server
 */

const HELLO = { hello: 'world' }

/** @param {(app: import('express').Express, settings: Settings) => Promise<unknown>} guard @returns {Build} */
const express = (guard) => async (settings) => {
  const { default: create } = await import('express')
  const app = create()
  await guard(app, settings)
  app.get('/', (_request, response) => void response.json(HELLO))
  return (port) => new Promise((resolve) => void app.listen(port, '127.0.0.1', () => resolve(undefined)))
}

/** @param {(app: import('fastify').FastifyInstance, settings: Settings) => Promise<object>} guard returns the route's options @returns {Build} */
const fastify = (guard) => async (settings) => {
  const { default: create } = await import('fastify')
  const app = create()
  app.get('/', { ...(await guard(app, settings)), handler: async () => HELLO })
  return (port) => app.listen({ port, host: '127.0.0.1' })
}

/** @param {Settings} settings */
function joseVerifier({ issuer, audience, jwksUri }) {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return (/** @type {string | undefined} */ header) =>
    jwtVerify(header?.replace(/^Bearer /, '') ?? '', keys, { issuer, audience })
}

/** @type {readonly Server[]} */
export const servers = [
  { name: 'no guard', framework: 'Express 5', isBare: true, build: express(async () => {}) },
  {
    name: '@resource-server/express',
    framework: 'Express 5',
    isOurs: true,
    build: express(async (app, { issuer, jwksUri, audience }) => {
      const { authenticate } = await import('@resource-server/express')
      app.use(authenticate({ issuer: { issuer, jwksUri }, audience }))
    }),
  },
  {
    name: 'express-oauth2-jwt-bearer',
    framework: 'Express 5',
    build: express(async (app, { issuer, jwksUri, audience }) => {
      const { auth } = await import('express-oauth2-jwt-bearer')
      app.use(auth({ issuer, jwksUri, audience, tokenSigningAlg: 'RS256' }))
    }),
  },
  {
    name: 'express-jwt + jwks-rsa',
    framework: 'Express 5',
    build: express(async (app, { issuer, jwksUri, audience }) => {
      const { expressjwt } = await import('express-jwt')
      const { default: jwksRsa } = await import('jwks-rsa')
      const secret = /** @type {any} */ (jwksRsa.expressJwtSecret({ jwksUri, cache: true, rateLimit: true }))
      app.use(expressjwt({ secret, issuer, audience, algorithms: ['RS256'] }))
      answer401(app)
    }),
  },
  {
    name: 'jose in a middleware',
    framework: 'Express 5',
    build: express(async (app, settings) => {
      const verify = joseVerifier(settings)
      app.use((request, response, next) => {
        verify(request.headers.authorization).then(
          () => next(),
          () => response.sendStatus(401),
        )
      })
    }),
  },
  { name: 'no guard', framework: 'Fastify 5', isBare: true, build: fastify(async () => ({})) },
  {
    name: '@resource-server/fastify',
    framework: 'Fastify 5',
    isOurs: true,
    build: fastify(async (app, { issuer, jwksUri, audience }) => {
      const { default: resourceServer } = await import('@resource-server/fastify')
      await app.register(resourceServer, { issuer: { issuer, jwksUri }, audience })
      return { config: { auth: true } }
    }),
  },
  {
    name: 'fastify-jwt-jwks',
    framework: 'Fastify 5',
    build: fastify(async (app, { jwksUri, issuer, audience }) => {
      const { default: fastifyJwtJwks } = await import('fastify-jwt-jwks')
      await app.register(/** @type {any} */ (fastifyJwtJwks), { jwksUrl: jwksUri, issuer, audience })
      return { preValidation: /** @type {any} */ (app).authenticate }
    }),
  },
  {
    name: '@fastify/jwt + get-jwks, cache: true',
    framework: 'Fastify 5',
    build: fastify(async (app, { issuer, audience }) => {
      const { default: fastifyJwt } = await import('@fastify/jwt')
      const getJwks = buildGetJwks({ issuersWhitelist: [issuer], jwksPath: '/jwks' })
      await app.register(fastifyJwt, {
        decode: { complete: true },
        secret: (/** @type {any} */ _request, /** @type {any} */ { header }) =>
          getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: issuer }),
        verify: { allowedIss: issuer, allowedAud: audience, cache: true },
      })
      return { onRequest: (/** @type {any} */ request) => request.jwtVerify() }
    }),
  },
  {
    name: 'fast-jwt in a hook, cache: true',
    framework: 'Fastify 5',
    build: fastify(async (_app, { issuer, audience }) => {
      const getJwks = buildGetJwks({ issuersWhitelist: [issuer], jwksPath: '/jwks' })
      const verify = createVerifier({
        key: async (/** @type {any} */ { header }) =>
          getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: issuer }),
        allowedIss: issuer,
        allowedAud: audience,
        cache: true,
      })
      return {
        onRequest: async (/** @type {any} */ request, /** @type {any} */ reply) => {
          try {
            await verify(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
          } catch {
            return reply.code(401).send()
          }
        },
      }
    }),
  },
  {
    name: 'jose in a hook',
    framework: 'Fastify 5',
    build: fastify(async (_app, settings) => {
      const verify = joseVerifier(settings)
      return {
        onRequest: async (/** @type {any} */ request, /** @type {any} */ reply) => {
          try {
            await verify(request.headers.authorization)
          } catch {
            return reply.code(401).send()
          }
        },
      }
    }),
  },
]

/** Express would log each refusal. @param {import('express').Express} app */
function answer401(app) {
  app.use(
    (/** @type {any} */ error, /** @type {any} */ _request, /** @type {any} */ response, /** @type {any} */ _next) =>
      response.sendStatus(error.status ?? 500),
  )
}
