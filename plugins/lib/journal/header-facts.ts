import type { HarakaHeader } from '../haraka/types'

/** Header fields as a record has them. They are the sender's: of any length, and with anything in them. */

const MAX_LENGTH = 250

/** Without angle brackets. */
export function messageIdOf(header: HarakaHeader): string | undefined {
  return clean(first(header, 'Message-ID')?.replace(/^\s*<|>\s*$/g, ''))
}

/** The domain of the first From field: of the address in angle brackets, or of the last one there is. */
export function fromDomainOf(header: HarakaHeader): string | undefined {
  const from = first(header, 'From')?.slice(-1000)
  const domains = from?.match(/@[^\s<>@",;:()[\]\\]+/g)
  return clean(domains?.at(-1)?.slice(1).toLowerCase())
}

export function subjectOf(header: HarakaHeader): string | undefined {
  const decoded = (header as HarakaHeader & { get_decoded(name: string): string }).get_decoded('Subject')
  return clean(decoded)
}

const first = (header: HarakaHeader, name: string): string | undefined => header.get_all(name)[0]

function clean(text: string | undefined): string | undefined {
  const oneLine = text?.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return oneLine === '' ? undefined : oneLine?.slice(0, MAX_LENGTH)
}
