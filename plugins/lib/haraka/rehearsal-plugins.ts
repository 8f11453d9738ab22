/** Other plugins of Haraka that only look: they neither keep anything nor tell others what they saw. */
const LOOKING = new Set([
  'access',
  'aliases',
  'asn',
  'attachment',
  'avg',
  'bounce',
  'clamd',
  'data.signatures',
  'delay_deny',
  'dkim',
  'dns-list',
  'early_talker',
  'esets',
  'fcrdns',
  'geoip',
  'headers',
  'helo.checks',
  'mail_from.is_resolvable',
  'prevent_credential_leaks',
  'qmail-deliverable',
  'rcpt-ldap',
  'rcpt_to.host_list_base',
  'rcpt_to.in_host_list',
  'relay',
  'spf',
  'tls',
  'toobusy',
  'uribl',
  'xclient',
])

/**
 * Why a plugin of config/plugins does not run in a rehearsal, or undefined when it does: ours, those that only
 * look, and those that the operator names in `explain.plugins`.
 */
export function whyLeftOut(plugin: string, allowed: readonly string[]): string | undefined {
  const name = plugin.replace(/^haraka-plugin-/, '')
  if (name.startsWith('gateway/') || LOOKING.has(name) || allowed.includes(name)) return undefined
  if (name.startsWith('queue/')) return 'it delivers'
  return 'it may keep something; explain.plugins in the settings lets it run'
}
