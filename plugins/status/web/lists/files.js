// @ts-check
import { about } from '../forms/about.js'
import { api, ApiFailure } from '../api.js'
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { confirmDialog } from '../components/dialog.js'
import { field } from '../components/field.js'
import { notice } from '../components/state.js'
import { table } from '../components/table.js'
import { toast } from '../components/toast.js'
import { h, replace } from '../dom.js'
import { formatBytes, formatNumber } from '../format.js'
import { goToLine } from '../forms/go-to-line.js'
import { t } from '../texts.js'

/**
 * @typedef {{ readonly file: string, readonly size: number, readonly entries: number, readonly version: string }} ListFile
 * @typedef {{ readonly line: number, readonly message: string }} LineProblem
 */

/**
 * List files of the operator's own, and an editor for them.
 *
 * @param {import('../types').PageContext} context
 * @param {import('./live-lists.js').LiveLists} live
 * @param {AbortSignal} signal
 */
export function listFiles(context, live, signal) {
  const place = h('div', { class: 'stack' })
  const wanted = context.route.params.get('file')

  async function showAll() {
    context.guardLeave(undefined)
    /** @type {readonly ListFile[]} */
    const files = await api.get('/list-files', { signal })
    replace(place, filesCard(context, live, files, open))
  }
  /** @param {string} name */
  async function open(name) {
    const file = await readFile(name, signal)
    replace(place, fileCard(context, file, showAll))
    place.querySelector('textarea')?.focus()
  }
  const first = wanted === null ? showAll() : open(wanted)
  first.catch((error) => {
    if (!signal.aborted) replace(place, notice('bad', String(error instanceof Error ? error.message : error)))
  })
  return place
}

/** A file that is not there yet is an empty one. @param {string} name @param {AbortSignal} signal */
async function readFile(name, signal) {
  try {
    return await api.get(`/list-files/${encodeURIComponent(name)}`, { signal })
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return { name, version: '', text: '' }
    throw error
  }
}

/**
 * @param {import('../types').PageContext} context
 * @param {import('./live-lists.js').LiveLists} live
 * @param {readonly ListFile[]} files
 * @param {(name: string) => Promise<void>} open
 */
function filesCard(context, live, files, open) {
  const usedBy = (/** @type {string} */ file) =>
    live
      .all()
      .filter(({ where }) => where === file)
      .map(({ name }) => name)
      .join(', ')
  return card(t('lists.tabFiles'), [
    h('p', { class: 'soft card-intro' }, t('lists.filesIntro')),
    files.length === 0
      ? h('p', { class: 'soft' }, t('lists.filesNone'))
      : table({
          caption: t('lists.tabFiles'),
          rows: files,
          columns: [
            { title: t('lists.fileName'), isHead: true, cell: ({ file }) => h('code', {}, file) },
            {
              title: t('lists.fileUse'),
              cell: ({ file }) => usedBy(file) || h('span', { class: 'soft' }, t('lists.fileUnused')),
            },
            {
              title: t('lists.fileEntries'),
              isNumber: true,
              cell: ({ entries, size }) => h('span', { title: formatBytes(size) }, formatNumber(entries)),
            },
            {
              title: t('lists.fileEdit'),
              isTitleHidden: true,
              class: 'table-actions',
              cell: ({ file: name }) =>
                context.canEdit
                  ? button(t('lists.fileEdit'), () => open(name), { label: about(t('lists.fileEdit'), name) })
                  : button(t('lists.fileShow'), () => open(name), {
                      label: about(t('lists.fileShow'), name),
                    }),
            },
          ],
        }),
    context.canEdit && newFile(open),
  ])
}

/** @param {(name: string) => Promise<void>} open */
function newFile(open) {
  const name = h('input', { type: 'text', autocapitalize: 'none', autocomplete: 'off', spellcheck: 'false' })
  const nameField = field({ label: t('lists.fileNewName'), control: name, hint: t('lists.fileNewHint') })
  const make = async () => {
    const wanted = name.value.trim()
    if (wanted === '') {
      name.focus()
      return
    }
    await open(wanted)
  }
  return h(
    'div',
    { class: 'add-form' },
    h('h3', {}, t('lists.fileNew')),
    h('div', { class: 'add-line' }, nameField, button(t('lists.fileMake'), make)),
  )
}

/**
 * @param {import('../types').PageContext} context
 * @param {{ name: string, version: string, text: string }} file
 * @param {() => Promise<void>} back
 */
function fileCard(context, file, back) {
  let { version, text } = file
  const control = h('textarea', {
    class: 'code-editor',
    rows: 22,
    spellcheck: 'false',
    autocapitalize: 'none',
    value: text,
    disabled: !context.canEdit,
    on: { input: () => context.guardLeave(control.value === text ? undefined : askLeave) },
  })
  const verdict = h('div', { role: 'status' })
  const save = async () => {
    replace(verdict)
    try {
      const answer = await api.put(
        `/list-files/${encodeURIComponent(file.name)}`,
        { text: control.value },
        { headers: version === '' ? { 'If-None-Match': '*' } : { 'If-Match': `"${version}"` } },
      )
      text = control.value
      version = answer.version
      context.guardLeave(undefined)
      toast(t('lists.fileSaved', { count: answer.entries }), 'good')
      replace(verdict, answer.problems.length > 0 && problemsNotice(control, answer.problems))
    } catch (error) {
      if (!(error instanceof ApiFailure) || ![409, 412, 422].includes(error.status)) throw error
      replace(
        verdict,
        error.status === 422 ? notice('bad', error.message) : notice('warn', t('lists.fileConflict')),
      )
    }
  }
  return card(
    h('code', {}, file.name),
    h(
      'div',
      { class: 'stack' },
      field({ label: t('lists.fileText', { name: file.name }), control, hint: t('lists.filesIntro') }),
      verdict,
      context.canEdit && h('div', { class: 'row' }, button(t('lists.fileSave'), save, { kind: 'primary' })),
    ),
    {
      actions: button(
        t('lists.fileBack'),
        async () => {
          if (control.value === text || (await askLeave())) await back()
        },
        { icon: 'back' },
      ),
    },
  )
}

/** @param {HTMLTextAreaElement} control @param {readonly LineProblem[]} problems */
const problemsNotice = (control, problems) =>
  notice(
    'warn',
    h('p', {}, t('lists.fileProblems', { count: problems.length })),
    h(
      'ul',
      { class: 'problem-list' },
      problems.map(({ line, message }) =>
        h(
          'li',
          {},
          h(
            'button',
            { type: 'button', class: 'link-button', on: { click: () => goToLine(control, line) } },
            t('lists.line', { line, message }),
          ),
        ),
      ),
    ),
  )

const askLeave = () =>
  confirmDialog({
    title: t('lists.fileLeaveTitle'),
    text: t('lists.fileLeaveText'),
    confirm: t('lists.fileLeave'),
    isDangerous: true,
  })
