import { createVerifier, type VerifierOptions } from '@resource-server/core'
import { describe, expect, test } from 'vitest'
import { construction } from './construction.js'

const wrong = construction.filter((conformanceCase) => conformanceCase.wrong !== undefined)
const right = construction.filter((conformanceCase) => conformanceCase.wrong === undefined)

describe('X29: a verifier that is written down wrongly is refused at once, and the mistake is named', () => {
  for (const { name, options, wrong: option = '' } of wrong) {
    test(name, () => {
      const error = thrownBy(() => createVerifier(options as VerifierOptions))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION' })
      const { message } = error as TypeError
      expect(message).toMatch(/^Invalid option .+: (expected .+, got .+|there is no such option; there are .+)$/s)
      expect(message).toContain(option)
    })
  }
})

describe('X29: a verifier that is written down rightly is made without a request', () => {
  for (const { name, options } of right) {
    test(name, () => {
      expect(() => createVerifier(options as VerifierOptions)).not.toThrow()
    })
  }
})

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}
