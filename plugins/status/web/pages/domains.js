// @ts-check
import { api } from '../api.js'
import { button } from '../components/button.js'
import { emptyState } from '../components/state.js'
import { addDomain } from '../domains/add-domain.js'
import { hopCard } from '../domains/hop-card.js'
import { h, replace } from '../dom.js'
import { focusSetting } from '../forms/focus.js'
import { renderSettings } from '../forms/settings-page.js'
import { isEqual, isMap } from '../forms/values.js'
import { t, useTexts } from '../texts.js'
import { domains } from '../texts/domains.js'

useTexts(domains)

const SHOWN = 30

/** @type {import('../types').Page} */
export const page = {
  path: 'domains',
  titleKey: 'nav.domains',
  async render(root, context) {
    await renderSettings(root, context, (form) => {
      const hops = hopList(form, context)
      return [
        h('p', { class: 'soft page-intro' }, t('domains.intro')),
        hops.element,
        context.canEdit &&
          addDomain(form, (domain) => {
            hops.open(domain)
          }),
      ]
    })
  },
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('../types').PageContext} context
 */
function hopList(form, context) {
  const { draft } = form
  /** @type {Map<string, import('../domains/hop-card.js').HopState>} */
  let states = new Map()
  /** @type {readonly { showState(): void }[]} */
  let cards = []
  /** @type {readonly string[]} */
  let shownNames = []
  let opened = wantedDomain(context)
  const filter = h('input', {
    type: 'search',
    class: 'hop-filter',
    'aria-label': t('domains.find'),
    placeholder: t('domains.find'),
    on: { input: () => build() },
  })
  const list = h('div', { class: 'hops' })

  /** Those in force and those to be. */
  const names = () => {
    const keys = [draft.before(['next_hops']), draft.value(['next_hops'])].flatMap((hops) =>
      isMap(hops) ? Object.keys(hops) : [],
    )
    return [...new Set(keys)]
  }
  /** A removed one must be drawn anew. */
  const signature = () => names().map((name) => `${name} ${draft.value(['next_hops', name]) === undefined}`)

  function build() {
    shownNames = signature()
    const wanted = filter.value.trim().toLowerCase()
    const all = names()
    const found = all.filter((name) => name.includes(wanted))
    const shown = found.filter((name, at) => at < SHOWN || name === opened)
    filter.hidden = all.length <= SHOWN
    const built = shown.map((name) =>
      draft.value(['next_hops', name]) === undefined
        ? { element: removedCard(form, name), showState: () => {} }
        : hopCard(form, name, {
            isOpen: name === opened,
            stateOf: (domain) => states.get(domain.toLowerCase()),
            onRemove: () => remove(name),
          }),
    )
    cards = built
    replace(
      list,
      all.length === 0 && emptyState({ title: t('domains.none'), text: t('domains.noneText') }),
      built.map(({ element }) => element),
      found.length > shown.length &&
        h('p', { class: 'soft' }, t('domains.shownOf', { shown: shown.length, count: found.length })),
    )
  }
  /** @param {string} name */
  function remove(name) {
    const path = ['next_hops', name]
    const secret = [...path, 'password']
    // A password for a domain that is gone is an error.
    draft.undoSecret(secret)
    if (draft.secretState(secret).isSet) draft.setSecret(secret, null)
    draft.edit(path, undefined)
    form.checkSoon()
    context.focusHeading()
  }
  const loadStates = async () => {
    const hops = await api.get('/next-hops', { signal: context.signal })
    states = new Map(
      hops.map((/** @type {import('../domains/hop-card.js').HopState} */ hop) => [
        hop.domain.toLowerCase(),
        hop,
      ]),
    )
    for (const each of cards) each.showState()
  }
  const loadQuietly = () => {
    loadStates().catch(() => undefined)
  }
  form.onChange(() => {
    if (!isEqual(signature(), shownNames)) build()
  })
  context.on('state', loadQuietly)
  context.on('settings', loadQuietly)
  build()
  loadQuietly()

  return {
    element: h('div', { class: 'stack' }, filter, list),
    /** @param {string} domain */
    open(domain) {
      opened = domain
      build()
      focusSetting(['next_hops', domain])
    },
  }
}

/** @param {import('../types').PageContext} context */
function wantedDomain({ route }) {
  const path = JSON.parse(route.params.get('at') ?? '[]')
  return route.params.get('domain') ?? (Array.isArray(path) ? String(path[1] ?? '') : '')
}

/** @param {import('../forms/settings-page.js').SettingsPage} form @param {string} domain */
const removedCard = ({ draft }, domain) =>
  h(
    'section',
    { class: 'hop hop-removed', 'aria-label': domain },
    h(
      'div',
      { class: 'hop-head' },
      h(
        'div',
        { class: 'hop-name' },
        h('h3', {}, h('del', {}, domain)),
        h('span', { class: 'soft' }, t('domains.removed')),
      ),
      button(t('domains.keep'), () => {
        draft.undoSecret(['next_hops', domain, 'password'])
        draft.undo(['next_hops', domain])
      }),
    ),
  )
