import { compareMail, type MailLedger, type SentMail } from '../../test/support/mail-ledger'
import { printTable } from '../bench/rig/report'
import type { Place } from './places'
import type { Rig } from './rig'
import { places, type Traffic } from './traffic'

/** What became of all mail. */
export interface Account {
  readonly attempts: number
  readonly messages: number
  readonly acknowledged: number
  readonly delivered: number
  readonly lost: readonly string[]
  /** Beyond what SMTP allows. */
  readonly doubled: readonly string[]
  /** Twice or more because a connection was cut before the last reply. */
  readonly repeated: readonly string[]
  /** There although its sender was told no, or hung up in the middle. */
  readonly unexpected: readonly string[]
  readonly wronglyRefused: readonly SentMail[]
  readonly badRefused: number
  /** Good mail that was never taken, and files left in the queue. */
  readonly neverTaken: number
  readonly queued: number
  /** Attempts that were held back: too many sessions were open. */
  readonly held: number
  readonly starts: number
}

export function accountOf(rig: Rig, ledger: MailLedger, traffic: Traffic): Account {
  const at: readonly (readonly [string, Place])[] = [
    [places.forwarded, rig.hop],
    [places.other, rig.other],
    [places.stored, rig.mailbox],
  ]
  const compared = at.map(([domain, place]) =>
    compareMail(ledger.sent.filter(goesTo(domain)), place.copies, place.cuts()),
  )
  const all = (what: 'lost' | 'doubled' | 'repeated' | 'unexpected'): string[] => [
    ...new Set(compared.flatMap((comparison) => comparison[what])),
  ]
  const copies = at.flatMap(([, place]) => [...place.copies])
  return {
    attempts: ledger.sent.length,
    messages: traffic.counts.good + traffic.counts.bad + traffic.counts['cut off'],
    acknowledged: ledger.of('acknowledged').length,
    delivered: copies.reduce((sum, [, times]) => sum + times, 0),
    lost: all('lost'),
    doubled: all('doubled'),
    repeated: all('repeated'),
    unexpected: [...all('unexpected'), ...copies.map(([id]) => id).filter((id) => traffic.cutOff.has(id))],
    wronglyRefused: traffic.wronglyRefused,
    badRefused: traffic.badRefused,
    neverTaken: traffic.deferred() + traffic.inFlight(),
    queued: rig.queued(),
    held: traffic.held(),
    starts: rig.service.starts(),
  }
}

const goesTo =
  (domain: string) =>
  ({ to }: SentMail): boolean =>
    to.some((address) => address.endsWith(`@${domain}`))

export const isFine = ({ lost, doubled, unexpected, wronglyRefused, neverTaken, queued }: Account): boolean =>
  [...lost, ...doubled, ...unexpected, ...wronglyRefused].length + neverTaken + queued === 0

export function printAccount(account: Account): void {
  const { lost, doubled, repeated, unexpected, wronglyRefused } = account
  console.log('\n== what became of the mail')
  printTable([
    ['messages', `${account.messages}`],
    ['attempts', `${account.attempts}`],
    ['held back: too many at once', `${account.held}`],
    ['acknowledged', `${account.acknowledged}`],
    ['copies delivered', `${account.delivered}`],
    ['lost', `${lost.length}`],
    ['doubled beyond what SMTP allows', `${doubled.length}`],
    ['repeated after a cut connection', `${repeated.length}`],
    ['delivered though told otherwise', `${unexpected.length}`],
    ['good mail refused', `${wronglyRefused.length}`],
    ['bad mail refused', `${account.badRefused}`],
    ['never taken', `${account.neverTaken}`],
    ['left in the queue', `${account.queued}`],
    ['lives of the gateway', `${account.starts}`],
  ])
  for (const [what, ids] of Object.entries({ lost, doubled, unexpected }))
    if (ids.length > 0) console.log(`${what}: ${ids.slice(0, 20).join(' ')}`)
  for (const { id, reply } of wronglyRefused.slice(0, 20)) console.log(`refused: ${id}: ${reply}`)
}
