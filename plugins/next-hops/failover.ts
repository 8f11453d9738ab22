/**
 * The first session that stands. Hosts are tried in order: the next one starts when one before it fails, or
 * has kept us waiting for `patienceMs` and goes on beside it. So a dead first host costs no more than that
 * patience, and a slow only host gets all the time there is. Sessions that come too late are closed.
 */
export function openFirst<Session extends { close(): void }>(
  hosts: readonly string[],
  open: (host: string, signal: AbortSignal) => Promise<Session>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Session> {
  return new Promise((resolve, reject) => {
    const race = new AbortController()
    const waiting = [...hosts]
    let running = 0
    let decided = false
    let timer: NodeJS.Timeout | undefined

    const decide = (announce: () => void): void => {
      decided = true
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      // A reason of its own, for the default is an error that takes the stack down.
      race.abort('decided')
      announce()
    }
    const giveUp = (): void => {
      decide(() => {
        reject(new Error('given up'))
      })
    }
    const lose = (error: Error): void => {
      running -= 1
      if (decided) return
      if (waiting.length > 0) startNext()
      else if (running === 0)
        decide(() => {
          reject(error)
        })
    }
    const win = (session: Session): void => {
      if (decided) session.close()
      else
        decide(() => {
          resolve(session)
        })
    }
    const startNext = (): void => {
      clearTimeout(timer)
      const host = waiting.shift()
      if (host === undefined) return
      running += 1
      if (waiting.length > 0) timer = setTimeout(startNext, patienceMs)
      open(host, race.signal).then(win, lose)
    }

    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    else startNext()
  })
}
