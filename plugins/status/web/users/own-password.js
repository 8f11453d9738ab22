// @ts-check
import { api, setCsrf } from '../api.js'
import { card } from '../components/card.js'
import { field } from '../components/field.js'
import { toast } from '../components/toast.js'
import { h } from '../dom.js'
import { t } from '../texts.js'
import { clearFailures, showFailure } from './show-failure.js'
import { toastFailure } from '../components/toast.js'

export function ownPassword() {
  const current = h('input', { type: 'password', autocomplete: 'current-password', required: true })
  const next = h('input', { type: 'password', autocomplete: 'new-password', required: true })
  const fields = {
    current: field({ label: t('users.current'), control: current }),
    next: field({ label: t('users.next'), control: next, hint: t('users.passwordHint') }),
  }
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    clearFailures(fields)
    try {
      const session = await api.put('/password', { current: current.value, next: next.value })
      if (session?.csrf) setCsrf(session.csrf)
      current.value = ''
      next.value = ''
      toast(t('users.changed'), 'good')
    } catch (error) {
      showFailure(error, fields)
    }
  }
  return card(
    t('users.own'),
    h(
      'form',
      {
        class: 'stack',
        on: { submit: (/** @type {SubmitEvent} */ event) => void send(event).catch(toastFailure) },
      },
      h('div', { class: 'settings-grid' }, fields.current, fields.next),
      h('div', {}, h('button', { type: 'submit', class: 'button' }, t('users.change'))),
    ),
  )
}
