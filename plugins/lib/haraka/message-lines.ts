import type { HarakaTransaction } from './types'

/** Whether the message keeps the line. */
type See = (line: Buffer) => 'keep' | 'drop'

/**
 * Shows every line of the message as it arrives, CRLF and dot-stuffing included, the final dot not. Several
 * watchers see each line in the order they came; a dropped line is seen by none after.
 *
 * `transaction.add_data` is no public way to do this, but the public ones cost more than the rest of Haraka:
 * `parse_body` decodes attachments, `get_data` reads the message a second time.
 */
export function watchMessageLines(transaction: HarakaTransaction, see: See): void {
  const addData = transaction.add_data.bind(transaction)
  transaction.add_data = (line: Buffer | string): void => {
    const bytes = typeof line === 'string' ? Buffer.from(line) : line
    if (see(bytes) === 'keep') addData(line)
  }
}
