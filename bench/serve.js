// One server in a process of its own: told which, it says where it listens, and how much processor time it has used.
import { servers } from './servers.js'
import { openWorld, settingsFor } from './world.js'

const server = servers[Number(process.argv[2])]
if (server === undefined) throw new RangeError(`there is no server ${process.argv[2]}`)
const port = Number(process.argv[3])
const listen = await server.build(settingsFor(openWorld(), 'RS256'))
await listen(port)
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('disconnect', () => process.exit())
process.send?.('listening')
