// @ts-check
import { readEntry } from '../forms/list-entry.js'
import { isEqual } from '../forms/values.js'

/**
 * The entries of a section of lists, as they are in force and as the draft has them.
 *
 * @typedef {'ip_blocklists' | 'ip_allowlists' | 'domain_blocklists' | 'uri_blocklists'} Section
 * @typedef {import('../forms/list-entry.js').ListEntry} ListEntry
 *
 * @typedef {object} PlacedEntry
 * @property {Section} section
 * @property {string} provider `custom` for lists of nobody known.
 * @property {ListEntry} entry
 * @property {number} index In the draft; -1: it is removed.
 * @property {number} indexBefore In force; -1: it is new.
 */

/** @type {readonly Section[]} */
export const sections = ['ip_blocklists', 'ip_allowlists', 'domain_blocklists', 'uri_blocklists']

/** What stands below a section: providers with keys, and `custom`. @param {import('../forms/model.js').Model} model @param {Section} section */
export function providersOf(model, section) {
  const group = model.kind === 'group' ? model.fields[section] : undefined
  return group?.kind === 'group' ? Object.keys(group.fields) : []
}

/** @param {string} provider */
export const bareOf = (provider) => (provider === 'custom' ? 'zone' : 'list')

/**
 * @param {import('../draft.js').Draft} draft
 * @param {Section} section
 * @returns {PlacedEntry[]}
 */
export function placedEntries(draft, section) {
  return providersOf(draft.model(), section).flatMap((provider) => {
    const path = [section, provider]
    const before = read(draft.before(path), provider)
    const now = read(draft.value(path), provider)
    const kept = now.map((entry, index) => ({
      section,
      provider,
      entry,
      index,
      indexBefore: before.findIndex((other) => isSame(entry, other)),
    }))
    const removed = before.flatMap((entry, indexBefore) =>
      now.some((other) => isSame(entry, other)) ? [] : [{ section, provider, entry, index: -1, indexBefore }],
    )
    return [...kept, ...removed]
  })
}

/** @param {unknown} entries @param {string} provider @returns {ListEntry[]} */
const read = (entries, provider) =>
  Array.isArray(entries) ? entries.map((entry) => readEntry(entry, bareOf(provider))) : []

/** @param {ListEntry} a @param {ListEntry} b */
export const isSame = (a, b) => a.by === b.by && a.name === b.name

/** What `ListView.path` says of it. @param {PlacedEntry} placed @param {readonly (string | number)[]} path */
export const standsAt = ({ section, provider, indexBefore }, path) =>
  isEqual(path, [section, provider, indexBefore])

/** The array of the draft. @param {import('../draft.js').Draft} draft @param {Section} section @param {string} provider @returns {readonly unknown[]} */
export function arrayOf(draft, section, provider) {
  const entries = draft.value([section, provider])
  return Array.isArray(entries) ? entries : []
}
