import type { HarakaTransaction } from './types'

/** Whether the message keeps the line. */
type See = (line: Buffer) => 'keep' | 'drop'

const watchers = new WeakMap<HarakaTransaction, See[]>()

/**
 * Shows every line of the message as it arrives, CRLF and dot-stuffing included, the final dot not. Watchers
 * see each line in the order they came; a line that one drops is seen by none after it.
 *
 * `transaction.add_data` is no public way to do this, but the public ones cost more than the rest of Haraka:
 * `parse_body` decodes attachments, `get_data` reads the message a second time.
 */
export function watchMessageLines(transaction: HarakaTransaction, see: See): void {
  const known = watchers.get(transaction)
  if (known) {
    known.push(see)
    return
  }
  const all = [see]
  watchers.set(transaction, all)
  const addData = transaction.add_data.bind(transaction)
  transaction.add_data = (line: Buffer | string): void => {
    const bytes = typeof line === 'string' ? Buffer.from(line) : line
    if (all.every((watcher) => watcher(bytes) === 'keep')) addData(line)
  }
}
