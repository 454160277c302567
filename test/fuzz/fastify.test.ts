import { expectBadRequestsRefused } from './expectations.js'
import { fastifyDoor } from './fastify-door.js'

expectBadRequestsRefused('Fastify 5', fastifyDoor)
