// @ts-check
import { table } from '../components/table.js'
import { h, replace, svg } from '../dom.js'
import { formatChartTime, formatCompact, formatNumber } from '../format.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'

/** From the bottom up. */
export const PARTS = /** @type {const} */ (['accepted', 'refused', 'deferred', 'abandoned'])

const HEIGHT = 220
const LEFT = 40
const BOTTOM = 24
const TOP = 8
const TICK_SPACE = 90

/**
 * Messages over time, one bar for each step, stacked by outcome. What is under the pointer stands in the legend;
 * who cannot see a chart has the same numbers in a table.
 *
 * @param {AbortSignal} signal
 */
export function createChart(signal) {
  const picture = h('div', { class: 'chart-picture' })
  const legend = h('div', { class: 'chart-legend', 'aria-hidden': 'true' })
  const numbers = h('div', {})
  const details = h('details', { class: 'chart-table' }, h('summary', {}, t('overview.asTable')), numbers)
  /** @type {import('../types').Overview | undefined} */
  let shown

  const draw = () => {
    if (!shown) return
    drawPicture(picture, shown, (point) => drawLegend(legend, shown, point))
    drawLegend(legend, shown)
    if (details.open) replace(numbers, numbersTable(shown))
  }
  details.addEventListener('toggle', draw)
  const observer = new ResizeObserver(draw)
  observer.observe(picture)
  signal.addEventListener('abort', () => observer.disconnect())
  return {
    element: h('div', { class: 'chart' }, legend, picture, details),
    /** @param {import('../types').Overview} overview */
    show(overview) {
      shown = overview
      draw()
    },
  }
}

/** @typedef {import('../types').Overview['points'][number]} Point */

/**
 * @param {HTMLElement} picture
 * @param {import('../types').Overview} overview
 * @param {(point?: Point) => void} onPoint
 */
function drawPicture(picture, { points, stepMs, totals }, onPoint) {
  const width = Math.max(picture.clientWidth, 240)
  const most = niceCeiling(Math.max(1, ...points.map(sum)))
  const plot = HEIGHT - BOTTOM - TOP
  const step = (width - LEFT) / Math.max(1, points.length)
  const y = (/** @type {number} */ value) => TOP + plot * (1 - value / most)
  const label = t('overview.chartLabel', {
    accepted: formatNumber(totals.accepted),
    refused: formatNumber(totals.refused),
    deferred: formatNumber(totals.deferred),
    abandoned: formatNumber(totals.abandoned),
  })
  const every = Math.max(1, Math.ceil(TICK_SPACE / step))
  replace(
    picture,
    svg(
      'svg',
      { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: 'img', 'aria-label': label },
      [0, 0.5, 1].map((share) => [
        svg('line', { class: 'chart-grid', x1: LEFT, x2: width, y1: y(most * share), y2: y(most * share) }),
        svg(
          'text',
          { class: 'chart-tick', x: LEFT - 8, y: y(most * share) + 4, 'text-anchor': 'end' },
          most * share >= 1 || share === 0 ? formatCompact(most * share) : '',
        ),
      ]),
      points.map((point, index) => bar(point, LEFT + index * step, step, y, onPoint)),
      points.map((point, index) =>
        index % every === 0 && LEFT + index * step < width - 30
          ? svg(
              'text',
              { class: 'chart-tick', x: LEFT + index * step, y: HEIGHT - 6 },
              formatChartTime(point.time, stepMs),
            )
          : null,
      ),
    ),
  )
}

/**
 * @param {Point} point
 * @param {number} x
 * @param {number} step
 * @param {(value: number) => number} y
 * @param {(point?: Point) => void} onPoint
 */
function bar(point, x, step, y, onPoint) {
  const gap = step > 6 ? Math.min(3, step * 0.2) : 0
  let below = 0
  const parts = PARTS.map((part) => {
    const value = point[part]
    if (value === 0) return null
    const from = y(below)
    below += value
    const to = y(below)
    return svg('rect', {
      class: `chart-${part}`,
      x: x + gap / 2,
      y: to,
      width: Math.max(1, step - gap),
      height: Math.max(0.5, from - to),
    })
  })
  return svg(
    'g',
    { class: 'chart-bar', on: { pointerenter: () => onPoint(point), pointerleave: () => onPoint() } },
    svg('rect', { class: 'chart-hit', x, y: TOP, width: step, height: HEIGHT - BOTTOM - TOP }),
    parts,
  )
}

/**
 * @param {HTMLElement} legend
 * @param {import('../types').Overview | undefined} overview
 * @param {Point} [point]
 */
function drawLegend(legend, overview, point) {
  if (!overview) return
  const values = point ?? overview.totals
  replace(
    legend,
    PARTS.map((part) =>
      h(
        'span',
        { class: 'chart-key' },
        h('span', { class: `chart-swatch chart-${part}` }),
        t(`outcomes.${part}`),
        h('strong', {}, formatNumber(values[part])),
      ),
    ),
    h('span', { class: 'chart-when' }, point ? stepText(point, overview.stepMs) : ''),
  )
}

/** @param {Point} point @param {number} stepMs */
const stepText = ({ time }, stepMs) =>
  `${formatChartTime(time, stepMs)} – ${formatChartTime(time + stepMs, stepMs)}`

/** @param {import('../types').Overview} overview */
function numbersTable({ points, stepMs }) {
  const busy = points.filter((point) => sum(point) > 0).toReversed()
  return table({
    caption: t('overview.chart'),
    rows: busy,
    columns: [
      {
        title: t('overview.time'),
        isHead: true,
        cell: (point) =>
          h(
            'a',
            { href: linkTo('messages', { since: point.time, until: point.time + stepMs - 1 }) },
            stepText(point, stepMs),
          ),
      },
      ...PARTS.map((part) => ({
        title: t(`outcomes.${part}`),
        isNumber: true,
        cell: (/** @type {Point} */ point) => formatNumber(point[part]),
      })),
    ],
  })
}

/** @param {Point} point */
const sum = (point) => PARTS.reduce((total, part) => total + point[part], 0)

/** An even digit of the power of ten, so that half of it is a plain number too. @param {number} value */
function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 4, 6, 8, 10].find((each) => each * power >= value) ?? 10
  return factor * power
}
