import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { applyChanges, differences, type Change } from '../../../../plugins/lib/settings/edit/change'
import { unifiedDiff } from '../../../../plugins/lib/settings/edit/unified-diff'
import { editYaml } from '../../../../plugins/lib/settings/edit/yaml-edit'

const example = readFileSync(join(__dirname, '..', '..', '..', '..', 'config', 'gateway.yaml'), 'utf8')

function edited(text: string, ...changes: readonly Change[]): string {
  const applied = applyChanges(parse(text), changes)
  assert.ok(applied.kind === 'ok', JSON.stringify(applied))
  const after = editYaml(text, applied.value)
  assert.ok(after !== undefined, 'is written too oddly')
  assert.deepEqual(parse(after) ?? {}, applied.value)
  return after
}

/** Lines that differ, `-` before and `+` after. */
function changedLines(text: string, ...changes: readonly Change[]): string[] {
  return unifiedDiff('f', text, edited(text, ...changes))
    .split('\n')
    .filter((line) => /^[+-](?!--|\+\+)/.test(line))
}

const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

describe('a change of the settings', () => {
  it('of a value changes its line and nothing else, comments beside it included', () => {
    assert.deepEqual(changedLines(example, { path: ['message_size', 'limit'], value: 5000 }), [
      '-  limit: 26214400',
      '+  limit: 5000',
    ])
    assert.equal(
      edited('a: 1   # one\nb: "2"  # two\n', { path: ['b'], value: 'x' }),
      'a: 1   # one\nb: x  # two\n',
    )
  })

  it('of a list in brackets keeps it in brackets', () => {
    assert.deepEqual(changedLines(example, { path: ['listen', 'other'], value: [2525, 2526] }), [
      '-  other: [2525]',
      '+  other: [2525, 2526]',
    ])
    const list = 'other: [1, # one\n  2, 3]\n'
    assert.equal(edited(list, { path: ['other', 1] }), 'other: [1, # one\n  3]\n')
    assert.equal(edited(list, { path: ['other'], value: [1] }), 'other: [1]\n')
    assert.equal(edited(list, { path: ['other'], value: [0, 1, 2, 4] }), 'other: [0, 1, # one\n  2, 4]\n')
    assert.equal(edited(list, { path: ['other'], value: [] }), 'other: []\n')
  })

  it('of a map in brackets changes the entry', () => {
    const map = 'hop: { host: a, port: 25, tls: off } # ours\n'
    assert.equal(edited(map, { path: ['hop', 'port'], value: 26 }), map.replace('25', '26'))
    assert.equal(edited(map, { path: ['hop', 'tls'] }), 'hop: { host: a, port: 25 } # ours\n')
    assert.equal(edited(map, { path: ['hop', 'host'] }), 'hop: { port: 25, tls: off } # ours\n')
    assert.equal(
      edited(map, { path: ['hop', 'tls'] }, { path: ['hop', 'queue'], value: true }),
      'hop: { host: a, port: 25, queue: true } # ours\n',
    )
  })

  it('adds below the section, before the examples that follow', () => {
    assert.deepEqual(
      changedLines(example, { path: ['next_hops', 'new.example'], value: { host: 'a.example', tls: 'off' } }),
      ['+  new.example:', '+    host: a.example', '+    tls: off'],
    )
    assert.deepEqual(
      changedLines(example, { path: ['message_size', 'hosts'], value: { '192.0.2.1': 5000 } }),
      ['-  hosts: {}', '+  hosts:', '+    192.0.2.1: 5000'],
    )
    assert.deepEqual(changedLines(example, { path: ['ip_blocklists', 'custom', 1], value: 'bl.example' }), [
      '+    - bl.example',
    ])
    assert.deepEqual(
      changedLines(example, { path: ['arc'], value: { domain: 'a.example', selector: 's' } }),
      ['+arc:', '+  domain: a.example', '+  selector: s'],
    )
  })

  it('takes out lines, and leaves the comments around them', () => {
    assert.deepEqual(changedLines(example, { path: ['dns', 'timeout'] }), ['-  timeout: 3000'])
    assert.deepEqual(changedLines(example, { path: ['ip_blocklists', 'custom', 0, 'name'] }), [
      '-      name: blocked-clients',
    ])
    assert.deepEqual(changedLines(example, { path: ['next_hops', 'example.com'] }), [
      '-next_hops:',
      '+next_hops: {}',
      '-  example.com:',
      '-    maildir: maildir',
    ])
    assert.deepEqual(changedLines(example, { path: ['ip_blocklists', 'custom', 0] }), [
      '-  custom:',
      '-    - file: lists/blocked-clients.txt',
      '-      name: blocked-clients',
      '+  custom: []',
    ])
  })

  it('of one item of a list leaves the others and their comments', () => {
    const list = text(
      'custom:',
      '  # first',
      '  - zone: a.example # a',
      '    action: note',
      '  # second',
      '  - b.example # b',
      '  # third',
      '  - c.example',
    )
    assert.equal(
      edited(list, { path: ['custom', 0, 'action'], value: 'score' }),
      list.replace('action: note', 'action: score'),
    )
    assert.equal(edited(list, { path: ['custom', 1] }), list.replace('  - b.example # b\n', ''))
    // A form sends whole lists: here the second is gone, a new one is first and another last.
    assert.equal(
      edited(list, {
        path: ['custom'],
        value: ['new.example', { zone: 'a.example', action: 'note' }, 'c.example', { zone: 'd.example' }],
      }),
      text(
        'custom:',
        '  # first',
        '  - new.example',
        '  - zone: a.example # a',
        '    action: note',
        '  # second',
        '  # third',
        '  - c.example',
        '  - zone: d.example',
      ),
    )
    assert.equal(
      edited(list, { path: ['custom', 1], value: { zone: 'b.example', score: 2 } }),
      list.replace('  - b.example # b', '  - zone: b.example\n    score: 2 # b'),
    )
    assert.equal(
      edited(list, { path: ['custom', 0], value: { file: 'lists/a.txt', action: 'note' } }),
      list.replace('zone: a.example # a\n    action: note', 'file: lists/a.txt\n    action: note'),
    )
  })

  it('turns a section into a value and back', () => {
    const section = 'a:\n  # why\n  b: 1\nc: 2\n'
    assert.equal(edited(section, { path: ['a'], value: 5 }), 'a: 5\n  # why\nc: 2\n')
    assert.equal(edited(section, { path: ['a'], value: ['x'] }), 'a:\n  # why\n  - x\nc: 2\n')
    assert.equal(edited('a: 5 # why\nc: 2\n', { path: ['a'], value: { b: 1 } }), 'a: # why\n  b: 1\nc: 2\n')
    assert.equal(edited('a: |\n  x\n  y\nc: 2\n', { path: ['a'], value: 5 }), 'a: 5\nc: 2\n')
    assert.equal(edited('a: |\n  x\n  y\nc: 2\n', { path: ['a'], value: { b: 1 } }), 'a:\n  b: 1\nc: 2\n')
  })

  it('keeps line breaks of both kinds, and ends the last line', () => {
    assert.equal(
      edited('a: 1\r\nb:\r\n  c: 2\r\n', { path: ['b', 'd'], value: [1, 2] }),
      'a: 1\r\nb:\r\n  c: 2\r\n  d:\r\n    - 1\r\n    - 2\r\n',
    )
    assert.equal(edited('a: 1', { path: ['b'], value: 2 }), 'a: 1\nb: 2\n')
  })

  it('writes values so that YAML reads them as they were meant', () => {
    const values = [
      '',
      ' x ',
      'true',
      '1e3',
      '0x10',
      'null',
      '- a',
      '# x',
      'a: b',
      "it's",
      '"',
      '@x',
      '*',
      'é',
      '[',
    ]
    for (const value of values) {
      edited('a: 1\nb: 2\n', { path: ['a'], value })
      edited('a: [1]\n', { path: ['a', 1], value })
      edited('a: 1\n', { path: [value === '' ? 'x' : value], value: [value] })
    }
  })

  it('to aliases and other odd forms is made too, on what they stand for', () => {
    const aliases = 'one: &a [x, y] # ours\ntwo: *a\nthree: { *a : 1 }\n'.replace(/three.*\n/, '')
    assert.deepEqual(parse(edited(aliases, { path: ['one', 0], value: 'z' })), {
      one: ['z', 'y'],
      two: ['x', 'y'],
    })
    assert.match(edited(aliases, { path: ['two', 0], value: 'z' }), /# ours/)
    edited('? a\n: b: 1\n  c: 2\n', { path: ['a', 'b'], value: 3 })
    edited('- - a\n  - b\n'.replace(/^/, 'l:\n'), { path: ['l', 0, 0] })
    edited('{a: 1, b: {c: 2}}', { path: ['b', 'd'], value: 3 })
    edited('---\na: 1\n...\n', { path: ['b'], value: 3 })
    edited('a: 1\n', { path: ['a'] })
  })

  it('to a map of 100,000 lines takes no longer than to read it', () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `    host${index}.example: ${index + 1024}`)
    const long = `message_size:\n  # by host\n  hosts:\n${lines.join('\n')}\n    # end\nnext: 1\n`
    const hosts = Object.fromEntries(lines.map((_, index) => [`host${index}.example`, index + 1024]))
    const others = { ...hosts }
    delete others['host7.example']
    const wanted = {
      message_size: { hosts: { ...others, 'host99.example': 5, 'new.example': 7, 'host5.example': 'x' } },
      next: 2,
    }
    const began = process.cpuUsage()
    const after = editYaml(long, wanted) ?? ''
    const { user } = process.cpuUsage(began)
    assert.ok(user < 3_000_000, `${user} µs`)
    assert.deepEqual(unifiedDiff('f', long, after).match(/^[+-] .*/gm), [
      '-    host5.example: 1029',
      '-    host7.example: 1031',
      '-    host99.example: 1123',
      '+    host99.example: 5',
      '+    new.example: 7',
      '+    host5.example: x',
    ])
    assert.equal(
      editYaml(long, { message_size: { hosts: {} }, next: 1 }),
      'message_size:\n  # by host\n  hosts: {}\n    # end\nnext: 1\n',
    )
  })

  it('keeps every comment and every other line, whatever is changed at random', () => {
    let seed = 42
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
    const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T
    const before = parse(example) as Record<string, Record<string, unknown>>
    const values = [
      7,
      'x: y',
      [],
      [1, 'two'],
      {},
      { a: { b: 1 } },
      [{ zone: 'a', codes: { x: 'note' } }],
      null,
      true,
    ]
    // What is explained within a section goes with it.
    const namesOfValues = (map: Record<string, unknown>): string[] =>
      Object.keys(map).filter((key) => typeof map[key] !== 'object' || Array.isArray(map[key]))
    const comments = example.split('\n').filter((line) => line.trim().startsWith('#'))
    for (let round = 0; round < 60; round++) {
      const changes = Array.from({ length: 1 + random(4) }, (): Change => {
        const section = pick(Object.keys(before))
        const inner = before[section]
        const isDeep = typeof inner === 'object' && !Array.isArray(inner)
        const path = isDeep ? [section, pick([...namesOfValues(inner), 'new'])] : [section]
        return random(3) === 0 ? { path } : { path, value: pick(values) }
      })
      const after = edited(example, ...changes)
      const kept = new Set(after.split('\n'))
      assert.deepEqual(
        comments.filter((line) => !kept.has(line)),
        [],
        JSON.stringify(changes),
      )
      const count = differences(before, parse(after)).length
      const diff = unifiedDiff('f', example, after)
      if (count === 0) assert.equal(diff, '')
    }
  })
})
