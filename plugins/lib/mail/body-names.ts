import { withoutEncodedWords } from './encoded-words'
import { createMessageWalker } from './message-walker'
import type { BodyName } from './name-collector'
import { createNameCollector } from './name-collector'
import { createScanBudget } from './scan-budget'
import { scanText } from './scanner'

export interface BodyNamesOptions {
  /** Called once for each name, as soon as it is found; the rest at the end. */
  readonly onName: (found: BodyName) => void
  /** Most names handed on; default 100. */
  readonly maxNames?: number
  /** Most decoded text that is looked at; default 1 MiB. */
  readonly maxTextBytes?: number
  /** Look into the Subject too; default no. */
  readonly subject?: boolean
  /** Lines come as in SMTP, with the dot of RFC 5321 section 4.5.2 before a dot; default no. */
  readonly isDotStuffed?: boolean
  /** Names that need no lookup, such as the gateway's own domains. */
  readonly isSkipped?: (name: string) => boolean
}

/** What was left out because of the limits. */
export interface Capped {
  /** Names there was no room for. Beyond some thousands, repeats may count again. */
  readonly cappedNames: number
  /** Text that was not looked at. */
  readonly cappedBytes: number
}

export interface BodyNames {
  /** Takes the next raw line of the message, header included, with its line end. */
  addLine(line: Buffer): void
  end(): Capped
}

/** Finds the names in a message while it is being received. */
export function createBodyNames(options: BodyNamesOptions): BodyNames {
  const { maxNames = 100, maxTextBytes = 1024 * 1024, subject = false, isDotStuffed = false } = options
  const collector = createNameCollector(maxNames, options.onName, options.isSkipped)
  const budget = createScanBudget(maxTextBytes)
  const walker = createMessageWalker({
    budget,
    report: (host, source) => {
      collector.add(host, source)
    },
    depth: 0,
    onSubject: (text) => {
      if (subject)
        scanText(withoutEncodedWords(text), (host) => {
          collector.add(host, 'subject')
        })
    },
  })

  return {
    addLine(line) {
      walker.line(isDotStuffed && line[0] === 0x2e ? line.subarray(1) : line)
    },
    end() {
      walker.end()
      return { cappedNames: collector.end(), cappedBytes: budget.capped() }
    },
  }
}
