// @ts-check
import { about } from '../about.js'
import { button } from '../../components/button.js'
import { h, replace, uniqueId } from '../../dom.js'
import { icon } from '../../icons.js'
import { t } from '../../texts.js'
import { createEditor } from '../editor.js'
import { frame } from '../frame.js'
import { emptyValue } from '../model.js'
import { isEqual, isMap, withKey } from '../values.js'

/** A map may have a hundred thousand lines; nobody reads them all. */
const SHOWN = 50

/**
 * Keys that the operator chooses, each with a value: a line for each, and one for a new entry.
 *
 * @param {import('../model.js').MapModel} model
 * @param {import('../editor.js').EditorOptions & { keyName?: string, valueName?: string, placeholder?: string }} options
 * @returns {import('../editor.js').Editor}
 */
export function mapEditor(model, options) {
  const { path, isLocked, onChange } = options
  const keyName = options.keyName ?? t('form.key')
  const valueName = options.valueName ?? t('form.value')
  const valuePath = [...path, '*']
  /** @type {import('../values.js').ValueMap} */
  let map = isMap(options.value) ? options.value : {}
  /** @type {Map<string, { readonly editor: import('../editor.js').Editor, readonly framed: import('../frame.js').Frame }>} */
  const rows = new Map()
  const list = h('div', { class: 'map-rows' })
  const filter = h('input', {
    type: 'search',
    id: uniqueId('filter'),
    on: { input: () => build() },
  })
  const filterLine = h('label', { class: 'map-filter', for: filter.id }, t('form.filter'), filter)
  const newEntry = isLocked ? undefined : entryLine()

  /** @param {import('../values.js').ValueMap} next @param {boolean} isFinal */
  function change(next, isFinal) {
    map = next
    onChange(map, isFinal)
  }
  function build() {
    rows.clear()
    const wanted = filter.value.trim().toLowerCase()
    const found = Object.keys(map).filter((key) => key.toLowerCase().includes(wanted))
    const isLong = Object.keys(map).length > SHOWN
    filterLine.hidden = !isLong
    replace(
      list,
      found.length === 0 && h('p', { class: 'soft' }, t('form.noEntries')),
      found.slice(0, SHOWN).map(rowOf),
      found.length > SHOWN &&
        h('p', { class: 'soft' }, t('form.shownOf', { shown: SHOWN, count: found.length })),
    )
  }
  /** @param {string} key */
  function rowOf(key) {
    const editor = createEditor(model.value, {
      path: valuePath,
      value: map[key],
      isLocked,
      name: about(valueName, key),
      onChange: (next, isFinal) => change(withKey(map, key, next), isFinal),
    })
    const framed = frame({ name: about(valueName, key), editor, isNameHidden: true })
    rows.set(key, { editor, framed })
    return h(
      'div',
      { class: 'map-row' },
      h('span', { class: 'map-key' }, key),
      framed,
      !isLocked && removeButton(key),
    )
  }
  /** @param {string} key */
  function removeButton(key) {
    const name = about(t('form.remove'), key)
    return h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': name,
        title: name,
        on: {
          click: () => {
            change(withKey(map, key, undefined), true)
            build()
            newEntry?.focus()
          },
        },
      },
      icon('close'),
    )
  }
  function entryLine() {
    const key = h('input', {
      type: 'text',
      autocapitalize: 'none',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: options.placeholder,
      id: uniqueId('key'),
      on: {
        keydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key === 'Enter') take()
        },
      },
    })
    const problem = h('p', { class: 'field-error', role: 'alert', id: uniqueId('key-error') })
    /** @type {unknown} */
    let value = emptyValue(model.value)
    const editor = createEditor(model.value, {
      path: valuePath,
      value,
      isLocked,
      name: t('form.newValue'),
      onChange: (next) => {
        value = next
      },
    })
    const framed = frame({ name: t('form.newValue'), editor, isNameHidden: true })
    editor.control?.addEventListener('keydown', (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === 'Enter') take()
    })
    function take() {
      const name = key.value.trim()
      const fault =
        name === ''
          ? t('form.keyMissing')
          : Object.hasOwn(map, name)
            ? t('form.keyExists', { name })
            : undefined
      problem.textContent = fault ?? ''
      if (fault !== undefined) {
        key.setAttribute('aria-describedby', problem.id)
        key.focus()
        return
      }
      change(withKey(map, name, value), true)
      key.value = ''
      value = emptyValue(model.value)
      editor.show(value)
      build()
      key.focus()
    }
    const element = h(
      'div',
      { class: 'map-new' },
      h('label', { class: 'visually-hidden', for: key.id }, t('form.newKey')),
      key,
      framed,
      button(t('form.add'), take),
      problem,
    )
    return { element, focus: () => key.focus() }
  }
  build()

  return {
    element: h(
      'div',
      { class: 'map' },
      h(
        'div',
        { class: 'map-head', 'aria-hidden': 'true' },
        h('span', {}, keyName),
        h('span', {}, valueName),
      ),
      filterLine,
      list,
      newEntry?.element,
    ),
    show(next) {
      if (isEqual(next, map)) return
      map = isMap(next) ? next : {}
      build()
    },
    showProblems(problems) {
      const shown = new Set(rows.keys())
      for (const [key, { framed }] of rows) {
        framed.setProblems(
          problems
            .filter(({ path: [step] }) => step === key)
            .map(({ path: [, ...rest], message }) => ({ path: rest, message })),
        )
      }
      return problems.filter(({ path: [step] }) => !shown.has(String(step)))
    },
  }
}
