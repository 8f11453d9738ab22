import type { ListKind } from '../../lib/lists'
import { acceptedCodes, type AcceptedCodes } from './accepted-codes'
import { combine, nothing, remark, sectionOf, type Carried } from './carried'
import { listsFor } from './dns-list'
import { invalidLinesRemark, remarkOnMilderCodes } from './dns-list-remarks'
import { mergeIni, textOf, type HarakaIni, type IniSection } from './haraka-ini'
import type { HarakaFolder } from './haraka-folder'
import { findKnown, knownKinds, readZone, type OldZone } from './old-zone'

/** Which names a zone is asked about, as the stock plugin calls them and as people do. */
const sessionChecks = { rdns: 'reverse name', helo: 'HELO', envfrom: 'sender', msgid: 'Message-ID' } as const
const headerChecks = { from: 'From', replyto: 'Reply-To' } as const

type UsableZone = Exclude<OldZone, { kind: 'unusable' }>

/** haraka-plugin-uribl, and the plugin data.uribl that it replaced. */
export function importUribl(folder: HarakaFolder): Carried {
  const own = folder.readIni('uribl.ini')
  const defaults = folder.runs('uribl') ? folder.readDefaultIni('uribl', 'uribl.ini') : undefined
  const old = folder.readIni('data.uribl.ini')
  return combine([
    importIni(own, defaults, 'uribl.ini'),
    own && !defaults && folder.runs('uribl') ? missingDefaults : nothing,
    own || defaults ? unread(old) : importIni(old, undefined, 'data.uribl.ini'),
    ...['uribl.excludes', 'data.uribl.excludes'].map((file) => excludes(folder, file)),
  ])
}

function unread(old: HarakaIni | undefined): Carried {
  return old ? remark('needless', 'data.uribl.ini', 'not read, as uribl.ini takes its place') : nothing
}

const missingDefaults = remark(
  'lost',
  'haraka-plugin-uribl',
  'lists of its own default file, which Haraka adds to yours: the plugin is not installed in that folder',
)

function excludes(folder: HarakaFolder, file: string): Carried {
  const count = folder.readLines(file)?.length ?? 0
  if (count === 0) return nothing
  return remark(
    'lost',
    file,
    `names that are never asked about (${count}): the gateway has such names of its own`,
  )
}

/** What the operator wrote, over what came with the plugin. */
function importIni(own: HarakaIni | undefined, defaults: HarakaIni | undefined, file: string): Carried {
  const ini = own && defaults ? mergeIni(defaults, own) : (own ?? defaults)
  if (!ini) return nothing
  const zones = [...ini.sections].filter(([zone]) => zone !== 'main')
  const main = own?.sections.get('main')
  return combine([
    ...zones.map(([zone, options]) =>
      importZone(zone, options, own?.sections.has(zone) ? file : `the plugin's own ${file}`),
    ),
    main?.has('timeout')
      ? remark('needless', `${file} timeout`, 'each lookup has its own: dns.timeout, in milliseconds')
      : nothing,
    main?.has('max_uris_per_list')
      ? remark('lost', `${file} max_uris_per_list`, 'the gateway has its own limit of names per message')
      : nothing,
    own && own.invalidLines.length > 0 ? invalidLinesRemark(file, own.invalidLines) : nothing,
  ])
}

function importZone(name: string, options: IniSection, file: string): Carried {
  const zone = readZone(name, textOf(options, 'dqs_key') || undefined)
  const source = `${file} [${zone.name}]`
  if (zone.kind === 'unusable') return remark('lost', source, zone.why)
  const session = Object.keys(sessionChecks).filter((check) => isOn(options, check))
  const header = Object.keys(headerChecks).filter((check) => isOn(options, check))
  const body = isOn(options, 'body')
  if (session.length + header.length === 0 && !body) {
    return remark('needless', source, 'none of its checks is on, so it was never asked')
  }
  const places = [
    ...(session.length + header.length > 0 ? [placeZone(zone, 'domain_blocklist', options, source)] : []),
    ...(body ? [placeZone(zone, 'uri_blocklist', options, source)] : []),
  ]
  const placed = combine(places)
  const asDomain = placed.lists.some(({ kind }) => kind === 'domain_blocklist')
  return combine([
    placed,
    placed.lists.length > 0 && zone.kind === 'keyed' && zone.key !== undefined
      ? { ...nothing, keys: [{ provider: zone.provider, key: zone.key, source }] }
      : nothing,
    asDomain ? remarksOnChecks(session, header, source) : nothing,
    placed.lists.length > 0 ? remarksOnOptions(zone, options, source) : nothing,
  ])
}

