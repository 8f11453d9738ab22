/** Collects items and hands them on many at a time. */
export interface Batch<Item> {
  readonly add: (item: Item) => void
  /** Hands on what there is now. */
  readonly flush: () => void
  readonly size: number
}

export interface BatchOptions<Item> {
  /** Handed on when there are so many, */
  readonly maxItems: number
  /** or when the first has waited so long. */
  readonly maxMs: number
  readonly take: (items: readonly Item[]) => void
}

export function createBatch<Item>({ maxItems, maxMs, take }: BatchOptions<Item>): Batch<Item> {
  let items: Item[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (items.length === 0) return
    const taken = items
    items = []
    take(taken)
  }
  return {
    add(item) {
      items.push(item)
      if (items.length >= maxItems) flush()
      else timer ??= setTimeout(flush, maxMs).unref()
    },
    flush,
    get size() {
      return items.length
    },
  }
}
