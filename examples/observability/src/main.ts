export { createLog } from './logs.js'
export { createMetrics, observeKeys } from './metrics.js'
