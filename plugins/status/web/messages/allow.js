// @ts-check
import { api } from '../api.js'
import { button } from '../components/button.js'
import { openDialog } from '../components/dialog.js'
import { field } from '../components/field.js'
import { emptyState } from '../components/state.js'
import { table } from '../components/table.js'
import { failureText, toast } from '../components/toast.js'
import { h, replace, uniqueId } from '../dom.js'
import { formatDay } from '../format.js'
import { t } from '../texts.js'

const DAYS = [1, 7, 30, 90, 365]
const DEFAULT_DAYS = 30

/**
 * Lets a client or a sender through for a while.
 *
 * @param {{ kind: 'client' | 'sender', choices: readonly string[] }} options choices: an address, or its domain
 */
export async function askAllow({ kind, choices }) {
  const value = h(
    'select',
    { name: 'value' },
    choices.map((choice) => h('option', { value: choice }, choice)),
  )
  const days = h(
    'select',
    { name: 'days' },
    DAYS.map((count) =>
      h('option', { value: count, selected: count === DEFAULT_DAYS }, t('messages.days', { count })),
    ),
  )
  const note = h('input', { type: 'text', name: 'note', maxlength: 200 })
  const problem = h('p', { class: 'field-error', role: 'alert' })
  const formId = uniqueId('allow')
  const done = await openDialog(
    kind === 'client' ? t('messages.allowClient') : t('messages.allowSender'),
    (/** @type {(result?: { value: string, until: number }) => void} */ close) => ({
      body: h(
        'form',
        {
          id: formId,
          class: 'stack',
          on: {
            submit: async (/** @type {Event} */ event) => {
              event.preventDefault()
              try {
                const body = {
                  kind,
                  value: value.value,
                  days: Number(days.value),
                  ...(note.value === '' ? {} : { note: note.value }),
                }
                const { until } = await api.post('/allow', body)
                close({ value: value.value, until })
              } catch (error) {
                problem.textContent = failureText(error)
              }
            },
          },
        },
        h('p', {}, kind === 'client' ? t('messages.allowClientText') : t('messages.allowSenderText')),
        field({ label: t('messages.allowWhat'), control: value }),
        field({ label: t('messages.allowDays'), control: days }),
        field({ label: t('messages.allowNote'), control: note, hint: t('messages.allowNoteHint') }),
        problem,
      ),
      actions: [
        button(t('common.cancel'), () => close()),
        h('button', { type: 'submit', form: formId, class: 'button button-primary' }, t('messages.allow')),
      ],
    }),
  )
  if (done) toast(t('messages.allowed', { value: done.value, day: formatDay(done.until) }), 'good')
}

/** What is let through at the moment. @param {{ canEdit: boolean }} options */
export async function showAllowed({ canEdit }) {
  const slot = h('div', {})
  const draw = async () => {
    /** @type {readonly import('../types').Allowance[]} */
    const allowed = await api.get('/allow')
    replace(slot, allowedTable(allowed, canEdit, draw))
  }
  await draw()
  await openDialog(
    t('messages.allowedNow'),
    (close) => ({
      body: slot,
      actions: button(t('common.close'), () => close()),
    }),
    { isWide: true },
  )
}

/**
 * @param {readonly import('../types').Allowance[]} allowed
 * @param {boolean} canEdit
 * @param {() => Promise<void>} again
 */
function allowedTable(allowed, canEdit, again) {
  if (allowed.length === 0) {
    return emptyState({ title: t('messages.noneAllowed'), text: t('messages.noneAllowedText') })
  }
  /** @type {import('../components/table.js').Column<import('../types').Allowance>} */
  const remove = {
    title: t('messages.remove'),
    isTitleHidden: true,
    cell: ({ kind, value }) =>
      button(
        t('messages.remove'),
        async () => {
          await api.delete('/allow', { query: { kind, value } })
          await again()
        },
        { label: t('messages.removeAllowed', { value }) },
      ),
  }
  return table({
    caption: t('messages.allowedNow'),
    rows: allowed,
    columns: [
      { title: t('messages.allowWhat'), isHead: true, cell: ({ value }) => value },
      { title: t('messages.allowUntil'), cell: ({ until }) => formatDay(until) },
      { title: t('messages.allowNote'), cell: ({ note = '' }) => note },
      { title: t('messages.allowBy'), cell: ({ by = '' }) => by },
      ...(canEdit ? [remove] : []),
    ],
  })
}
