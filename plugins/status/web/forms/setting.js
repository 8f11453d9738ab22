// @ts-check
import { about } from './about.js'
import { h } from '../dom.js'
import { t } from '../texts.js'
import { createEditor } from './editor.js'
import { frame } from './frame.js'
import { modelAt } from './model.js'
import { problemsBelow } from './problems.js'
import { textPath } from './text-path.js'
import { isEqual, pathKey } from './values.js'
import { factsOf, helpOf, nameOf, valueText } from './words.js'

/**
 * One setting on a page, tied to the draft: shows what it will be, what it was, and what is wrong.
 *
 * @typedef {object} SettingOptions
 * @property {boolean} [isNameHidden]
 * @property {string} [name] Instead of that of the schema.
 * @property {string} [help]
 * @property {import('../dom.js').Child} [more] Below the control.
 * @property {(model: any, options: import('./editor.js').EditorOptions) => import('./editor.js').Editor} [editor]
 *   Instead of the one for the kind of value.
 *
 * @param {import('./settings-page.js').SettingsPage} page
 * @param {import('./values.js').Path} path
 * @param {SettingOptions} [options]
 */
export function setting(page, path, { isNameHidden, name, help, more, editor: create = createEditor } = {}) {
  const { draft } = page
  const model = modelAt(draft.model(), path)
  if (!model) throw new Error(`the schema has no ${path.join('.')}`)
  const texts = textPath(draft.model(), path)
  const title = name ?? nameOf(texts)
  /** What the control shows; the draft may be changed from elsewhere. */
  let shown = draft.value(path)
  let isTyping = false

  const editor = create(model, {
    path: texts,
    value: shown,
    isLocked: !page.canEdit,
    ...(name === undefined ? {} : { name }),
    onChange(value, isFinal) {
      shown = value
      isTyping = !isFinal
      draft.edit(path, value)
      if (isFinal) page.checkSoon()
    },
  })
  const undo = h(
    'button',
    {
      type: 'button',
      class: 'link-button',
      'aria-label': about(t('form.undo'), title),
      on: {
        click: () => {
          isTyping = false
          draft.undo(path)
          page.checkSoon()
          // The button is gone now.
          const control = element.querySelector('input, select, textarea')
          if (control instanceof HTMLElement) control.focus()
        },
      },
    },
    t('form.undo'),
  )
  const tail = h(
    'span',
    { class: 'setting-changed', hidden: true },
    h('span', { class: 'badge badge-info' }, t('form.changed')),
    undo,
  )
  const element = frame({
    name: title,
    help: help ?? helpOf(model, texts),
    facts: factsOf(model, texts),
    editor,
    tail,
    more,
    ...(isNameHidden === undefined ? {} : { isNameHidden }),
  })
  element.dataset.setting = pathKey(path)

  function update() {
    const next = draft.value(path)
    if (!isEqual(next, shown)) {
      shown = next
      isTyping = false
      editor.show(next)
    }
    const isChanged = draft.isChanged(path)
    tail.hidden = !isChanged
    tail.title = isChanged ? t('form.before', { value: valueText(model, draft.before(path), texts) }) : ''
    element.classList.toggle('is-changed', isChanged)
    element.setProblems(isTyping ? [] : problemsBelow(draft, path))
  }
  page.onChange(update)
  update()
  return element
}
