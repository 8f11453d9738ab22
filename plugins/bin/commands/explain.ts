import { readFileSync } from 'node:fs'
import { explain as explainMessage, ExplainInputError, type ExplainInput } from '../../lib/explain'
import { gatewayInUse } from '../../lib/gateway'
import { loadHaraka } from '../../lib/haraka/rehearsal-process'
import { formatError } from '../../lib/settings/format-errors'
import type { Command } from '../commands'
import { explainText } from '../explain-text'
import { findHaraka } from '../find-haraka'
import { loadInstanceSettings, openInstance } from '../instance'
import { UsageError } from '../usage-error'

const EXIT_REFUSED = 2

/** Tries a message out in a process of its own. Exit code 0: it would be accepted, 2: it would not. */
export const explain: Command = {
  name: 'explain',
  usage: 'explain DIR FILE.eml --ip IP --helo NAME --from ADDR --rcpt ADDR... [--json]',
  summary: 'what would happen to a message, and why; --name PTR, --user NAME, --port N, --ask-next-hop',
  options: ['ip', 'helo', 'from', 'name', 'user', 'port'],
  lists: ['rcpt'],
  flags: ['json', 'ask-next-hop', 'steps'],
  async run([dir, file, ...more], options, flags, lists) {
    if (!dir || !file || more.length > 0) throw new UsageError('explain takes a folder and a message')
    const instance = openInstance(dir)
    const input = parseInput(file, options, flags, lists?.rcpt ?? [])
    const settings = loadInstanceSettings(instance)
    if (settings.kind === 'invalid') {
      for (const error of settings.errors) process.stderr.write(`${formatError(error)}\n`)
      return 1
    }
    loadHaraka({
      haraka: findHaraka(instance.dir),
      instanceDir: instance.dir,
      allowedPlugins: settings.loaded.settings.explain.plugins,
      onError: (line) => process.stderr.write(`${line}\n`),
    })
    const gateway = gatewayInUse()
    if (!gateway) throw new Error(noGateway(instance.name))
    // As a gateway does when it starts.
    await gateway.health.testNow()
    const report = await explainMessage(gateway, input).catch((error: unknown) => {
      throw error instanceof ExplainInputError ? new UsageError(error.message) : error
    })
    const text = flags.has('json')
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : explainText(report, { steps: flags.has('steps') })
    await new Promise((resolve) => process.stdout.write(text, resolve))
    // Haraka and its plugins would wait for changes of their files.
    return process.exit(report.verdict.outcome === 'accepted' ? 0 : EXIT_REFUSED)
  },
}

function parseInput(
  file: string,
  options: Readonly<Record<string, string | undefined>>,
  flags: ReadonlySet<string>,
  to: readonly string[],
): ExplainInput {
  const { ip, helo, from, name, user, port } = options
  if (ip === undefined || from === undefined || to.length === 0) {
    throw new UsageError("explain takes --ip IP, --from ADDRESS ('' for none) and --rcpt ADDRESS")
  }
  return {
    message: readFileSync(file),
    ip,
    helo,
    from,
    to,
    name,
    user,
    port: port === undefined ? undefined : Number(port),
    asksNextHops: flags.has('ask-next-hop'),
  }
}

const noGateway = (name: string): string =>
  `no plugin of this package runs in ${name}: its config/plugins names none, or loads another copy of the package, whose own haraka-gateway can explain`
