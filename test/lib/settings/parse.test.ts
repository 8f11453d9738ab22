import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SettingsCheck } from '../../../plugins/lib/settings/errors'
import { formatError } from '../../../plugins/lib/settings/format-errors'
import { settingsJsonSchema } from '../../../plugins/lib/settings/json-schema'
import { parseSettings } from '../../../plugins/lib/settings/parse'
import { certificatePem, keyPem, mismatchedPem, pem } from './pem'
import { createSettingsDir, removeSettingsDirs } from './settings-dir'

const context = { configDir: '.', hostname: 'gw.example', checks: [] }

function parsed(settings: string, secrets = ''): Extract<ReturnType<typeof parseSettings>, { kind: 'ok' }> {
  const result = parseSettings(settings, secrets, context)
  return result.kind === 'ok'
    ? result
    : assert.fail(result.errors.map((error) => formatError(error)).join('\n'))
}

function errorLines(settings: string, secrets: string, given: Parameters<typeof parseSettings>[2]): string[] {
  const result = parseSettings(settings, secrets, given)
  return result.kind === 'ok' ? [] : result.errors.map((error) => formatError(error))
}

describe('parseSettings', () => {
  for (const [what, text] of [
    ['no text', ''],
    ['comments', '# nothing\n'],
    ['an empty map', '{}'],
    ['sections without keys', 'listen:\n  # smtp: true\nnext_hops:\nip_blocklists:\n  custom:\n'],
  ] as const) {
    it(`gives all defaults for ${what}`, () => {
      const { settings } = parsed(text)
      assert.deepEqual(settings.listen, {
        address: '::',
        smtp: true,
        submission: false,
        smtps: false,
        other: [],
      })
      assert.equal(settings.inactivity_timeout, 300)
      assert.deepEqual(Object.keys(settings.next_hops), [])
    })
  }

  it('takes the same texts with a byte order mark, CRLF line ends, anchors and flow style', () => {
    const { settings } = parsed(
      'listen: &l\r\n  other: [2525, 2526]\r\nnext_hops: { a.example: &h { host: mx.example }, b.example: *h }\r\n',
    )
    assert.deepEqual(settings.listen.other, [2525, 2526])
    assert.deepEqual(settings.next_hops['b.example'], settings.next_hops['a.example'])
  })

  it('makes names canonical: A-labels, lower case, addresses in their shortest form', () => {
    const { settings, secrets } = parsed(
      `
next_hops:
  Bücher.Example: { host: mx.example, auth: { user: me } }
  .Example.ORG: { maildir: m }
message_size:
  hosts: { 2001:DB8:0::1: 2048, '::ffff:192.0.2.1': 2048, 192.0.2.77/24: 2048, .Example.NET: 2048 }
  senders: { Anna@Example.com: 2048, '@BÜCHER.example': 2048 }
`,
      'next_hops: { BÜCHER.example: { password: sesame } }',
    )
    assert.deepEqual(Object.keys(settings.next_hops), ['xn--bcher-kva.example', '.example.org'])
    assert.deepEqual(Object.keys(secrets.next_hops), ['xn--bcher-kva.example'])
    assert.deepEqual(Object.keys(settings.message_size.hosts), [
      '2001:db8::1',
      '192.0.2.1',
      '192.0.2.0/24',
      '.example.net',
    ])
    assert.deepEqual(Object.keys(settings.message_size.senders), [
      'Anna@example.com',
      '@xn--bcher-kva.example',
    ])
  })

  it('gives maps in which only what was written can be found', () => {
    const { settings, secrets } = parsed('next_hops: { example.com: { maildir: m } }')
    for (const name of ['constructor', 'toString', '__proto__']) {
      assert.equal(settings.next_hops[name], undefined, name)
      assert.equal(settings.message_size.hosts[name], undefined, name)
      assert.equal(secrets.next_hops[name], undefined, name)
    }
  })

  it('freezes everything', () => {
    const { settings } = parsed('next_hops: { example.com: { host: [a.example, b.example] } }')
    const hop = settings.next_hops['example.com']
    assert.ok(hop && 'host' in hop)
    for (const part of [settings, settings.listen, settings.next_hops, hop, hop.host])
      assert.ok(Object.isFrozen(part))
  })

  it('asks further checks about settings whose form is right, and knows the lines of what they find', () => {
    const check: SettingsCheck = (settings) => [
      { path: ['listen', 'other', 1], value: settings.listen.other[1], message: 'is taken' },
      {
        file: 'gateway.secrets.yaml',
        path: ['providers', 'abusix', 'key'],
        value: 'sesame',
        message: 'is too short',
      },
    ]
    const given = { ...context, checks: [check] }
    const secrets = 'providers:\n  abusix:\n    key: sesame\n'
    assert.deepEqual(errorLines('listen:\n  other:\n    - 2525\n    - 2526\n', secrets, given), [
      'config/gateway.yaml:4: listen.other[1]: 2526: is taken',
      'config/gateway.secrets.yaml:3: providers.abusix.key: is too short',
    ])
    assert.deepEqual(errorLines('lisen: {}', secrets, given).length, 1)
  })

  it('explains no more errors than anyone reads', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `  user${index}: 2048\n`)
    assert.equal(errorLines(`message_size:\n  senders:\n  ${lines.join('  ')}`, '', context).length, 100)
    assert.equal(errorLines(lines.join('').replaceAll('  ', ''), '', context).length, 100)
  })

  it('refuses a text that would hold up the mail, and garbage, without throwing', () => {
    assert.match(errorLines(`#${' '.repeat(5_000_000)}`, '', context).join(), /at most 4194304 characters/)
    assert.match(errorLines('['.repeat(100_000), '', context).join(), /too deeply/)
    assert.match(errorLines(`{a: `.repeat(50_000), '', context).join(), /too deeply/)
    assert.equal(errorLines(`\0\x01"'{[\t%@`.repeat(100), '', context).length, 1)
  })

  it('is not led by the document to other rules', () => {
    assert.match(errorLines('%YAML 1.1\n---\nlisten: { smtp: yes }\n', '', context).join(), /true or false/)
    assert.match(errorLines('listen: { <<: { smtp: true } }\n', '', context).join(), /unknown key/)
  })
})

