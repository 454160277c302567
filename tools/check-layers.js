// Fails on an import that points the wrong way, and on a network call outside of the rooms that may make one.
//
//   node tools/check-layers.js [packages | stages | network]…
//
// Without a claim's name, all of them are checked. The rules are in layers.js.
import { argv, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { findingsIn } from './layers.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const findings = findingsIn(root, argv.length > 2 ? argv.slice(2) : undefined)
for (const finding of findings) console.error(finding)
exit(findings.length > 0 ? 1 : 0)
