// @ts-check
/**
 * What the pages with settings have in common.
 *
 * @typedef {object} SettingsPage
 * @property {import('../draft.js').Draft} draft
 * @property {boolean} canEdit
 * @property {AbortSignal} signal Aborted when the page is left.
 * @property {() => void} checkSoon Has the gateway look at the draft, once no more is changed for a moment.
 * @property {(listener: () => void) => void} onChange Until the page is left.
 */
import { notice, skeleton } from '../components/state.js'
import { openDraft } from '../draft-session.js'
import { h, replace } from '../dom.js'
import { t } from '../texts.js'
import { focusSetting } from './focus.js'
import './words.js'

const CHECK_MS = 500
/** What is quicker need not be announced. */
const SKELETON_MS = 150

/**
 * @param {HTMLElement} root
 * @param {import('../types').PageContext} context
 * @param {(page: SettingsPage) => import('../dom.js').Child | Promise<import('../dom.js').Child>} fill
 */
export async function renderSettings(root, context, fill) {
  const waiting = setTimeout(() => root.childNodes.length === 0 && replace(root, skeleton(6)), SKELETON_MS)
  context.signal.addEventListener('abort', () => clearTimeout(waiting))
  const draft = await openDraft(context.session)
  if (context.signal.aborted) return
  const page = settingsPage(draft, context)
  const content = await fill(page)
  clearTimeout(waiting)
  if (context.signal.aborted) return
  replace(
    root,
    !context.canEdit && notice('info', t('form.readOnly')),
    h('div', { class: 'settings' }, content),
  )
  const wanted = context.route.params.get('at')
  if (wanted !== null) focusSetting(JSON.parse(wanted))
}

/**
 * A part of the page that goes before the page does.
 *
 * @param {SettingsPage} page
 * @param {AbortSignal} signal
 * @returns {SettingsPage}
 */
export const partOf = (page, signal) => ({
  ...page,
  onChange(listener) {
    const stop = page.draft.onChange(listener)
    signal.addEventListener('abort', stop)
    page.signal.addEventListener('abort', stop)
  },
})

/** @param {import('../draft.js').Draft} draft @param {import('../types').PageContext} context @returns {SettingsPage} */
function settingsPage(draft, { canEdit, signal }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  signal.addEventListener('abort', () => clearTimeout(timer))
  return {
    draft,
    canEdit,
    signal,
    onChange(listener) {
      signal.addEventListener('abort', draft.onChange(listener))
    },
    checkSoon() {
      clearTimeout(timer)
      if (draft.size() === 0 || draft.faults().length > 0) return
      timer = setTimeout(() => {
        // Whoever reviews the draft hears of it again.
        draft.validate(signal).catch(() => undefined)
      }, CHECK_MS)
    },
  }
}
