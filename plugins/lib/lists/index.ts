/** DNS lists and list files: what they say about an address or a name, and whether they can be trusted. */
export {
  findClosure,
  findKeyedList,
  findPublicLists,
  keyedLists,
  publicLists,
  type KnownList,
  type Provider,
} from './catalogue'
export { configuredLists, type ConfiguredList, type DnsList, type FileList } from './configured'
export { queriedName, type Asked, type Trial } from './ask'
export { createListEngine, type ListEngine, type ListEngineOptions } from './engine'
export { createHealth, type Health, type HealthOptions, type StateChange } from './health'
export type { ListView } from './list-view'
export { itemText } from './item-text'
export type { CodeMeaning, Finding, Item, ListAction, Listing, ListKind, ListState } from './types'
export { validateLists, type ListProblem } from './validate'
export { explainListing, findAllowing, judge, type Verdict } from './verdict'
