import { describe, expect, test } from 'vitest'
import { createSynchronousBudget } from '../../packages/core/src/lib/synchronous-budget.js'

const nextTurn = () => new Promise(setImmediate)

describe('the time that synchronous work may take from one turn of the event loop', () => {
  test('is spent after a millisecond and a half, and there again with the next turn', async () => {
    const budget = createSynchronousBudget(true)
    budget.spend(1)
    expect(budget.isSpent()).toBe(false)
    budget.spend(0.6)
    expect(budget.isSpent()).toBe(true)
    await nextTurn()
    expect(budget.isSpent()).toBe(false)
    budget.spend(1.6)
    expect(budget.isSpent()).toBe(true)
  })

  test('is counted in small change as well', async () => {
    const budget = createSynchronousBudget(true)
    for (let n = 0; n < 100; n++) budget.spend(0.02)
    expect(budget.isSpent()).toBe(true)
    await nextTurn()
    for (let n = 0; n < 50; n++) budget.spend(0.02)
    expect(budget.isSpent()).toBe(false)
  })

  test('is without end where there is but one core', () => {
    const budget = createSynchronousBudget(false)
    budget.spend(1000)
    expect(budget.isSpent()).toBe(false)
  })
})
