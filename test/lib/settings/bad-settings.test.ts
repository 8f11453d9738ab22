import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatError } from '../../../plugins/lib/settings/format-errors'
import { parseSettings } from '../../../plugins/lib/settings/parse'
import { secretsSchema, settingsSchema } from '../../../plugins/lib/settings/schema'

/**
 * Each case of bad/ is NAME.gateway (gateway.yaml), perhaps NAME.secrets (gateway.secrets.yaml), and
 * NAME.expected, the lines an operator reads. Every secret there is called sesame.
 */
const folder = join(__dirname, 'bad')
const context = { configDir: folder, hostname: 'gw.example', checks: [] }

/** They become more; the cases need not change each time. */
const allKeys = Object.keys(settingsSchema.shape).join(', ')
const allSecrets = Object.keys(secretsSchema.shape).join(', ')

function read(name: string): string {
  const path = join(folder, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

describe('bad settings', () => {
  const cases = readdirSync(folder).filter((name) => name.endsWith('.gateway'))

  for (const name of cases.map((file) => file.replace('.gateway', ''))) {
    it(`are explained: ${name}`, () => {
      const parsed = parseSettings(read(`${name}.gateway`), read(`${name}.secrets`), context)
      const lines = parsed.kind === 'ok' ? [] : parsed.errors.map((error) => formatError(error))
      assert.equal(
        lines.map((line) => `${line}\n`).join(''),
        read(`${name}.expected`).replaceAll('{all keys}', allKeys).replaceAll('{all secrets}', allSecrets),
      )
    })
  }

  it('never show what the secrets file holds', () => {
    for (const name of cases.map((file) => file.replace('.gateway', ''))) {
      const parsed = parseSettings(read(`${name}.gateway`), read(`${name}.secrets`), context)
      assert.equal(parsed.kind, 'invalid', name)
      assert.ok(!JSON.stringify(parsed).includes('sesame'), name)
    }
  })
})
