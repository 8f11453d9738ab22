// @ts-check
import { notice } from '../components/state.js'
import { h } from '../dom.js'
import { formatAgo, formatDay, formatNumber } from '../format.js'
import { linkTo } from '../router.js'
import { t, tn } from '../texts.js'

const CERTIFICATE_DAYS = 21

/**
 * What needs somebody's attention, worst first.
 *
 * @param {object} known
 * @param {import('../types').GatewayState} [known.state]
 * @param {import('../types').Overview} [known.overview]
 * @param {readonly import('../types').ListWithStats[]} [known.lists]
 * @param {readonly import('../types').NextHop[]} [known.hops]
 */
export function alerts({ state, overview, lists = [], hops = [] }) {
  return [
    ...(state ? [settingsAlert(state.settings), ...listenerAlerts(state), certificateAlert(state)] : []),
    ...(overview ? journalAlerts(overview.journal) : []),
    ...hops.filter((hop) => hop.state === 'down').map(hopAlert),
    ...lists.filter((list) => list.state.kind !== 'up').map(listAlert),
    state?.shadow && notice('warn', h('p', {}, t('overview.shadow'))),
  ].filter((each) => each instanceof HTMLElement)
}

/** @param {import('../types').GatewayState['settings']} settings */
function settingsAlert({ kind, errors, since }) {
  if (kind === 'ok') return undefined
  return notice(
    'bad',
    h('p', {}, h('strong', {}, t('overview.settingsInvalid')), ' ', formatAgo(since)),
    h(
      'ul',
      { class: 'plain-list' },
      errors.map(({ path, message }) => h('li', {}, h('code', {}, path.join('.')), ' ', message)),
    ),
  )
}

/** @param {import('../types').GatewayState} state */
function listenerAlerts({ listeners }) {
  const failed = listeners.filter((listener) => listener.state === 'failed')
  return failed.map(({ endpoint, fault = '' }) =>
    notice('bad', h('p', {}, tn('overview.listenerFailed', { endpoint: h('strong', {}, endpoint), fault }))),
  )
}

/** @param {import('../types').GatewayState} state */
function certificateAlert({ certificate }) {
  if (!certificate) return undefined
  const { fault, daysLeft, notAfter, file } = certificate
  if (fault)
    return notice('bad', h('p', {}, tn('overview.certificateFault', { file: h('code', {}, file), fault })))
  if (daysLeft === undefined || notAfter === undefined || daysLeft > CERTIFICATE_DAYS) return undefined
  const text =
    daysLeft < 0
      ? t('overview.certificateExpired', { day: formatDay(notAfter) })
      : t('overview.certificateEnds', { count: daysLeft, day: formatDay(notAfter) })
  return notice(daysLeft < 0 ? 'bad' : 'warn', h('p', {}, text))
}

/** @param {import('../types').Overview['journal']} journal */
function journalAlerts({ isOn, fault, lost }) {
  if (!isOn) return [notice('info', h('p', {}, t('overview.journalOff')))]
  return [
    fault !== undefined && notice('bad', h('p', {}, t('overview.journalFault', { fault }))),
    lost > 0 &&
      notice('bad', h('p', {}, t('overview.journalLost', { count: lost, number: formatNumber(lost) }))),
  ]
}

/** @param {import('../types').NextHop} hop */
const hopAlert = ({ domain, detail = '' }) =>
  notice(
    'bad',
    h('p', {}, tn('overview.hopDown', { domain: h('a', { href: linkTo('domains') }, domain), detail })),
  )

/** @param {import('../types').ListWithStats} list */
function listAlert({ name, state }) {
  if (state.kind === 'up') return undefined
  const params = { name: h('a', { href: linkTo('lists') }, name), reason: state.reason }
  return state.kind === 'suspended'
    ? notice('warn', h('p', {}, tn('overview.listSuspended', { ...params, next: formatAgo(state.nextTest) })))
    : notice('bad', h('p', {}, tn('overview.listMisconfigured', params)))
}
