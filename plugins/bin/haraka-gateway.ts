#!/usr/bin/env node
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { reasonOf } from '../lib/error-text'
import { loadCommand, loadCommands, type Command } from './commands'
import { UsageError } from './usage-error'

/** The command line tool. Exit codes: 0 done, 1 failed (settings, run time), 64 wrong use (sysexits EX_USAGE). */
async function main(args: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(await help())
    return 0
  }
  const command = await loadCommand(name)
  if (!command) throw new UsageError(`unknown command ${JSON.stringify(name)}`)
  const { options, flags, lists, positionals } = parse(command, rest)
  return command.run(positionals, options, flags, lists)
}

function parse(command: Command, args: string[]) {
  if (command.options === 'raw')
    return { options: {}, flags: new Set<string>(), lists: {}, positionals: args }
  const taken = (names: readonly string[], type: 'string' | 'boolean', multiple = false) =>
    names.map((name) => [name, { type, multiple }])
  const known = [
    ...taken(command.options, 'string'),
    ...taken(command.lists ?? [], 'string', true),
    ...taken(command.flags ?? [], 'boolean'),
  ]
  try {
    const { values, positionals } = parseArgs({
      args,
      options: Object.fromEntries(known) as Record<string, { type: 'string' | 'boolean'; multiple: boolean }>,
      allowPositionals: true,
    })
    const options: Record<string, string> = {}
    const flags = new Set<string>()
    const lists: Record<string, string[]> = {}
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string') options[name] = value
      else if (value === true) flags.add(name)
      else if (Array.isArray(value)) lists[name] = value.map(String)
    }
    return { options, flags, lists, positionals }
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

async function help(): Promise<string> {
  const commands = await loadCommands()
  const width = Math.max(...commands.map(({ usage }) => usage.length))
  const lines = commands.map(({ usage, summary }) => `  haraka-gateway ${usage.padEnd(width)}  ${summary}\n`)
  return `Secure gateway for Haraka\n\n${lines.join('')}`
}

/** As /usr/sbin/sendmail, a link to this file, it is the command of that name. */
const calledAs = basename(process.argv[1] ?? '') === 'sendmail' ? ['sendmail'] : []

main([...calledAs, ...process.argv.slice(2)]).then(
  (code) => {
    // `start` goes on running in this process and says so with -1.
    if (code >= 0) process.exitCode = code
  },
  async (error: unknown) => {
    process.stderr.write(`haraka-gateway: ${reasonOf(error)}\n`)
    if (error instanceof UsageError) process.stderr.write(`\n${await help()}`)
    process.exitCode = error instanceof UsageError ? 64 : 1
  },
)
