// @ts-check
/**
 * Addresses of the page live behind the #, so that they work under any base path: `#/messages/17?outcome=refused`.
 *
 * @typedef {{ readonly page: string, readonly rest: readonly string[], readonly params: URLSearchParams }} Route
 * @typedef {Readonly<Record<string, string | number | undefined>>} ParamValues
 */

/** @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  const [page = '', ...rest] = path.split('/').map(decode)
  return { page, rest: rest.filter((segment) => segment !== ''), params: new URLSearchParams(search) }
}

/**
 * @param {string} path `messages/17`, its variable segments through encodeURIComponent
 * @param {ParamValues} [params] Empty and undefined ones are left out.
 */
export function linkTo(path, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `#/${path}${search === '' ? '' : `?${search}`}`
}

/** @type {(() => Promise<boolean>) | undefined} */
let guard

/**
 * @param {(() => Promise<boolean>) | undefined} mayLeave Asked before another page is shown; undefined: nobody minds.
 */
export function guardLeave(mayLeave) {
  guard = mayLeave
}

/**
 * @param {string} link As of `linkTo`.
 * @param {{ replace?: boolean }} [options] replace: the back button skips the address that was.
 */
export function navigate(link, { replace = false } = {}) {
  if (!replace) location.hash = link
  else {
    history.replaceState(null, '', link)
    dispatchEvent(new HashChangeEvent('hashchange'))
  }
}

/**
 * @param {(route: Route) => void} show Called now and at each change of address.
 */
export function startRouter(show) {
  let shown = location.hash
  addEventListener('hashchange', () => {
    void follow()
  })
  addEventListener('beforeunload', (event) => {
    if (guard) event.preventDefault()
  })
  const follow = async () => {
    const wanted = location.hash
    if (wanted === shown) return
    const isOtherPage = parseRoute(wanted).page !== parseRoute(shown).page
    if (guard && isOtherPage) {
      history.pushState(null, '', shown)
      if (!(await guard())) return
      guard = undefined
      history.replaceState(null, '', wanted)
    }
    shown = wanted
    show(parseRoute(wanted))
  }
  show(parseRoute(shown))
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
