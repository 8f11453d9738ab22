// @ts-check
/**
 * The pages in the order of the menu.
 *
 * @type {readonly { readonly titleKey: string, readonly pages: readonly import('./types').PageEntry[] }[]}
 */
export const pageGroups = [
  {
    titleKey: 'nav.groupMail',
    pages: [
      { path: 'overview', titleKey: 'nav.overview', icon: 'overview' },
      { path: 'messages', titleKey: 'nav.messages', icon: 'messages' },
      { path: 'check', titleKey: 'nav.check', icon: 'check' },
    ],
  },
  {
    titleKey: 'nav.groupSettings',
    pages: [
      { path: 'lists', titleKey: 'nav.lists', icon: 'lists' },
      { path: 'mail-core', titleKey: 'nav.mailCore', icon: 'mailCore' },
      { path: 'domains', titleKey: 'nav.domains', icon: 'domains' },
      { path: 'maps', titleKey: 'nav.maps', icon: 'maps' },
      { path: 'contacts', titleKey: 'nav.contacts', icon: 'contacts' },
      { path: 'mark-from', titleKey: 'nav.markFrom', icon: 'markFrom' },
    ],
  },
  {
    titleKey: 'nav.groupAccess',
    pages: [
      { path: 'advanced', titleKey: 'nav.advanced', icon: 'advanced' },
      { path: 'history', titleKey: 'nav.history', icon: 'history' },
      { path: 'fleet', titleKey: 'nav.fleet', icon: 'fleet' },
      { path: 'users', titleKey: 'nav.users', icon: 'users' },
    ],
  },
]

/** @param {string} path */
export const findPage = (path) => pageGroups.flatMap(({ pages }) => pages).find((page) => page.path === path)

/**
 * A page is loaded when it is first opened.
 *
 * @param {import('./types').PageEntry} entry
 * @returns {Promise<import('./types').Page>}
 */
export async function loadPage({ path }) {
  const { page } = await import(`./pages/${path}.js`)
  return page
}
