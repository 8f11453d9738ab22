import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../lib/clock'
import type { Bus } from '../lib/haraka/bus'
import { isLeader, type ProcessRole } from '../lib/haraka/process-role'
import { replaceFile, secretFile } from '../lib/settings/replace-file'

/** Sessions that were ended before their time, so that a stolen cookie is no use after a logout. */
export interface EndedSessions {
  has(id: string): boolean
  add(id: string, expiresAt: number): void
}

export interface EndedSessionsOptions {
  readonly stateDir: string
  readonly bus: Bus
  readonly role: ProcessRole
  readonly clock: Clock
}

const TOPIC = 'session-ended'

interface Ended {
  readonly id: string
  readonly expiresAt: number
}

/** Every process knows them all; a file keeps them over a restart, one a line, which the leader clears at its start. */
export function createEndedSessions({ stateDir, bus, role, clock }: EndedSessionsOptions): EndedSessions {
  const file = join(stateDir, 'ended-sessions')
  const ended = new Map<string, number>()
  const take = ({ id, expiresAt }: Ended): void => {
    for (const [known, until] of ended) if (until < clock.now()) ended.delete(known)
    if (expiresAt >= clock.now()) ended.set(id, expiresAt)
  }
  for (const entry of readEnded(file)) take(entry)
  if (isLeader(role)) keep(file, [...ended].map(([id, expiresAt]) => line({ id, expiresAt })).join(''))
  bus.subscribe(TOPIC, (data) => {
    take(data as Ended)
  })
  return {
    has: (id) => ended.has(id),
    add(id, expiresAt) {
      const entry = { id, expiresAt }
      take(entry)
      bus.publish(TOPIC, entry)
      try {
        appendFileSync(file, line(entry), { mode: 0o600 })
      } catch {
        // Until the next restart it holds all the same.
      }
    },
  }
}

const line = ({ id, expiresAt }: Ended): string => `${expiresAt} ${id}\n`

function readEnded(file: string): readonly Ended[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text) => {
        const [, expiresAt, id] = /^(\d{1,16}) ([\w-]+)$/.exec(text) ?? []
        return id === undefined ? [] : [{ id, expiresAt: Number(expiresAt) }]
      })
  } catch {
    return []
  }
}

function keep(file: string, text: string): void {
  try {
    replaceFile(file, text, secretFile)
  } catch {
    // A folder that cannot be written is said of the session key.
  }
}
