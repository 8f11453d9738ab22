import { formatIp, ipBytes } from '../lists/ip-address'
import type { JournalRecord } from './record'

/**
 * The words a record is found by. Each is one token of the full-text index: a letter for the field, a colon and
 * the value in lower case, so that one index answers for all fields and combines them.
 */
export type Field =
  | 'client'
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
/** Letters of the session's id in the greeting. */
const SHORT_ID = 6

/** A value as it stands in the index: one token, without what would end it or need quoting. */
export function term(field: Field, value: string): string {
  return `${PREFIX[field]}:${value.toLowerCase().slice(0, MAX_TERM).replace(UNFIT, '_')}`
}

/** An address is found by itself and by its domain: `anna@example.org`, `@example.org`. */
export function addressTerms(field: 'sender' | 'recipient', address: string): readonly string[] {
  // The null sender is found as <>.
  if (address === '') return [term(field, '<>')]
  const at = address.lastIndexOf('@')
  return at < 0 ? [term(field, address)] : [term(field, address), term(field, address.slice(at))]
}

/** One spelling for each address; a mapped IPv4 address is the IPv4 address. */
export function canonicalIp(text: string): string {
  const bytes = text.includes(':') ? ipBytes(text) : undefined
  return bytes ? formatIp(bytes) : text
}

export function termsOf(record: JournalRecord): readonly string[] {
  const terms = new Set<string>([
    term('client', canonicalIp(record.client.ip)),
    term('id', record.session),
    term('id', record.session.slice(0, SHORT_ID)),
    term('outcome', record.outcome),
  ])
  const add = (field: Field, value: string | undefined): void => {
    if (value !== undefined) terms.add(term(field, value))
  }
  add('id', record.transaction)
  add('messageId', record.messageId)
  add('fromDomain', record.fromDomain)
  add('user', record.client.user)
  add('plugin', record.by)
  for (const ref of record.refs) add('ref', ref)
  if (record.sender !== undefined) for (const each of addressTerms('sender', record.sender)) terms.add(each)
  for (const { address, outcome, by } of record.recipients) {
    for (const each of addressTerms('recipient', address)) terms.add(each)
    // A message accepted for one of two recipients was refused, too.
    add('outcome', outcome)
    add('plugin', by)
  }
  for (const finding of record.findings) {
    if (finding.kind !== 'listed') continue
    for (const name of listNames(finding)) add('list', name)
  }
  for (const word of wordsOf(record)) add('word', word)
  return [...terms]
}

/** A list is found by its public name, by its id in the settings, and by its zone or file. */
function listNames({ id, list }: { readonly id: string; readonly list: string }): readonly string[] {
  return [list, id, id.split('/').slice(2).join('/')]
}

function wordsOf(record: JournalRecord): ReadonlySet<string> {
  const { client, recipients } = record
  const replies = new Set(recipients.map(({ reply }) => reply ?? ''))
  // Haraka puts the transaction's id into its replies; that is a term of its own.
  const reply = record.reply?.replace(`(${record.transaction ?? ''})`, '')
  const texts = [record.subject, client.name, client.helo, reply, ...replies, ...record.wouldRefuse]
  return new Set(texts.flatMap((text) => words(text ?? '')).slice(0, MAX_WORDS))
}

/** Words as people type them: a hostname is its labels. */
export function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z0-9\u00aa-\uffff]{2,40}/g) ?? []
}
