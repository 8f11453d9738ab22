// @ts-check
/**
 * The texts of the page in its languages. Each page brings its own part of the table (texts/PAGE.js) and adds it
 * with `useTexts`; the keys of a part begin with its name, so that no two parts can clash.
 *
 * @typedef {'en' | 'de'} Language
 * @typedef {string | { readonly one: string, readonly other: string }} Text
 * @typedef {{ readonly en: Readonly<Record<string, Text>>, readonly de: Readonly<Record<string, Text>> }} Texts
 * @typedef {Readonly<Record<string, string | number>>} Params
 */
import { common } from './texts/common.js'
import { nav } from './texts/nav.js'

/** @type {readonly { readonly code: Language, readonly name: string }[]} */
export const languages = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'Deutsch' },
]

const KEY = 'gateway.language'
/** @type {Record<Language, Map<string, Text>>} */
const table = { en: new Map(), de: new Map() }
/** @type {Language} */
let current = preferred()

useTexts(common)
useTexts(nav)
document.documentElement.lang = current

/** @param {Texts} texts */
export function useTexts(texts) {
  for (const { code } of languages) {
    for (const [key, text] of Object.entries(texts[code])) table[code].set(key, text)
  }
}

export const language = () => current

/** @param {Language} code */
export function setLanguage(code) {
  current = code
  localStorage.setItem(KEY, code)
  document.documentElement.lang = code
}

/**
 * `t('messages.found', { count: 3 })`: `{count}` in the text becomes 3, and `count` chooses between one and other.
 *
 * @param {string} key
 * @param {Params} [params]
 * @returns {string}
 */
export function t(key, params = {}) {
  return pieces(key, params)
    .map((piece) => (typeof piece === 'string' ? piece : String(params[piece.name] ?? '')))
    .join('')
}

/**
 * As `t`, with elements in place of parameters: `tn('messages.from', { ip: h('code', {}, ip) })`.
 *
 * @param {string} key
 * @param {Readonly<Record<string, import('./dom.js').Child>>} params
 * @returns {readonly import('./dom.js').Child[]}
 */
export function tn(key, params) {
  return pieces(key, params).map((piece) => (typeof piece === 'string' ? piece : params[piece.name]))
}

/** @param {string} key */
export const hasText = (key) => table.en.has(key)

/**
 * @param {string} key
 * @param {Readonly<Record<string, unknown>>} params
 * @returns {readonly (string | { readonly name: string })[]}
 */
function pieces(key, params) {
  const text = table[current].get(key)
  if (text === undefined) throw new Error(`no text ${key}`)
  const chosen = typeof text === 'string' ? text : choose(text, Number(params.count))
  return chosen
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => (/^\{\w+\}$/.test(piece) ? { name: piece.slice(1, -1) } : piece))
}

/**
 * @param {{ readonly one: string, readonly other: string }} text
 * @param {number} count
 */
function choose(text, count) {
  return new Intl.PluralRules(current).select(count) === 'one' ? text.one : text.other
}

/** @returns {Language} */
function preferred() {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages]
  const known = wanted.map((name) => languages.find(({ code }) => name.toLowerCase().startsWith(code)))
  return known.find((each) => each !== undefined)?.code ?? 'en'
}
