import type { WalkerContext } from './message-walker'
import type { Part } from './text-part'
import type { TransferEncoding } from './transfer-encoding'
import { createTransferDecoder } from './transfer-encoding'

/** Messages inside encoded messages are followed so deep. */
const maxDepth = 3

const lineFeed = 0x0a

/**
 * A message that is attached in base64 or quoted-printable, which RFC 2046 section 5.2.1 forbids and mail clients open.
 * Decodes it and hands its lines to a walker of its own.
 */
export function createNestedMessage(
  encoding: TransferEncoding,
  context: WalkerContext,
  createWalker: (context: WalkerContext) => Part,
): Part | undefined {
  if (context.depth >= maxDepth) return undefined
  const transfer = createTransferDecoder(encoding)
  const { budget, report, depth } = context
  const walker = createWalker({ budget, report, depth: depth + 1 })
  let rest: Buffer[] = []

  function feed(bytes: Buffer): void {
    let from = 0
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
      const line = bytes.subarray(from, at + 1)
      walker.line(rest.length === 0 ? line : Buffer.concat([...rest, line]))
      rest = []
      from = at + 1
    }
    if (from < bytes.length) rest.push(bytes.subarray(from))
  }

  return {
    line(line) {
      if (budget.isSpent(false)) budget.take(line.length, false)
      else feed(transfer.write(line))
    },
    end() {
      feed(transfer.end())
      if (rest.length > 0) walker.line(Buffer.concat(rest))
      walker.end()
    },
  }
}
