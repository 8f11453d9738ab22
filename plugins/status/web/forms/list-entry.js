// @ts-check
import { isMap } from './values.js'

/**
 * An entry of a list section: a bare name, or a map with one of the keys zone, file and list, and options.
 *
 * @typedef {'zone' | 'file' | 'list'} NamedBy
 * @typedef {{ readonly by: NamedBy, readonly name: string, readonly options: Readonly<Record<string, unknown>> }} ListEntry
 */

/** @type {readonly NamedBy[]} */
const names = ['zone', 'file', 'list']

/** @param {unknown} written @param {'zone' | 'list'} bare What a bare name stands for. @returns {ListEntry} */
export function readEntry(written, bare) {
  if (!isMap(written)) return { by: bare, name: String(written), options: {} }
  const by = names.find((key) => Object.hasOwn(written, key)) ?? bare
  const { [by]: name = '', ...options } = written
  return { by, name: String(name), options }
}

/** As short as it can be written: without options a zone or a provider's list is a bare name. @param {ListEntry} entry */
export function writeEntry({ by, name, options }) {
  const set = Object.entries(options).filter(
    ([, value]) => value !== undefined && value !== '' && !(isMap(value) && Object.keys(value).length === 0),
  )
  if (set.length === 0 && by !== 'file') return name
  return { [by]: name, ...Object.fromEntries(set) }
}

/**
 * The array with a provider's list in it or not; entries that stay keep their options and their order.
 *
 * @param {readonly unknown[]} entries
 * @param {string} name
 * @param {boolean} isWanted
 */
export function toggleEntry(entries, name, isWanted) {
  const others = entries.filter((entry) => readEntry(entry, 'list').name !== name)
  if (!isWanted) return others
  return others.length < entries.length ? entries : [...entries, name]
}
