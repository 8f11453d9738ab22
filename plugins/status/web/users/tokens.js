// @ts-check
import { about } from '../forms/about.js'
import { api } from '../api.js'
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { confirmDialog, openDialog } from '../components/dialog.js'
import { field } from '../components/field.js'
import { table } from '../components/table.js'
import { toast, toastFailure } from '../components/toast.js'
import { h } from '../dom.js'
import { formatAgo, formatDay } from '../format.js'
import { t } from '../texts.js'
import { roleChoice, submitButton } from './people.js'
import { clearFailures, showFailure } from './show-failure.js'

/** @typedef {{ readonly id: string, readonly name: string, readonly role: 'reader' | 'editor', readonly createdAt: number, readonly lastUsedAt?: number }} Token */

/** @param {readonly Token[]} all @param {() => Promise<void>} refresh */
export const tokens = (all, refresh) =>
  card(t('users.tokens'), [
    h('p', { class: 'soft card-intro' }, t('users.tokensIntro')),
    all.length === 0
      ? h('p', { class: 'soft' }, t('users.tokensNone'))
      : table({
          caption: t('users.tokens'),
          rows: all,
          columns: [
            { title: t('users.tokenName'), isHead: true, cell: ({ name }) => name },
            {
              title: t('users.role'),
              cell: ({ role }) => (role === 'editor' ? t('users.editor') : t('users.reader')),
            },
            { title: t('users.created'), cell: ({ createdAt }) => formatDay(createdAt) },
            {
              title: t('users.lastUsed'),
              cell: ({ lastUsedAt }) =>
                lastUsedAt === undefined ? t('users.neverUsed') : formatAgo(lastUsedAt),
            },
            {
              title: t('users.remove'),
              isTitleHidden: true,
              class: 'table-actions',
              cell: (token) =>
                button(t('users.remove'), () => remove(token, refresh), {
                  kind: 'quiet',
                  label: about(t('users.remove'), token.name),
                }),
            },
          ],
        }),
    addToken(refresh),
  ])

/** @param {Token} token @param {() => Promise<void>} refresh */
async function remove({ id, name }, refresh) {
  const isSure = await confirmDialog({
    title: t('users.removeTitle', { name }),
    text: t('users.tokenRemoveText'),
    confirm: t('users.remove'),
    isDangerous: true,
  })
  if (!isSure) return
  await api.delete(`/tokens/${encodeURIComponent(id)}`)
  toast(t('users.removed', { name }), 'good')
  await refresh()
}

/** @param {() => Promise<void>} refresh */
function addToken(refresh) {
  const name = h('input', { type: 'text', autocomplete: 'off', required: true, maxlength: 80 })
  const role = roleChoice('reader')
  const fields = {
    name: field({ label: t('users.tokenName'), control: name }),
    role: field({ label: t('users.role'), control: role }),
  }
  const send = async () => {
    clearFailures(fields)
    try {
      const { token } = await api.post('/tokens', { name: name.value.trim(), role: role.value })
      await showToken(name.value.trim(), token)
    } catch (error) {
      showFailure(error, fields)
      return
    }
    await refresh()
  }
  return h(
    'form',
    {
      class: 'add-form',
      'aria-label': t('users.addToken'),
      on: {
        submit: (/** @type {SubmitEvent} */ event) => {
          event.preventDefault()
          send().catch(toastFailure)
        },
      },
    },
    h('h3', {}, t('users.addToken')),
    h('div', { class: 'add-line' }, fields.name, fields.role, submitButton(t('users.addToken'))),
  )
}

/** @param {string} name @param {string} token */
const showToken = (name, token) =>
  openDialog(t('users.tokenTitle', { name }), (close) => {
    const shown = h('code', { class: 'token', tabindex: 0 }, token)
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(token)
        toast(t('users.copied'), 'good')
      } catch {
        // Without https a browser does not let us: it is selected instead.
        getSelection()?.selectAllChildren(shown)
      }
    }
    return {
      body: [h('p', {}, t('users.tokenOnce')), shown],
      actions: [button(t('users.copy'), copy), button(t('users.done'), () => close(), { kind: 'primary' })],
    }
  })
