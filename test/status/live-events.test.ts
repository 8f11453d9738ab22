import assert from 'node:assert/strict'
import type { Bus } from '../../plugins/lib/haraka/bus'
import type { JournalEntry } from '../../plugins/lib/journal/journal'
import type { Interest, Spectator } from '../../plugins/status/audience'
import { createLiveEvents, type LiveEvents } from '../../plugins/status/live-events'
import { eventually } from '../support/eventually'

/** Processes of one gateway, joined by a bus that counts what goes over it. */
function createProcesses(count: number) {
  const subscribers: Map<string, (data: unknown) => void>[] = []
  const published: { topic: string; data: unknown }[] = []
  const processes = Array.from({ length: count }, (_, at) => {
    const own = new Map<string, (data: unknown) => void>()
    subscribers.push(own)
    const bus = {
      subscribe: (topic: string, listener: (data: unknown) => void) => own.set(topic, listener),
      publish(topic: string, data: unknown) {
        // Each is a process of its own.
        const told = topic === 'live-watching' ? { ...(data as object), pid: at } : data
        published.push({ topic, data: told })
        for (const other of subscribers) if (other !== own) other.get(topic)?.(told)
      },
    } as unknown as Bus
    const listeners: ((entry: JournalEntry) => void)[] = []
    const events = createLiveEvents({
      bus,
      journal: { onEntry: (listener: (entry: JournalEntry) => void) => listeners.push(listener) } as never,
      lists: { lists: () => [] } as never,
      settingsState: () => ({ version: '1', status: { kind: 'ok', since: 0 } }) as never,
    })
    return {
      events,
      mail(nth: number): void {
        const record = { session: `S${nth}`, transaction: `S${nth}.1` }
        for (const listener of listeners) listener({ kind: 'record', record } as never)
      },
    }
  })
  const news = () => published.filter(({ topic }) => topic === 'live-news').map(({ data }) => data)
  return { processes, news }
}

function watch(events: LiveEvents, interest: Interest): Spectator & { heard(): string } {
  let text = ''
  const spectator = {
    interest,
    write: (chunk: Buffer) => (text += chunk.toString()),
    beat: () => undefined,
    heard: () => text,
  }
  events.add(spectator)
  return spectator
}

describe('live events', () => {
  let all: ReturnType<typeof createProcesses>
  beforeEach(() => {
    all = createProcesses(2)
  })
  afterEach(() => {
    for (const { events } of all.processes) events.close()
  })
  const [ids, count] = [/"id":"(S\d+\.1)"/g, /"messages":(\d+)/g]
  const idsIn = (text: string): string[] => [...text.matchAll(ids)].map(([, id]) => id ?? '')
  const countIn = (text: string): number =>
    [...text.matchAll(count)].reduce((sum, [, each]) => sum + Number(each), 0)

  it('come from every process, and between processes only what somebody wants', async () => {
    const [here, there] = all.processes
    assert.ok(here && there)
    const brief = watch(here.events, 'brief')
    for (let nth = 0; nth < 3; nth++) there.mail(nth)
    here.mail(3)
    await eventually('all to be counted', () => countIn(brief.heard()) === 4)
    assert.deepEqual(idsIn(brief.heard()), [])
    assert.deepEqual(all.news(), [{ messages: 3, deliveries: 0, events: [] }])
    const full = watch(here.events, 'full')
    there.mail(4)
    here.mail(5)
    await eventually('both', () => idsIn(full.heard()).toSorted().join() === 'S4.1,S5.1')
    assert.equal(all.news().length, 2)
    assert.deepEqual(idsIn(brief.heard()), [])
  })

  it('are put into words for nobody', async () => {
    const [here, there] = all.processes
    assert.ok(here && there)
    const gone = watch(here.events, 'full')
    here.events.remove(gone)
    there.mail(0)
    here.mail(1)
    const last = watch(there.events, 'full')
    there.mail(2)
    await eventually('the last', () => idsIn(last.heard()).length > 0)
    assert.deepEqual(idsIn(last.heard()), ['S2.1'])
    assert.equal(gone.heard(), '')
    assert.deepEqual(all.news(), [])
  })

  it('are few, however much happens, and say that there was more', async () => {
    const [here, there] = all.processes
    assert.ok(here && there)
    const full = watch(here.events, 'full')
    for (let nth = 0; nth < 500; nth++) (nth % 2 ? here : there).mail(nth)
    await eventually('all to be counted', () => countIn(full.heard()) === 500)
    assert.ok(idsIn(full.heard()).length <= 50, `${idsIn(full.heard()).length} messages`)
    assert.match(full.heard(), /event: gap\n/)
  })
})
