import { describe, expect, test } from 'vitest'
import { parseChallenges } from './challenge-parser.js'

describe('RFC 9110 §11.6.1: what the harness takes for a challenge', () => {
  test('one challenge with parameters', () => {
    const [challenge, ...others] = parseChallenges('Bearer realm="a b", error="invalid_token"')
    expect(others).toEqual([])
    expect(challenge?.scheme).toBe('Bearer')
    expect([...challenge!.parameters]).toEqual([
      ['realm', 'a b'],
      ['error', 'invalid_token'],
    ])
  })

  test('two challenges in one field are told apart', () => {
    const challenges = parseChallenges('Bearer realm="a", scope="x y", DPoP algs="ES256", error=use_dpop_nonce')
    expect(challenges.map(({ text }) => text)).toEqual([
      'Bearer realm="a", scope="x y"',
      'DPoP algs="ES256", error=use_dpop_nonce',
    ])
  })

  test.each([
    [''],
    ['Bearer'],
    ['Bearer '],
    ['Bearer realm=api'],
    ['Bearer realm="a"x'],
    ['Bearer realm="a" , error="b"'],
    ['Bearer realm="a",error="b"'],
    ['Bearer realm="a", '],
    ['Bearer realm="a", realm="b"'],
    ['Bearer realm="a", Realm="b"'],
    ['Bearer realm="a", Bearer realm="b"'],
    ['Bearer realm="a\\"b"'],
    ['Bearer realm="a"b"'],
    ['Bearer realm="é"'],
    ['Bearer realm="a\tb"'],
    ['Bearer scope="a  b"'],
    ['Bearer scope=" a"'],
    ['Bearer scope=""'],
    ['Bearer error=""'],
    ['Bearer error_uri="a b"'],
    ['Bearer realm = "a"'],
    [', Bearer realm="a"'],
  ])('%j is refused', (value) => {
    expect(() => parseChallenges(value)).toThrow()
  })
})
