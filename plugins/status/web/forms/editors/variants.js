// @ts-check
import { h, replace } from '../../dom.js'
import { createEditor } from '../editor.js'
import { emptyValue, variantOf } from '../model.js'
import { nameOf } from '../words.js'

/**
 * One of several forms, with a choice between them.
 *
 * @param {import('../model.js').VariantsModel} model
 * @param {import('../editor.js').EditorOptions} options
 * @returns {import('../editor.js').Editor}
 */
export function variantsEditor(model, options) {
  let chosen = variantOf(model, options.value)
  let editor = createEditor(chosen.model, options)
  const place = h('div', { class: 'variant' }, editor.element)
  const select = h(
    'select',
    {
      class: 'select variant-choice',
      'aria-label': options.name ?? nameOf(options.path),
      disabled: options.isLocked,
      on: {
        change: () => {
          const variant = model.variants.find(({ id }) => id === select.value) ?? chosen
          const value = emptyValue(variant.model)
          build(variant, value)
          options.onChange(value, true)
        },
      },
    },
    model.variants.map(({ id }) => h('option', { value: id }, nameOf([...options.path, id]))),
  )
  select.value = chosen.id

  /** @param {import('../model.js').Variant} variant @param {unknown} value */
  function build(variant, value) {
    chosen = variant
    editor = createEditor(variant.model, { ...options, value })
    select.value = variant.id
    replace(place, editor.element)
  }
  return {
    element: h('div', { class: 'variants' }, select, place),
    show(value) {
      const variant = variantOf(model, value)
      if (variant.id === chosen.id) editor.show(value)
      else build(variant, value)
    },
    showProblems: (problems) => editor.showProblems?.(problems) ?? problems,
  }
}
