// @ts-check
import { about } from '../forms/about.js'
import { api } from '../api.js'
import { badge } from '../components/badge.js'
import { button } from '../components/button.js'
import { toast } from '../components/toast.js'
import { h, replace } from '../dom.js'
import { groupEditor } from '../forms/editors/group.js'
import { writeEntry } from '../forms/list-entry.js'
import { modelAt } from '../forms/model.js'
import { problemsBelow } from '../forms/problems.js'
import { isEqual, isMap, pathKey } from '../forms/values.js'
import { nameOf } from '../forms/words.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'
import { arrayOf, isSame, placedEntries, standsAt } from './entries.js'
import { actionText, stateBadge, stateText, statsText, termsBadge } from './list-facts.js'

/** The page edits no files elsewhere. */
const LIST_FOLDER = 'lists/'

/**
 * One list that is in use: how it is, what it does, and what can be changed.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./live-lists.js').LiveLists} live
 * @param {import('./entries.js').PlacedEntry} placed
 */
export function listRow(form, live, placed) {
  const { draft, canEdit } = form
  const { section, provider, entry } = placed
  const view = () => live.find((path) => standsAt(current(), path))
  const current = () =>
    placedEntries(draft, section).find(
      (other) => other.provider === provider && isSame(other.entry, entry),
    ) ?? placed

  const title = h('h3', {})
  const badges = h('span', { class: 'list-badges' })
  const where = h('p', { class: 'list-where' })
  const facts = h('p', { class: 'list-facts' })
  const health = h('p', { class: 'list-health', hidden: true })
  const actions = h('div', { class: 'row list-actions' })
  const error = h('p', { class: 'field-error', hidden: true })
  const options = optionsEditor(form, current)
  const details = h(
    'details',
    { class: 'list-options' },
    h('summary', {}, t('lists.options')),
    options.element,
  )
  const element = h(
    'section',
    { class: 'list-row' },
    h('div', { class: 'list-head' }, h('div', { class: 'list-title' }, title, badges), actions),
    where,
    health,
    facts,
    error,
    details,
  )
  const publicName = () => {
    const name = current().entry.options['name']
    if (typeof name === 'string' && name !== '') return name
    return (
      view()?.name ??
      (provider === 'custom' ? entry.name : `${nameOf(['providers', provider])} ${entry.name}`)
    )
  }

  function showLive() {
    const now = current()
    const seen = view()
    const name = publicName()
    title.textContent = name
    details.querySelector('summary')?.setAttribute('aria-label', about(t('lists.options'), name))
    element.setAttribute('aria-label', name)
    replace(
      badges,
      now.index === -1
        ? badge(t('lists.removed'), 'warn')
        : now.indexBefore === -1
          ? badge(t('lists.notSaved'), 'info')
          : seen && [stateBadge(seen), badge(actionText(seen))],
    )
    const place = entry.by === 'list' ? (seen?.where ?? entry.name) : entry.name
    replace(
      where,
      place !== name && [h('code', {}, place), ' '],
      seen && termsBadge(seen.terms),
      seen?.description !== undefined &&
        entry.by !== 'file' &&
        h('span', { class: 'soft', lang: 'en' }, ` ${seen.description}`),
    )
    const fault = seen && now.index >= 0 ? stateText(seen) : undefined
    health.hidden = fault === undefined
    health.classList.toggle('is-warning', seen?.state.kind !== 'misconfigured')
    replace(health, fault)
    facts.textContent = seen ? statsText(seen) : ''
  }
  function showActions() {
    const name = publicName()
    const seen = view()
    const now = current()
    replace(
      actions,
      now.index === -1
        ? canEdit && button(t('lists.keep'), () => keep(form, now), { label: about(t('lists.keep'), name) })
        : [
            canEdit &&
              seen &&
              button(t('lists.test'), () => test(live, seen), { label: about(t('lists.test'), name) }),
            entry.by === 'file' &&
              entry.name.startsWith(LIST_FOLDER) &&
              h(
                'a',
                {
                  class: 'button',
                  href: linkTo('lists', { tab: 'files', file: entry.name }),
                  'aria-label': about(t('lists.editFile'), name),
                },
                t('lists.editFile'),
              ),
            seen &&
              h(
                'a',
                {
                  class: 'button button-quiet',
                  href: linkTo('messages', { list: seen.name }),
                  'aria-label': about(t('lists.answers'), name),
                },
                t('lists.answers'),
              ),
            canEdit &&
              button(t('lists.remove'), () => remove(form, now), {
                kind: 'quiet',
                label: about(t('lists.remove'), name),
              }),
          ],
    )
  }
  function update() {
    const now = current()
    const path = [section, provider, Math.max(now.index, 0)]
    element.dataset.setting = pathKey(path)
    element.classList.toggle('is-removed', now.index === -1)
    details.hidden = now.index === -1
    options.update()
    const problems = now.index === -1 ? [] : problemsBelow(draft, path)
    const left = options.showProblems(problems)
    error.hidden = left.length === 0
    error.textContent = left.map(({ message }) => message).join(' ')
    if (problems.length > left.length) details.open = true
  }
  showLive()
  showActions()
  update()
  return {
    element,
    update,
    showLive() {
      showLive()
      showActions()
    },
  }
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {() => import('./entries.js').PlacedEntry} current
 */
function optionsEditor(form, current) {
  const { draft } = form
  const { section, provider, entry } = current()
  const item = modelAt(draft.model(), [section, provider, 0])
  const variant =
    item?.kind === 'variants' ? item.variants.find(({ id }) => id === entry.by)?.model : undefined
  if (variant?.kind !== 'group') throw new Error(`no options for ${entry.by}`)
  let shown = entry.options
  let isTyping = false
  const editor = groupEditor(variant, {
    path: [section, provider, '*'],
    value: shown,
    isLocked: !form.canEdit,
    // The codes of a file are its entries.
    without: [entry.by, ...(entry.by === 'file' ? ['codes'] : [])],
    onChange(value, isFinal) {
      shown = isMap(value) ? value : {}
      isTyping = !isFinal
      const { index } = current()
      const entries = arrayOf(draft, section, provider)
      draft.edit([section, provider], entries.with(index, writeEntry({ ...entry, options: shown })))
      if (isFinal) form.checkSoon()
    },
  })
  return {
    element: editor.element,
    update() {
      const { index, entry: now } = current()
      // Left out and empty are the same here.
      if (index === -1 || isEqual(writeEntry({ ...now, options: shown }), writeEntry(now))) return
      shown = now.options
      isTyping = false
      editor.show(shown)
    },
    /** @param {readonly import('../forms/editor.js').Problem[]} problems */
    showProblems: (problems) => editor.showProblems?.(isTyping ? [] : problems) ?? problems,
  }
}

/** @param {import('../forms/settings-page.js').SettingsPage} form @param {import('./entries.js').PlacedEntry} placed */
function remove(form, { section, provider, index }) {
  form.draft.edit(
    [section, provider],
    arrayOf(form.draft, section, provider).filter((_, at) => at !== index),
  )
  form.checkSoon()
}

/** Back where it was. @param {import('../forms/settings-page.js').SettingsPage} form @param {import('./entries.js').PlacedEntry} placed */
function keep({ draft, checkSoon }, { section, provider, indexBefore }) {
  const before = draft.before([section, provider])
  const written = Array.isArray(before) ? before[indexBefore] : undefined
  draft.edit([section, provider], arrayOf(draft, section, provider).toSpliced(indexBefore, 0, written))
  checkSoon()
}

/** @param {import('./live-lists.js').LiveLists} live @param {import('../types').ListWithStats} seen */
async function test(live, { id }) {
  /** @type {import('../types').ListView} */
  const view = await api.post('/lists/test', { id })
  live.update(view)
  const { state, name } = view
  if (state.kind === 'up') toast(t('lists.tested', { name }), 'good')
  else toast(t('lists.testedBad', { name, reason: state.reason }), 'bad')
}
