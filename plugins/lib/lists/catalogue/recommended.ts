/**
 * Lists for a start: long in service, with few false listings, and free for small sites. By zone; of a provider's,
 * those that hold all the others.
 */
export const recommendedZones: ReadonlySet<string> = new Set([
  'zen.spamhaus.org',
  'bl.spamcop.net',
  'psbl.surriel.com',
  'list.dnswl.org',
  'dbl.spamhaus.org',
  'multi.surbl.org',
])
export const recommendedOfProviders: ReadonlySet<string> = new Set([
  'combined',
  'dblack',
  'welcome',
  'zen',
  'dbl',
  'white',
])
