// @ts-check
import { h } from '../dom.js'
import { formatNumber, formatShare } from '../format.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'

const COUNTED = /** @type {const} */ ([
  'accepted',
  'refused',
  'deferred',
  'abandoned',
  'delivered',
  'bounced',
])

/**
 * The sums of the period; each leads to the messages it counts.
 *
 * @param {import('../types').Counts} totals
 * @param {Readonly<Record<string, string | number>>} period Parameters of the messages page.
 */
export function tiles(totals, period) {
  const all = totals.accepted + totals.refused + totals.deferred + totals.abandoned
  return h(
    'ul',
    { class: 'tiles', 'aria-label': t('overview.totals') },
    COUNTED.map((part) =>
      h(
        'li',
        {},
        h(
          'a',
          { class: `tile tile-${part}`, href: linkTo('messages', { ...period, outcome: part }) },
          h('span', { class: 'tile-name' }, t(`outcomes.${part}`)),
          h('strong', { class: 'tile-number' }, formatNumber(totals[part])),
          h('span', { class: 'tile-share' }, tileShare(part, totals, all)),
        ),
      ),
    ),
  )
}

/** @param {typeof COUNTED[number]} part @param {import('../types').Counts} totals @param {number} all */
function tileShare(part, totals, all) {
  if (part === 'delivered' || part === 'bounced') return t('overview.tileDeliveries')
  return all === 0
    ? t('overview.tileNone')
    : t('overview.tileShare', { share: formatShare(totals[part] / all) })
}
