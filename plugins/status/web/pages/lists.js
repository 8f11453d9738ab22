// @ts-check
import { card } from '../components/card.js'
import { notice, skeleton } from '../components/state.js'
import { tabs } from '../components/tabs.js'
import { toastFailure } from '../components/toast.js'
import { h, replace } from '../dom.js'
import { settingsCard } from '../forms/cards.js'
import { setting } from '../forms/setting.js'
import { partOf, renderSettings } from '../forms/settings-page.js'
import { knownLists } from '../lists/catalogue.js'
import { sections } from '../lists/entries.js'
import { listFiles } from '../lists/files.js'
import { listsInUse } from '../lists/in-use.js'
import { liveLists } from '../lists/live-lists.js'
import { otherList } from '../lists/other-list.js'
import { providerCard } from '../lists/provider-card.js'
import { quotaCard } from '../lists/quota.js'
import { t, useTexts } from '../texts.js'
import { lists } from '../texts/lists.js'

useTexts(lists)

/** @type {import('../types').Page} */
export const page = {
  path: 'lists',
  titleKey: 'nav.lists',
  async render(root, context) {
    const live = liveLists(context)
    const quota = quotaCard(context)
    let shown = wantedTab(context.route.params)
    /** @param {import('../router.js').Route} route */
    const draw = (route) => {
      shown = wantedTab(route.params)
      return renderSettings(root, { ...context, route }, async (form) => {
        await live.load()
        return [
          shadowCard(form),
          quota,
          tabs({
            label: t('lists.tabs'),
            selected: shown,
            onSelect(id) {
              shown = id
              context.setParams({ tab: id }, { replace: true })
            },
            tabs: tabsOf(form, live, { ...context, route }),
          }),
        ]
      })
    }
    await draw(context.route)
    return {
      update(route) {
        const isShown =
          wantedTab(route.params) === shown && [...route.params.keys()].every((key) => key === 'tab')
        if (!isShown) draw(route).catch(toastFailure)
      },
    }
  },
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('../lists/live-lists.js').LiveLists} live
 * @param {import('../types').PageContext} context
 */
const tabsOf = (form, live, context) => [
  {
    id: 'use',
    title: t('lists.tabUse'),
    render: part(form, (inner, signal) => listsInUse(inner, live, signal)),
  },
  {
    id: 'add',
    title: t('lists.tabAdd'),
    render: part(form, (inner, signal) => addLists(inner, context.route.params.get('for'), signal)),
  },
  {
    id: 'files',
    title: t('lists.tabFiles'),
    render: part(form, (_, signal) => listFiles(context, live, signal)),
  },
  { id: 'rules', title: t('lists.tabRules'), render: part(form, (inner) => rules(inner)) },
]

/** @type {AbortController | undefined} */
let shownPart

/**
 * What a tab shows lives until another is chosen.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {(form: import('../forms/settings-page.js').SettingsPage, signal: AbortSignal) => import('../dom.js').Child} fill
 */
const part = (form, fill) => () => {
  shownPart?.abort()
  const life = new AbortController()
  shownPart = life
  return fill(partOf(form, life.signal), life.signal)
}

/** Where a setting is, or what the address asks for. @param {URLSearchParams} params */
function wantedTab(params) {
  const [section, provider] = JSON.parse(params.get('at') ?? '[]')
  if (section === 'providers') return 'add'
  if (['reject_score', 'domain_sources', 'allowed_senders', 'body_names', 'breaker', 'dns'].includes(section))
    return 'rules'
  if (sections.includes(section) && provider !== undefined) return 'use'
  return params.get('tab') ?? 'use'
}

/** @param {import('../forms/settings-page.js').SettingsPage} form */
function shadowCard(form) {
  const warning = h('div', {})
  const update = () => {
    replace(warning, form.draft.before(['shadow']) === true && notice('warn', t('lists.shadowOn')))
  }
  form.onChange(update)
  update()
  return card(t('lists.shadow'), [warning, setting(form, ['shadow'])])
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {string | null} wanted
 * @param {AbortSignal} signal
 */
function addLists(form, wanted, signal) {
  const chosen = sections.find((section) => section === wanted)
  const known = h('div', {}, skeleton(4))
  knownLists(form, chosen, signal).then(
    (element) => replace(known, element),
    (error) => {
      if (!signal.aborted)
        replace(known, notice('bad', String(error instanceof Error ? error.message : error)))
    },
  )
  const model = form.draft.model()
  const providers = model.kind === 'group' ? model.fields['providers'] : undefined
  return h(
    'div',
    { class: 'stack' },
    providers?.kind === 'group' &&
      Object.keys(providers.fields).map((provider) => providerCard(form, provider)),
    known,
    otherList(form, chosen),
  )
}

/** @param {import('../forms/settings-page.js').SettingsPage} form */
const rules = (form) =>
  h(
    'div',
    { class: 'stack' },
    settingsCard(form, t('lists.rules'), [['reject_score']]),
    settingsCard(form, t('lists.lookups'), [
      ['domain_sources'],
      ['allowed_senders'],
      ...['max_names', 'max_text', 'subject'].map((key) => ['body_names', key]),
    ]),
    settingsCard(
      form,
      t('lists.breaker'),
      ['enabled', 'interval', 'canaries'].map((key) => ['breaker', key]),
    ),
    settingsCard(
      form,
      t('lists.dns'),
      ['servers', 'timeout', 'retest'].map((key) => ['dns', key]),
    ),
  )
