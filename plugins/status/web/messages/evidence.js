// @ts-check
/** What stands behind the story: every answer of every list, every recipient, every identifier. */
import { badge } from '../components/badge.js'
import { card } from '../components/card.js'
import { listAction, listKind, outcomeBadge } from '../components/outcome.js'
import { table } from '../components/table.js'
import { h } from '../dom.js'
import { formatDuration, formatNumber } from '../format.js'
import { t } from '../texts.js'

/**
 * @typedef {import('../types').StoredRecord} StoredRecord
 * @typedef {{ id: string, list: string, item: string, answer: import('../types').Child, ms?: number }} Answer
 */

/** @param {StoredRecord} record */
export function answersCard(record) {
  const answers = [...record.findings.map(answerOf), ...record.clear.flatMap(clearAnswers)]
  if (answers.length === 0) return null
  return card(
    t('messages.answers'),
    table({
      caption: t('messages.answers'),
      rows: answers,
      columns: [
        {
          title: t('messages.list'),
          isHead: true,
          cell: ({ id, list }) => [list, h('span', { class: 'cell-note' }, kindOf(id))],
        },
        { title: t('messages.askedAbout'), cell: ({ item }) => item },
        { title: t('messages.answer'), cell: ({ answer }) => answer },
        {
          title: t('messages.took'),
          isNumber: true,
          cell: ({ ms }) => (ms === undefined ? '–' : formatDuration(ms)),
        },
      ],
    }),
  )
}

/** @param {string} id `ip_blocklist/custom/bl.example.net` */
function kindOf(id) {
  const kind = /** @type {const} */ ([
    'ip_blocklist',
    'ip_allowlist',
    'domain_blocklist',
    'uri_blocklist',
  ]).find((each) => id.startsWith(`${each}/`))
  return kind ? listKind(kind) : ''
}

/** @param {import('../types').FindingRecord} finding @returns {Answer} */
function answerOf(finding) {
  const { id, list, item } = finding
  switch (finding.kind) {
    case 'listed':
      return {
        ...{ id, list, item },
        ms: finding.ms,
        answer: [
          badge(t('messages.listed'), finding.action === 'allow' ? 'good' : 'bad'),
          finding.codes.map(({ code, meaning, action }) =>
            h(
              'div',
              {},
              h('code', {}, code),
              ` ${meaning} `,
              h('span', { class: 'soft' }, `→ ${listAction(action)}`),
            ),
          ),
          finding.score !== 0 && h('div', {}, t('messages.points', { points: formatNumber(finding.score) })),
        ],
      }
    case 'error':
      return {
        ...{ id, list, item },
        ms: finding.ms,
        answer: [badge(t('messages.noAnswer'), 'warn'), h('div', {}, finding.reason)],
      }
    case 'skipped':
      return { ...{ id, list, item }, answer: [badge(t('messages.notAsked')), h('div', {}, finding.reason)] }
  }
}

/** @param {StoredRecord['clear'][number]} clear @returns {readonly Answer[]} */
const clearAnswers = ({ id, list, items, ms }) =>
  items.map((item, index) => ({
    ...{ id, list, item },
    ...(ms[index] === undefined ? {} : { ms: ms[index] }),
    answer: badge(t('messages.notListed'), 'good'),
  }))

/** @param {StoredRecord} record */
export function recipientsCard({ recipients, moreRecipients = 0 }) {
  if (recipients.length === 0) return null
  return card(t('messages.recipients'), [
    table({
      caption: t('messages.recipients'),
      rows: recipients,
      columns: [
        { title: t('messages.address'), isHead: true, cell: ({ address }) => address },
        { title: t('messages.outcome'), cell: ({ outcome }) => outcomeBadge(outcome) },
        {
          title: t('messages.why'),
          cell: ({ reply, by }) => [
            reply ?? h('span', { class: 'soft' }, t('messages.sameReply')),
            by !== undefined && h('span', { class: 'cell-note' }, by),
          ],
        },
      ],
    }),
    moreRecipients > 0 &&
      h(
        'p',
        { class: 'soft' },
        t('messages.andMore', { count: moreRecipients, number: formatNumber(moreRecipients) }),
      ),
  ])
}

/** @param {StoredRecord} record */
export function skipsCard({ skips }) {
  if (skips.length === 0) return null
  return card(
    t('messages.skips'),
    h(
      'ul',
      { class: 'dotted' },
      skips.map((skip) => h('li', {}, skip)),
    ),
  )
}

/** @param {StoredRecord} record */
export function identifiersCard(record) {
  const { session, transaction, refs, messageId } = record
  return card(t('messages.identifiers'), [
    h(
      'dl',
      { class: 'facts' },
      fact(t('messages.filter_ref'), refs.join(', ')),
      fact(t('messages.messageId'), messageId),
      fact(t('messages.session'), session),
      fact(t('messages.transaction'), transaction),
    ),
    h(
      'details',
      { class: 'raw' },
      h('summary', {}, t('messages.raw')),
      h('pre', { tabindex: 0 }, JSON.stringify(record, undefined, 2)),
    ),
  ])
}

/** @param {string} name @param {string | undefined} value */
const fact = (name, value) =>
  value ? h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, h('code', {}, value))) : null
