// @ts-check
import { button } from '../components/button.js'
import { replace } from '../dom.js'
import { showAllowed } from '../messages/allow.js'
import { messageDetail } from '../messages/detail.js'
import { filterChips, filterForm, readFilters } from '../messages/filters.js'
import { messageList } from '../messages/list.js'
import { t, useTexts } from '../texts.js'
import { messages as texts } from '../texts/messages.js'
import '../components/outcome.js'

useTexts(texts)

/**
 * A list stays as it is while one of its messages is read, so that going back leads to the same place.
 *
 * @typedef {{ filters: string, parts: readonly import('../types').Child[], life: AbortController, scrolled: number }} KeptList
 */

/** @type {import('../types').Page} */
export const page = {
  path: 'messages',
  titleKey: 'nav.messages',
  render(root, context) {
    /** @type {KeptList | undefined} */
    let kept
    let detailLife = new AbortController()
    let shownId = context.route.rest[0]
    const allowed = button(t('messages.allowedNow'), () => showAllowed(context))

    /** @param {import('../messages/filters.js').Filters} filters */
    const listFor = (filters) => {
      const key = JSON.stringify(filters)
      if (kept?.filters === key) return kept
      kept?.life.abort()
      const life = new AbortController()
      const change = (/** @type {import('../messages/filters.js').Filters} */ next) => context.setParams(next)
      const parts = [
        filterForm(filters, change),
        filterChips(filters, change),
        messageList({ filters, context, signal: life.signal, onClearFilters: () => change({}) }),
      ]
      kept = { filters: key, parts, life, scrolled: 0 }
      return kept
    }

    /** @param {import('../router.js').Route} route */
    const show = ({ rest: [id], params }) => {
      const filters = readFilters(params)
      detailLife.abort()
      context.setTitle(id === undefined ? t('nav.messages') : t('messages.one'))
      replace(context.actions, id === undefined && allowed)
      if (id === undefined) {
        replace(root, listFor(filters).parts)
        return
      }
      detailLife = new AbortController()
      replace(root, messageDetail({ id, filters, context, signal: detailLife.signal }))
    }

    /** @param {string} opened */
    const goBackTo = (opened) => {
      scrollTo({ top: kept?.scrolled ?? 0 })
      const row = root.querySelector(`[data-id="${CSS.escape(opened)}"] a`)
      if (row instanceof HTMLElement) row.focus({ preventScroll: true })
      else context.focusHeading()
    }

    show(context.route)
    return {
      cleanup() {
        kept?.life.abort()
        detailLife.abort()
      },
      update(route) {
        const [id] = route.rest
        const opened = shownId
        shownId = id
        if (id !== undefined && opened === undefined && kept) kept.scrolled = scrollY
        const focused = document.activeElement?.getAttribute('name')
        show(route)
        if (id !== opened && id !== undefined) {
          scrollTo({ top: 0 })
          context.focusHeading()
        } else if (opened !== undefined) {
          goBackTo(opened)
        } else if (focused) {
          const control = root.querySelector(`[name="${CSS.escape(focused)}"]`)
          if (control instanceof HTMLElement) control.focus()
        }
      },
    }
  },
}
