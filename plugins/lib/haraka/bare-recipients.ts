import type { HarakaConnection } from './types'

interface Commands {
  cmd_mail(line: string): void
  cmd_rcpt(line: string): void
}

/**
 * Programs of this machine write to `root`, without a domain. Haraka refuses such addresses before any hook
 * runs, so they are completed as they come in (RFC 5321 2.3.11 leaves that to the local host).
 */
export function completeBareAddresses(connection: HarakaConnection, isLocal: () => boolean): void {
  const commands = connection as unknown as Commands
  const mail = commands.cmd_mail.bind(connection)
  const rcpt = commands.cmd_rcpt.bind(connection)
  const complete = (line: string): string =>
    isLocal() ? line.replace(/^((?:from|to):\s*<)([\w.+-]+)(?=>)/i, '$1$2@localhost') : line
  commands.cmd_mail = (line) => {
    mail(complete(line))
  }
  commands.cmd_rcpt = (line) => {
    rcpt(complete(line))
  }
}
