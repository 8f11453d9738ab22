import type { Item } from './types'

/** The address or name itself, as people read it. */
export const itemText = (item: Item): string => (item.kind === 'ip' ? item.ip : item.name)
