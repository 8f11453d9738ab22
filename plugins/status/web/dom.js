// @ts-check
/**
 * Elements from data. Text only ever becomes text nodes and attribute values, so nothing that a mail brings
 * along can become markup.
 *
 * @typedef {import('./types').Child} Child
 * @typedef {string | number | boolean | null | undefined} Value
 * @typedef {Record<string, Value | Record<string, Value> | Listeners>} Attributes
 * @typedef {Record<string, (event: any) => void>} Listeners
 */

const SVG = 'http://www.w3.org/2000/svg'
/** What only the property changes once the element lives. */
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'selected', 'open', 'indeterminate', 'multiple'])

/**
 * `h('a', { href: '#/messages', class: 'link', on: { click } }, 'Messages')`. Attributes that are false, null or
 * undefined are left out; `on` holds listeners, `data` becomes data-*, `vars` CSS custom properties.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  setAttributes(element, attributes)
  append(element, children)
  return element
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag)
  setAttributes(element, attributes)
  append(element, children)
  return element
}

/**
 * Takes what is in `parent` out and puts the children in.
 *
 * @param {Element} parent
 * @param {...Child} children
 */
export function replace(parent, ...children) {
  parent.replaceChildren()
  append(parent, children)
}

/**
 * @param {Element | DocumentFragment} parent
 * @param {readonly Child[]} children
 */
export function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue
    if (Array.isArray(child)) append(parent, child)
    else parent.append(child instanceof Node ? child : String(child))
  }
}

let lastId = 0
/** An id that no other element of the page has; `prefix` makes it readable. */
export const uniqueId = (prefix = 'id') => `${prefix}-${++lastId}`

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (typeof value === 'object') setGroup(element, name, value)
    else if (PROPERTIES.has(name)) /** @type {any} */ (element)[name] = value
    else if (name === 'href') setLink(element, String(value))
    else if (name === 'style' || name.startsWith('on')) throw new Error(`not allowed: ${name}`)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {Record<string, any>} values
 */
function setGroup(element, name, values) {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === null || value === false) continue
    if (name === 'on') element.addEventListener(key, value)
    else if (name === 'data') element.setAttribute(`data-${key}`, String(value))
    else if (name === 'vars')
      /** @type {HTMLElement} */ (element).style.setProperty(`--${key}`, String(value))
    else throw new Error(`not a group of attributes: ${name}`)
  }
}

/**
 * Addresses of lookup pages come with lists; one that is not of the web is not followed.
 *
 * @param {Element} element
 * @param {string} address
 */
function setLink(element, address) {
  if (!/^(?:#|https?:\/\/|mailto:)/i.test(address)) return
  element.setAttribute('href', address)
  if (/^https?:/i.test(address)) {
    element.setAttribute('target', '_blank')
    element.setAttribute('rel', 'noopener noreferrer')
  }
}
