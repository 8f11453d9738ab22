// @ts-check
import { about } from './about.js'
import { button } from '../components/button.js'
import { field } from '../components/field.js'
import { formatAgo } from '../format.js'
import { h, replace } from '../dom.js'
import { t } from '../texts.js'
import { pathKey } from './values.js'

/**
 * A key or password: it can be set, replaced and removed, and is never shown.
 *
 * @param {import('./settings-page.js').SettingsPage} page
 * @param {import('./values.js').Path} path
 * @param {{ name: string, isMultiline?: boolean }} options isMultiline: a PEM text
 */
export function secretSetting(page, path, { name, isMultiline = false }) {
  const { draft, canEdit } = page
  const key = pathKey(path)
  const state = h('p', { class: 'secret-state', role: 'status' })
  const actions = h('div', { class: 'row' })
  const entry = h('div', { class: 'secret-entry' })
  const element = h(
    'div',
    { class: 'field setting secret', role: 'group', 'aria-label': name, data: { setting: key } },
    h('div', { class: 'field-line' }, h('span', { class: 'field-name' }, name)),
    h('div', { class: 'secret-line' }, state, actions),
    entry,
    h('p', { class: 'field-hint' }, t('form.secretHelp')),
  )
  const error = h('p', { class: 'field-error', hidden: true })
  element.append(error)

  const pending = () => draft.secrets().find((secret) => pathKey(secret.path) === key)
  function openEntry() {
    const control = isMultiline
      ? h('textarea', { rows: 5, spellcheck: 'false', autocomplete: 'off' })
      : h('input', { type: 'password', autocomplete: 'new-password', spellcheck: 'false' })
    const take = () => {
      const value = control.value.trim()
      if (value === '') {
        control.focus()
        return
      }
      draft.setSecret(path, isMultiline ? `${value}\n` : value)
      close()
      page.checkSoon()
    }
    const close = () => {
      // What was typed is not to be found in the page any more.
      control.value = ''
      replace(entry)
      actions.querySelector('button')?.focus()
    }
    control.addEventListener('keydown', (event) => {
      const { key: pressed } = /** @type {KeyboardEvent} */ (event)
      if (pressed === 'Enter' && !isMultiline) {
        event.preventDefault()
        take()
      }
      if (pressed === 'Escape') close()
    })
    replace(
      entry,
      field({ label: t('form.secretNew', { name }), control }),
      h(
        'div',
        { class: 'row' },
        button(t('form.secretTake'), take, { kind: 'primary' }),
        button(t('common.cancel'), close),
      ),
    )
    control.focus()
  }

  /** @param {string} label @param {() => unknown} work */
  const action = (label, work) => button(label, work, { label: about(label, name) })
  function update() {
    const { isSet, setAt } = draft.secretState(path)
    const change = pending()
    const text = stateText(isSet, setAt, change)
    if (state.textContent !== text) {
      state.textContent = text
      replace(
        actions,
        canEdit && [
          action(isSet || change?.value ? t('form.secretReplace') : t('form.secretEnter'), openEntry),
          change &&
            action(isSet ? t('form.secretKeep') : t('form.secretForget'), () => {
              draft.undoSecret(path)
              page.checkSoon()
            }),
          isSet &&
            !change &&
            action(t('form.remove'), () => {
              draft.setSecret(path, null)
              page.checkSoon()
            }),
        ],
      )
    }
    element.classList.toggle('is-changed', change !== undefined)
    const problems = draft.errors().filter((problem) => pathKey(problem.path) === key)
    error.hidden = problems.length === 0
    error.textContent = problems.map(({ message }) => message).join(' ')
  }
  page.onChange(update)
  update()
  return element
}

/**
 * @param {boolean} isSet
 * @param {number | undefined} setAt
 * @param {import('../draft.js').SecretChange | undefined} change
 */
function stateText(isSet, setAt, change) {
  if (change?.value === null) return t('form.secretWillBeRemoved')
  if (change) return isSet ? t('form.secretWillBeReplaced') : t('form.secretWillBeSet')
  if (!isSet) return t('form.secretNotSet')
  return setAt === undefined ? t('form.secretSet') : t('form.secretSetAt', { ago: formatAgo(setAt) })
}
