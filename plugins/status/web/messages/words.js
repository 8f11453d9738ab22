// @ts-check
/** A record of the journal in plain words. */
import { addressText, nameText } from '../components/names.js'
import { h } from '../dom.js'
import { formatNumber } from '../format.js'
import { t, tn } from '../texts.js'

/** @typedef {import('../types').StoredRecord} StoredRecord */

/** @param {StoredRecord} record */
export function senderText({ sender, fromDomain }) {
  const envelope = sender === undefined ? '–' : sender === '' ? t('messages.nullSender') : addressText(sender)
  const isOther = fromDomain !== undefined && !(sender ?? '').endsWith(`@${fromDomain}`)
  return [
    envelope,
    isOther && h('span', { class: 'cell-note' }, t('messages.shownFrom', { domain: fromDomain })),
  ]
}

/** @param {StoredRecord} record */
export function recipientText({ recipients, moreRecipients = 0 }) {
  const [first, ...others] = recipients
  if (!first) return '–'
  const more = others.length + moreRecipients
  return [
    addressText(first.address),
    more > 0 &&
      h('span', { class: 'cell-note' }, t('messages.andMore', { count: more, number: formatNumber(more) })),
  ]
}

/** @param {StoredRecord['client']} client */
export const clientText = ({ ip, name }) => [
  ip,
  name !== undefined && h('span', { class: 'cell-note' }, nameText(name)),
]

/** Why it came as it did, in one line. @param {StoredRecord} record */
export function reason(record) {
  const { outcome, reply, by, wouldRefuse, client } = record
  if (outcome === 'abandoned') return h('span', { class: 'soft' }, t('messages.clientLeft'))
  const listed = record.findings.find((finding) => finding.kind === 'listed' && finding.action === 'reject')
  if ((outcome === 'refused' || outcome === 'deferred') && by !== undefined) {
    const text =
      listed && reply?.includes(listed.list)
        ? t('messages.listedBy', { item: listed.item, list: listed.list })
        : replyText(reply ?? '')
    return [text, h('span', { class: 'cell-note' }, by)]
  }
  if (outcome === 'partly') {
    const refused = record.recipients.find((recipient) => recipient.outcome !== 'accepted')
    return refused ? replyText(refused.reply ?? reply ?? '') : replyText(reply ?? '')
  }
  if (wouldRefuse.length > 0) return t('messages.wouldRefuse', { reply: replyText(wouldRefuse[0] ?? '') })
  if (outcome === 'accepted' && client.allowlist !== undefined) {
    return t('messages.allowedBy', { list: client.allowlist })
  }
  const hop = record.delivery?.nextHop
  return h(
    'span',
    { class: 'soft' },
    hop === undefined
      ? replyText(reply ?? '')
      : tn('messages.wentTo', { hop: nameText(hop.replace(/:25$/, '')) }),
  )
}

/** A reply without its codes and the id that Haraka adds. @param {string} reply */
export const replyText = (reply) =>
  reply
    .replace(/^[2-5]\d\d(?:[ -]\d\.\d{1,3}\.\d{1,3})?\s*/, '')
    .replace(/ \([\dA-F-]{36}(?:\.\d+)?\)$/, '') || reply

/** What became of an accepted message, where that is more than its outcome says. @param {StoredRecord} record */
export function bouncePath({ delivery }) {
  return delivery && delivery.state !== 'delivered' ? delivery.state : undefined
}

/** What a client has to do with: for checks and allowlists. @param {string} address */
export const domainOf = (address) => address.slice(address.lastIndexOf('@') + 1)
