import type { Reply } from './replies'
import type { HarakaConnection } from './types'

/**
 * Lets `refusal` speak before Haraka looks at MAIL. Haraka itself answers `550 Authentication required` on the
 * ports of submission, before any hook, so that no hook could say what RFC 3207 and RFC 4954 ask for.
 */
export function judgeMailCommand(connection: HarakaConnection, refusal: () => Reply | undefined): void {
  const session = connection as HarakaConnection & { cmd_mail(line: string): void; errors: number }
  const mail = session.cmd_mail.bind(session)
  session.cmd_mail = (line) => {
    // Without EHLO there is another answer, and it is Haraka's.
    const reply = session.hello.host ? refusal() : undefined
    if (!reply) {
      mail(line)
      return
    }
    session.errors++
    session.respond(reply.code, `${reply.enhanced} ${reply.text}`)
  }
}
