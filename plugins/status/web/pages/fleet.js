// @ts-check
import { api } from '../api.js'
import { badge } from '../components/badge.js'
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { emptyState, notice } from '../components/state.js'
import { table } from '../components/table.js'
import { toast } from '../components/toast.js'
import { h, replace } from '../dom.js'
import { coalesce } from '../events.js'
import { about } from '../forms/about.js'
import { formatAgo, formatTime } from '../format.js'
import { linkTo } from '../router.js'
import { t, useTexts } from '../texts.js'
import { fleet as texts } from '../texts/fleet.js'

useTexts(texts)

const REFRESH_MS = 5000

/**
 * @typedef {{ readonly node: string, readonly version: string, readonly since: number, readonly seen: number, readonly isAlive: boolean, readonly revision: number, readonly isEdited: boolean, readonly problems: readonly string[] }} Node
 * @typedef {{ readonly name: string, readonly head: number, readonly revision: number, readonly isEdited: boolean, readonly fault?: string }} FleetDocument
 *
 * @typedef {object} Fleet
 * @property {boolean} isMember
 * @property {string} name
 * @property {string} node
 * @property {string} [fault]
 * @property {{ readonly revision: number, readonly by: string, readonly node: string, readonly time: number }} [settings]
 * @property {readonly FleetDocument[]} documents
 * @property {readonly Node[]} nodes
 */

/** @type {import('../types').Page} */
export const page = {
  path: 'fleet',
  titleKey: 'nav.fleet',
  async render(root, context) {
    const { signal, canEdit } = context
    const show = async () => {
      const fleet = /** @type {Fleet} */ (await api.get('/fleet', { signal }))
      replace(root, fleet.isMember ? member(fleet, canEdit && show) : alone())
    }
    await show()
    // What is shown stays while the gateway does not answer; the sign of the connection says so.
    const refresh = coalesce(() => void show().catch(() => {}), REFRESH_MS, signal)
    context.on('state', refresh)
    context.on('settings', refresh)
  },
}

const alone = () =>
  emptyState({
    title: t('fleet.alone'),
    text: t('fleet.aloneText'),
    action: h('a', { href: linkTo('advanced'), class: 'button' }, t('nav.advanced')),
  })

/** @param {Fleet} fleet @param {false | (() => Promise<void>)} refresh False: the reader may change nothing. */
function member(fleet, refresh) {
  const { name, fault, documents, nodes } = fleet
  const differing = documents.filter(({ isEdited, fault: why }) => isEdited || why !== undefined)
  return h(
    'div',
    { class: 'stack' },
    fault !== undefined && notice('warn', h('p', {}, t('fleet.fault', { reason: fault }))),
    differing.length > 0 && here(differing, refresh),
    nodes.length > 0 &&
      card(t('fleet.nodes', { name }), [h('p', { class: 'card-intro' }, summary(fleet)), list(fleet)]),
  )
}

/** @param {Fleet} fleet */
function summary({ settings, nodes }) {
  if (!settings) return t('fleet.never')
  const { revision, by, node, time } = settings
  const alive = nodes.filter(({ isAlive }) => isAlive)
  const ok = alive.filter((each) => each.revision === revision && !each.isEdited).length
  return [
    t('fleet.applied', { revision, ok, count: alive.length }),
    ' ',
    t('fleet.sharedBy', { by, node, when: formatAgo(time) }),
  ]
}

/** @param {Fleet} fleet */
const list = ({ node: own, name, settings, nodes }) =>
  table({
    caption: t('fleet.nodes', { name }),
    rows: nodes,
    columns: [
      {
        title: t('fleet.node'),
        isHead: true,
        cell: ({ node }) => [node, node === own && [' ', badge(t('fleet.this'))]],
      },
      {
        title: t('fleet.state'),
        cell: ({ isAlive }) => (isAlive ? badge(t('fleet.alive'), 'good') : badge(t('fleet.gone'), 'bad')),
      },
      {
        title: t('fleet.settings'),
        cell: ({ revision, isEdited, problems }) => [
          revision === 0
            ? t('fleet.noRevision')
            : badge(t('fleet.revision', { revision }), revision === settings?.revision ? 'plain' : 'warn'),
          isEdited && [' ', badge(t('fleet.edited'), 'warn')],
          problems.map((problem) => h('div', { class: 'soft' }, problem)),
        ],
      },
      { title: t('fleet.version'), cell: ({ version }) => version },
      { title: t('fleet.since'), cell: ({ since }) => formatTime(since) },
      { title: t('fleet.seen'), cell: ({ seen }) => formatAgo(seen) },
    ],
  })

/** @param {readonly FleetDocument[]} documents @param {false | (() => Promise<void>)} refresh */
const here = (documents, refresh) =>
  card(t('fleet.here'), [
    h('p', { class: 'soft card-intro' }, t('fleet.hereText')),
    h(
      'ul',
      { class: 'change-list' },
      documents.map(({ name, fault = t('fleet.edited') }) =>
        h(
          'li',
          { class: 'change' },
          h(
            'div',
            { class: 'change-text' },
            h('strong', {}, name),
            h('span', { class: 'change-values' }, fault),
          ),
          refresh && [
            action(t('fleet.share'), name, '/fleet/share', t('fleet.shared'), refresh),
            action(t('fleet.take'), name, '/fleet/take', t('fleet.taken'), refresh),
          ],
        ),
      ),
    ),
  ])

/** @param {string} title @param {string} name @param {string} path @param {string} done @param {() => Promise<void>} refresh */
const action = (title, name, path, done, refresh) =>
  button(
    title,
    async () => {
      await api.post(path, { name })
      toast(done, 'good')
      await refresh()
    },
    { label: about(title, name) },
  )
