// @ts-check
import { about } from '../forms/about.js'
import { badge } from '../components/badge.js'
import { button } from '../components/button.js'
import { h, replace } from '../dom.js'
import { secretSetting } from '../forms/secret.js'
import { setting } from '../forms/setting.js'
import { isMap } from '../forms/values.js'
import { optionText } from '../forms/words.js'
import { t } from '../texts.js'
import { openHopTest } from './hop-test.js'

/** @typedef {{ readonly domain: string, readonly state: 'up' | 'down' | 'unknown', readonly detail?: string }} HopState */

const toneOf = /** @type {const} */ ({ up: 'good', down: 'bad', unknown: 'plain' })

/**
 * One domain: where its mail goes, whether that works, and its settings.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {string} domain As it is written.
 * @param {{ isOpen: boolean, stateOf: (domain: string) => HopState | undefined, onRemove: () => void }} options
 */
export function hopCard(form, domain, { isOpen, stateOf, onRemove }) {
  const { draft, canEdit } = form
  const path = ['next_hops', domain]
  const isNew = draft.before(path) === undefined
  const state = h('span', { class: 'hop-state' })
  const where = h('p', { class: 'hop-where' })
  const fault = h('p', { class: 'hop-fault', hidden: true })
  const password = h('div', {})
  if (canEdit || draft.secretState([...path, 'password']).isSet) {
    password.append(secretSetting(form, [...path, 'password'], { name: t('domains.password', { domain }) }))
  }

  const update = () => {
    const hop = draft.value(path)
    where.textContent = whereText(hop)
    password.hidden = !(isMap(hop) && isMap(hop['auth'])) && !draft.secretState([...path, 'password']).isSet
  }
  const showState = () => {
    const known = isNew ? undefined : stateOf(domain)
    replace(
      state,
      isNew
        ? badge(t('domains.new'), 'info')
        : known && badge(t(`domains.${known.state}`), toneOf[known.state]),
    )
    fault.hidden = known?.state !== 'down' || known.detail === undefined
    fault.textContent = known?.detail ?? ''
  }
  form.onChange(update)
  update()
  showState()

  const element = h(
    'section',
    { class: 'hop', 'aria-label': domain },
    h(
      'div',
      { class: 'hop-head' },
      h('div', { class: 'hop-name' }, h('h3', {}, domain), state),
      canEdit &&
        h(
          'div',
          { class: 'row hop-actions' },
          !isNew &&
            button(t('domains.test'), () => openHopTest(domain), { label: about(t('domains.test'), domain) }),
          button(t('domains.remove'), onRemove, { kind: 'quiet', label: about(t('domains.remove'), domain) }),
        ),
    ),
    where,
    fault,
    h(
      'details',
      { class: 'hop-details', open: isOpen },
      h('summary', {}, t('domains.edit', { domain })),
      setting(form, path, { isNameHidden: true, name: t('domains.edit', { domain }) }),
      password,
    ),
  )
  return { element, showState }
}

/** @param {unknown} hop */
function whereText(hop) {
  if (!isMap(hop)) return ''
  if (typeof hop['maildir'] === 'string') return hop['maildir']
  const { port, tls } = hop
  const hosts = [hop['host']]
    .flat()
    .map(String)
    .filter((host) => host !== '')
  const parts = [
    hosts.map((host) => (port === 25 || port === undefined ? host : `${host}:${String(port)}`)).join(', '),
    tls === undefined ? '' : t('domains.tls', { tls: optionText(['next_hops', '*', 'tls'], String(tls)) }),
    hop['queue'] === true ? t('domains.queue') : '',
  ]
  return parts.filter((part) => part !== '').join(' · ')
}
