// @ts-check
/**
 * Controls for values of every kind that the schema knows.
 *
 * @typedef {import('./model.js').Model} Model
 * @typedef {{ readonly path: import('./values.js').Path, readonly message: string }} Problem Paths start at the value.
 *
 * @typedef {object} EditorOptions
 * @property {import('./words.js').TextPath} path Where its texts are found.
 * @property {unknown} value
 * @property {boolean} isLocked Nothing can be changed.
 * @property {(value: unknown, isFinal: boolean) => void} onChange Not final: it is still being typed.
 * @property {string} [name] What it is called, when the schema's name is not it.
 *
 * @typedef {object} Editor
 * @property {HTMLElement} element
 * @property {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} [control] Where a single one is all there is.
 * @property {(value: unknown) => void} show
 * @property {(problems: readonly Problem[]) => readonly Problem[]} [showProblems] Returns those it has no place for.
 */
import { booleanEditor } from './editors/boolean.js'
import { choiceEditor } from './editors/choice.js'
import { choicesEditor } from './editors/choices.js'
import { groupEditor } from './editors/group.js'
import { itemsEditor } from './editors/items.js'
import { linesEditor } from './editors/lines.js'
import { mapEditor } from './editors/map.js'
import { numberEditor } from './editors/number.js'
import { textEditor } from './editors/text.js'
import { variantsEditor } from './editors/variants.js'

/** @param {Model} model @param {EditorOptions} options @returns {Editor} */
export function createEditor(model, options) {
  switch (model.kind) {
    case 'boolean':
      return booleanEditor(options)
    case 'number':
      return numberEditor(model, options)
    case 'text':
      return textEditor(model, options)
    case 'choice':
      return choiceEditor(model, options)
    case 'choices':
      return choicesEditor(model, options)
    case 'lines':
      return linesEditor(model, options)
    case 'items':
      return itemsEditor(model, options)
    case 'map':
      return mapEditor(model, options)
    case 'group':
      return groupEditor(model, options)
    case 'variants':
      return variantsEditor(model, options)
  }
}
