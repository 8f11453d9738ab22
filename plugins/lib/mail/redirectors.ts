/**
 * Redirectors that carry their target in a form of their own. Targets written as a URL, percent-encoded or
 * base64 are found behind every host and need no entry here. Nothing is ever fetched.
 */
const redirectors: readonly {
  readonly host: RegExp
  target(host: string, tail: string): string | undefined
}[] = [
  {
    // /amp/s/evil.com/page, and evil-com.cdn.ampproject.org/c/s/evil.com/page
    host: /(?:^|\.)(?:google\.[a-z.]{2,6}|ampproject\.org|bing\.com)$/,
    target: (_host, tail) => /^\/(?:amp|[acirv])\/(?:s\/)?([\w.-]+)/i.exec(tail)?.[1],
  },
  {
    // evil-com.translate.goog: a hyphen is a dot, two are a hyphen
    host: /\.translate\.goog$/,
    target: (host) =>
      host.slice(0, -'.translate.goog'.length).replace(/--?/g, (hyphens) => (hyphens === '-' ? '.' : '-')),
  },
  {
    // /v2/url?u=https-3A__evil.com_page
    host: /(?:^|\.)proofpoint\.com$/,
    target: (_host, tail) => /[?&]u=https?-3A__([\w.-]+?)(?:_|&|-[23]|$)/i.exec(tail)?.[1],
  },
]

/** The host that a redirector's URL leads to, if it is one of these. */
export function redirectedHost(host: string, tail: string): string | undefined {
  const name = host.toLowerCase()
  if (!mayRedirect(name)) return undefined
  return redirectors.find((redirector) => redirector.host.test(name))?.target(name, tail)
}

/** Tells nearly all hosts apart at once. */
function mayRedirect(host: string): boolean {
  if (host.endsWith('.com')) return /(?:google|bing|proofpoint)\.com$/.test(host.slice(-14))
  return host.includes('google.') || host.endsWith('.goog') || host.endsWith('ampproject.org')
}
