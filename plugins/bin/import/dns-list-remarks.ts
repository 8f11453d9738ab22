import type { KnownList, ListAction, ListKind } from '../../lib/lists'
import { combine, nothing, remark, type Carried } from './carried'
import type { OldFile, OldList } from './dns-list-files'
import { booleanOf, type IniSection } from './haraka-ini'
import { readZone } from './old-zone'

/** What becomes of the options of one zone. */
export function remarksOnList(
  old: OldList,
  kind: ListKind,
  known: KnownList | undefined,
  source: string,
): Carried {
  const { options } = old
  const asksIpv6 = known?.inputs.includes('ipv6') ?? true
  return combine([
    kind === 'ip_blocklist' ? remarksOnAction(old, known, source) : nothing,
    booleanOf(options, 'ipv6') === false && asksIpv6
      ? remark('changed', source, 'ipv6=false: it is asked about IPv6 addresses too')
      : nothing,
    booleanOf(options, 'loopback_is_rejected') && !known
      ? remark(
          'lost',
          source,
          'loopback_is_rejected: a list of 127.0.0.1 fails our tests (RFC 5782), and is not asked',
        )
      : nothing,
    !known && optionNames(options).some(isReturnCode)
      ? remark('lost', source, 'its words for return codes: a refusal names the list and the code')
      : nothing,
    ...optionNames(options)
      .filter((name) => !listOptions.has(name) && !isReturnCode(name))
      .map((name) => remark('lost', source, `${name}: no such option is known`)),
  ])
}

function remarksOnAction({ refuses, type }: OldList, known: KnownList | undefined, source: string): Carried {
  if (!refuses) {
    const text =
      'reject=false: a listing is recorded (action: note); action: score makes it count towards reject_score'
    return remark('changed', source, text)
  }
  return known
    ? remarkOnMilderCodes(known, source, type === 'karma' ? ['score'] : ['score', 'note'])
    : nothing
}

function optionNames(options: IniSection | undefined): readonly string[] {
  return [...(options?.keys() ?? [])]
}

const listOptions = new Set([
  'type',
  'reject',
  'ipv6',
  'loopback_is_rejected',
  'ok_helo',
  'ok_mail',
  'enable',
])

function isReturnCode(key: string): boolean {
  return /^127(?:\.\d+){3}$/.test(key)
}

/** Every answer of a block list refused; the catalogue knows which ones mean less. */
export function remarkOnMilderCodes(
  known: KnownList,
  source: string,
  actions: readonly ('score' | 'note')[] = ['score', 'note'],
): Carried {
  const milder = known.codes.filter(({ action }) => actions.some((mild) => mild === action))
  if (milder.length === 0) return nothing
  const [first] = milder
  if (milder.length === known.codes.length && milder.every(({ action }) => action === first?.action)) {
    return remark('changed', source, `a listing does not refuse: it ${wordsFor(first?.action)}`)
  }
  const words = actions.flatMap((action) => {
    const codes = milder.filter((rule) => rule.action === action).map(({ code }) => code)
    return codes.length === 0 ? [] : [`${codes.join(', ')} ${wordsFor(action)}`]
  })
  return remark('changed', source, `not every answer refuses: ${words.join('; ')}`)
}

function wordsFor(action: ListAction | undefined): string {
  return action === 'score' ? 'adds to the score' : 'is only recorded'
}

/** Options that belong to no single list. */
export function remarksOnFile({ file, own }: OldFile, used: readonly OldList[]): Carried {
  if (!own) return nothing
  const { sections, invalidLines } = own
  const main = sections.get('main')
  const needless = Object.entries(needlessOptions).map(([name, text]) =>
    main?.has(name) ? remark('needless', `${file} ${name}`, text) : nothing,
  )
  const names = new Set(['main', 'stats', backscatterer, ...used.map(({ zone }) => zone)])
  const unused = [...sections.keys()].filter((name) => !names.has(name))
  return combine([
    ...needless,
    booleanOf(sections.get('stats'), 'enable') || booleanOf(main, 'enable_stats')
      ? remark('lost', `${file} statistics`, 'counts of queries and listings in Redis')
      : nothing,
    booleanOf(sections.get(backscatterer), 'enable')
      ? remark(
          'lost',
          `${file} ${backscatterer}`,
          'asked for bounces only: a list is asked for all mail or for none',
        )
      : nothing,
    invalidLines.length > 0 ? invalidLinesRemark(file, invalidLines) : nothing,
    ...unused.map((name) =>
      remark('needless', `${file} [${readZone(name).name}]`, 'zones does not name it, so it was never asked'),
    ),
  ])
}

const backscatterer = 'ips.backscatterer.org'
const needlessOptions = {
  search: 'all lists are asked at once, and a refusal by one is enough',
  periodic_checks:
    'every answer shows whether a list works; a suspended one is tested every dns.retest seconds',
}

export function invalidLinesRemark(file: string, lines: readonly number[]): Carried {
  return remark('lost', file, `line ${lines.join(', ')}: not KEY=VALUE, so Haraka passed over it too`)
}
