import { proceed, registerHook } from '../haraka/hook'
import { watchMessageLines } from '../haraka/message-lines'
import type { HarakaPlugin, HarakaTransaction } from '../haraka/types'
import type { Finding } from '../lists'
import { createBodyNames, type BodyName, type Capped } from '../mail'
import { allKnown, type Pending } from '../pending'
import type { Gateway } from './index'

/** One look through a message for the names in it, shared by the plugins that ask lists about them. */
export interface BodyScan {
  /**
   * Asks about each name as soon as it is found, while the message is still being received.
   * Resolves after `finish` to all that came of it, and to what the caps left out.
   */
  askAbout(ask: (found: BodyName) => Pending<readonly Finding[]>): Promise<BodyFindings>
  /** Ends the scan; safe to call again. */
  finish(): void
}

export interface BodyFindings extends Capped {
  readonly findings: readonly Finding[]
}

const scans = new WeakMap<HarakaTransaction, BodyScan>()

/** The scan of this message; the first who asks, at DATA, starts it. */
export function useBodyScan(gateway: Gateway, transaction: HarakaTransaction): BodyScan {
  const running = scans.get(transaction)
  if (running) return running
  const scan = startScan(gateway, transaction)
  scans.set(transaction, scan)
  return scan
}

/** Nothing more comes: whoever asked about names gets what came of it. */
export function finishBodyScan(transaction: HarakaTransaction): void {
  scans.get(transaction)?.finish()
}

/** Messages that break off, or are refused before anyone judges their names, end here for those who wait. */
export function endBodyScans(plugin: HarakaPlugin): void {
  registerHook(plugin, 'reset_transaction', { onError: 'pass' }, ({ transaction }) => {
    if (transaction) finishBodyScan(transaction)
    return proceed
  })
}

function startScan(gateway: Gateway, transaction: HarakaTransaction): BodyScan {
  const { max_names, max_text, subject } = gateway.settings().body_names
  const listeners: ((found: BodyName) => void)[] = []
  const names = createBodyNames({
    maxNames: max_names,
    maxTextBytes: max_text,
    subject,
    isDotStuffed: true,
    isSkipped: (name) => gateway.lists.isOwnName(name),
    onName: (found) => {
      for (const listener of listeners) listener(found)
    },
  })
  watchMessageLines(transaction, (line) => {
    names.addLine(line)
    return 'keep'
  })
  let end: (capped: Capped) => void = () => undefined
  const ended = new Promise<Capped>((resolve) => (end = resolve))
  let isFinished = false
  return {
    async askAbout(ask) {
      const lookups: Pending<readonly Finding[]>[] = []
      listeners.push((found) => lookups.push(ask(found)))
      const capped = await ended
      return { findings: (await allKnown(lookups)).flat(), ...capped }
    },
    finish() {
      if (isFinished) return
      isFinished = true
      const capped = names.end()
      const { cappedNames, cappedBytes } = capped
      if (cappedNames + cappedBytes > 0) {
        gateway.log.info(
          `message ${transaction.uuid}: body_names left out ${cappedNames} names and ${cappedBytes} bytes of text`,
        )
      }
      end(capped)
    },
  }
}
