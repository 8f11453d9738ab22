// @ts-check
import { h } from '../dom.js'

/** A name that breaks after its dots, if it must. @param {string} name */
export const nameText = (name) =>
  name.split(/(?<=\.)/).map((part, index) => (index === 0 ? part : [h('wbr'), part]))

/** An address that breaks before its domain, if it must. @param {string} address */
export function addressText(address) {
  const at = address.lastIndexOf('@')
  return at < 0 ? address : [address.slice(0, at), h('wbr'), nameText(address.slice(at))]
}
