const MOST = 1000
const MAX_LENGTH = 200 // characters: a thousand sets of as many scopes as fit are four megabytes

/**
 * Makes what a text stands for, and for the same text the same again: thousands of tokens have the same few. For values
 * that nobody can change.
 */
export function createSharedByText<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>()
  return (text) => made.get(text) ?? (text.length > MAX_LENGTH ? make(text) : enter(text))

  function enter(text: string): T {
    if (made.size >= MOST) made.clear()
    const value = make(text)
    made.set(text, value)
    return value
  }
}
