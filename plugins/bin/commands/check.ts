import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../lib/clock'
import { createDnsClient } from '../../lib/dns'
import { createHealth, createListEngine, type ListState } from '../../lib/lists'
import { checkItems, itemCheckJson, type ItemCheck, type ListAnswer } from '../../lib/lists/item-check'
import { silentLog } from '../../lib/log'
import { formatError } from '../../lib/settings/format-errors'
import type { LoadedSettings } from '../../lib/settings/load'
import type { Command } from '../commands'
import { findingText } from '../finding-text'
import { instanceHostname, loadInstanceSettings, openInstance, type Instance } from '../instance'
import { shown } from '../table'
import { UsageError } from '../usage-error'

const EXIT_LISTED = 2

/** Asks every list about addresses, domains and URLs. Exit code 0: clean, 2: something is listed. */
export const check: Command = {
  name: 'check',
  usage: 'check DIR ITEM... [--json]',
  summary: 'ask every list about an IP address, domain or URL; exit code 2 when listed',
  options: [],
  flags: ['json'],
  async run([dir, ...items], _options, flags) {
    if (!dir || items.length === 0) throw new UsageError('check takes a folder and what to ask about')
    const instance = openInstance(dir)
    const result = loadInstanceSettings(instance)
    if (result.kind === 'invalid') {
      for (const error of result.errors) process.stderr.write(`${formatError(error)}\n`)
      return 1
    }
    const checks = await checkWithOwnLists(items, instance, result.loaded)
    if (flags.has('json'))
      process.stdout.write(`${JSON.stringify(checks.map(itemCheckJson), undefined, 2)}\n`)
    else for (const each of checks) process.stdout.write(checkText(each))
    return checks.some(({ isListed }) => isListed) ? EXIT_LISTED : 0
  },
}

function checkText({ item, answers, verdict }: ItemCheck): string {
  const lines = [item, ...answers.flatMap(answerLines), `  => ${verdict}`]
  return lines.map((line) => `${shown(line)}\n`).join('')
}

function answerLines({ kind, finding, asked, health }: ListAnswer): readonly string[] {
  const where = `${asked === '' ? '' : `${asked}, `}${'ms' in finding ? `${finding.ms} ms, ` : ''}${describeHealth(health)}`
  return [`  ${finding.list} (${kind}s): ${describeFinding(finding)}`, `      ${where}`]
}

/** With the page where people can look it up. */
function describeFinding(finding: ListAnswer['finding']): string {
  const page =
    finding.kind === 'listed' && finding.lookupUrl !== undefined ? `; see ${finding.lookupUrl}` : ''
  return `${findingText(finding)}${page}`
}

function describeHealth(state: ListState): string {
  switch (state.kind) {
    case 'up':
      return state.note === undefined ? 'up' : `up, but it ${state.note}`
    case 'suspended':
      return `suspended: it ${state.reason}`
    case 'misconfigured':
      return `misconfigured: it ${state.reason}`
  }
}

/** Lists of its own, tested first as a gateway tests them at its start: there may be no gateway that runs. */
async function checkWithOwnLists(
  items: readonly string[],
  instance: Instance,
  { settings, secrets }: LoadedSettings,
): Promise<readonly ItemCheck[]> {
  const { servers, timeout: timeoutMs, retest } = settings.dns
  const common = { clock: systemClock, log: silentLog }
  const resolver = createDnsClient({ settings: { servers, timeoutMs }, ...common })
  const health = createHealth({ retestMs: retest * 1000, ...common })
  const { configDir } = instance
  const lists = createListEngine({
    resolver,
    health,
    configDir,
    hostname: instanceHostname(instance),
    ...common,
  })
  try {
    lists.configure(settings, secrets)
    await health.testNow()
    return await checkItems(items, { lists, settings, secrets })
  } finally {
    lists.close()
    resolver.close()
    await sleep(0)
  }
}
