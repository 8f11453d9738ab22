// @ts-check
import { api } from '../api.js'
import { choice } from '../components/choice.js'
import { card } from '../components/card.js'
import { h, replace } from '../dom.js'
import { coalesce } from '../events.js'
import { alerts } from '../overview/alerts.js'
import { createChart } from '../overview/chart.js'
import { firstSteps } from '../overview/first-steps.js'
import { hopsPanel, listsPanel, machinePanel, queuePanel, reasonsPanel } from '../overview/panels.js'
import { tiles } from '../overview/tiles.js'
import { t, useTexts } from '../texts.js'
import { overview as texts } from '../texts/overview.js'
import '../components/outcome.js'

useTexts(texts)

/** How long the numbers may be behind when mail comes: the longer the period, the less one message moves. */
const REFRESH_MS = { '1h': 1000, '24h': 2000, '7d': 15_000, '30d': 60_000 }
const STATE_REFRESH_MS = 2000
/** Queue, memory and certificates change without an event. */
const POLL_MS = 20_000
const RANGES = /** @type {const} */ (['1h', '24h', '7d', '30d'])

/** @type {import('../types').Page} */
export const page = {
  path: 'overview',
  titleKey: 'nav.overview',
  async render(root, context) {
    const { signal, route, on, setParams } = context
    const range = RANGES.find((each) => each === route.params.get('range')) ?? '24h'
    const parts = frame(signal)
    /** @type {{ overview?: import('../types').Overview, state?: import('../types').GatewayState, lists?: readonly import('../types').ListWithStats[], hops?: readonly import('../types').NextHop[] }} */
    const known = {}

    const readOverview = async () => {
      known.overview = await api.get('/overview', { query: { range }, signal })
    }
    const readState = async () => {
      ;[known.state, known.lists, known.hops] = await Promise.all([
        api.get('/state', { signal }),
        api.get('/lists', { signal }),
        api.get('/next-hops', { signal }),
      ])
    }
    const drawAll = () => draw(parts, known, range)

    await Promise.all([readOverview(), readState()])
    replace(
      context.actions,
      choice({
        label: t('overview.period'),
        choices: RANGES.map((value) => ({ value, title: t(`overview.range${value}`) })),
        chosen: range,
        onChoose: (value) => setParams({ range: value === '24h' ? undefined : value }, { replace: true }),
      }),
    )
    replace(
      root,
      parts.alerts,
      parts.first,
      parts.tiles,
      parts.chartCard,
      parts.columns,
      parts.lists,
      parts.more,
    )
    drawAll()

    const again = (/** @type {() => Promise<void>} */ read) => () => {
      read().then(drawAll, (error) => !signal.aborted && console.warn(error))
    }
    const overviewSoon = coalesce(again(readOverview), REFRESH_MS[range], signal)
    const stateSoon = coalesce(again(readState), STATE_REFRESH_MS, signal)
    on('message', overviewSoon)
    on('delivery', overviewSoon)
    on('delivery', stateSoon)
    on('lists', stateSoon)
    on('settings', stateSoon)
    on('state', stateSoon)
    const poll = setInterval(() => {
      if (document.hidden) return
      overviewSoon()
      stateSoon()
    }, POLL_MS)
    return () => clearInterval(poll)
  },
}

/** @param {AbortSignal} signal */
function frame(signal) {
  const chart = createChart(signal)
  const reasons = h('div', { class: 'slot' })
  const hops = h('div', { class: 'slot' })
  const lists = h('div', { class: 'slot' })
  const queue = h('div', { class: 'slot' })
  const machine = h('div', { class: 'slot' })
  return {
    alerts: h('div', { class: 'stack alerts', role: 'status' }),
    first: h('div', { class: 'slot' }),
    tiles: h('div', { class: 'slot' }),
    chart,
    chartCard: card(t('overview.chart'), chart.element),
    columns: h('div', { class: 'columns' }, reasons, hops),
    more: h('div', { class: 'columns' }, machine, queue),
    ...{ reasons, hops, lists, queue, machine },
  }
}

/**
 * @param {ReturnType<typeof frame>} parts
 * @param {{ overview?: import('../types').Overview, state?: import('../types').GatewayState, lists?: readonly import('../types').ListWithStats[], hops?: readonly import('../types').NextHop[] }} known
 * @param {import('../types').Range} range
 */
function draw(parts, known, range) {
  const { overview, state, lists = [], hops = [] } = known
  if (!overview || !state) return
  const period = { period: range }
  const { accepted, refused, deferred, abandoned } = overview.totals
  const isQuiet = accepted + refused + deferred + abandoned === 0
  refresh(parts.alerts, alerts(known))
  refresh(parts.first, isQuiet && firstSteps({ hasHops: hops.length > 0, hasLists: lists.length > 0 }))
  refresh(parts.tiles, tiles(overview.totals, period))
  parts.chart.show(overview)
  refresh(parts.reasons, reasonsPanel(overview, period))
  refresh(parts.hops, hopsPanel(hops))
  refresh(parts.lists, listsPanel(lists))
  refresh(parts.queue, queuePanel(state))
  refresh(parts.machine, machinePanel(state))
}

/**
 * Leaves what has not changed as it is, so that focus stays where it was and nothing is read out twice.
 *
 * @param {HTMLElement} slot
 * @param {import('../types').Child} content
 */
function refresh(slot, content) {
  const fresh = h('div', {}, content)
  if (slot.dataset.text === fresh.textContent) return
  slot.dataset.text = fresh.textContent ?? ''
  const focused = slot.contains(document.activeElement)
    ? document.activeElement?.getAttribute('href')
    : undefined
  slot.replaceChildren(...fresh.childNodes)
  if (focused) slot.querySelector(/** @type {any} */ (`[href="${CSS.escape(focused)}"]`))?.focus()
}
