import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validateLists } from '../../../plugins/lib/lists/validate'
import { formatError } from '../../../plugins/lib/settings/format-errors'
import { parseSettings } from '../../../plugins/lib/settings/parse'
import { type Settings, settingsSchema } from '../../../plugins/lib/settings/schema'
import { type Schema, unionOptions, unwrap } from '../../../plugins/lib/settings/schema-facts'

const configDir = join(__dirname, '..', '..', '..', 'config')
const text = readFileSync(join(configDir, 'gateway.yaml'), 'utf8')
const secretsText = readFileSync(join(configDir, 'gateway.secrets.yaml'), 'utf8')
const context = { configDir, hostname: 'gw.example', checks: [validateLists] }

function errorsOf(settings: string, secrets: string): string[] {
  const result = parseSettings(settings, secrets, context)
  return result.kind === 'ok' ? [] : result.errors.map((error) => formatError(error))
}

function defaultInstance(): Settings {
  const result = parseSettings(text, secretsText, context)
  return result.kind === 'ok' ? result.settings : assert.fail('does not validate')
}

/**
 * The text with its examples in force. An example starts with `#` and no blank, and goes on over lines that are
 * indented more; it takes the place of the same key in the line before it.
 */
function withExamples(yaml: string): string {
  const result: string[] = []
  let inExample = false
  for (const line of yaml.split('\n')) {
    const [, indent, example] = /^( *)#(\S.*| {2,}\S.*)$/.exec(line) ?? []
    inExample = example !== undefined && (inExample || !example.startsWith(' '))
    if (!inExample || example === undefined || indent === undefined) {
      result.push(line)
      continue
    }
    const key = /^[\w-]+:/.exec(example)?.[0]
    if (key !== undefined && result.at(-1)?.startsWith(indent + key)) result.pop()
    result.push(indent + example)
  }
  const text = result.join('\n')
  return text === yaml ? text : withExamples(text)
}

describe('the default settings', () => {
  it('are valid, and listen on the loopback interface only', () => {
    assert.deepEqual(errorsOf(text, secretsText), [])
    const { listen, next_hops } = defaultInstance()
    assert.equal(listen.address, '127.0.0.1')
    assert.deepEqual(listen.other, [2525])
    assert.deepEqual(next_hops['example.com'], { maildir: 'maildir' })
  })

  it('ask no DNS list, and name list files that are there', () => {
    const { ip_blocklists, ip_allowlists, domain_blocklists, uri_blocklists } = defaultInstance()
    const lists: unknown[] = [ip_blocklists, ip_allowlists, domain_blocklists, uri_blocklists].flatMap(
      (kind) => Object.values(kind).flatMap((some: unknown[]) => some),
    )
    assert.deepEqual(lists, [
      { file: 'lists/blocked-clients.txt', name: 'blocked-clients' },
      { file: 'lists/blocked-domains.txt', name: 'blocked-domains' },
    ])
    assert.ok(existsSync(join(configDir, 'lists/blocked-clients.txt')))
    assert.ok(existsSync(join(configDir, 'lists/blocked-domains.txt')))
  })

  it('are the defaults of the schema but for listeners, next hops and the two lists', () => {
    const defaults = settingsSchema.parse({})
    const differing = Object.entries(defaults).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(defaultInstance(), key)),
    )
    assert.deepEqual(
      differing.map(([key]) => key),
      ['listen', 'next_hops', 'ip_blocklists', 'domain_blocklists'],
    )
  })

  it('show examples that are valid, but for the certificate and the key that are not there', () => {
    const examples = withExamples(text)
    for (const part of [
      'host: mail.example.net',
      'user: gateway',
      '- bl.spamcop.net',
      'certificate: tls.pem',
    ]) {
      assert.match(examples, new RegExp(`^ *${part}$`, 'm'))
    }
    const errors = errorsOf(examples, withExamples(secretsText))
    assert.equal(errors.length, 2, errors.join('\n'))
    assert.match(errors[0] ?? '', /tls\.certificate: "tls\.pem": can't be read/)
    assert.match(errors[1] ?? '', /gateway\.secrets\.yaml:\d+: arc\.key: is damaged/)
  })

  it('show every key of the schema', () => {
    const missing = [...keysOf(settingsSchema)].filter((key) => !new RegExp(`^[ #-]*${key}:`, 'm').test(text))
    assert.deepEqual(missing, [])
  })
})

function* keysOf(schema: Schema): Generator<string> {
  const { def } = unwrap(schema)._zod
  if (def.type === 'object') {
    for (const [key, inner] of Object.entries(def.shape)) {
      yield key
      yield* keysOf(inner)
    }
  }
  if (def.type === 'record') yield* keysOf(def.valueType)
  if (def.type === 'array') yield* keysOf(def.element)
  if (def.type === 'union') for (const option of unionOptions(schema)) yield* keysOf(option)
}
