import type { SmtpError } from './error'
import type { SmtpReply } from './reply'

/** The one reply that is being waited for, if any, and its deadline. */
export interface Expectation {
  /** Waits for the next reply; without a deadline until `limit` sets one. */
  open(deadlineMs?: number): Promise<SmtpReply>
  readonly limit: (deadlineMs: number) => void
  /** False when nobody waits. */
  fulfil(reply: SmtpReply): boolean
  reject(error: SmtpError): void
}

export function createExpectation(expire: (deadlineMs: number) => void): Expectation {
  let waiter: { resolve(reply: SmtpReply): void; reject(error: SmtpError): void } | undefined
  let timer: NodeJS.Timeout | undefined

  const take = (): typeof waiter => {
    const taken = waiter
    waiter = undefined
    clearTimeout(timer)
    return taken
  }
  const limit = (deadlineMs: number): void => {
    clearTimeout(timer)
    if (waiter) timer = setTimeout(expire, deadlineMs, deadlineMs)
  }
  return {
    open: (deadlineMs) =>
      new Promise((resolve, reject) => {
        waiter = { resolve, reject }
        if (deadlineMs !== undefined) limit(deadlineMs)
      }),
    limit,
    fulfil(reply) {
      const taken = take()
      taken?.resolve(reply)
      return taken !== undefined
    },
    reject(error) {
      take()?.reject(error)
    },
  }
}
