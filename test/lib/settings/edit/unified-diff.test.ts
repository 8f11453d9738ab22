import assert from 'node:assert/strict'
import { unifiedDiff } from '../../../../plugins/lib/settings/edit/unified-diff'

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('')
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

describe('a unified diff', () => {
  it('is empty when nothing changed', () => {
    assert.equal(unifiedDiff('a', 'x\n', 'x\n'), '')
  })

  it('shows three lines around each change, and joins changes that are near', () => {
    const before = lines(...numbers(1, 30))
    const after = before.replace('10\n', 'ten\n').replace('15\n', '').replace('28\n', '28\nnew\n')
    assert.equal(
      unifiedDiff('gateway.yaml', before, after),
      lines(
        '--- a/gateway.yaml',
        '+++ b/gateway.yaml',
        '@@ -7,12 +7,11 @@',
        ...[' 7', ' 8', ' 9', '-10', '+ten', ' 11', ' 12', ' 13', ' 14', '-15', ' 16', ' 17', ' 18'],
        '@@ -26,5 +25,6 @@',
        ...[' 26', ' 27', ' 28', '+new', ' 29', ' 30'],
      ),
    )
  })

  it('says when a last line has no end', () => {
    assert.match(unifiedDiff('a', 'x', 'x\n'), /-x\n\\ No newline at end of file\n\+x\n$/)
  })

  it('stays quick, and right, for texts that have nothing in common', () => {
    const diff = unifiedDiff('a', lines(...numbers(1, 20_000)), lines(...numbers(30_000, 50_000)))
    assert.match(diff, /^@@ -1,20000 \+1,20001 @@$/m)
    assert.match(diff, /\(and 35002 more lines\)\n$/)
  })

  it('makes the one text of the other', () => {
    let seed = 7
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
    for (let round = 0; round < 500; round++) {
      const before = Array.from({ length: random(40) }, () => String(random(6)))
      const after = before.flatMap((line) => [[line], [], [String(random(6)), line]][random(12)] ?? [line])
      const diff = unifiedDiff('f', lines(...before), lines(...after))
      assert.deepEqual(patch(before, diff), after, diff)
    }
  })
})

/** As patch(1) does it: each hunk must fit where it says it does. */
function patch(before: readonly string[], diff: string): string[] {
  const result: string[] = []
  let done = 0
  for (const [, start = '', count = '1', body = ''] of diff.matchAll(
    /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@\n((?:[ +-].*\n)*)/gm,
  )) {
    const at = count === '0' ? Number(start) : Number(start) - 1
    const hunk = body.split('\n').slice(0, -1)
    const texts = (marks: string): string[] =>
      hunk.filter((line) => marks.includes(line.charAt(0))).map((line) => line.slice(1))
    assert.deepEqual(before.slice(at, at + Number(count)), texts(' -'), diff)
    result.push(...before.slice(done, at), ...texts(' +'))
    done = at + Number(count)
  }
  return [...result, ...before.slice(done)]
}
