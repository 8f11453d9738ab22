import { ipZones, nameZones } from './zones'

/** A Haraka to measure. */
export interface Peer {
  readonly name: string
  /** `gateway`: an instance of this package; `plain`: one of Haraka alone, with these plugins. */
  readonly instance: Instance
}

export type Instance =
  | {
      readonly kind: 'plain'
      readonly plugins: readonly string[]
      readonly files: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'gateway'
      readonly settings: Readonly<Record<string, unknown>>
      /** The build that runs; default: that of this folder. */
      readonly dist?: string
    }

/** Takes mail for here.test and hands it to the next hop, and nothing else. */
const forwarding = ['rcpt_to.in_host_list', 'queue/smtp_forward']

export const bare: Peer = { name: 'bare', instance: { kind: 'plain', plugins: forwarding, files: {} } }

/** Bare, and the bodies are parsed: what any plugin that looks into bodies costs at least. */
export const parsing: Peer = {
  name: 'parsing',
  instance: { kind: 'plain', plugins: ['bench-parsing', ...forwarding], files: {} },
}

export const stockPair: Peer = {
  name: 'stock pair',
  instance: {
    kind: 'plain',
    plugins: ['dns-list', 'uribl', ...forwarding],
    files: { 'dns-list.ini': dnsListIni(), 'uribl.ini': uriblIni(), 'uribl.excludes': '' },
  },
}

export const gateway = (
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
  dist?: string,
): Peer => ({
  name,
  instance: {
    kind: 'gateway',
    settings: { ...everyCheck, ...settings },
    ...(dist !== undefined && { dist }),
  },
})

const lists = (zones: readonly string[]): unknown => ({ custom: [...zones] })

/** ip-lists, domain-lists and uri-lists with four lists each; size-limits, mark-from and the journal are on. */
export const everyCheck = {
  ip_blocklists: lists(ipZones),
  domain_blocklists: lists(nameZones),
  uri_blocklists: lists(nameZones),
  mark_from: { enabled: true },
  journal: { enabled: true },
  message_size: { limit: 26_214_400, senders: { 'big@example.net': 1_000_000 } },
}

function dnsListIni(): string {
  const zones = ipZones.map((zone) => `zones[]=${zone}\n`).join('')
  return `[main]\nperiodic_checks=30\nsearch=all\n${zones}[ips.backscatterer.org]\nenable=false\n`
}

function uriblIni(): string {
  const sources = ['rdns', 'helo', 'envfrom', 'msgid', 'body']
  const zone = (name: string): string =>
    `[${name}]\n${sources.map((source) => `${source}=true\n`).join('')}strip_to_domain=true\nno_ip_lookups=true\n`
  return `[main]\ntimeout=30\nmax_uris_per_list=20\n${nameZones.map(zone).join('')}`
}
