import { doors } from '../support/doors.js'
import { describeTable } from './play.js'

describeTable(doors, { name: ', asked once before', isWarmed: true })
