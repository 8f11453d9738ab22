import type { ExplainVerdict } from './report'
import type { Exchange } from './step'

/** What the client would make of the replies; `by` is the plugin that refused. */
export function judgeExchanges(exchanges: readonly Exchange[], by: string | undefined): ExplainVerdict {
  const { stage = 'connect', reply = '', ref } = exchanges.at(-1) ?? {}
  const replies = exchanges.filter((exchange) => exchange.stage === 'RCPT').map((exchange) => exchange.reply)
  if (stage === 'message' && reply.startsWith('2')) {
    const isForAll = replies.every((answer) => answer.startsWith('2'))
    return { outcome: isForAll ? 'accepted' : 'partly', stage, reply }
  }
  // Of recipients that fared differently, one that is refused for good tells more.
  const isRefused = stage === 'RCPT' ? replies.some(isPermanent) : isPermanent(reply)
  return {
    outcome: isRefused ? 'refused' : 'deferred',
    stage,
    reply,
    ...(by !== undefined && { by }),
    ...(ref !== undefined && { ref }),
  }
}

const isPermanent = (reply: string): boolean => reply.startsWith('5')
