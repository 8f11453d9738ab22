// @ts-check
import { api } from '../api.js'
import { choice } from '../components/choice.js'
import { card } from '../components/card.js'
import { failureText } from '../components/toast.js'
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
const REFRESH_MS = { '1h': 1000, '24h': 1500, '7d': 15_000, '30d': 60_000 }
/** The journal has a message a little later than the live events. */
const LATE_MS = 3000
const STATE_REFRESH_MS = 1000
/** What the lists said counts up with every message, which nobody has to see at once. */
const LISTS_REFRESH_MS = 10_000
const RANGES = /** @type {const} */ (['1h', '24h', '7d', '30d'])

/**
 * What the page has read so far; an error where that failed.
 *
 * @typedef {object} Known
 * @property {import('../types').Overview} overview
 * @property {import('../types').GatewayState} state
 * @property {readonly import('../types').ListWithStats[] | Error} lists
 * @property {readonly import('../types').NextHop[] | Error} hops
 */

/** @type {import('../types').Page} */
export const page = {
  path: 'overview',
  titleKey: 'nav.overview',
  async render(root, context) {
    const { signal, route, on, setParams } = context
    const range = RANGES.find((each) => each === route.params.get('range')) ?? '24h'
    const read = (/** @type {string} */ path) => api.get(path, { signal })
    const readOverview = () => api.get('/overview', { query: { range }, signal })
    const orError = (/** @type {Promise<any>} */ reading) =>
      reading.catch((/** @type {Error} */ error) => error)

    const [overview, state, lists, hops] = await Promise.all([
      readOverview(),
      read('/state'),
      orError(read('/lists')),
      orError(read('/next-hops')),
    ])
    /** @type {Known} */
    const known = { overview, state, lists, hops }
    const parts = frame(signal)
    replace(context.actions, rangeChoice(range, setParams))
    replace(
      root,
      parts.alerts,
      parts.first,
      parts.tiles,
      parts.chartCard,
      parts.why,
      parts.lists,
      parts.machines,
    )
    draw(parts, known, range)

    /** @param {Partial<Record<keyof Known, () => Promise<any>>>} readers @param {number} ms */
    const soon = (readers, ms) =>
      coalesce(
        () => {
          const reading = Object.entries(readers).map(async ([name, reader]) =>
            Object.assign(known, { [name]: await reader() }),
          )
          Promise.all(reading).then(
            () => signal.aborted || draw(parts, known, range),
            // What is shown stays; the sign of the connection tells that it is not live.
            () => {},
          )
        },
        ms,
        signal,
      )
    const numbersSoon = soon({ overview: readOverview }, REFRESH_MS[range])
    const numbersLater = soon({ overview: readOverview }, REFRESH_MS[range] + LATE_MS)
    const stateSoon = soon({ state: () => read('/state') }, STATE_REFRESH_MS)
    const healthSoon = soon({ lists: () => read('/lists'), hops: () => read('/next-hops') }, STATE_REFRESH_MS)
    const healthLater = soon(
      { lists: () => read('/lists'), hops: () => read('/next-hops') },
      LISTS_REFRESH_MS,
    )
    for (const name of /** @type {const} */ (['mail', 'again'])) {
      on(name, numbersSoon)
      on(name, numbersLater)
      on(name, healthLater)
    }
    for (const name of /** @type {const} */ (['lists', 'settings', 'again'])) {
      on(name, healthSoon)
      on(name, stateSoon)
    }
    on('state', stateSoon)
    on('state', healthLater)
  },
}

/**
 * @param {import('../types').Range} range
 * @param {import('../types').PageContext['setParams']} setParams
 */
const rangeChoice = (range, setParams) =>
  choice({
    label: t('overview.period'),
    choices: RANGES.map((value) => ({ value, title: t(`overview.range${value}`) })),
    chosen: range,
    onChoose: (value) => setParams({ range: value === '24h' ? undefined : value }, { replace: true }),
  })

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
    why: h('div', { class: 'columns' }, reasons, hops),
    machines: h('div', { class: 'columns' }, machine, queue),
    ...{ reasons, hops, lists, queue, machine },
  }
}

/**
 * @param {ReturnType<typeof frame>} parts
 * @param {Known} known
 * @param {import('../types').Range} range
 */
function draw(parts, { overview, state, lists, hops }, range) {
  const period = { period: range }
  const { accepted, refused, deferred, abandoned } = overview.totals
  const isQuiet = accepted + refused + deferred + abandoned === 0
  const knownLists = lists instanceof Error ? [] : lists
  const knownHops = hops instanceof Error ? [] : hops
  refresh(parts.alerts, alerts({ state, overview, lists: knownLists, hops: knownHops }))
  refresh(
    parts.first,
    isQuiet && firstSteps({ hasHops: knownHops.length > 0, hasLists: knownLists.length > 0 }),
  )
  refresh(parts.tiles, tiles(overview.totals, period))
  parts.chart.show(overview)
  refresh(parts.reasons, reasonsPanel(overview, period))
  refresh(parts.hops, hops instanceof Error ? failed(t('overview.hops'), hops) : hopsPanel(hops))
  refresh(parts.lists, lists instanceof Error ? failed(t('nav.lists'), lists) : listsPanel(lists))
  refresh(parts.queue, queuePanel(state))
  refresh(parts.machine, machinePanel(state))
}

/** @param {string} title @param {Error} error */
const failed = (title, error) => card(title, h('p', { class: 'soft' }, failureText(error)))

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
