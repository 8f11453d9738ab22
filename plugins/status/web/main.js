// @ts-check
import { onSessionEnded } from './api.js'
import { emptyState, failureState, skeleton } from './components/state.js'
import { isAbort, toastFailure } from './components/toast.js'
import { h, replace } from './dom.js'
import { connect, disconnect, onEvent } from './events.js'
import { showLogin } from './login.js'
import { findPage, loadPage } from './pages.js'
import { guardLeave, linkTo, navigate, parseRoute, startRouter } from './router.js'
import { readSession, signOut } from './session.js'
import { showShell } from './shell.js'
import { t } from './texts.js'

/**
 * @typedef {object} Shown The page that is open.
 * @property {string} path
 * @property {AbortController} life
 * @property {import('./types').RenderedPage} rendered
 */

const app = /** @type {HTMLElement} */ (document.getElementById('app'))
/** @type {import('./types').Session | undefined} */
let session
/** @type {import('./shell.js').Shell | undefined} */
let shell
/** @type {Shown | undefined} */
let shown

onSessionEnded(() => {
  if (session) toLogin(true)
})
startRouter((route) => {
  if (shell) void show(route)
})
void begin()

async function begin() {
  replace(app, h('div', { class: 'boot' }, skeleton(4)))
  loadAhead()
  try {
    session = await readSession()
  } catch (error) {
    replace(app, h('main', { class: 'boot' }, failureState(error, begin)))
    return
  }
  if (!session) {
    toLogin(false)
    return
  }
  connect(checkSession)
  toShell()
}

/** The page that will be shown, while it is asked who is there. */
function loadAhead() {
  const page = findPage(parseRoute(location.hash).page || 'overview')
  // Whoever needs it then says what is wrong.
  if (page) loadPage(page).catch(() => {})
}

/** Nobody may be calling anything while a session ends. */
function checkSession() {
  readSession().then(
    (known) => session && !known && toLogin(true),
    // The gateway does not answer at all; the sign of the connection says so.
    () => {},
  )
}

/** @param {boolean} hasEnded */
function toLogin(hasEnded) {
  leave()
  disconnect()
  guardLeave(undefined)
  session = undefined
  shell = undefined
  dispatchEvent(new Event('gateway:login'))
  showLogin(app, { hasEnded, onSignedIn: begin, onLanguage: () => toLogin(hasEnded) })
}

function toShell() {
  if (!session) return
  leave()
  shell = showShell(app, {
    session,
    onLanguage: toShell,
    onSignOut: () =>
      signOut().then(
        () => toLogin(false),
        (error) => toastFailure(error),
      ),
  })
  void show(parseRoute(location.hash))
  void resumeDraft(session)
}

/** Changes that were not saved are offered on every page. @param {import('./types').Session} signedIn */
async function resumeDraft(signedIn) {
  if (signedIn.role !== 'editor' || sessionStorage.getItem('gateway.draft') === null) return
  const { openDraft } = await import('./draft-session.js')
  await openDraft(signedIn)
}

function leave() {
  shown?.life.abort()
  shown?.rendered.cleanup?.()
  shown = undefined
}

/** @param {import('./router.js').Route} route */
async function show(route) {
  if (!session || !shell) return
  if (route.page === '') {
    navigate(linkTo('overview'), { replace: true })
    return
  }
  if (shown?.path === route.page && shown.rendered.update) {
    shown.rendered.update(route)
    return
  }
  const isFirst = shown === undefined
  leave()
  const life = new AbortController()
  /** @type {Shown} */
  const current = { path: route.page, life, rendered: {} }
  shown = current
  const frame = shell
  const root = h('div', { class: `page page-${route.page}` })
  const known = findPage(route.page)
  frame.markPage(route.page)
  replace(frame.actions)
  replace(frame.content, root)
  setTitle(frame, known ? t(known.titleKey) : t('common.notFoundTitle'))
  if (!isFirst) frame.heading.focus()
  if (!known) {
    replace(root, notFound())
    return
  }
  const waiting = setTimeout(() => root.childNodes.length === 0 && replace(root, skeleton(6)), 150)
  try {
    const page = await loadPage(known)
    if (life.signal.aborted) return
    clearTimeout(waiting)
    replace(root)
    current.rendered = asRendered(await page.render(root, contextOf(session, frame, route, life.signal)))
    if (life.signal.aborted) current.rendered.cleanup?.()
  } catch (error) {
    if (life.signal.aborted || isAbort(error)) return
    replace(
      root,
      failureState(error, () => show(route)),
    )
  } finally {
    clearTimeout(waiting)
  }
}

/**
 * @param {import('./types').Session} signedIn
 * @param {import('./shell.js').Shell} frame
 * @param {import('./router.js').Route} route
 * @param {AbortSignal} signal
 * @returns {import('./types').PageContext}
 */
function contextOf(signedIn, frame, route, signal) {
  return {
    session: signedIn,
    canEdit: signedIn.role === 'editor',
    route,
    signal,
    actions: frame.actions,
    setTitle: (title) => !signal.aborted && setTitle(frame, title),
    focusHeading: () => !signal.aborted && frame.heading.focus(),
    on(name, listener, until = signal) {
      const stop = onEvent(name, listener)
      signal.addEventListener('abort', stop, { once: true })
      until.addEventListener('abort', stop, { once: true })
    },
    setParams: (params, options) => navigate(linkTo(route.page, params), options),
    guardLeave: (mayLeave) => !signal.aborted && guardLeave(mayLeave),
  }
}

/** @param {void | import('./types').RenderedPage | import('./types').Cleanup} rendered */
function asRendered(rendered) {
  if (typeof rendered === 'function') return { cleanup: rendered }
  return rendered ?? {}
}

/** @param {import('./shell.js').Shell} frame @param {string} title */
function setTitle(frame, title) {
  frame.heading.textContent = title
  document.title = `${title} – ${session?.hostname ?? t('common.product')}`
}

const notFound = () =>
  emptyState({
    title: t('common.notFoundTitle'),
    text: t('common.notFoundText'),
    action: h('a', { href: linkTo('overview'), class: 'button button-primary' }, t('common.toOverview')),
  })
