// @ts-check
import { h, replace, uniqueId } from '../../dom.js'
import { t } from '../../texts.js'
import { createEditor } from '../editor.js'
import { frame } from '../frame.js'
import { emptyValue } from '../model.js'
import { isMap, ownValue, withValue } from '../values.js'
import { factsOf, helpOf, nameOf } from '../words.js'

/**
 * A map whose keys the schema knows: one field for each. One that may be left out as a whole begins with a switch.
 *
 * @param {import('../model.js').GroupModel} model
 * @param {import('../editor.js').EditorOptions & { without?: readonly string[] }} options without: keys that are edited elsewhere
 * @returns {import('../editor.js').Editor}
 */
export function groupEditor(model, { path, value, isLocked, onChange, without = [] }) {
  const isOptional = !model.isRequired && model.standard === undefined
  /** @type {unknown} */
  let current = value
  /** @type {readonly { readonly key: string, readonly editor: import('../editor.js').Editor, readonly framed: import('../frame.js').Frame }[]} */
  let fields = []
  const body = h('div', { class: 'group' })
  const toggle = h('input', {
    type: 'checkbox',
    class: 'switch',
    id: uniqueId('use'),
    disabled: isLocked,
    on: {
      change: () => {
        current = toggle.checked ? emptyValue(model) : undefined
        build()
        onChange(current, true)
      },
    },
  })

  function build() {
    const isThere = isMap(current)
    toggle.checked = isThere
    fields = isThere
      ? Object.entries(model.fields)
          .filter(([key]) => !without.includes(key))
          .map(([key, field]) => fieldOf(key, field))
      : []
    replace(
      body,
      fields.map(({ framed }) => framed),
    )
    body.hidden = !isThere
  }
  /** @param {string} key @param {import('../model.js').Model} field */
  function fieldOf(key, field) {
    const fieldPath = [...path, key]
    const editor = createEditor(field, {
      path: fieldPath,
      value: isMap(current) ? ownValue(current, key) : undefined,
      isLocked,
      onChange(next, isFinal) {
        current = withValue(current, [key], next)
        onChange(current, isFinal)
      },
    })
    const framed = frame({
      name: nameOf(fieldPath),
      help: helpOf(field, fieldPath),
      facts: factsOf(field, fieldPath),
      editor,
    })
    return { key, editor, framed }
  }
  build()

  return {
    element: isOptional
      ? h(
          'div',
          { class: 'group-optional' },
          h('label', { class: 'field-line', for: toggle.id }, toggle, t('form.use')),
          body,
        )
      : body,
    show(next) {
      const isSameForm = isMap(next) && isMap(current)
      current = next
      if (!isSameForm) build()
      else for (const { key, editor } of fields) editor.show(ownValue(next, key))
    },
    showProblems(problems) {
      const known = new Set(fields.map(({ key }) => key))
      for (const { key, framed } of fields) {
        framed.setProblems(
          problems
            .filter(({ path: [step] }) => step === key)
            .map(({ path: [, ...rest], message }) => ({ path: rest, message })),
        )
      }
      return problems.filter(({ path: [step] }) => !known.has(String(step)))
    },
  }
}
