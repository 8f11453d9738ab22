import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Bus } from '../haraka/bus'
import { isLeader, type ProcessRole } from '../haraka/process-role'
import { formatError } from '../settings/format-errors'
import type { SettingsStore } from '../settings/store'

/** What a process can't do of what the settings in force ask for, such as to open a port. */
export interface SettingsFault {
  /** Top-level key of gateway.yaml that asks for it. */
  readonly key: string
  readonly text: string
}

/** How far a version of the settings has got in one process. */
export interface Application {
  readonly pid: number
  readonly role: ProcessRole
  readonly ok: boolean
  readonly error?: string
}

export interface Agreement {
  readonly applied: readonly Application[]
  /** How many processes there are. */
  readonly of: number
  /** What processes say that they cannot do; an answer that is missing is none of it. */
  readonly faults: readonly SettingsFault[]
}

/** Which settings the processes of this Haraka have in force. */
export interface SettingsAgreement {
  /** Says what this process cannot do; asked after each change. */
  reportFaults(source: () => Promise<readonly SettingsFault[]> | readonly SettingsFault[]): void
  faults(): Promise<readonly SettingsFault[]>
  /**
   * Has every process read the files now, and waits until all have the version in force, or the time is over.
   * Faults count that are about one of the keys, and that were not there before.
   */
  reach(version: string, keys: readonly string[], before: readonly SettingsFault[]): Promise<Agreement>
}

const TOPIC = 'settings-version'
const TIME_MS = 3000
const FAULTS_TIME_MS = 1000
const ASK_AGAIN_MS = 100

const answerSchema = z.object({
  version: z.string(),
  /** Why the files don't count here. */
  invalid: z.string().optional(),
  faults: z.array(z.object({ key: z.string(), text: z.string() })),
  /** Said by the leader. */
  processes: z.number().optional(),
})
type Answer = z.output<typeof answerSchema>

export function createSettingsAgreement(
  store: SettingsStore,
  bus: Bus,
  role: ProcessRole,
): SettingsAgreement {
  const sources: Parameters<SettingsAgreement['reportFaults']>[0][] = []
  const ownFaults = async (): Promise<SettingsFault[]> =>
    (await Promise.all(sources.map(async (source) => source()))).flat()

  bus.answer(TOPIC, async (question): Promise<Answer> => {
    if (question === 'refresh') store.refresh()
    const status = store.status()
    const [error] = status.kind === 'invalid' ? status.errors : []
    return {
      version: store.current().version,
      ...(error && { invalid: formatError(error) }),
      faults: await ownFaults(),
      ...(isLeader(role) && { processes: processCount() }),
    }
  })

  const ask = async (question: string, timeoutMs: number): Promise<Told[]> => {
    const answers = await bus.ask(TOPIC, question, timeoutMs)
    return answers.flatMap(({ answer, ...process }) => {
      const parsed = answerSchema.safeParse(answer)
      return parsed.success ? [{ ...process, answer: parsed.data }] : []
    })
  }

  return {
    reportFaults: (source) => sources.push(source),
    faults: async () => (await ask('now', FAULTS_TIME_MS)).flatMap(({ answer }) => answer.faults),
    async reach(version, keys, before) {
      const known = new Set(before.map(({ text }) => text))
      const isNew = ({ key, text }: SettingsFault): boolean => keys.includes(key) && !known.has(text)
      const deadline = performance.now() + TIME_MS
      for (;;) {
        const told = await ask('refresh', Math.max(1, deadline - performance.now()))
        const agreement = judge(told, version, isNew)
        const isReached = agreement.applied.length >= agreement.of && agreement.applied.every(({ ok }) => ok)
        if (isReached || performance.now() + ASK_AGAIN_MS > deadline) return agreement
        await sleep(ASK_AGAIN_MS)
      }
    },
  }
}

interface Told {
  readonly pid: number
  readonly role: ProcessRole
  readonly answer: Answer
}

function judge(told: readonly Told[], version: string, isNew: (fault: SettingsFault) => boolean): Agreement {
  const of = Math.max(told.length, ...told.map(({ answer }) => answer.processes ?? 0))
  const faults: SettingsFault[] = []
  const applied = told.map(({ pid, role, answer }): Application => {
    const here = answer.faults.filter(isNew)
    if (answer.invalid !== undefined) here.push({ key: '', text: answer.invalid })
    faults.push(...here)
    const [first] = here
    if (first) return { pid, role, ok: false, error: first.text }
    const isThere = answer.version === version
    return isThere ? { pid, role, ok: true } : { pid, role, ok: false, error: 'has another version in force' }
  })
  return { applied, of, faults: distinct(faults) }
}

function distinct(faults: readonly SettingsFault[]): SettingsFault[] {
  return [...new Map(faults.map((fault) => [`${fault.key} ${fault.text}`, fault])).values()]
}

/** Single process, or the master and its workers. */
function processCount(): number {
  return 1 + Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected()).length
}
