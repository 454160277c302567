import express5 from 'express'
import express4 from 'express4'
import type { Door } from './door.js'
import { expressDoor } from './doors/express.js'
import { fastifyDoor } from './doors/fastify.js'
import { authenticateDoor, protectDoor } from './doors/fetch.js'

/** Every way in. What is true at one is true at all of them. */
export const doors: readonly Door[] = [
  authenticateDoor,
  protectDoor,
  expressDoor('Express 4', express4, 'authorize'),
  expressDoor('Express 5', express5, 'authorize'),
  expressDoor('Express 5, authenticate() on the route', express5, 'per route'),
  fastifyDoor,
]
