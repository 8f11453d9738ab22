// @ts-check
import { api, ApiFailure } from '../api.js'
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { checkResults } from '../components/check-results.js'
import { outcomeBadge } from '../components/outcome.js'
import { emptyState, failureState, skeleton } from '../components/state.js'
import { h, replace } from '../dom.js'
import { coalesce } from '../events.js'
import { formatTime } from '../format.js'
import { icon } from '../icons.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'
import { askAllow } from './allow.js'
import { answersCard, identifiersCard, recipientsCard, skipsCard } from './evidence.js'
import { headline, story } from './story.js'
import { bouncePath, domainOf } from './words.js'

const LIVE_MS = 1000

/** @typedef {import('../types').StoredRecord} StoredRecord */

/**
 * One message, with all that is known of it.
 *
 * @param {object} options
 * @param {string} options.id
 * @param {import('./filters.js').Filters} options.filters Those of the list it was opened from.
 * @param {import('../types').PageContext} options.context
 * @param {AbortSignal} options.signal
 */
export function messageDetail({ id, filters, context, signal }) {
  const content = h('div', { class: 'stack' }, skeleton(8))
  const checked = h('div', { class: 'stack slot', role: 'status' })
  const read = () => api.get(`/messages/${encodeURIComponent(id)}`, { signal })

  const draw = async () => {
    try {
      /** @type {StoredRecord} */
      const record = await read()
      const openRaw = content.querySelector('details[open]') !== null
      replace(content, recordParts(record, context, checked))
      if (openRaw) content.querySelector('details')?.setAttribute('open', '')
    } catch (error) {
      if (signal.aborted) return
      const isUnknown = error instanceof ApiFailure && error.status === 404
      replace(content, isUnknown ? gone() : failureState(error, draw))
    }
  }
  const drawSoon = coalesce(() => void draw(), LIVE_MS, signal)
  context.on('delivery', (delivery) => delivery.id === id && drawSoon(), signal)
  context.on('again', drawSoon, signal)
  void draw()
  return [
    h(
      'p',
      {},
      h('a', { href: linkTo('messages', filters), class: 'back-link' }, icon('back'), t('messages.back')),
    ),
    content,
  ]
}

/**
 * @param {StoredRecord} record
 * @param {import('../types').PageContext} context
 * @param {HTMLElement} checked
 */
function recordParts(record, context, checked) {
  const later = bouncePath(record)
  return [
    h(
      'div',
      { class: `verdict verdict-${record.outcome}` },
      h('p', { class: 'verdict-line' }, outcomeBadge(record.outcome), later && [' ', outcomeBadge(later)]),
      h('p', { class: 'verdict-text' }, headline(record)),
      h('p', { class: 'soft small' }, formatTime(record.time)),
      actions(record, context, checked),
    ),
    checked,
    card(t('messages.story'), story(record)),
    answersCard(record),
    recipientsCard(record),
    skipsCard(record),
    identifiersCard(record),
  ]
}

/**
 * @param {StoredRecord} record
 * @param {import('../types').PageContext} context
 * @param {HTMLElement} checked
 */
function actions(record, { canEdit }, checked) {
  const { client, sender = '', fromDomain, recipients } = record
  const domain = domainOf(sender)
  const items = [...new Set([client.ip, client.name, client.helo, domain, fromDomain])].filter(isCheckable)
  const check = async () => {
    replace(checked, skeleton(2))
    try {
      replace(checked, checkResults(await api.post('/check', { items })))
    } catch (error) {
      replace(checked)
      throw error
    }
  }
  return h(
    'div',
    { class: 'row' },
    button(t('messages.checkAgain'), check, { title: items.join(', ') }),
    canEdit &&
      button(t('messages.allowClientShort'), () => askAllow({ kind: 'client', choices: [client.ip] })),
    canEdit &&
      sender !== '' &&
      button(t('messages.allowSenderShort'), () => askAllow({ kind: 'sender', choices: [sender, domain] })),
    h(
      'a',
      {
        class: 'button',
        href: linkTo('check', {
          tab: 'message',
          ip: client.ip,
          helo: client.helo,
          name: client.name,
          from: sender,
          to: recipients.map(({ address }) => address).join(' '),
        }),
      },
      t('messages.explain'),
    ),
  )
}

/** What a list can be asked about; a HELO may hold anything. @param {string | undefined} item @returns {item is string} */
const isCheckable = (item) =>
  item !== undefined && /^(?:[\da-f]*:[\da-f:.]+|(?:[\w-]+\.)+[a-z\d-]+)$/i.test(item)

const gone = () =>
  emptyState({
    title: t('messages.gone'),
    text: t('messages.goneText'),
    action: h('a', { href: linkTo('messages'), class: 'button' }, t('messages.back')),
  })
