import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { arch, platform } from 'node:process'
import { distinct, table } from './markdown.js'
import { format } from './result.js'

/**
 * @typedef {object} Run
 * @property {string} node its version
 * @property {string} measurement
 * @property {import('./result.js').Result} result
 */

/**
 * @typedef {object} Conduct
 * @property {string} node
 * @property {readonly { name: string, package: string, note?: string, algorithms: string[], ours: boolean,
 *   faults: string[] }[]} contestants
 */

/** @param {string} name */
function versionOf(name) {
  const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}

function machine() {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${memory} GiB, ${platform} ${arch}`
}

/** @param {readonly Run[]} runs @param {readonly string[]} nodes */
function targetTable(runs, nodes) {
  const all = runs.flatMap(({ node, result }) => result.targets.map((target) => Object.assign({ node }, target)))
  /** The best peer is named in the target and may differ from Node to Node. */
  const rows = distinct(all, ({ name, target }) => JSON.stringify([name, target])).map((key) => {
    const [name, target] = JSON.parse(key)
    const cells = nodes.map((node) => {
      const found = all.find((each) => each.node === node && each.name === name && each.target === target)
      if (found === undefined) return '–'
      return found.met === undefined ? found.measured : `${found.measured}, ${found.met ? 'met' : '**missed**'}`
    })
    return [name, target, ...cells]
  })
  return table(['', 'target', ...nodes], rows)
}

/** @param {readonly { median: number, low: number, high: number }[]} found */
function cell([figure]) {
  if (figure === undefined) return '–'
  const { median, low, high } = figure
  return low === high ? format(median) : `${format(median)} (${format(low)}–${format(high)})`
}

/** @param {readonly Run[]} runs @param {readonly string[]} nodes */
function figureTables(runs, nodes) {
  const figures = runs.flatMap(({ node, result }) => result.figures.map((figure) => Object.assign({ node }, figure)))
  return distinct(figures, (figure) => figure.table).map((title) => {
    const inTable = figures.filter((figure) => figure.table === title)
    const rows = distinct(inTable, ({ row }) => row).map((row) => [
      row,
      ...nodes.map((node) => cell(inTable.filter((figure) => figure.row === row && figure.node === node))),
    ])
    return `### ${title}\n\n${table(['', ...nodes], rows)}`
  })
}

/** @param {readonly Conduct[]} conducts */
function contestantTable(conducts) {
  const [first] = conducts
  const rows = (first?.contestants ?? []).map(({ name, package: of, algorithms, note }) => {
    const faults = conducts.flatMap(({ node, contestants }) =>
      (contestants.find((each) => each.name === name)?.faults ?? []).map((fault) => `${node}: ${fault}`),
    )
    return [name, `${of} ${versionOf(of)}`, algorithms.join(', '), faults.join('; ') || 'none', note ?? '']
  })
  return table(['', 'package', 'algorithms', 'faults', 'to know'], rows)
}

/** @param {{ runs: readonly Run[], conducts: readonly Conduct[], nodes: readonly string[] }} outcome */
export function report({ runs, conducts, nodes }) {
  return `${[
    '# Results',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. Machine: ${machine()}. Other work ran on it; what is compared ran side by side, in turns, in one process. Figures are medians of the rounds, in brackets their quartiles.`,
    '## Targets',
    targetTable(runs, nodes),
    '## Contestants',
    'Each must accept a good token, also when it comes again, and refuse a tampered one, an expired one and one for another audience, with every algorithm that it knows.',
    contestantTable(conducts),
    '## Figures',
    ...figureTables(runs, nodes),
  ].join('\n\n')}\n`
}
