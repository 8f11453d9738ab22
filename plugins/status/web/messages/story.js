// @ts-check
/** The story of one message, step by step, as one would tell it. */
import { outcomeBadge } from '../components/outcome.js'
import { h } from '../dom.js'
import { formatBytes, formatDuration, formatNumber, formatTime } from '../format.js'
import { t, tn } from '../texts.js'
import { replyText } from './words.js'

/**
 * @typedef {import('../types').StoredRecord} StoredRecord
 * @typedef {import('../components/badge.js').Tone} Tone
 * @typedef {{ readonly tone: Tone, readonly time?: number, readonly content: import('../types').Child }} Step
 */

/** @param {StoredRecord} record */
export function story(record) {
  const steps = [
    connection(record),
    ...trust(record),
    ...envelope(record),
    ...content(record),
    lists(record),
    ...score(record),
    ...marks(record),
    ...wouldRefuse(record),
    decision(record),
    ...deliveries(record),
  ]
  return h(
    'ol',
    { class: 'story' },
    steps.map(({ tone, time, content: what }) =>
      h(
        'li',
        { class: `story-step story-${tone}` },
        time !== undefined &&
          h('time', { class: 'story-time', datetime: new Date(time).toISOString() }, formatTime(time)),
        h('div', { class: 'story-text' }, what),
      ),
    ),
  )
}

/** @param {StoredRecord} record @returns {Step} */
function connection({ time, durationMs, client }) {
  const { ip, name, helo, tls, user, port } = client
  return {
    tone: 'plain',
    time: time - durationMs,
    content: [
      h(
        'p',
        {},
        name === undefined
          ? tn('messages.connectedNameless', { ip: h('strong', {}, ip), port })
          : tn('messages.connected', { ip: h('strong', {}, ip), name: h('strong', {}, name), port }),
      ),
      h(
        'p',
        { class: 'soft' },
        helo === undefined ? t('messages.noHelo') : tn('messages.helo', { helo: h('code', {}, helo) }),
        ' ',
        tls === undefined ? t('messages.plain') : tn('messages.encrypted', { tls: h('code', {}, tls) }),
        user !== undefined && [' ', tn('messages.signedIn', { user: h('strong', {}, user) })],
      ),
    ],
  }
}

/** @param {StoredRecord} record @returns {readonly Step[]} */
function trust({ client: { trusted, allowlist } }) {
  return [
    ...(trusted === undefined ? [] : [step('good', t('messages.trusted', { why: trusted }))]),
    ...(allowlist === undefined
      ? []
      : [step('good', tn('messages.onAllowlist', { list: h('strong', {}, allowlist) }))]),
  ]
}

/** @param {StoredRecord} record @returns {readonly Step[]} */
function envelope({ sender, recipients, moreRecipients = 0 }) {
  if (sender === undefined) return [step('plain', t('messages.noTransaction'))]
  const count = recipients.length + moreRecipients
  const from = sender === '' ? t('messages.nullSender') : sender
  const params = { sender: h('strong', {}, from) }
  if (count === 0) return [step('plain', tn('messages.saysFromOnly', params))]
  const to = h('strong', {}, recipients[0]?.address ?? '')
  return [
    step(
      'plain',
      count === 1
        ? tn('messages.saysFromTo', { ...params, to })
        : tn('messages.saysFromToMany', { ...params, to, others: formatNumber(count - 1) }),
    ),
  ]
}

/** @param {StoredRecord} record @returns {readonly Step[]} */
function content({ size, fromDomain, subject, messageId }) {
  if (size === undefined) return []
  return [
    {
      tone: 'plain',
      content: [
        h('p', {}, t('messages.sentBytes', { size: formatBytes(size) })),
        h(
          'dl',
          { class: 'facts story-facts' },
          fact(t('messages.fromDomain'), fromDomain),
          fact(t('messages.subject'), subject),
          fact(t('messages.messageId'), messageId && h('code', {}, messageId)),
        ),
      ],
    },
  ]
}

/** @param {StoredRecord} record @returns {Step} */
function lists({ findings, clear, moreFindings = 0 }) {
  const listed = findings.filter(({ kind }) => kind === 'listed')
  const failed = findings.filter(({ kind }) => kind === 'error')
  const asked = new Set([...listed, ...failed, ...clear].map(({ id }) => id)).size
  if (asked === 0 && findings.length === 0) return step('plain', t('messages.noListAsked'))
  const parts = [
    t('messages.listsAsked', { count: asked }),
    listed.length === 0
      ? t('messages.nothingListed')
      : listed.map((finding) => h('div', {}, listingText(finding))),
    failed.length > 0 && h('div', {}, t('messages.listsFailed', { count: failed.length })),
    moreFindings > 0 &&
      h('div', { class: 'soft' }, t('messages.moreFindings', { number: formatNumber(moreFindings) })),
  ]
  const isBad = listed.some((finding) => finding.kind === 'listed' && finding.action === 'reject')
  return {
    tone: isBad ? 'bad' : listed.length + failed.length > 0 ? 'warn' : 'good',
    content: h(
      'div',
      {},
      parts.map((part) => (typeof part === 'string' ? [part, ' '] : part)),
    ),
  }
}

