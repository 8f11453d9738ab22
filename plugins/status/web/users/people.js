// @ts-check
import { about } from '../forms/about.js'
import { api } from '../api.js'
import { badge } from '../components/badge.js'
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { confirmDialog, openDialog } from '../components/dialog.js'
import { field } from '../components/field.js'
import { table } from '../components/table.js'
import { toast, toastFailure } from '../components/toast.js'
import { h } from '../dom.js'
import { t } from '../texts.js'
import { clearFailures, showFailure } from './show-failure.js'

/** @typedef {{ readonly name: string, readonly kind: 'ui' | 'smtp', readonly role?: 'reader' | 'editor', readonly senders?: readonly string[] }} User */

/**
 * Logins of this page.
 *
 * @param {readonly User[]} users
 * @param {string} self Name of the reader, whose own role is for others to change.
 * @param {() => Promise<void>} refresh
 */
export const people = (users, self, refresh) =>
  card(t('users.people'), [
    h('p', { class: 'soft card-intro' }, t('users.peopleIntro')),
    table({
      caption: t('users.people'),
      rows: users,
      columns: [
        {
          title: t('users.name'),
          isHead: true,
          cell: ({ name }) => [name, name === self && [' ', badge(t('users.you'))]],
        },
        {
          title: t('users.role'),
          cell: (user) => roleSelect(user, user.name === self, refresh),
        },
        {
          title: t('users.setPassword'),
          isTitleHidden: true,
          class: 'table-actions',
          cell: ({ name, role = 'reader' }) =>
            name !== self && [
              button(t('users.setPassword'), () => askPassword(name, role), {
                label: about(t('users.setPassword'), name),
              }),
              button(t('users.remove'), () => remove(name, refresh), {
                kind: 'quiet',
                label: about(t('users.remove'), name),
              }),
            ],
        },
      ],
    }),
    addPerson(refresh),
  ])

/** @param {User} user @param {boolean} isSelf @param {() => Promise<void>} refresh */
function roleSelect({ name, role = 'reader' }, isSelf, refresh) {
  const select = roleChoice(role)
  select.disabled = isSelf
  select.setAttribute('aria-label', about(t('users.role'), name))
  select.addEventListener('change', () => {
    api.put(`/users/${encodeURIComponent(name)}`, { role: select.value }).then(
      () => toast(t('users.saved', { name }), 'good'),
      (error) => {
        select.value = role
        toastFailure(error)
        return refresh()
      },
    )
  })
  return select
}

/** @param {'reader' | 'editor'} role */
export function roleChoice(role) {
  const select = h(
    'select',
    { class: 'select' },
    h('option', { value: 'reader' }, t('users.reader')),
    h('option', { value: 'editor' }, t('users.editor')),
  )
  select.value = role
  return select
}

/** @param {string} name @param {'reader' | 'editor'} role */
async function askPassword(name, role) {
  await openDialog(t('users.setPasswordOf', { name }), (close) => {
    const password = h('input', { type: 'password', autocomplete: 'new-password' })
    const fields = {
      password: field({ label: t('users.newPassword'), control: password, hint: t('users.passwordRule') }),
    }
    const save = async () => {
      clearFailures(fields)
      try {
        await api.put(`/users/${encodeURIComponent(name)}`, { role, password: password.value })
        toast(t('users.saved', { name }), 'good')
        close()
      } catch (error) {
        showFailure(error, fields)
      }
    }
    return {
      body: fields.password,
      actions: [
        button(t('common.cancel'), () => close()),
        button(t('users.save'), save, { kind: 'primary' }),
      ],
    }
  })
}

/** @param {string} name @param {() => Promise<void>} refresh */
async function remove(name, refresh) {
  const isSure = await confirmDialog({
    title: t('users.removeTitle', { name }),
    text: t('users.removeText'),
    confirm: t('users.remove'),
    isDangerous: true,
  })
  if (!isSure) return
  await api.delete(`/users/${encodeURIComponent(name)}`)
  toast(t('users.removed', { name }), 'good')
  await refresh()
}

/** @param {() => Promise<void>} refresh */
function addPerson(refresh) {
  const name = h('input', { type: 'text', autocapitalize: 'none', autocomplete: 'off', required: true })
  const password = h('input', { type: 'password', autocomplete: 'new-password', required: true })
  const role = roleChoice('reader')
  const fields = {
    name: field({ label: t('users.name'), control: name }),
    password: field({ label: t('users.password'), control: password, hint: t('users.passwordRule') }),
    role: field({ label: t('users.role'), control: role }),
  }
  const send = async () => {
    clearFailures(fields)
    const added = name.value.trim()
    try {
      await api.put(`/users/${encodeURIComponent(added)}`, { role: role.value, password: password.value })
    } catch (error) {
      showFailure(error, fields)
      return
    }
    toast(t('users.saved', { name: added }), 'good')
    await refresh()
  }
  return h(
    'form',
    {
      class: 'add-form',
      'aria-label': t('users.addPerson'),
      on: {
        submit: (/** @type {SubmitEvent} */ event) => {
          event.preventDefault()
          send().catch(toastFailure)
        },
      },
    },
    h('h3', {}, t('users.addPerson')),
    h('div', { class: 'add-line' }, fields.name, fields.password, fields.role, submitButton(t('users.add'))),
  )
}

/** @param {string} text */
export const submitButton = (text) => h('button', { type: 'submit', class: 'button' }, text)
