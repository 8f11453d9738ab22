// @ts-check
import { badge } from '../components/badge.js'
import { card } from '../components/card.js'
import { nameText } from '../components/names.js'
import { listKind, listStateBadge } from '../components/outcome.js'
import { emptyState } from '../components/state.js'
import { table } from '../components/table.js'
import { h } from '../dom.js'
import { formatAgo, formatBytes, formatDay, formatDuration, formatNumber, formatShare } from '../format.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'

/** More than these are noise. */
const MAX_REASONS = 10

/**
 * Who refuses, most first, each with a bar.
 *
 * @param {import('../types').Overview} overview
 * @param {Readonly<Record<string, string | number>>} period Parameters of the messages page.
 */
export function reasonsPanel({ reasons, totals }, period) {
  const shown = reasons.slice(0, MAX_REASONS)
  const most = reasons[0]?.count ?? 1
  const content =
    shown.length === 0
      ? emptyState({ title: t('overview.noReasons'), text: t('overview.noReasonsText') })
      : h(
          'ul',
          { class: 'bars' },
          shown.map(({ by, text, count }) => {
            // Of a list, `by` is its name; of a plugin, `text` is what it said.
            const isList = text === 'listed'
            const filter = isList ? { list: by } : { plugin: by }
            return h(
              'li',
              { class: 'bar', vars: { share: count / most } },
              h(
                'a',
                { class: 'bar-name', href: linkTo('messages', { ...period, outcome: 'refused', ...filter }) },
                isList ? by : text,
              ),
              h('span', { class: 'bar-by' }, isList ? t('overview.reasonList') : by),
              h(
                'span',
                { class: 'bar-count' },
                formatNumber(count),
                h('span', { class: 'soft' }, ` ${formatShare(count / Math.max(1, totals.refused))}`),
              ),
            )
          }),
        )
  return card(t('overview.reasons'), content)
}

/** @param {readonly import('../types').ListWithStats[]} lists */
export function listsPanel(lists) {
  if (lists.length === 0) {
    return card(
      t('nav.lists'),
      emptyState({
        title: t('overview.noLists'),
        text: t('overview.noListsText'),
        action: h('a', { href: linkTo('lists'), class: 'button' }, t('overview.toLists')),
      }),
    )
  }
  return card(
    t('nav.lists'),
    table({
      caption: t('overview.listsCaption'),
      isMostlyNumbers: true,
      rows: lists,
      columns: [
        {
          title: t('overview.list'),
          isHead: true,
          cell: ({ name, kind }) => [name, h('span', { class: 'cell-note' }, listKind(kind))],
        },
        { title: t('overview.health'), cell: ({ state }) => listStateBadge(state) },
        { title: t('overview.asked'), isNumber: true, cell: ({ stats24h }) => formatNumber(stats24h.asked) },
        {
          title: t('overview.hits'),
          isNumber: true,
          cell: ({ name, stats24h }) =>
            h(
              'a',
              { href: linkTo('messages', { list: name, period: '24h' }) },
              formatNumber(stats24h.listed),
            ),
        },
        {
          title: t('overview.errors'),
          isNumber: true,
          cell: ({ stats24h }) => formatNumber(stats24h.errors),
        },
        {
          title: t('overview.median'),
          isNumber: true,
          cell: ({ stats24h }) => (stats24h.asked === 0 ? '–' : formatDuration(stats24h.medianMs)),
        },
        {
          title: t('overview.p99'),
          isNumber: true,
          cell: ({ stats24h }) => (stats24h.asked === 0 ? '–' : formatDuration(stats24h.p99Ms)),
        },
      ],
    }),
    { actions: h('span', { class: 'soft small' }, t('overview.last24h')) },
  )
}

/** @param {readonly import('../types').NextHop[]} hops */
export function hopsPanel(hops) {
  if (hops.length === 0) {
    return card(
      t('overview.hops'),
      emptyState({
        title: t('overview.noHops'),
        text: t('overview.noHopsText'),
        action: h('a', { href: linkTo('domains'), class: 'button' }, t('overview.toDomains')),
      }),
    )
  }
  return card(
    t('overview.hops'),
    table({
      caption: t('overview.hops'),
      rows: hops,
      columns: [
        { title: t('overview.domain'), isHead: true, cell: ({ domain }) => nameText(domain) },
        { title: t('overview.goesTo'), cell: target },
        {
          title: t('overview.state'),
          cell: ({ kind, state, detail }) => [
            kind === 'maildir' ? badge(t('overview.hopLocal')) : hopBadge(state),
            detail !== undefined && h('span', { class: 'cell-note' }, detail),
          ],
        },
      ],
    }),
  )
}

