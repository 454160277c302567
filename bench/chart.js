/**
 * @typedef {import('./main.js').Results} Results
 * @typedef {{ label: string, value: number, isOurs: boolean }} Bar
 */

/** Charts of what the README tells, from the latest Node that was measured. @param {Map<string, Results>} results @returns {Record<string, string>} */
export function chartOf(results) {
  const [major, latest] = /** @type {[string, Results]} */ ([...results].at(-1))
  const seen = latest.seen.contestants
    .filter((/** @type {any} */ { name }) => !name.includes('tokenCache'))
    .map((/** @type {any} */ { name, time }) => barOf(name, time.median))
  const fresh = latest.new.algorithms[0].runners
    .filter((/** @type {any} */ { name }) => name !== 'limit' && !name.includes('tokenCache'))
    .map((/** @type {any} */ { name, ratio }) => barOf(name, ratio))
  return {
    seen: svg(
      `A token seen before, microseconds a call (less is better; Node ${major}, RS256)`,
      seen.toSorted(byValue),
      1,
    ),
    new: svg(
      `A new token, share of the bare signature (more is better; Node ${major}, RS256)`,
      fresh.toSorted(byValue).toReversed(),
      2,
    ),
  }
}

/** @param {string} name @param {number} value @returns {Bar} */
const barOf = (name, value) => ({ label: name, value, isOurs: name.startsWith('@resource-server') })
/** @param {Bar} a @param {Bar} b */
const byValue = (a, b) => a.value - b.value

const ROW = 24
const LEFT = 260
const WIDTH = 720

/** @param {string} title @param {readonly Bar[]} bars @param {number} digits */
function svg(title, bars, digits) {
  const most = Math.max(...bars.map(({ value }) => value))
  const rows = bars.map(({ label, value, isOurs }, index) => {
    const y = 44 + index * ROW
    const length = Math.max(2, (value / most) * (WIDTH - LEFT - 70))
    return [
      `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end"${isOurs ? ' font-weight="bold"' : ''}>${escape(label)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="16" rx="2" fill="${isOurs ? '#2f81f7' : '#8b949e'}"/>`,
      `<text x="${(LEFT + length + 6).toFixed(1)}" y="${y + 12}">${value.toFixed(digits)}</text>`,
    ].join('\n')
  })
  const height = 52 + bars.length * ROW
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="12" fill="#6e7681">`,
    `<text x="8" y="22" font-size="14">${escape(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}

/** @param {string} text */
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
