import { CANARY } from './tokens.js'

/** Short enough to find a piece of a token, long enough not to find anything by chance. */
const WINDOW = 16
/** Wherever a window begins, half of it begins at a multiple of this. */
const HALF = WINDOW / 2

/** Everything that came out, each text once: what does not depend on the request is only a few texts. */
export class Outputs {
  readonly #texts = new Set<string>()
  readonly #windows = new Set<string>()
  readonly #halves = new Set<string>()

  add(text: string): void {
    if (this.#texts.has(text)) return
    this.#texts.add(text)
    for (let i = 0; i + WINDOW <= text.length; i++) this.#windows.add(text.slice(i, i + WINDOW))
    for (let i = 0; i + HALF <= text.length; i++) this.#halves.add(text.slice(i, i + HALF))
  }

  get texts(): readonly string[] {
    return [...this.#texts]
  }

  /** Whether any output has sixteen characters in a row of what a client has sent. */
  hasPieceOf(secret: string): boolean {
    for (let i = 0; i + HALF <= secret.length; i += HALF) {
      if (this.#halves.has(secret.slice(i, i + HALF)) && this.#hasWindowAround(secret, i)) return true
    }
    return false
  }

  #hasWindowAround(secret: string, half: number): boolean {
    for (let i = Math.max(0, half - HALF + 1); i <= half; i++) {
      if (this.#windows.has(secret.slice(i, i + WINDOW))) return true
    }
    return false
  }

  hasCanary(): boolean {
    return this.texts.some((text) => text.toLowerCase().includes(CANARY))
  }
}
