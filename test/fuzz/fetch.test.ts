import { expectBadRequestsRefused } from './expectations.js'
import { fetchDoor } from './fetch-door.js'

expectBadRequestsRefused('Fetch', fetchDoor)
