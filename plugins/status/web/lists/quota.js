// @ts-check
import { api } from '../api.js'
import { card } from '../components/card.js'
import { notice } from '../components/state.js'
import { table } from '../components/table.js'
import { h, replace } from '../dom.js'
import { coalesce } from '../events.js'
import { nameOf } from '../forms/words.js'
import { formatNumber } from '../format.js'
import { t } from '../texts.js'

/** @typedef {import('../types').KeyQuota} KeyQuota */

const REFRESH_MS = 10_000

/**
 * How much each provider key is used; nothing where no key is, or where nobody counts.
 *
 * @param {import('../types').PageContext} context
 */
export function quotaCard({ signal, on }) {
  const slot = h('div', { class: 'slot' })
  const show = () => {
    api.get('/quota', { signal }).then(
      ({ keys }) => replace(slot, keys.length > 0 && content(keys)),
      // What is shown stays.
      () => {},
    )
  }
  const showLater = coalesce(show, REFRESH_MS, signal)
  on('state', showLater)
  on('settings', showLater)
  show()
  return slot
}

/** @param {readonly KeyQuota[]} keys */
const content = (keys) =>
  card(t('lists.quota'), [
    h('p', { class: 'soft card-intro' }, t('lists.quotaIntro')),
    keys.filter(({ warning }) => warning).map((key) => notice('warn', warningText(key))),
    table({ caption: t('lists.quota'), columns: columns(), rows: keys, isMostlyNumbers: true }),
  ])

/** @returns {readonly import('../components/table.js').Column<KeyQuota>[]} */
const columns = () => [
  { title: t('lists.quotaKey'), cell: keyName, isHead: true },
  { title: t('lists.quotaToday'), cell: ({ queriesToday }) => formatNumber(queriesToday), isNumber: true },
  { title: t('lists.quotaForecast'), cell: ({ forecast }) => formatNumber(forecast), isNumber: true },
  { title: t('lists.quotaLimit'), cell: limitText, isNumber: true },
  { title: t('lists.quotaNodes'), cell: ({ nodes }) => formatNumber(nodes), isNumber: true },
]

/** @param {KeyQuota} key */
function keyName({ provider, name }) {
  const known = nameOf(['providers', provider])
  return name === '' || name === provider || name === known ? known : `${known}, ${name}`
}

/** @param {KeyQuota} key */
function limitText({ perDay }) {
  return perDay === null ? t('lists.quotaNoLimit') : formatNumber(perDay)
}

/** @param {KeyQuota} key */
function warningText(key) {
  const name = keyName(key)
  if (key.perDay === null) return t('lists.quotaWarningHigh', { name })
  const values = { name, limit: formatNumber(key.perDay) }
  return key.queriesToday >= key.perDay
    ? t('lists.quotaWarningOver', values)
    : t('lists.quotaWarning', { ...values, forecast: formatNumber(key.forecast) })
}