/** @param {import('../types').NextHop} hop */
function target({ kind, hosts, port }) {
  if (kind === 'maildir') return t('overview.maildir', { folder: hosts[0] ?? '' })
  return hosts.map((host) => h('div', {}, nameText(port === undefined ? host : `${host}:${port}`)))
}

/** @param {import('../types').NextHop['state']} state */
function hopBadge(state) {
  if (state === 'up') return badge(t('overview.hopUp'), 'good')
  if (state === 'down') return badge(t('overview.hopIsDown'), 'bad')
  return badge(t('overview.hopUnknown'))
}

/** @param {import('../types').GatewayState} state */
export function queuePanel({ queue }) {
  const { messages, bytes, oldestAt, byDomain } = queue
  if (messages === 0) return card(t('overview.queue'), h('p', { class: 'soft' }, t('overview.queueEmpty')))
  return card(t('overview.queue'), [
    h(
      'p',
      {},
      t('overview.queueHolds', { count: messages, number: formatNumber(messages), size: formatBytes(bytes) }),
      oldestAt !== undefined && ` ${t('overview.queueOldest', { ago: formatAgo(oldestAt) })}`,
    ),
    h(
      'ul',
      { class: 'bars' },
      byDomain.map((each) =>
        h(
          'li',
          { class: 'bar bar-plain', vars: { share: each.messages / messages } },
          h(
            'a',
            { class: 'bar-name', href: linkTo('messages', { to: each.domain, outcome: 'queued' }) },
            each.domain,
          ),
          h('span', { class: 'bar-count' }, formatNumber(each.messages)),
        ),
      ),
    ),
  ])
}

/** @param {import('../types').GatewayState} state */
export function machinePanel({ workers, listeners, certificate, startedAt, version }) {
  return card(t('overview.gateway'), [
    h(
      'dl',
      { class: 'facts' },
      fact(t('overview.running'), t('overview.runningSince', { ago: formatAgo(startedAt), version })),
      fact(
        t('overview.listens'),
        listeners.map(({ endpoint, state }) => [
          h('span', { class: 'listener' }, endpoint, ' '),
          state === 'failed' && badge(t('overview.failed'), 'bad'),
        ]),
      ),
      fact(t('overview.certificate'), certificateText(certificate)),
    ),
    table({
      caption: t('overview.processes'),
      isMostlyNumbers: true,
      rows: workers.toSorted((a, b) => a.role.localeCompare(b.role) || a.pid - b.pid),
      columns: [
        { title: t('overview.process'), isHead: true, cell: ({ pid, role }) => `${role} ${pid}` },
        { title: t('overview.sessions'), isNumber: true, cell: ({ sessions }) => formatNumber(sessions) },
        { title: t('overview.memory'), isNumber: true, cell: ({ memoryBytes }) => formatBytes(memoryBytes) },
        {
          title: t('overview.delay'),
          isNumber: true,
          cell: ({ eventLoopDelayMs }) => formatDuration(eventLoopDelayMs),
        },
        {
          title: t('overview.uptime'),
          isNumber: true,
          cell: ({ uptimeS }) => formatDuration(uptimeS * 1000),
        },
      ],
    }),
  ])
}

/** @param {string} name @param {import('../types').Child} value */
const fact = (name, value) => h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, value))

/** @param {import('../types').GatewayState['certificate']} certificate */
function certificateText(certificate) {
  if (!certificate) return h('span', { class: 'soft' }, t('overview.noCertificate'))
  const { subject, notAfter, daysLeft } = certificate
  if (notAfter === undefined || daysLeft === undefined) return badge(t('overview.failed'), 'bad')
  return t('overview.certificateFor', { subject, day: formatDay(notAfter), count: daysLeft })
}
