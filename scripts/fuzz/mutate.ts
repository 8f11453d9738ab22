export type Random = () => number

const MAX_CHANGES = 8
const MAX_BYTES = 200_000

export const below = (random: Random, limit: number): number => Math.floor(random() * limit)

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** A valid input with a few changes: bytes turned, cut out, doubled, and words that mean something put in. */
export function mutate(random: Random, valid: Buffer, words: readonly string[]): Buffer {
  let bytes = Buffer.from(valid)
  for (let changes = 1 + below(random, MAX_CHANGES); changes > 0; changes -= 1) {
    const at = below(random, bytes.length + 1)
    const end = Math.min(bytes.length, at + below(random, 40))
    bytes = Buffer.concat([
      bytes.subarray(0, at),
      ...change(random, bytes.subarray(at, end), words),
      bytes.subarray(end),
    ])
  }
  return bytes.subarray(0, MAX_BYTES)
}

function change(random: Random, piece: Buffer, words: readonly string[]): Buffer[] {
  switch (below(random, 6)) {
    case 0:
      return []
    case 1:
      return Array.from({ length: 2 + below(random, 50) }, () => piece)
    case 2:
      return [Buffer.from(piece.map((byte) => byte ^ (1 << below(random, 8))))]
    case 3:
      return [Buffer.from(Array.from({ length: below(random, 20) }, () => below(random, 256)))]
    case 4:
      return [Buffer.from(pick(random, words).repeat(1 + below(random, 2) * below(random, 200))), piece]
    default:
      return [piece, Buffer.from(pick(random, words))]
  }
}
