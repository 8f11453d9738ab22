// @ts-check
import { h } from '../../dom.js'
import { t } from '../../texts.js'
import { optionText } from '../words.js'

/**
 * @param {import('../model.js').ChoiceModel} model
 * @param {import('../editor.js').EditorOptions} options
 * @returns {import('../editor.js').Editor}
 */
export function choiceEditor({ options, isRequired, standard }, { path, value, isLocked, onChange }) {
  const mayBeLeftOut = !isRequired && standard === undefined
  const control = h(
    'select',
    {
      disabled: isLocked,
      on: { change: () => onChange(control.value === '' ? undefined : control.value, true) },
    },
    mayBeLeftOut && h('option', { value: '' }, t('form.byProvider')),
    options.map((option) => h('option', { value: option }, optionText(path, option))),
  )
  const show = (/** @type {unknown} */ next) => {
    control.value = next === undefined ? '' : String(next)
  }
  show(value)
  return { element: control, control, show }
}
