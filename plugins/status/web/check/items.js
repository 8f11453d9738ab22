// @ts-check
import { api } from '../api.js'
import { checkResults } from '../components/check-results.js'
import { field } from '../components/field.js'
import { skeleton } from '../components/state.js'
import { failureText } from '../components/toast.js'
import { h, replace } from '../dom.js'
import { t } from '../texts.js'

const MAX_ITEMS = 20

/**
 * Asks every list about addresses, domains and URLs, one a line.
 *
 * @param {object} options
 * @param {string} options.items What to ask about at once.
 * @param {AbortSignal} options.signal
 * @param {(items: string) => void} options.onAsked
 */
export function itemsForm({ items, signal, onAsked }) {
  const text = h('textarea', { name: 'items', rows: 4, spellcheck: 'false', required: true })
  text.value = items
  const entry = field({
    label: t('check.items'),
    control: text,
    hint: t('check.itemsHint', { count: MAX_ITEMS }),
  })
  const submit = h('button', { type: 'submit', class: 'button button-primary' }, t('check.ask'))
  const results = h('div', { class: 'stack', role: 'status' })

  const ask = async () => {
    const wanted = text.value.split(/[\s,;]+/).filter((item) => item !== '')
    entry.setError(problemOf(wanted))
    if (problemOf(wanted) !== undefined) {
      text.focus()
      return
    }
    onAsked(wanted.join('\n'))
    submit.disabled = true
    replace(results, skeleton(4))
    try {
      replace(results, checkResults(await api.post('/check', { items: wanted }, { signal })))
    } catch (error) {
      replace(results)
      if (!signal.aborted) entry.setError(failureText(error))
    } finally {
      submit.disabled = false
    }
  }
  if (items !== '') void ask()
  return h(
    'div',
    { class: 'stack' },
    h(
      'form',
      {
        class: 'stack',
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault()
            void ask()
          },
          keydown: (/** @type {KeyboardEvent} */ event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
            event.preventDefault()
            void ask()
          },
        },
      },
      entry,
      h('div', { class: 'row' }, submit),
    ),
    results,
  )
}

/** @param {readonly string[]} wanted */
function problemOf(wanted) {
  if (wanted.length === 0) return t('check.nothing')
  return wanted.length > MAX_ITEMS ? t('check.tooMany', { count: MAX_ITEMS }) : undefined
}
