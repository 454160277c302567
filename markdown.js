/** @param {readonly string[]} header @param {readonly (readonly string[])[]} rows */
export function table(header, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/**
 * The values of a key in the order in which they come up first.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} key
 */
export const distinct = (items, key) => [...new Set(items.map(key))]
