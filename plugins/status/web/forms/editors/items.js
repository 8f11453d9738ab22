// @ts-check
import { about } from '../about.js'
import { button } from '../../components/button.js'
import { h, replace } from '../../dom.js'
import { t } from '../../texts.js'
import { createEditor } from '../editor.js'
import { emptyValue } from '../model.js'
import { isEqual } from '../values.js'

/** @param {Element | null} place */
function focusFirst(place) {
  const control = place?.querySelector('input, select, textarea')
  if (control instanceof HTMLElement) control.focus()
}

/**
 * A list of maps, each with fields of its own.
 *
 * @param {import('../model.js').ItemsModel} model
 * @param {import('../editor.js').EditorOptions} options
 * @returns {import('../editor.js').Editor}
 */
export function itemsEditor(model, { path, value, isLocked, onChange }) {
  /** @type {readonly unknown[]} */
  let items = []
  /** @type {readonly import('../editor.js').Editor[]} */
  let editors = []
  const list = h('div', { class: 'items' })
  const add = button(t('form.add'), () => {
    items = [...items, emptyValue(model.item)]
    build()
    onChange(items, false)
    focusFirst(list.lastElementChild)
  })

  function build() {
    editors = items.map((item, at) =>
      createEditor(model.item, {
        path: [...path, '*'],
        value: item,
        isLocked,
        onChange(next, isFinal) {
          items = items.with(at, next)
          onChange(items, isFinal)
        },
      }),
    )
    replace(
      list,
      editors.length === 0 && h('p', { class: 'soft' }, t('form.noEntries')),
      editors.map((editor, at) => itemOf(editor, at)),
    )
  }
  /** @param {import('../editor.js').Editor} editor @param {number} at */
  function itemOf(editor, at) {
    const name = t('form.entry', { n: at + 1 })
    const remove = button(
      t('form.remove'),
      () => {
        items = items.filter((_, index) => index !== at)
        build()
        onChange(items, true)
        add.focus()
      },
      { kind: 'quiet', label: about(t('form.remove'), name) },
    )
    return h('div', { class: 'item', role: 'group', 'aria-label': name }, editor.element, !isLocked && remove)
  }
  /** @param {unknown} next */
  function take(next) {
    items = Array.isArray(next) ? next : []
    build()
  }
  take(value)

  return {
    element: h('div', { class: 'items-editor' }, list, !isLocked && add),
    show(next) {
      if (!isEqual(next, items)) take(next)
    },
    showProblems(problems) {
      const left = editors.flatMap((editor, at) => {
        const own = problems
          .filter(({ path: [step] }) => step === at)
          .map(({ path: [, ...rest], message }) => ({ path: rest, message }))
        const missed = editor.showProblems ? editor.showProblems(own) : own
        return missed.map(({ path: rest, message }) => ({ path: [at, ...rest], message }))
      })
      return [...problems.filter(({ path: [step] }) => !editors[Number(step)]), ...left]
    },
  }
}
