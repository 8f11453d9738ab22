import assert from 'node:assert/strict'
import { Group, parseHeader } from '@haraka/email-address'
import addressparser from 'nodemailer/lib/addressparser'
import { parseFrom, type Mailbox } from '../../plugins/mark-from/from-field'
import { createMarkFrom } from '../../plugins/mark-from/mark'
import { settingsWith } from './marking'
import { mutations } from './mutations'

/** MARK_FROM_FUZZ sets how many fields are tried: 100000 take 20 s. */
const count = Number(process.env['MARK_FROM_FUZZ'] ?? 15_000)
const markFrom = createMarkFrom(settingsWith(), [])

function marked(field: string, host: string): string | null {
  const outcome = markFrom({ fields: [field], sender: { host, source: 'envelope' }, recipientDomains: [] })
  return outcome.kind === 'marked' ? (outcome.values[0] ?? null) : null
}

function mailboxesOf(field: string): Mailbox[] {
  return parseFrom(field).flatMap((entry) => (entry.kind === 'group' ? entry.members : [entry]))
}

/** The addresses of a field, tolerantly read. */
function addressesOf(field: string): string[] {
  return mailboxesOf(field).flatMap(({ address }) => address?.text ?? [])
}

function addressesByHaraka(value: string): string[] {
  return parseHeader(value).flatMap((entry) =>
    entry instanceof Group ? entry.addresses.map(({ address }) => address) : [entry.address],
  )
}

function addressesByNodemailer(value: string): string[] {
  return addressparser(value, { flatten: true }).map(({ address }) => address)
}

/** Quotes that a local part does not need make no difference: nodemailer takes them off. */
function unquoted(addresses: readonly string[]): string {
  return addresses
    .map((address) => {
      const quoted = /^"((?:[^"\\]|\\[\s\S])*)"(@.*)$/u.exec(address)
      return quoted ? `${(quoted[1] ?? '').replace(/\\([\s\S])/g, '$1')}${quoted[2] ?? ''}` : address
    })
    .join('\n')
}

/** A line that is too long and could have been folded; a quoted local part cannot be. */
function isFoldable(line: string): boolean {
  return line.length > 78 && / /.test(line.trim().replace(/^From: |<".*"@.*>/g, ''))
}

/** The promise that a marked field breaks, or null. */
function brokenPromise(field: string, value: string, host: string): string | null {
  if (/\r(?!\n)|(?<!\r)\n|\n(?![ \t][^ \t\r])/.test(value)) return 'each line end is a fold'
  const unfolded = value.replace(/\r\n/g, '')
  if (/\p{Cc}/u.test(unfolded)) return 'no control characters'
  const lines = `From: ${value}`.split('\r\n')
  if (lines.some((line) => line.length > 998)) return 'no line over 998'
  if (lines.some(isFoldable)) return 'no line over 78 where folding helps'
  const addresses = addressesOf(field)
  if (addressesByHaraka(value).join('\n') !== addresses.join('\n')) return 'addresses as Haraka reads them'
  if (unquoted(addressesByNodemailer(unfolded)) !== unquoted(addresses))
    return 'addresses as nodemailer reads them'
  return marked(value, host) === null ? null : 'marked once, marked for good'
}

describe('mark-from with hostile input', () => {
  it(`keeps its promises on ${count} mutated fields`, function () {
    this.timeout(300_000)
    for (const [field, host] of mutations(count, 5322)) {
      const value = marked(field, host)
      const broken = value === null ? null : brokenPromise(field, value, host)
      if (broken !== null) assert.fail(`${broken}: ${JSON.stringify({ field, host, value })}`)
    }
  })

  it('leaves an address that is clear byte for byte as it came', () => {
    for (const [field] of mutations(5_000, 822)) {
      const spread = field.replace(/\([^()]*\)|\s/g, '')
      for (const { address, isAmbiguous } of mailboxesOf(field)) {
        if (isAmbiguous || !address || !/^[\w.]+$/.test(address.local)) continue
        const isThere = field.includes(address.text) || spread.includes(address.text)
        assert.ok(isThere, `${address.text} of ${JSON.stringify(field)}`)
      }
    }
  })
})
