import { UsageError } from '../usage-error'

/** What the command line of sendmail asks for. */
export interface SendmailArguments {
  readonly instance: string | undefined
  /** -f: envelope sender, empty for the null sender. */
  readonly sender: string | undefined
  /** -F: full name. */
  readonly name: string | undefined
  /** -t: recipients are in the header. */
  readonly fromHeader: boolean
  /** -i: a line with a single dot does not end the message. */
  readonly ignoreDots: boolean
  readonly recipients: readonly string[]
}

/** Flags that programs give and that change nothing here: alone, or with a value behind them. */
const IGNORED = /^-(?:bm|o[^i].*|e.|a[mu]|[GUmnx])$/
const IGNORED_WITH_VALUE = new Set(['-B', '-C', '-h', '-L', '-N', '-O', '-R', '-V', '-X', '-p', '-A'])

/** As sendmail, Postfix and their like understand their arguments; values may follow at once or as the next word. */
export function parseSendmailArguments(words: readonly string[]): SendmailArguments {
  const rest = [...words]
  const parsed = {
    instance: undefined as string | undefined,
    sender: undefined as string | undefined,
    name: undefined as string | undefined,
    fromHeader: false,
    ignoreDots: false,
    recipients: [] as string[],
  }
  const valueOf = (flag: string, word: string): string => {
    const value = word.length > flag.length ? word.slice(flag.length).replace(/^=/, '') : rest.shift()
    if (value === undefined) throw new UsageError(`sendmail: ${flag} needs a value`)
    return value
  }
  const readFlag = (word: string): void => {
    if (/^--instance(?:=|$)/.test(word)) parsed.instance = valueOf('--instance', word)
    else if (word.startsWith('-f') || word.startsWith('-r'))
      parsed.sender = withoutBrackets(valueOf(word.slice(0, 2), word))
    else if (word.startsWith('-F')) parsed.name = valueOf('-F', word)
    else if (IGNORED_WITH_VALUE.has(word.slice(0, 2))) valueOf(word.slice(0, 2), word)
    else if (/^-[tiv]+$/.test(word)) {
      parsed.fromHeader ||= word.includes('t')
      parsed.ignoreDots ||= word.includes('i')
    } else if (word === '-oi') parsed.ignoreDots = true
    else if (!IGNORED.test(word)) throw new UsageError(`sendmail: ${word} is not supported`)
  }
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') parsed.recipients.push(...rest.splice(0))
    else if (word.startsWith('-') && word !== '-') readFlag(word)
    else parsed.recipients.push(word)
  }
  return { ...parsed, recipients: parsed.recipients.flatMap((word) => word.split(',')).map(withoutBrackets) }
}

const withoutBrackets = (address: string): string => address.trim().replace(/^<(.*)>$/, '$1')
