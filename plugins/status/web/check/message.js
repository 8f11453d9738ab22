// @ts-check
import { api } from '../api.js'
import { field } from '../components/field.js'
import { skeleton } from '../components/state.js'
import { failureText } from '../components/toast.js'
import { h, replace } from '../dom.js'
import { t } from '../texts.js'
import { explainResults } from './explain-results.js'

const MAX_BYTES = 10 * 1024 * 1024

/**
 * Sends a message through the gateway without delivering it: what would happen, and why.
 *
 * @param {object} options
 * @param {URLSearchParams} options.params ip, name, helo, from and to, if they are known
 * @param {AbortSignal} options.signal
 */
export function messageForm({ params, signal }) {
  const input = (/** @type {string} */ name, /** @type {Record<string, any>} */ attributes = {}) =>
    h('input', { type: 'text', name, value: params.get(name) ?? '', autocomplete: 'off', ...attributes })
  const ip = input('ip', { required: true, placeholder: '192.0.2.25' })
  const name = input('name', { placeholder: 'mail.example.net' })
  const helo = input('helo', { placeholder: 'mail.example.net' })
  const from = input('from', { placeholder: 'anna@example.net' })
  const to = input('to', { required: true, placeholder: 'bob@example.com' })
  const user = input('user')
  const file = h('input', { type: 'file', name: 'file', accept: '.eml,message/rfc822,text/plain' })
  const message = h('textarea', {
    name: 'message',
    rows: 10,
    class: 'code',
    spellcheck: 'false',
    required: true,
  })
  const messageField = field({ label: t('check.message'), control: message, hint: t('check.messageHint') })
  const submit = h('button', { type: 'submit', class: 'button button-primary' }, t('check.explain'))
  const problem = h('p', { class: 'field-error', role: 'alert' })
  const results = h('div', { class: 'stack', role: 'status' })

  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? []
    if (!chosen) return
    messageField.setError(chosen.size > MAX_BYTES ? t('check.tooBig') : undefined)
    if (chosen.size <= MAX_BYTES) message.value = await chosen.text()
  })

  const ask = async () => {
    problem.textContent = ''
    submit.disabled = true
    replace(results, skeleton(6))
    const optional = Object.fromEntries(
      [name, helo, user].flatMap(({ name: key, value }) =>
        value.trim() === '' ? [] : [[key, value.trim()]],
      ),
    )
    const body = {
      message: message.value,
      ip: ip.value.trim(),
      from: from.value.trim().replace(/^<|>$/g, ''),
      to: to.value.split(/[\s,;]+/).filter((address) => address !== ''),
      ...optional,
    }
    try {
      replace(results, explainResults(await api.post('/explain', body, { signal })))
      results.querySelector('h2')?.scrollIntoView({ block: 'nearest' })
    } catch (error) {
      replace(results)
      if (!signal.aborted) problem.textContent = failureText(error)
    } finally {
      submit.disabled = false
    }
  }
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
        },
      },
      h('p', { class: 'soft' }, t('check.messageText')),
      h(
        'div',
        { class: 'check-grid' },
        field({ label: t('check.ip'), control: ip }),
        field({ label: t('check.name'), control: name, hint: t('check.nameHint') }),
        field({ label: t('check.helo'), control: helo, hint: t('check.heloHint') }),
        field({ label: t('check.from'), control: from, hint: t('check.fromHint') }),
        field({ label: t('check.to'), control: to, hint: t('check.toHint') }),
        field({ label: t('check.user'), control: user, hint: t('check.userHint') }),
      ),
      field({ label: t('check.file'), control: file }),
      messageField,
      problem,
      h('div', { class: 'row' }, submit),
    ),
    results,
  )
}
