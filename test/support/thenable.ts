/** What `await` takes for a promise and is none: it tells its answer later, and its `then` returns nothing. */
export function thenable(answer: unknown): object {
  // oxlint-disable-next-line unicorn/no-thenable -- on purpose
  return { then: (tell: (answer: unknown) => void) => void setTimeout(tell, 5, answer) }
}
