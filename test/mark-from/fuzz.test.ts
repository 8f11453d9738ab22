import assert from 'node:assert/strict'
import { Group, parseHeader } from '@haraka/email-address'
import addressparser from 'nodemailer/lib/addressparser'
import { parseFrom } from '../../plugins/mark-from/from-field'
import { createMarkFrom } from '../../plugins/mark-from/mark'
import { settingsWith } from './marking'
import { mutations } from './mutations'

/** MARK_FROM_FUZZ raises or lowers it. */
const count = Number(process.env['MARK_FROM_FUZZ'] ?? 100_000)

/** Addresses of a field as the parser of Haraka's plugins reads them. */
function addressesByHaraka(value: string): string[] {
  return parseHeader(value).flatMap((entry) =>
    entry instanceof Group ? entry.addresses.map(({ address }) => address) : [entry.address],
  )
}

function addressesByNodemailer(value: string): string[] {
  return addressparser(value, { flatten: true }).map(({ address }) => address)
}

/** Quotes that a local part does not need make no difference: nodemailer takes them off. */
function unquoted(address: string): string {
  const quoted = /^"((?:[^"\\]|\\[\s\S])*)"(@.*)$/u.exec(address)
  return quoted ? `${(quoted[1] ?? '').replace(/\\([\s\S])/g, '$1')}${quoted[2] ?? ''}` : address
}

/** Lines that are too long and could have been folded; a quoted local part cannot be. */
function foldableLines(value: string): string[] {
  return `From: ${value}`
    .split('\r\n')
    .filter((line) => line.length > 78 && / /.test(line.trim().replace(/^From: |<".*"@.*>/g, '')))
}

describe('mark-from with hostile input', () => {
  it(`keeps its promises on ${count} mutated fields`, function () {
    this.timeout(300_000)
    const markFrom = createMarkFrom(settingsWith(), [])
    for (const [field, host] of mutations(count, 5322)) {
      const facts = { sender: { host, source: 'envelope' as const }, recipientDomains: [] }
      const outcome = markFrom({ ...facts, fields: [field] })
      if (outcome.kind !== 'marked') continue
      const value = outcome.values[0] ?? ''
      const label = `${JSON.stringify(field)} by ${host} became ${JSON.stringify(value)}`
      assert.doesNotMatch(value, /\r(?!\n)|(?<!\r)\n|\n(?![ \t][^ \t\r])/, `line ends: ${label}`)
      assert.ok(
        `From: ${value}`.split('\r\n').every((line) => line.length <= 998),
        `over 998: ${label}`,
      )
      assert.deepEqual(foldableLines(value), [], `over 78: ${label}`)
      assert.doesNotMatch(value.replace(/\r\n /g, ''), /\p{Cc}/u, `controls: ${label}`)

      const expected = parseFrom(field)
        .flatMap((entry) => (entry.kind === 'group' ? entry.members : [entry]))
        .flatMap(({ address }) => (address ? [address.text] : []))
      const unfolded = value.replace(/\r\n/g, '')
      assert.deepEqual(addressesByHaraka(value), expected, `haraka: ${label}`)
      assert.deepEqual(
        addressesByNodemailer(unfolded).map(unquoted),
        expected.map(unquoted),
        `nodemailer: ${label}`,
      )
      assert.equal(markFrom({ ...facts, fields: [value] }).kind, 'unchanged', `idempotent: ${label}`)
    }
  })
})
