// @ts-check
import { about } from '../forms/about.js'
import { api } from '../api.js'
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { confirmDialog, openDialog } from '../components/dialog.js'
import { field } from '../components/field.js'
import { table } from '../components/table.js'
import { toast } from '../components/toast.js'
import { h } from '../dom.js'
import { t } from '../texts.js'
import { clearFailures, showFailure } from './show-failure.js'

/**
 * People who hand in mail on ports 587 and 465.
 *
 * @param {readonly import('./people.js').User[]} users
 * @param {() => Promise<void>} refresh
 */
export const smtpPeople = (users, refresh) =>
  card(
    t('users.smtp'),
    [
      h('p', { class: 'soft card-intro' }, t('users.smtpIntro')),
      users.length === 0
        ? h('p', { class: 'soft' }, t('users.smtpNone'))
        : table({
            caption: t('users.smtp'),
            rows: users,
            columns: [
              { title: t('users.name'), isHead: true, cell: ({ name }) => name },
              {
                title: t('users.senders'),
                cell: ({ senders }) => (senders ? senders.join(', ') : t('users.anybody')),
              },
              {
                title: t('users.edit'),
                isTitleHidden: true,
                class: 'table-actions',
                cell: (user) => [
                  button(t('users.edit'), () => editPerson(user, refresh), {
                    label: about(t('users.edit'), user.name),
                  }),
                  button(t('users.remove'), () => remove(user.name, refresh), {
                    kind: 'quiet',
                    label: about(t('users.remove'), user.name),
                  }),
                ],
              },
            ],
          }),
    ],
    { actions: button(t('users.addSmtp'), () => editPerson(undefined, refresh)) },
  )

/** @param {import('./people.js').User | undefined} user @param {() => Promise<void>} refresh */
async function editPerson(user, refresh) {
  const title = user ? t('users.editOf', { name: user.name }) : t('users.addSmtp')
  const isSaved = await openDialog(title, (/** @type {(result?: boolean) => void} */ close) => {
    const name = h('input', {
      type: 'text',
      autocapitalize: 'none',
      autocomplete: 'off',
      value: user?.name ?? '',
      disabled: user !== undefined,
    })
    const password = h('input', { type: 'password', autocomplete: 'new-password' })
    const senders = h('textarea', {
      rows: 3,
      spellcheck: 'false',
      autocapitalize: 'none',
      value: (user?.senders ?? []).join('\n'),
    })
    const fields = {
      name: field({ label: t('users.name'), control: name }),
      password: field({
        label: user ? t('users.newPassword') : t('users.password'),
        control: password,
        hint: user ? t('users.keepPassword') : t('users.passwordRule'),
      }),
      senders: field({ label: t('users.senders'), control: senders, hint: t('users.sendersHint') }),
    }
    const save = async () => {
      clearFailures(fields)
      const lines = senders.value
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
      try {
        await api.put(`/smtp-users/${encodeURIComponent(name.value.trim())}`, {
          ...(password.value === '' ? {} : { password: password.value }),
          ...(lines.length === 0 ? {} : { senders: lines }),
        })
      } catch (error) {
        showFailure(error, fields)
        return
      }
      toast(t('users.saved', { name: name.value.trim() }), 'good')
      close(true)
    }
    return {
      body: [fields.name, fields.password, fields.senders],
      actions: [
        button(t('common.cancel'), () => close()),
        button(t('users.save'), save, { kind: 'primary' }),
      ],
    }
  })
  if (isSaved) await refresh()
}

/** @param {string} name @param {() => Promise<void>} refresh */
async function remove(name, refresh) {
  const isSure = await confirmDialog({
    title: t('users.removeTitle', { name }),
    text: t('users.smtpRemoveText'),
    confirm: t('users.remove'),
    isDangerous: true,
  })
  if (!isSure) return
  await api.delete(`/smtp-users/${encodeURIComponent(name)}`)
  toast(t('users.removed', { name }), 'good')
  await refresh()
}
