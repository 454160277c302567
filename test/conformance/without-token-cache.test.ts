import { authenticateDoor } from '../support/doors/fetch.js'
import { describeTable } from './play.js'

describeTable([authenticateDoor], { name: ', without a token cache', tokenCache: false })