/** @param {import('../types').FindingRecord} finding */
function listingText(finding) {
  const params = { list: h('strong', {}, finding.list), item: h('strong', {}, finding.item) }
  const meanings = finding.kind === 'listed' ? finding.codes.map(({ meaning }) => meaning) : []
  // A list file says no more than that.
  const meaning = meanings.filter((each) => each !== 'listed').join(', ')
  return meaning === '' ? tn('messages.listedPlain', params) : tn('messages.listedAs', { ...params, meaning })
}

/** @param {StoredRecord} record @returns {readonly Step[]} */
const score = ({ score: points }) =>
  points === 0 ? [] : [step('warn', t('messages.score', { count: points, points: formatNumber(points) }))]

/** @param {StoredRecord} record @returns {readonly Step[]} */
const marks = (record) =>
  record.marks.map((mark) => step('info', tn('messages.marked', { mark: h('code', {}, mark) })))

/** @param {StoredRecord} record @returns {readonly Step[]} */
const wouldRefuse = (record) =>
  record.wouldRefuse.map((reply) =>
    step('warn', tn('messages.wouldHaveRefused', { reply: h('code', {}, reply) })),
  )

/** @type {Readonly<Record<import('../types').Outcome, Tone>>} */
const TONES = { accepted: 'good', partly: 'warn', refused: 'bad', deferred: 'warn', abandoned: 'plain' }

/** @param {StoredRecord} record @returns {Step} */
function decision({ time, durationMs, outcome, reply, by }) {
  return {
    tone: TONES[outcome],
    time,
    content: [
      h(
        'p',
        {},
        outcomeBadge(outcome),
        ' ',
        by === undefined ? '' : tn('messages.decidedBy', { by: h('strong', {}, by) }),
        h('span', { class: 'soft' }, ` ${t('messages.after', { time: formatDuration(durationMs) })}`),
      ),
      reply !== undefined &&
        reply !== '' && [
          h('p', { class: 'soft small' }, t('messages.told')),
          h('blockquote', { class: 'reply' }, reply),
        ],
      outcome === 'abandoned' && h('p', { class: 'soft' }, t('messages.clientLeftLong')),
    ],
  }
}

/** @param {StoredRecord} record @returns {readonly Step[]} */
function deliveries({ delivery }) {
  if (!delivery) return []
  const { state, nextHop, answer, events } = delivery
  const hop = h('strong', {}, nextHop ?? t('messages.nextHop'))
  const isQueued = events.length > 0 || state === 'queued'
  return [
    isQueued
      ? step('info', t('messages.inQueue'))
      : {
          tone: 'good',
          content: [
            h('p', {}, tn('messages.handedOver', { hop })),
            answer !== undefined && h('blockquote', { class: 'reply' }, answer),
          ],
        },
    ...events.map(deliveryStep),
    ...(state === 'queued' && events.length === 0 ? [step('plain', t('messages.stillWaiting'))] : []),
  ]
}

/** @param {import('../types').DeliveryEvent} event @returns {Step} */
function deliveryStep({ time, kind, recipients, nextHop, answer, retrySeconds }) {
  return {
    tone: kind === 'delivered' ? 'good' : kind === 'bounced' ? 'bad' : 'warn',
    time,
    content: [
      h(
        'p',
        {},
        outcomeBadge(kind),
        ' ',
        nextHop !== undefined && [tn('messages.atHop', { hop: h('strong', {}, nextHop) }), ' '],
        h('span', { class: 'soft' }, recipients.join(', ')),
      ),
      answer !== '' && h('blockquote', { class: 'reply' }, answer),
      retrySeconds !== undefined &&
        h('p', { class: 'soft' }, t('messages.retry', { time: formatDuration(retrySeconds * 1000) })),
    ],
  }
}

/** The story in one sentence. @param {StoredRecord} record */
export function headline(record) {
  const { outcome, recipients, reply = '', delivery } = record
  const listed = record.findings.find(({ kind, list }) => kind === 'listed' && reply.includes(list))
  if (outcome === 'refused' && listed)
    return t('messages.headListed', { item: listed.item, list: listed.list })
  if (outcome === 'refused') return t('messages.headRefused', { reply: replyText(reply) })
  if (outcome === 'deferred') return t('messages.headDeferred', { reply: replyText(reply) })
  if (outcome === 'abandoned') return t('messages.headAbandoned')
  if (delivery?.state === 'bounced') return t('messages.headBounced')
  if (delivery?.state === 'queued' || delivery?.state === 'delayed') return t('messages.headQueued')
  if (outcome === 'partly') {
    const taken = recipients.filter((recipient) => recipient.outcome === 'accepted').length
    return t('messages.headPartly', { taken: formatNumber(taken), all: formatNumber(recipients.length) })
  }
  return t('messages.headDelivered')
}

/** @param {Tone} tone @param {import('../types').Child} what @returns {Step} */
const step = (tone, what) => ({ tone, content: h('p', {}, what) })

/** @param {string} name @param {import('../types').Child} value */
const fact = (name, value) =>
  value === undefined || value === ''
    ? null
    : h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, value))
