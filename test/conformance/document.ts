import type { ConformanceCase, Expectation } from './case.js'
import { differences } from './differences.js'
import { elsewhere } from './elsewhere.js'
import { table } from './table.js'

/** `docs/conformance.md`: every case of the table, and where we differ. */
export function conformanceDocument(doors: readonly string[]): string {
  const cases = Object.values(table).flat()
  return [
    '# Conformance',
    '',
    `Made from the table in \`test/conformance\` by \`npx vitest run --project node test/conformance -u\`; the tests fail where`,
    `the two differ. Each of the ${cases.length} cases below is a request with real signatures, and runs through every door:`,
    `${doors.join(', ')}; and once more on Web Crypto. Rules are the`,
    `names by which the tests call them.`,
    '',
    '## Where we differ, or choose',
    '',
    ...rows(
      ['Clause', 'Others', 'We', 'Why'],
      differences.map(({ clause, others, ours, why }) => [clause, others, ours, why]),
    ),
    ...Object.entries(table).flatMap(([topic, ofTopic]) => [
      `## ${topic[0]!.toUpperCase()}${topic.slice(1)}`,
      '',
      ...rows(['Clause', 'Case', 'Answer', 'Rules'], ofTopic.map(rowFor)),
    ]),
    '## Shown elsewhere',
    '',
    'What no single request can show has tests of its own.',
    '',
    ...rows(
      ['Rule', 'Test', 'File'],
      elsewhere.map(({ rule, what, test }) => [rule, what, `\`${test}\``]),
    ),
  ].join('\n')
}

function rowFor({ name, rules, expect, expectWhenJoined, expectWhenAuthorizedLater }: ConformanceCase): string[] {
  const [, clause = '', fact = name] = /^(.*?): (.*)$/s.exec(name) ?? []
  const answers = [
    answerOf(expect),
    ...(expectWhenJoined === undefined ? [] : [`Fetch: ${answerOf(expectWhenJoined)}`]),
    ...(expectWhenAuthorizedLater === undefined ? [] : ["Express with `authorize`: without the route's scopes"]),
  ]
  return [clause, fact, answers.join('; '), rules.join(' ')]
}

function answerOf(expectation: Expectation): string {
  if ('reason' in expectation) return `${expectation.status} ${expectation.kind}, ${expectation.reason}`
  if ('anonymous' in expectation) return '200, anonymous'
  return String(expectation.status)
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line), '']
}

/** Names hold what attackers write. */
function cell(text: string): string {
  const shown = text.length <= 300 ? text : `${text.slice(0, 300)}…`
  return shown
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`)
    .replaceAll(/[\\`*_<>[\]|]/g, (character) => `\\${character}`)
    .replaceAll('\\\\u', '\\u')
    .replaceAll(/^\\`(.*)\\`$/g, '`$1`')
}
