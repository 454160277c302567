import { describe, expect, test } from 'vitest'
import { Outputs } from './outputs.js'

const secret = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

describe('what the search for leaks finds', () => {
  test('sixteen characters in a row, wherever they stand', () => {
    for (let start = 0; start + 16 <= secret.length; start++) {
      const outputs = new Outputs()
      outputs.add(`token: ${secret.slice(start, start + 16)}…`)
      expect(outputs.hasPieceOf(secret)).toBe(true)
    }
  })

  test('no less', () => {
    for (let start = 0; start + 15 <= secret.length; start++) {
      const outputs = new Outputs()
      outputs.add(`token: ${secret.slice(start, start + 15)}…`)
      expect(outputs.hasPieceOf(secret)).toBe(false)
    }
  })
})
