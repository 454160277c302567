import { format } from './result.js'

const ROW = 26
const LABEL = 250
const WIDTH = 460
const FIGURE = 90

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/**
 * Horizontal bars that can be read on light and on dark pages.
 *
 * @param {{ title: string, logarithmic?: boolean, bars: readonly { name: string, value: number, ours: boolean }[] }} chart
 */
export function barChart({ title, logarithmic = false, bars }) {
  const values = bars.map(({ value }) => value)
  const most = Math.max(...values)
  const least = logarithmic ? Math.min(...values) / 2 : 0
  const scale = (/** @type {number} */ value) =>
    logarithmic ? Math.log(value / least) / Math.log(most / least) : value / most
  const height = ROW * (bars.length + 1) + 12
  const rows = bars.map(({ name, value, ours }, i) => {
    const y = ROW * (i + 1) + 8
    const length = Math.max(2, Math.round(WIDTH * scale(value)))
    return [
      `<text x="${LABEL - 8}" y="${y + 14}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LABEL}" y="${y}" width="${length}" height="${ROW - 8}" rx="2" class="${ours ? 'ours' : 'peer'}"/>`,
      `<text x="${LABEL + length + 6}" y="${y + 14}">${format(value)}</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LABEL + WIDTH + FIGURE} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #57606a }
.title { font-weight: 600 }
.ours { fill: #2da44e }
.peer { fill: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #b1bac4 } }
</style>
<text x="8" y="18" class="title">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`
}
