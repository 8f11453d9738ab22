interface StockBody {
  bodytext: string
  children: StockBody[]
}

interface StockPlugin {
  cfg: unknown
  zones: string[]
  logdebug(): void
  logerror(): void
  buildExtractRegexps(): void
  do_lookups(connection: unknown, hosts: string[], type: string): Promise<void>
  lookup_header_zones(next: () => void, connection: unknown): Promise<void>
}

const nothing = (): void => undefined

/** The extractor of haraka-plugin-uribl on a decoded body; its lookups are left out. */
export async function createStockExtractor(): Promise<(body: string) => string[]> {
  // Neither has types.
  const [tld, uribl] = ['haraka-tld', 'haraka-plugin-uribl'] as [string, string]
  const { default: names } = (await import(tld)) as { default: { ready?: Promise<unknown> } }
  await names.ready
  const { default: exported } = (await import(uribl)) as { default: object }
  const plugin = Object.create(exported) as StockPlugin
  let found: string[] = []
  plugin.cfg = { main: {} }
  plugin.zones = []
  plugin.logdebug = nothing
  plugin.logerror = nothing
  plugin.buildExtractRegexps()
  plugin.do_lookups = (_connection, hosts, type) => {
    if (type === 'body') found = hosts
    return Promise.resolve()
  }
  return (bodytext) => {
    const body: StockBody = { bodytext, children: [] }
    const transaction = { header: { get_decoded: nothing, get: () => '' }, body, results: { add: nothing } }
    // Everything up to the first lookup happens before the promise is returned.
    void plugin.lookup_header_zones(nothing, {
      transaction,
      results: { add: nothing },
      logdebug: nothing,
      logerror: nothing,
    })
    return found
  }
}
