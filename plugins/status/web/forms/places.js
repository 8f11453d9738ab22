// @ts-check
/** On which page each section of gateway.yaml is edited; what is named nowhere stands on `advanced`. */
const pages = /** @type {const} */ ({
  'mail-core': [
    'listen',
    'tls',
    'greeting',
    'inactivity_timeout',
    'max_connections',
    'max_connections_per_host',
    'max_recipients',
  ],
  lists: [
    'shadow',
    'providers',
    'ip_blocklists',
    'ip_allowlists',
    'domain_blocklists',
    'uri_blocklists',
    'reject_score',
    'domain_sources',
    'allowed_senders',
    'body_names',
    'breaker',
    'dns',
  ],
  domains: ['next_hops'],
  maps: ['message_size'],
  contacts: ['admin_contacts', 'admin_contacts_for_domains', 'admin_contacts_max_per_minute'],
  'mark-from': ['mark_from', 'arc'],
})

const pageOfSection = new Map(
  Object.entries(pages).flatMap(([page, sections]) => sections.map((section) => [String(section), page])),
)

/** @param {import('./values.js').Path} path */
export const pageOf = (path) => pageOfSection.get(String(path[0])) ?? 'advanced'

/** Sections of the schema that no page of their own edits. @param {import('./model.js').Model} model */
export const otherSections = (model) =>
  model.kind === 'group' ? Object.keys(model.fields).filter((section) => !pageOfSection.has(section)) : []
