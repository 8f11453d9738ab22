// @ts-check
import { preferences } from './components/preferences.js'
import { h, replace } from './dom.js'
import { onLive } from './events.js'
import { icon, logo } from './icons.js'
import { pageGroups } from './pages.js'
import { linkTo } from './router.js'
import { t } from './texts.js'

/**
 * @typedef {object} Shell
 * @property {HTMLElement} notices Above every page.
 * @property {HTMLElement} heading
 * @property {HTMLElement} actions
 * @property {HTMLElement} content
 * @property {(path: string) => void} markPage Shows in the menu which page it is.
 */

/**
 * The frame: a menu beside the page, which a narrow screen hides behind a button.
 *
 * @param {HTMLElement} app
 * @param {object} options
 * @param {import('./types').Session} options.session
 * @param {() => unknown} options.onSignOut
 * @param {() => void} options.onLanguage
 * @returns {Shell}
 */
export function showShell(app, { session, onSignOut, onLanguage }) {
  const heading = h('h1', { tabindex: -1, id: 'heading' })
  const actions = h('div', { class: 'page-actions' })
  const content = h('div', { class: 'page-content' })
  const notices = h('div', { class: 'page-notices' })
  const menu = navigation()
  const sidebar = h(
    'aside',
    { class: 'sidebar', id: 'sidebar', 'aria-label': t('nav.menu') },
    h('div', { class: 'brand' }, logo(), h('span', { class: 'brand-name' }, t('common.product'))),
    menu.element,
    account(session, onSignOut, onLanguage),
  )
  const toggle = h(
    'button',
    {
      type: 'button',
      class: 'icon-button menu-button',
      'aria-expanded': 'false',
      'aria-controls': 'sidebar',
      'aria-label': t('nav.menu'),
      on: { click: () => setOpen(!sidebar.classList.contains('is-open')) },
    },
    icon('menu'),
  )
  /** @param {boolean} isOpen */
  function setOpen(isOpen) {
    sidebar.classList.toggle('is-open', isOpen)
    toggle.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) sidebar.querySelector('a')?.focus()
  }
  const closeByKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || !sidebar.classList.contains('is-open')) return
    setOpen(false)
    toggle.focus()
  }

  replace(
    app,
    skipLink(heading),
    h(
      'div',
      { class: 'shell', on: { keydown: closeByKey } },
      h(
        'header',
        { class: 'topbar' },
        toggle,
        h('span', { class: 'topbar-host', title: session.hostname }, session.hostname),
        liveSign(),
      ),
      sidebar,
      h('div', { class: 'backdrop', on: { click: () => setOpen(false) } }),
      h(
        'main',
        { id: 'main', class: 'main' },
        notices,
        h('div', { class: 'page-head' }, heading, actions),
        content,
      ),
    ),
  )
  return {
    notices,
    heading,
    actions,
    content,
    markPage(path) {
      setOpen(false)
      menu.mark(path)
    },
  }
}

function navigation() {
  /** @type {Map<string, HTMLAnchorElement>} */
  const links = new Map()
  const element = h(
    'nav',
    { class: 'nav', 'aria-label': t('nav.label') },
    pageGroups.map(({ titleKey, pages }) => [
      h('p', { class: 'nav-group', 'aria-hidden': 'true' }, t(titleKey)),
      h(
        'ul',
        { 'aria-label': t(titleKey) },
        pages.map(({ path, titleKey: key, icon: name }) => {
          const link = h('a', { href: linkTo(path), class: 'nav-link' }, icon(name), t(key))
          links.set(path, link)
          return h('li', {}, link)
        }),
      ),
    ]),
  )
  return {
    element,
    /** @param {string} path */
    mark(path) {
      for (const [each, link] of links) {
        if (each === path) link.setAttribute('aria-current', 'page')
        else link.removeAttribute('aria-current')
      }
    },
  }
}

/**
 * @param {import('./types').Session} session
 * @param {() => unknown} onSignOut
 * @param {() => void} onLanguage
 */
function account(session, onSignOut, onLanguage) {
  return h(
    'div',
    { class: 'account' },
    preferences(onLanguage),
    h(
      'p',
      { class: 'account-name' },
      t('nav.signedIn', { name: session.name }),
      h('span', { class: 'account-role' }, session.role === 'editor' ? t('nav.editor') : t('nav.reader')),
    ),
    h(
      'button',
      { type: 'button', class: 'button button-quiet', on: { click: () => onSignOut() } },
      t('nav.signOut'),
    ),
    h('p', { class: 'account-version' }, session.version),
  )
}

/** Followed as a link, it would be an address of the router. @param {HTMLElement} heading */
function skipLink(heading) {
  return h(
    'a',
    {
      href: `#${heading.id}`,
      class: 'skip-link',
      on: {
        click: (/** @type {MouseEvent} */ event) => {
          event.preventDefault()
          heading.focus()
        },
      },
    },
    t('nav.skip'),
  )
}

function liveSign() {
  const text = h('span', {})
  const element = h('p', { class: 'live', role: 'status' }, h('span', { class: 'live-dot' }), text)
  const stop = onLive((isLive) => {
    if (!element.isConnected && element.dataset.wasShown) stop()
    element.dataset.wasShown = 'yes'
    element.classList.toggle('is-live', isLive)
    text.textContent = isLive ? t('nav.live') : t('nav.notLive')
  })
  return element
}
