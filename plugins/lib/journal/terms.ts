import { formatIp, ipBytes, type IpBytes } from '../lists/ip-address'
import type { ClientRecord, JournalRecord } from './record'

/**
 * The words a record is found by. Each is one token of the full-text index: a letter for the field, a colon and
 * the value in lower case, so that one index answers for all fields and combines them.
 */
export type Field =
  | 'client'
  | 'network'
  | 'sender'
  | 'recipient'
  | 'messageId'
  | 'fromDomain'
  | 'id'
  | 'ref'
  | 'outcome'
  | 'list'
  | 'user'
  | 'plugin'
  | 'word'

const PREFIX: Readonly<Record<Field, string>> = {
  client: 'i',
  network: 'n',
  sender: 'f',
  recipient: 't',
  messageId: 'm',
  fromDomain: 'd',
  id: 'u',
  ref: 'r',
  outcome: 'o',
  list: 'l',
  user: 'a',
  plugin: 'p',
  word: 'w',
}

/** Longer values are cut, in records and in queries alike. */
const MAX_TERM = 200
const MAX_WORDS = 64
/** What would end a token or need quoting: blanks, controls, quotes and the backslash. */
const UNFIT = /[\s\p{Cc}"'\\`]/gu
/** An id is found by its first letters, if they are so many: the greeting shows six. */
export const MIN_ID_START = 6

/** A value as it stands in the index: one token, without what would end it or need quoting. */
export function term(field: Field, value: string): string {
  return `${PREFIX[field]}:${value.slice(0, MAX_TERM).toLowerCase().replace(UNFIT, '_')}`
}

/** An address is found by itself and by its domain: `anna@example.org`, `@example.org`. */
export function addressTerms(field: 'sender' | 'recipient', address: string): readonly string[] {
  // The null sender is found as <>.
  if (address === '') return [term(field, '<>')]
  const at = address.lastIndexOf('@')
  return at < 0 ? [term(field, address)] : [term(field, address), term(field, address.slice(at))]
}

/** One spelling for each address; a mapped IPv4 address is the IPv4 address. */
export function clientTerm(ip: string): string {
  const address = ipBytes(ip)
  return term('client', address ? formatIp(address) : ip)
}

/** An address is found by all networks up to so many bytes; smaller ones are looked for in those. */
export const networkBytes = ({ length }: IpBytes): number => (length === 4 ? 3 : 8)

/** The networks of an address, the widest first: `n:4c0`, `n:4c000`, `n:4c00002`. */
export function networkTerms(address: IpBytes): readonly string[] {
  const bytes = networkBytes(address)
  const hex = Buffer.from(address.buffer, address.byteOffset, bytes).toString('hex')
  const family = `${PREFIX.network}:${address.length === 4 ? '4' : '6'}`
  return Array.from({ length: bytes }, (_, at) => family + hex.slice(0, at * 2 + 2))
}

/** Every term of the record, a blank between; some may be there twice. */
export function termsOf(record: JournalRecord): string {
  const { client, session, transaction = session, outcome, sender, messageId, fromDomain, by } = record
  // The id of a transaction begins with that of its session.
  const terms = [...clientTerms(client), term('id', transaction), term('outcome', outcome)]
  const add = (field: Field, value: string | undefined): void => {
    if (value !== undefined) terms.push(term(field, value))
  }
  add('messageId', messageId)
  add('fromDomain', fromDomain)
  add('user', client.user)
  add('plugin', by)
  for (const ref of record.refs) add('ref', ref)
  if (sender !== undefined) terms.push(...addressTerms('sender', sender))
  for (const recipient of record.recipients) {
    terms.push(...addressTerms('recipient', recipient.address))
    // A message accepted for one of two recipients was refused, too.
    if (recipient.outcome !== outcome) add('outcome', recipient.outcome)
    if (recipient.by !== by) add('plugin', recipient.by)
  }
  for (const finding of record.findings) {
    if (finding.kind !== 'listed') continue
    for (const name of listNames(finding)) add('list', name)
  }
  for (const word of wordsOf(record)) terms.push(`${PREFIX.word}:${word}`)
  return terms.join(' ')
}

function clientTerms({ ip }: ClientRecord): readonly string[] {
  const address = ipBytes(ip)
  if (!address) return [term('client', ip)]
  return [term('client', formatIp(address)), ...networkTerms(address)]
}

/** A list is found by its public name, by its id in the settings, and by its zone or file. */
function listNames({ id, list }: { readonly id: string; readonly list: string }): readonly string[] {
  return [list, id, id.split('/').slice(2).join('/')]
}

function wordsOf(record: JournalRecord): Iterable<string> {
  const { client, recipients, subject, reply, wouldRefuse } = record
  const replies = new Set(recipients.flatMap((recipient) => recipient.reply ?? []))
  // Haraka puts the transaction's id into its replies; that is a term of its own.
  const own = reply?.replace(`(${record.transaction ?? ''})`, '')
  const texts = [subject, client.name, client.helo, own, ...replies, ...wouldRefuse]
  return new Set(words(texts.join(' ')).slice(0, MAX_WORDS))
}

/** They stand in every reply to a message that was accepted. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(['250', 'ok', 'queued', 'as'])

/** Words as people type them, but for those that say nothing: a hostname is its labels. */
export function words(text: string): readonly string[] {
  const all = text.toLowerCase().match(/[a-z0-9\u00aa-\uffff]{2,40}/g) ?? []
  return all.filter((word) => !EMPTY_WORDS.has(word))
}
