import { startApis } from './apis/index.js'
import { casesFor } from './cases.js'
import { createClients } from './clients.js'
import { createClock } from './clock.js'
import { curlCommands } from './curl.js'
import { startIssuers } from './issuers.js'
import { collectNotices, notices } from './notices.js'
import { outageOf } from './outage.js'
import { renderReport } from './report.js'
import { runCases } from './run.js'
import { requestTokens } from './tokens.js'

const serve = process.argv.includes('--serve')
const stops: (() => Promise<void>)[] = []

try {
  await demonstrate()
} finally {
  await Promise.all(stops.map((stop) => stop()))
}

async function demonstrate(): Promise<void> {
  const clients = await createClients()
  const issuers = await startIssuers(Object.values(clients))
  stops.push(...Object.values(issuers).map(({ stop }) => stop))
  const clock = createClock()
  const apis = await startApis(issuers, clock)
  stops.push(...apis.map(({ stop }) => stop))

  const tokens = await requestTokens(issuers, clients)
  await issuers.partner.stop()

  const { results, observations } = await collectNotices(async () => {
    const { cases, observations } = await outageOf(issuers.branch, clients.courier, apis, clock)
    return { results: await runCases([...casesFor(tokens, clients), ...cases], apis), observations }
  })
  clock.reset()
  console.log(renderReport({ issuers, apis, results, observations, notices: notices() }))
  process.exitCode = results.every(({ asExpected }) => asExpected) ? 0 : 1

  if (serve) {
    console.log(`\n${curlCommands(`${issuers.home.issuer}/token`, clients.warehouse, apis)}\n`)
    console.log('Running until Ctrl-C.')
    await stopSignal()
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