/** The list in one place, with the answers that counted. */
function placeZone(zone: UsableZone, kind: ListKind, options: IniSection, source: string): Carried {
  const kinds = knownKinds(zone)
  const known = findKnown(zone, kind)
  if (kinds.length > 0 && !known) {
    const places = [...new Set(kinds)].map(sectionOf).join(' or ')
    return remark('lost', source, `as one of the ${sectionOf(kind)}: it is meant for ${places} only`)
  }
  const accepted = readAnswerRule(options, (rule) => acceptedCodes(rule, known))
  return combine([
    { ...nothing, lists: listsFor(zone, kind, accepted.options, source) },
    accepted.lost === undefined ? nothing : remark('lost', source, accepted.lost),
    known && textOf(options, 'bitmask') === undefined ? remarkOnMilderCodes(known, source) : nothing,
  ])
}

function readAnswerRule(
  options: IniSection,
  accepted: (rule: { validate?: RegExp; bitmask?: number }) => AcceptedCodes,
): AcceptedCodes {
  const bitmask = Number(textOf(options, 'bitmask') ?? 0)
  const validate = textOf(options, 'validate') ?? ''
  const bits = Number.isInteger(bitmask) && bitmask > 0 ? { bitmask } : {}
  try {
    return accepted({ ...bits, ...(validate === '' ? {} : { validate: new RegExp(validate) }) })
  } catch {
    const { options: found } = accepted(bits)
    return {
      options: found,
      lost: 'validate: is no regular expression, so the plugin had no use of the list',
    }
  }
}

function remarksOnChecks(session: readonly string[], header: readonly string[], source: string): Carried {
  const missing = Object.entries(sessionChecks)
    .filter(([check]) => !session.includes(check))
    .map(([, words]) => words)
  const headers = Object.entries(headerChecks)
    .filter(([check]) => header.includes(check))
    .map(([, words]) => words)
  return combine([
    missing.length === 0 ? nothing : remark('changed', source, `is asked about ${missing.join(', ')} too`),
    headers.length === 0 ? nothing : remark('lost', source, `the domains of ${headers.join(' and ')}`),
  ])
}

function remarksOnOptions(zone: UsableZone, options: IniSection, source: string): Carried {
  const isKnown = knownKinds(zone).length > 0
  const unknown = [...options.keys()].filter((name) => !zoneOptions.has(name))
  return combine([
    textOf(options, 'custom_msg')
      ? remark('lost', source, 'custom_msg: a refusal names the item, the list and a reference')
      : nothing,
    !isKnown && isOn(options, 'body') && !isOn(options, 'no_ip_lookups')
      ? remark(
          'changed',
          source,
          'is not asked about IP addresses in links: nobody knows whether it takes them',
        )
      : nothing,
    !isKnown && isOn(options, 'strip_to_domain') && !onlyBody(options)
      ? remark('changed', source, 'is asked about names as they stand, such as mail.example.com')
      : nothing,
    ...unknown.map((name) => remark('lost', source, `${name}: no such option is known`)),
  ])
}

function onlyBody(options: IniSection): boolean {
  return ![...Object.keys(sessionChecks), ...Object.keys(headerChecks)].some((check) => isOn(options, check))
}

const zoneOptions = new Set<string>([
  ...Object.keys(sessionChecks),
  ...Object.keys(headerChecks),
  'body',
  'custom_msg',
  'validate',
  'bitmask',
  'no_ip_lookups',
  'strip_to_domain',
  'not_ipv6_compatible',
  'dqs_key',
])

function isOn(options: IniSection, name: string): boolean {
  return /^(?:1|true|yes|enabled|on)$/i.test(textOf(options, name) ?? '')
}
