// @ts-check
import { api } from '../api.js'
import { field } from '../components/field.js'
import { button } from '../components/button.js'
import { h } from '../dom.js'
import { formatTime } from '../format.js'
import { t } from '../texts.js'

/**
 * What is looked for, as it stands in the address of the page.
 *
 * @typedef {Readonly<Record<string, string>>} Filters
 */

export const OUTCOMES = /** @type {const} */ ([
  'accepted',
  'partly',
  'refused',
  'deferred',
  'abandoned',
  'delivered',
  'queued',
  'delayed',
  'bounced',
])

const PERIOD_MS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 }
const PERIODS = /** @type {const} */ (['1h', '24h', '7d', '30d'])
/** Named by the API's parameters. */
const DETAILS = /** @type {const} */ ([
  'ip',
  'from',
  'to',
  'list',
  'fromDomain',
  'messageId',
  'ref',
  'user',
  'plugin',
  'id',
])
const KNOWN = ['nodes', 'text', 'outcome', 'period', 'since', 'until', ...DETAILS]

/** @param {URLSearchParams} params @returns {Filters} */
export const readFilters = (params) =>
  Object.fromEntries([...params].filter(([name, value]) => KNOWN.includes(name) && value !== ''))

/**
 * Filters in the words of the API.
 *
 * @param {Filters} filters
 * @returns {Readonly<Record<string, string | number>>}
 */
export function apiQuery({ period, ...filters }) {
  const length = PERIODS.find((each) => each === period)
  return { ...filters, ...(length ? { since: Date.now() - PERIOD_MS[length] } : {}) }
}

/**
 * @param {Filters} filters
 * @param {(filters: Filters) => void} onChange
 */
export function filterForm(filters, onChange) {
  const text = h('input', {
    type: 'search',
    name: 'text',
    value: filters.text ?? '',
    placeholder: t('messages.searchExample'),
    autocomplete: 'off',
  })
  const outcome = select('outcome', filters.outcome, [
    ['', t('messages.anyOutcome')],
    ...OUTCOMES.map((each) => /** @type {const} */ ([each, t(`outcomes.${each}`)])),
  ])
  const period = select('period', filters.period, [
    ['', filters.since || filters.until ? t('messages.chosenTime') : t('messages.anyTime')],
    ...PERIODS.map((each) => /** @type {const} */ ([each, t(`messages.last${each}`)])),
  ])
  const nodes = select('nodes', filters.nodes, [
    ['', t('messages.thisGateway')],
    ['all', t('messages.allGateways')],
  ])
  const since = timeInput('since', filters.since)
  const until = timeInput('until', filters.until)
  const details = DETAILS.map((name) =>
    h('input', { type: 'text', name, value: filters[name] ?? '', autocomplete: 'off' }),
  )
  const read = () => {
    const times = [since, until].map((input) => [input.name, readTime(input, filters[input.name])])
    // A period counts from now, so it and a time of the clock would contradict each other.
    const isByClock = times.some(([, value]) => value !== '')
    const words = [nodes, text, outcome, period, ...details].map(({ name, value }) => [name, value.trim()])
    return Object.fromEntries(
      [...words, ...times].filter(([name, value]) => value !== '' && !(isByClock && name === 'period')),
    )
  }
  const change = () => onChange(read())
  outcome.addEventListener('change', change)
  nodes.addEventListener('change', change)
  const whose = field({ label: t('messages.filter_nodes'), control: nodes })
  whose.hidden = filters.nodes === undefined
  // One gateway alone has nothing to choose from.
  api.get('/fleet').then(
    ({ isMember }) => (whose.hidden &&= !isMember),
    () => {},
  )
  period.addEventListener('change', () => {
    since.value = ''
    until.value = ''
    change()
  })
  const isOpen = [since, until, ...details].some(({ value }) => value !== '')
  return h(
    'form',
    {
      class: 'filters',
      role: 'search',
      'aria-label': t('messages.search'),
      on: {
        submit: (/** @type {Event} */ event) => {
          event.preventDefault()
          change()
        },
      },
    },
    h(
      'div',
      { class: 'filters-line' },
      field({ label: t('messages.search'), control: text, class: 'filters-text' }),
      field({ label: t('messages.outcome'), control: outcome }),
      field({ label: t('messages.period'), control: period }),
      whose,
      h('button', { type: 'submit', class: 'button button-primary' }, t('messages.find')),
    ),
    h(
      'details',
      { class: 'filters-more', open: isOpen },
      h('summary', {}, t('messages.moreFilters')),
      h(
        'div',
        { class: 'filters-grid' },
        [since, until, ...details].map((control) =>
          field({ label: t(`messages.filter_${control.name}`), control }),
        ),
      ),
    ),
  )
}

/**
 * What is filtered by, each with a button that lifts it.
 *
 * @param {Filters} filters
 * @param {(filters: Filters) => void} onChange
 */
export function filterChips(filters, onChange) {
  const given = Object.entries(filters)
  if (given.length === 0) return null
  return h(
    'ul',
    { class: 'chips', 'aria-label': t('messages.activeFilters') },
    given.map(([name, value]) => {
      const title = `${t(`messages.filter_${name}`)}: ${valueText(name, value)}`
      return h(
        'li',
        {},
        button(title, () => onChange(Object.fromEntries(given.filter(([each]) => each !== name))), {
          icon: 'close',
          label: t('messages.removeFilter', { filter: title }),
        }),
      )
    }),
    given.length > 1 &&
      h(
        'li',
        {},
        button(t('messages.removeAll'), () => onChange({}), { kind: 'quiet' }),
      ),
  )
}

/** @param {string} name @param {string} value */
function valueText(name, value) {
  if (name === 'nodes') return t('messages.allGateways')
  if (name === 'since' || name === 'until') return formatTime(Number(value))
  const outcome = OUTCOMES.find((each) => each === value)
  if (name === 'outcome' && outcome) return t(`outcomes.${outcome}`)
  const period = PERIODS.find((each) => each === value)
  return name === 'period' && period ? t(`messages.last${period}`) : value
}

/**
 * @param {string} name
 * @param {string | undefined} time Milliseconds since the epoch.
 */
function timeInput(name, time) {
  const input = h('input', { type: 'datetime-local', name, step: 1 })
  const local = time === undefined ? NaN : Number(time) - new Date(Number(time)).getTimezoneOffset() * 60_000
  if (!Number.isNaN(local)) input.defaultValue = new Date(local).toISOString().slice(0, 19)
  return input
}

/**
 * The input shows whole seconds; a time that nobody touched stays what it was.
 *
 * @param {HTMLInputElement} input
 * @param {string} [given]
 */
function readTime({ value, defaultValue }, given = '') {
  if (value === defaultValue) return given
  return value === '' ? '' : String(new Date(value).getTime())
}

/**
 * @param {string} name
 * @param {string | undefined} chosen
 * @param {readonly (readonly [string, string])[]} options
 */
const select = (name, chosen, options) =>
  h(
    'select',
    { name },
    options.map(([value, title]) => h('option', { value, selected: value === (chosen ?? '') }, title)),
  )
