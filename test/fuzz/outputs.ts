import { CANARY } from './tokens.js'

/** Short enough to find a piece of a token, long enough not to find anything by chance. */
const WINDOW = 16

/** Everything that came out, each text once: what does not depend on the request is only a few texts. */
export class Outputs {
  readonly #texts = new Map<string, number>()
  readonly #windows = new Set<string>()

  add(text: string): void {
    const times = this.#texts.get(text) ?? 0
    this.#texts.set(text, times + 1)
    if (times === 0) for (let i = 0; i + WINDOW <= text.length; i++) this.#windows.add(text.slice(i, i + WINDOW))
  }

  get texts(): readonly string[] {
    return [...this.#texts.keys()]
  }

  /** Whether any output has sixteen characters in a row of what a client has sent. */
  hasPieceOf(secret: string): boolean {
    for (let i = 0; i + WINDOW <= secret.length; i++) if (this.#windows.has(secret.slice(i, i + WINDOW))) return true
    return false
  }

  hasCanary(): boolean {
    return this.texts.some((text) => text.toLowerCase().includes(CANARY))
  }
}
