import assert from 'node:assert/strict'
import { formatError } from '../../../plugins/lib/settings/format-errors'
import { parseSettings } from '../../../plugins/lib/settings/parse'
import { readYaml } from '../../../plugins/lib/settings/yaml-text'

const context = { configDir: '.', hostname: 'gw.example', checks: [] }

/** `n` limits, all of them different. */
const hosts = (n: number): string[] =>
  Array.from({ length: n }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}: ${2048 + i}`)
const under = (indent: string, lines: readonly string[]): string =>
  lines.map((line) => `${indent}${line}\n`).join('')

function valueOf(text: string): unknown {
  const yaml = readYaml(text)
  return yaml.kind === 'ok' ? yaml.value : assert.fail(JSON.stringify(yaml.faults.slice(0, 3)))
}
function errorsOf(text: string): string[] {
  const result = parseSettings(text, '', context)
  return result.kind === 'ok' ? [] : result.errors.map((error) => formatError(error))
}

describe('long maps in the settings', () => {
  it('hold 100,000 entries beside ordinary ones, in order', () => {
    const text = `message_size:\n  hosts:\n    mx.example: 4096\n${under('    ', hosts(100_000))}    # end\n    '::1': 5000\n  limit: 99999999\ngreeting: [hi]\n`
    const result = parseSettings(text, '', context)
    assert.ok(result.kind === 'ok')
    const { message_size, greeting } = result.settings
    const keys = Object.keys(message_size.hosts)
    assert.equal(keys.length, 100_002)
    assert.equal(message_size.hosts['10.1.134.159'], 2048 + 99_999)
    assert.equal(message_size.hosts['::1'], 5000)
    assert.equal(message_size.limit, 99_999_999)
    assert.deepEqual(greeting, ['hi'])
  })

  it('are the same as short ones: plain, quoted and IPv6 keys, names, CRLF', () => {
    const some = ['2001:db8::1: 4096', "'@example.com': 4096", '"a b": 4096', '.example.org: 4096']
    const long = valueOf(`a:\r\n${under('  ', [...some, ...hosts(2000)]).replaceAll('\n', '\r\n')}b: 1\r\n`)
    const { a, b } = long as { a: Record<string, number>; b: number }
    for (const key of ['2001:db8::1', '@example.com', 'a b', '.example.org']) assert.equal(a[key], 4096, key)
    assert.equal(Object.keys(a).length, 2004)
    assert.equal(b, 1)
  })

  it('have their lines in errors, and those after them too', () => {
    const lines = hosts(3000)
    lines[1999] = '10.9.9.9: 7'
    assert.deepEqual(errorsOf(`message_size:\n  hosts:\n${under('    ', lines)}lisen: {}\n`), [
      'config/gateway.yaml:2002: message_size.hosts.10.9.9.9: 7: must be a whole number of at least 1024 (bytes)',
      'config/gateway.yaml:3003: lisen: unknown key; did you mean listen?',
    ])
  })

  it('may not hold a key twice', () => {
    const lines = hosts(3000)
    lines[2500] = lines[100] ?? ''
    const [error = '', ...more] = errorsOf(`message_size:\n  hosts:\n${under('    ', lines)}`)
    assert.equal(more.length, 0)
    assert.match(error, /^config\/gateway\.yaml:2503: message_size\.hosts\.10\.0\.0\.100: is written twice/)
    assert.match(
      errorsOf(`message_size:\n  hosts:\n    10.0.0.7: 4096\n${under('    ', hosts(3000))}`).join(),
      /written twice/,
    )
  })

  it('are left alone where they are no map', () => {
    assert.match(JSON.stringify(readYaml(`text: |\n${under('  ', hosts(2000))}`)), /line breaks/)
    assert.equal(readYaml(`flow: {\n${under('  ', hosts(2000))}}\n`).kind, 'invalid')
  })
})
