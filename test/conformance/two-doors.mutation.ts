import { fastifyDoor } from '../support/doors/fastify.js'
import { authenticateDoor } from '../support/doors/fetch.js'
import { describeTable } from './play.js'

// What mutants are held against: a door that is asked later, and one that is asked at once where that is possible.
describeTable([authenticateDoor])
describeTable([fastifyDoor], { name: ', asked once before', isWarmed: true })
