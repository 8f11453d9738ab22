// @ts-check
import { api } from '../api.js'
import { badge } from '../components/badge.js'
import { card } from '../components/card.js'
import { field } from '../components/field.js'
import { h, replace } from '../dom.js'
import { coalesce } from '../events.js'
import { t } from '../texts.js'

/**
 * @typedef {{ readonly kind: 'unchanged' | 'marked' | 'tagged' | 'reject', readonly from: string, readonly after?: string | readonly string[], readonly why?: string | readonly string[], readonly notes?: readonly string[] }} MarkResult
 *
 * @type {readonly (readonly [from: string, envelope: string])[]}
 */
const examples = [
  ['"Your Bank" <info@bank.com>', 'x@strange-domain.net'],
  ['Our Newsletter <news@shop.com>', 'bounce@em1.shop.com'],
  ['news@shop.com', 'bounce@mail-service.com'],
  ['"PayPal via paypal.com" <x@evil.net>', 'x@evil.net'],
  ['Mail Delivery <mailer-daemon@example.com>', ''],
]

const toneOf = /** @type {const} */ ({ unchanged: 'plain', marked: 'info', tagged: 'info', reject: 'bad' })

/**
 * Examples, and one of the reader's own, as the gateway would mark them now.
 *
 * @param {import('../types').PageContext} context
 * @param {import('../forms/settings-page.js').SettingsPage} form
 */
export function markPreview(context, form) {
  const { signal } = context
  const from = h('input', {
    type: 'text',
    value: '"Anna, Sales" <anna@shop.com>',
    spellcheck: 'false',
    autocomplete: 'off',
  })
  const envelope = h('input', {
    type: 'text',
    value: 'bounce@news.example.net',
    spellcheck: 'false',
    autocapitalize: 'none',
    autocomplete: 'off',
  })
  const own = h('div', { class: 'mark-own', role: 'status' })
  const list = h('div', { class: 'mark-examples' })
  const hint = h('p', { class: 'soft small' })

  const showOwn = async () => {
    const result = await mark(from.value, envelope.value.trim(), signal)
    replace(own, resultView(result))
  }
  const showAll = async () => {
    const results = await Promise.all(examples.map(([name, sender]) => mark(name, sender, signal)))
    replace(
      list,
      examples.map(([name, sender], at) =>
        h(
          'div',
          { class: 'mark-example' },
          h(
            'div',
            { class: 'mark-input' },
            h('code', {}, name),
            h(
              'span',
              { class: 'soft small' },
              t('mark-from.envelope'),
              ': ',
              sender === '' ? t('mark-from.nobody') : sender,
            ),
          ),
          resultView(results[at]),
        ),
      ),
    )
  }
  const failed = (/** @type {HTMLElement} */ place) => () =>
    replace(place, h('p', { class: 'soft' }, t('mark-from.failed')))
  const refresh = () => {
    showAll().catch(failed(list))
    showOwn().catch(failed(own))
  }
  const soon = coalesce(() => void showOwn().catch(failed(own)), 250, signal)
  for (const input of [from, envelope]) input.addEventListener('input', soon)
  const tellDraft = () => {
    hint.textContent = form.draft.isChanged(['mark_from']) ? t('mark-from.previewDraft') : ''
  }
  form.onChange(tellDraft)
  tellDraft()
  context.on('settings', refresh)
  refresh()

  return card(t('mark-from.preview'), [
    h('p', { class: 'card-intro soft' }, t('mark-from.previewIntro')),
    hint,
    h('h3', {}, t('mark-from.yours')),
    h(
      'div',
      { class: 'settings-grid' },
      field({ label: t('mark-from.from'), control: from }),
      field({ label: t('mark-from.envelope'), control: envelope }),
    ),
    own,
    h('h3', {}, t('mark-from.examples')),
    list,
  ])
}

/**
 * @param {string} from
 * @param {string} envelope
 * @param {AbortSignal} signal
 * @returns {Promise<MarkResult>}
 */
const mark = (from, envelope, signal) => api.post('/mark', { from, envelope }, { signal })

/** @param {MarkResult | undefined} result */
function resultView(result) {
  if (!result) return null
  const { kind, from, after, why = [], notes = [] } = result
  const fields =
    kind === 'marked' || kind === 'tagged' ? [after ?? from].flat() : kind === 'unchanged' ? [from] : []
  return h(
    'div',
    { class: 'mark-result' },
    h('span', {}, badge(t(`mark-from.${kind}`), toneOf[kind])),
    fields.map((text) => h('code', { class: 'mark-seen' }, text)),
    h('span', { class: 'soft small', lang: 'en' }, [why].flat().join('; ')),
    notes.map((note) => h('span', { class: 'soft small', lang: 'en' }, note)),
  )
}
