// @ts-check
/** Changes of the draft in one line each. */
import { h } from './dom.js'
import { modelAt } from './forms/model.js'
import { textPath } from './forms/text-path.js'
import { crumbsOf, listChange, nameOf, valueText } from './forms/words.js'
import { t, tn, useTexts } from './texts.js'
import { draftTexts } from './texts/draft.js'

useTexts(draftTexts)

/** @param {import('./draft.js').Draft} draft @param {import('./forms/values.js').Path} path */
export const placeText = (draft, path) => crumbsOf(draft.model(), path).join(' › ')

/**
 * @param {import('./draft.js').Draft} draft
 * @param {import('./forms/values.js').Path} path
 * @param {unknown} before
 * @param {unknown} after
 * @returns {import('./dom.js').Child}
 */
export function changeText(draft, path, before, after) {
  const model = modelAt(draft.model(), path)
  const texts = textPath(draft.model(), path)
  const list = listChange(model, before, after, texts)
  if (list) {
    return [
      ...list.added.map((value) =>
        h('span', { class: 'change-part' }, tn('draft.added', { value: h('ins', {}, value) })),
      ),
      ...list.removed.map((value) =>
        h('span', { class: 'change-part' }, tn('draft.removed', { value: h('del', {}, value) })),
      ),
    ]
  }
  const value = valueText(model, after, texts)
  if (before === undefined) return tn('draft.added', { value: h('ins', {}, value) })
  const was = h('del', {}, valueText(model, before, texts))
  if (after === undefined) return tn('draft.removed', { value: was })
  return tn('draft.fromTo', { before: was, after: h('ins', {}, value) })
}

/** What a key or password is for. @param {import('./forms/values.js').Path} path */
export function secretName(path) {
  const [section = '', name = '', kind = 'key'] = path.map(String)
  if (section === 'arc') return t('draft.arcKey')
  if (section === 'fleet') return t('draft.redisPassword')
  return t(`draft.secretName_${kind}`, { name: section === 'providers' ? nameOf(['providers', name]) : name })
}
