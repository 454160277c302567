export interface Column {
  readonly title: string
  readonly width: number
}

/** As wide as its content, at most as wide as its columns allow; long cells continue on the next line. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const wrapped = rows.map((row) => columns.map(({ width }, index) => wrap(row[index] ?? '', width)))
  const widths = columns.map(({ title }, index) => longest([title, ...wrapped.flatMap((row) => row[index] ?? [])]))
  const rule = widths.map((width) => '─'.repeat(width)).join('──')
  const header = renderRow(
    columns.map(({ title }) => [title]),
    widths,
  )
  return [rule, header, rule, ...wrapped.flatMap((row) => [renderRow(row, widths), rule])].join('\n')
}

export function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === '') lines[lines.length - 1] = word
    else if (`${line} ${word}`.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

function renderRow(cells: readonly (readonly string[])[], widths: readonly number[]): string {
  const height = Math.max(...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, index) => (cells[index]?.[line] ?? '').padEnd(width))
      .join('  ')
      .trimEnd(),
  ).join('\n')
}

const longest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length))
