// @ts-check
import { card } from '../components/card.js'
import { notice } from '../components/state.js'
import { h, replace, uniqueId } from '../dom.js'
import { readEntry, toggleEntry } from '../forms/list-entry.js'
import { modelAt } from '../forms/model.js'
import { secretSetting } from '../forms/secret.js'
import { setting } from '../forms/setting.js'
import { isEqual } from '../forms/values.js'
import { nameOf } from '../forms/words.js'
import { hasText, t } from '../texts.js'
import { arrayOf, providersOf, sections } from './entries.js'

/** Lists that hold others of the same provider. @type {Readonly<Record<string, readonly string[]>>} */
const wholes = { combined: ['black', 'exploit', 'policy'], zen: ['sbl', 'xbl', 'pbl'] }

/**
 * A provider of lists with a key: the key, and a box for each list.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {string} provider
 */
export function providerCard(form, provider) {
  const { draft } = form
  const name = nameOf(['providers', provider])
  const keyPath = ['providers', provider, 'key']
  const remarks = h('div', { class: 'stack' })
  const kinds = sections.filter((section) => providersOf(draft.model(), section).includes(provider))
  const hasOwnZone = provider === 'step3it'
  const update = () => {
    const used = kinds.map((section) => namesIn(draft, section, provider))
    const isUsed = used.some((names) => names.length > 0)
    const change = draft.secrets().find(({ path }) => isEqual(path, keyPath))
    const hasKey = change ? change.value !== null : draft.secretState(keyPath).isSet
    replace(
      remarks,
      isUsed && !hasKey && notice('warn', t('lists.keyMissing')),
      isUsed &&
        hasKey &&
        draft.value(['providers', provider, 'zone']) === '' &&
        notice('warn', t('lists.zoneMissing')),
      used.map((names) => doubleNotice(names)),
    )
  }
  form.onChange(update)
  update()
  const zone = setting(form, ['providers', provider, 'zone'])
  return card(
    name,
    [
      h('p', { class: 'soft card-intro' }, t(`lists.providerText_${provider}`)),
      h(
        'div',
        { class: 'settings-grid' },
        secretSetting(form, keyPath, { name: t('lists.key', { name }) }),
        // That of the others is known and seldom changes.
        hasOwnZone ? zone : h('details', {}, h('summary', {}, t('lists.zoneSettings')), zone),
      ),
      remarks,
      h(
        'div',
        { class: 'kind-grid' },
        kinds.map((section) => kindBoxes(form, section, provider)),
      ),
    ],
    { class: 'provider' },
  )
}

/** @param {import('../draft.js').Draft} draft @param {import('./entries.js').Section} section @param {string} provider */
const namesIn = (draft, section, provider) =>
  arrayOf(draft, section, provider).map((entry) => readEntry(entry, 'list').name)

/** @param {readonly string[]} names */
function doubleNotice(names) {
  const whole = names.find((name) => wholes[name]?.some((part) => names.includes(part)))
  if (whole === undefined) return null
  const parts = (wholes[whole] ?? []).filter((part) => names.includes(part)).join(', ')
  return notice('info', t('lists.double', { whole, parts }))
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./entries.js').Section} section
 * @param {string} provider
 */
function kindBoxes(form, section, provider) {
  const { draft } = form
  const boxes = listNames(draft, section, provider).map((list) => {
    const box = h('input', {
      type: 'checkbox',
      id: uniqueId('list'),
      disabled: !form.canEdit,
      on: {
        change: () => {
          draft.edit([section, provider], toggleEntry(arrayOf(draft, section, provider), list, box.checked))
          form.checkSoon()
        },
      },
    })
    return { list, box }
  })
  const update = () => {
    const names = namesIn(draft, section, provider)
    for (const { list, box } of boxes) box.checked = names.includes(list)
  }
  form.onChange(update)
  update()
  return h(
    'fieldset',
    { class: 'kind-boxes' },
    h('legend', {}, nameOf([section])),
    boxes.map(({ list, box }) =>
      h(
        'label',
        { class: 'choices-option', for: box.id },
        box,
        h(
          'span',
          {},
          list,
          hasText(`lists.hint_${list}`) &&
            h('span', { class: 'soft small list-hint' }, t(`lists.hint_${list}`)),
        ),
      ),
    ),
  )
}

/** @param {import('../draft.js').Draft} draft @param {import('./entries.js').Section} section @param {string} provider @returns {readonly string[]} */
function listNames(draft, section, provider) {
  const item = modelAt(draft.model(), [section, provider, 0])
  const plain = item?.kind === 'variants' ? item.variants.find(({ id }) => id === 'plain')?.model : undefined
  return plain?.kind === 'choice' ? plain.options : []
}
