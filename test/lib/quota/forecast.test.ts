import assert from 'node:assert/strict'
import { forecastDay, usageOf } from '../../../plugins/lib/quota/forecast'

const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`)
const hours = (counts: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: 24 }, (_, hour) => counts[hour] ?? 0)

describe('the forecast of queries', () => {
  it('goes on at the rate of the last hours, not of the whole day', () => {
    const quietNight = hours({ 0: 10, 1: 10, 9: 1000, 10: 1000, 11: 1000, 12: 500 })
    assert.equal(forecastDay(quietNight, at('12:30:00')), 3520 + 11.5 * 1000)
  })

  it('leaves out hours before this gateway began to count', () => {
    assert.equal(forecastDay(hours({ 12: 500 }), at('12:30:00')), 500 + 11.5 * 500)
    assert.equal(forecastDay(hours({ 11: 600, 12: 300 }), at('12:30:00')), 900 + 11.5 * 600)
  })

  it('makes no alarm of a burst after midnight', () => {
    assert.equal(forecastDay(hours({ 0: 60 }), at('00:01:00')), Math.round(60 + 60 * (24 - 1 / 60)))
  })

  it('is what was asked when the day ends, and nothing when nothing was', () => {
    assert.equal(forecastDay(hours({ 3: 100 }), at('23:59:59')), 100)
    assert.equal(forecastDay(hours({}), at('12:00:00')), 0)
  })

  it('warns at 80 % of the limit, or when it will be more, and never without a limit', () => {
    const evening = at('23:30:00')
    const warns = (counts: number[], perDay: number | undefined, now: number): boolean =>
      usageOf(counts, perDay, now).warning
    assert.equal(warns(hours({ 2: 799 }), 1000, evening), false)
    assert.equal(warns(hours({ 2: 800 }), 1000, evening), true)
    assert.equal(warns(hours({ 9: 100, 10: 100 }), 1500, at('11:00:00')), false)
    assert.equal(warns(hours({ 9: 100, 10: 100 }), 1499, at('11:00:00')), true)
    assert.equal(warns(hours({ 2: 1e9 }), undefined, evening), false)
  })
})
