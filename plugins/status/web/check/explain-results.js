// @ts-check
import { badge } from '../components/badge.js'
import { card } from '../components/card.js'
import { listAction, listKind, outcomeBadge } from '../components/outcome.js'
import { table } from '../components/table.js'
import { h } from '../dom.js'
import { formatBytes, formatDuration, formatNumber } from '../format.js'
import { t, tn } from '../texts.js'

/**
 * What would happen to a message, and why.
 *
 * @typedef {import('../types').ExplainReport} ExplainReport
 * @param {ExplainReport} report
 */
export const explainResults = (report) => [
  verdict(report),
  dialogue(report),
  lists(report),
  changes(report),
  nextHops(report),
  texts(t('check.wouldRefuse'), report.wouldRefuse),
  texts(t('check.skipped'), report.skipped),
  texts(t('check.remarks'), [
    ...report.remarks,
    ...report.leftOut.map(({ plugin, reason }) => `${plugin}: ${reason}`),
  ]),
]

/** @param {ExplainReport} report */
function verdict({ verdict: { outcome, stage, reply, by }, score, rejectScore, size, ms }) {
  return h(
    'section',
    { class: `verdict verdict-${outcome}` },
    h('p', {}, outcomeBadge(outcome)),
    h('h2', { class: 'verdict-text', tabindex: -1 }, t(`check.would_${outcome}`)),
    h(
      'p',
      {},
      by === undefined
        ? tn('check.decidedAt', { stage: h('strong', {}, stage) })
        : tn('check.decidedBy', { stage: h('strong', {}, stage), by: h('strong', {}, by) }),
    ),
    h('blockquote', { class: 'reply' }, reply),
    h(
      'p',
      { class: 'soft small' },
      t('check.score', { score: formatNumber(score), limit: formatNumber(rejectScore) }),
      size &&
        ` ${t('check.size', { size: formatBytes(size.receivedBytes), limit: formatBytes(size.limit.bytes) })}`,
      ` ${t('check.took', { time: formatDuration(ms) })}`,
    ),
  )
}

/** @param {ExplainReport} report */
const dialogue = ({ exchanges }) =>
  card(
    t('check.dialogue'),
    h(
      'ol',
      { class: 'dialogue' },
      exchanges.map(({ stage, command, reply, ms }) =>
        h(
          'li',
          {},
          h(
            'code',
            { class: 'dialogue-command' },
            command ?? (stage === 'connect' ? t('check.connects') : stage),
          ),
          h('code', { class: /^[45]/.test(reply) ? 'dialogue-refusal' : 'dialogue-reply' }, reply),
          h('span', { class: 'soft small' }, formatDuration(ms)),
        ),
      ),
    ),
  )

/** @param {ExplainReport} report */
function lists({ lists: asked }) {
  if (asked.length === 0) return null
  return card(
    t('check.lists'),
    table({
      caption: t('check.lists'),
      rows: asked,
      columns: [
        {
          title: t('check.list'),
          isHead: true,
          cell: ({ finding, listKind: kind }) => [
            finding.list,
            h('span', { class: 'cell-note' }, listKind(kind)),
          ],
        },
        {
          title: t('check.about'),
          cell: ({ finding: { item } }) => (item.kind === 'ip' ? item.ip : item.name),
        },
        { title: t('check.answer'), cell: ({ finding }) => answer(finding) },
        {
          title: t('check.question'),
          cell: ({ asked: question, answer: raw, isCached }) => [
            question !== undefined && h('code', {}, question),
            raw !== undefined &&
              h('span', { class: 'cell-note' }, raw, isCached && ` (${t('check.cached')})`),
          ],
        },
        {
          title: t('check.time'),
          isNumber: true,
          cell: ({ finding }) => ('ms' in finding ? formatDuration(finding.ms) : '–'),
        },
      ],
    }),
  )
}

/** @param {import('../types').Finding} finding */
function answer(finding) {
  switch (finding.kind) {
    case 'clear':
      return badge(t('check.notListed'), 'good')
    case 'skipped':
      return [badge(t('check.notAsked')), h('div', {}, finding.reason)]
    case 'error':
      return [badge(t('check.noAnswer'), 'warn'), h('div', {}, finding.reason)]
    case 'listed':
      return [
        badge(t('check.listed'), finding.action === 'allow' ? 'good' : 'bad'),
        finding.codes.map(({ code, meaning, action }) =>
          h('div', {}, h('code', {}, code), ` ${meaning} → ${listAction(action)}`),
        ),
      ]
  }
}

/** @param {ExplainReport} report */
function changes({ header, mark }) {
  if (!header && !mark) return null
  return card(
    t('check.changes'),
    h(
      'dl',
      { class: 'facts' },
      fact(t('check.fromBefore'), header?.fromBefore),
      fact(t('check.fromAfter'), header?.fromAfter),
      fact(t('check.markWhy'), mark?.why),
      fact(t('check.added'), header?.added),
      fact(t('check.removed'), header?.removed),
    ),
  )
}

/** @param {string} name @param {readonly string[] | undefined} values */
const fact = (name, values = []) =>
  values.length === 0
    ? null
    : h(
        'div',
        { class: 'fact' },
        h('dt', {}, name),
        h(
          'dd',
          {},
          values.map((value) => h('div', {}, h('code', {}, value))),
        ),
      )

/** @param {ExplainReport} report */
function nextHops({ nextHops: hops }) {
  if (hops.length === 0) return null
  return card(
    t('check.nextHops'),
    table({
      caption: t('check.nextHops'),
      rows: hops.flatMap(({ recipient, destinations }) =>
        destinations.map((destination) => ({ written: recipient, ...destination })),
      ),
      columns: [
        { title: t('check.recipient'), isHead: true, cell: ({ written }) => written },
        {
          title: t('check.goesTo'),
          cell: ({ nextHop, recipient, written, isContact }) => [
            nextHop ?? t('check.itsMx'),
            recipient !== written && h('span', { class: 'cell-note' }, `→ ${recipient}`),
            isContact && h('span', { class: 'cell-note' }, t('check.contact')),
          ],
        },
        {
          title: t('check.how'),
          cell: ({ isQueued }) => (isQueued ? t('check.queued') : t('check.inline')),
        },
      ],
    }),
  )
}

/** @param {string} title @param {readonly string[]} lines */
const texts = (title, lines) =>
  lines.length === 0
    ? null
    : card(
        title,
        h(
          'ul',
          { class: 'dotted' },
          lines.map((line) => h('li', {}, line)),
        ),
      )
