import { targets } from './targets.js'

/**
 * @typedef {import('./main.js').Results} Results
 * @typedef {import('./statistics.js').Summary} Summary
 * @typedef {{ packages: Record<string, string>, machine: string, date: string, isQuick: boolean, missed: string }} Circumstances
 */

/** Everything that was measured, as Markdown. @param {Map<string, Results>} results @param {Circumstances} circumstances */
export function reportOf(results, { packages, machine, date, isQuick, missed }) {
  const majors = [...results.keys()]
  const sections = [
    '# Results',
    `Measured on ${date} with \`npm run bench\`: ${machine}, shared with others. Figures are ratios within one run, medians, and the range that holds the middle half in parentheses. Microseconds tell of this machine only.`,
    ...(isQuick
      ? ['A quick run, of code that is not warm yet: it shows that everything works, and nothing else.']
      : []),
    '## Targets',
    table(
      ['', 'target', ...majors.map((major) => `Node ${major}`)],
      targets.map(({ row, target, measured }) => [
        row,
        target,
        ...majors.map((major) => verdict(measured(of(results, major)))),
      ]),
    ),
    missed.trimEnd(),
    ...majors.flatMap((major) => sectionsFor(major, of(results, major))),
    '## Versions',
    table(
      ['package', 'version'],
      Object.entries(packages).filter(([, version]) => !version.startsWith('workspace:')),
    ),
  ]
  return `${sections.join('\n\n')}\n`
}

/** @param {string} major @param {Results} results */
function sectionsFor(major, results) {
  const { seen, burst, http, bundle } = results
  return [
    `## Node ${major}: a token seen before`,
    table(
      ['', 'µs a call', 'garbage a call, B'],
      seen.contestants.map((/** @type {any} */ { name, time, bytes }) => [
        name,
        spread(time),
        (bytes.median - seen.bare.median).toFixed(0),
      ]),
    ),
    ...results.new.algorithms.flatMap((/** @type {any} */ { algorithm, limit, runners }) => [
      `## Node ${major}: new tokens, ${algorithm}`,
      `The limit is one bare synchronous \`crypto.verify\`: ${spread(limit)} µs.`,
      table(
        ['', 'one in each turn: ratio to the limit', 'µs', '64 at once: ratio', 'heap, B'],
        runners.map((/** @type {any} */ { name, ratio, time, together, bytes }) => [
          name,
          ratio.toFixed(2),
          spread(time),
          together.toFixed(2),
          bytes.toFixed(0),
        ]),
      ),
    ]),
    `## Node ${major}: a burst of 256 new ES256 tokens, and 64 copies of one`,
    table(
      ['', 'longest block of the event loop, ms', '64 copies: processor time of so many tokens'],
      burst.contestants.map((/** @type {any} */ { name, blocked, copies }) => [
        name,
        spread(blocked),
        copies.toFixed(1),
      ]),
    ),
    ...http.frameworks.flatMap((/** @type {any} */ { framework, columns, wrong }) => [
      `## Node ${major}: ${framework}`,
      'Where there is `taskset`, the server has a core of its own, and so has whoever asks it.',
      table(
        ['', 'one token: requests/s', 'ratio', '1,000 tokens: ratio', 'all new: processor time, ratio', 'does wrong'],
        columns.one.map((/** @type {any} */ { name, rate, ratio }) => [
          name,
          spread(rate, 0),
          ratio.toFixed(2),
          columns.thousand.find((/** @type {any} */ row) => row.name === name)?.ratio.toFixed(2) ?? '',
          columns.none.find((/** @type {any} */ row) => row.name === name)?.cpuRatio.toFixed(2) ?? '',
          wrong[name].join(', '),
        ]),
      ),
    ]),
    `## Node ${major}: cold start`,
    'From the import to the first verified token, keys fetched over TLS from the loopback interface included.',
    table(
      ['', 'ms', 'of that, the import'],
      results['cold-start'].contestants.map((/** @type {any} */ row) => [
        row.name,
        spread(row.all, 1),
        spread(row.import, 1),
      ]),
    ),
    `## Node ${major}: bundles`,
    table(
      ['', 'minified, kB', 'gzipped, kB', 'of that jose, kB'],
      bundle.contestants.map((/** @type {any} */ { name, minified, gzipped, ofJose }) => [
        name,
        kilo(minified),
        kilo(gzipped),
        kilo(ofJose),
      ]),
    ),
    `## Node ${major}: who does not do what it should`,
    breaches(results),
  ]
}

/** @param {Results} results */
function breaches(results) {
  const all = results.new.algorithms.flatMap((/** @type {any} */ { algorithm, disqualified }) =>
    disqualified.map((/** @type {any} */ { name, wrong }) => `- ${name} (${algorithm}): ${wrong.join(', ')}`),
  )
  return all.length === 0 ? 'Every contestant accepts the good token and refuses the bad ones.' : all.join('\n')
}

/** @param {Map<string, Results>} results @param {string} major @returns {Results} */
const of = (results, major) => /** @type {Results} */ (results.get(major))
/** @param {{ text: string, isMet: boolean }} result */
const verdict = ({ text, isMet }) => `${isMet ? '✓' : '✗ **missed**'} ${text}`
/** @param {number} bytes */
const kilo = (bytes) => (bytes / 1000).toFixed(1)
/** @param {Summary} summary */
const spread = ({ median, low, high }, digits = 2) =>
  `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n')
}
