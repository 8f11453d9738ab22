import type { ListKind } from '../../lib/lists'
import { settingsSchema, type DomainSource } from '../../lib/settings/schema'
import { acceptedCodes, type AcceptedCodes } from './accepted-codes'
import { combine, nothing, remark, sectionOf, type Carried } from './carried'
import { listsFor } from './dns-list'
import { invalidLinesRemark, remarkOnMilderCodes } from './dns-list-remarks'
import { mergeIni, textOf, type HarakaIni, type IniSection } from './haraka-ini'
import type { HarakaFolder } from './haraka-folder'
import { findKnown, knownKinds, readZone, type OldZone } from './old-zone'

/** Which names a zone is asked about: as the stock plugin calls them, as settings do, as people do. */
const checks = [
  { option: 'rdns', source: 'rdns', words: 'reverse name' },
  { option: 'helo', source: 'helo', words: 'HELO' },
  { option: 'envfrom', source: 'envelope_sender', words: 'sender' },
  { option: 'msgid', source: 'message_id', words: 'Message-ID' },
  { option: 'body', source: 'body', words: 'names in the body' },
  { option: 'from', source: 'from', words: 'From' },
  { option: 'replyto', source: 'reply_to', words: 'Reply-To' },
] as const
type Check = (typeof checks)[number]

/** Asked about by default, and for all lists at once. */
const defaultSources: readonly DomainSource[] = settingsSchema.shape.domain_sources.parse(undefined)

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
  const carried = combine(
    zones.map(([zone, options]) =>
      importZone(zone, options, own?.sections.has(zone) ? file : `the plugin's own ${file}`),
    ),
  )
  return combine([
    carried,
    carried.sources.length === 0
      ? nothing
      : remark(
          'changed',
          'domain_sources',
          `all domain lists are asked about ${carried.sources.join(' and ')}`,
        ),
    main?.has('timeout')
      ? remark('needless', `${file} timeout`, 'each lookup has its own: dns.timeout, in milliseconds')
      : nothing,
    main?.has('max_uris_per_list')
      ? remark('lost', `${file} max_uris_per_list`, 'body_names.max_names limits the names of one message')
      : nothing,
    own && own.invalidLines.length > 0 ? invalidLinesRemark(file, own.invalidLines) : nothing,
  ])
}

function importZone(name: string, options: IniSection, file: string): Carried {
  const zone = readZone(name, textOf(options, 'dqs_key') || undefined)
  const source = `${file} [${zone.name}]`
  if (zone.kind === 'unusable') return remark('lost', source, zone.why)
  const on = checks.filter(({ option }) => isOn(options, option))
  if (on.length === 0) return remark('needless', source, 'none of its checks is on, so it was never asked')
  const placed = combine([
    onlyBody(options) ? nothing : placeZone(zone, 'domain_blocklist', options, source),
    isOn(options, 'body') ? placeZone(zone, 'uri_blocklist', options, source) : nothing,
  ])
  if (placed.lists.length === 0) return placed
  return combine([
    placed,
    zone.kind === 'keyed' && zone.key !== undefined
      ? { ...nothing, keys: [{ provider: zone.provider, key: zone.key, source }] }
      : nothing,
    placed.lists.some(({ kind }) => kind === 'domain_blocklist') ? sourcesOf(on, source) : nothing,
    remarksOnOptions(zone, options, source),
  ])
}

function sourcesOf(on: readonly Check[], from: string): Carried {
  const more = checks.filter((check) => defaultSources.includes(check.source) && !on.includes(check))
  return combine([
    {
      ...nothing,
      sources: on.map(({ source }) => source).filter((source) => !defaultSources.includes(source)),
    },
    more.length === 0
      ? nothing
      : remark('changed', from, `is asked about ${more.map(({ words }) => words).join(', ')} too`),
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
  return checks.every(({ option }) => option === 'body' || !isOn(options, option))
}

const zoneOptions = new Set<string>([
  ...checks.map(({ option }) => option),
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