describe('tls.certificate', () => {
  afterEach(removeSettingsDirs)

  function linesFor(content: string): string[] {
    const dir = createSettingsDir('')
    writeFileSync(join(dir, 'tls.pem'), content)
    const settings = 'tls: { certificate: tls.pem }\nlisten: { smtps: true }'
    return errorLines(settings, '', { ...context, configDir: dir })
  }

  it('is taken with its key in one file, in any order', () => {
    assert.deepEqual(linesFor(pem), [])
    assert.deepEqual(linesFor(certificatePem + keyPem), [])
  })

  for (const [what, content, message] of [
    ['has no key', certificatePem, /no private key/],
    ['has no certificate', keyPem, /holds no certificate/],
    ['belongs to another key', mismatchedPem, /does not belong/],
    [
      'is damaged',
      keyPem + certificatePem.replace(/\nM\w{20}/, '\nMAAAAAAAAAAAAAAAAAAAA'),
      /not usable for TLS/,
    ],
    ['is no PEM file', 'hello', /no private key/],
  ] as const) {
    it(`is refused when it ${what}`, () => {
      const lines = linesFor(content)
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', message)
      assert.ok(!lines.join().includes('MII'))
    })
  }
})

describe('settingsJsonSchema', () => {
  it('describes what people write, so that nothing is required at the top', () => {
    const schema = settingsJsonSchema()
    assert.equal(schema.required, undefined)
    assert.equal(schema.additionalProperties, false)
    assert.ok(Object.keys(schema.properties ?? {}).includes('next_hops'))
    assert.ok(JSON.stringify(schema).includes('"maximum":65535'))
  })
})
