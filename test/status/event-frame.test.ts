import assert from 'node:assert/strict'
import { createAudience, type Spectator } from '../../plugins/status/audience'
import { createFrameMaker, MAX_MAIL_EVENTS, type MailEvent } from '../../plugins/status/event-frame'

const limits = { now: 1_700_000_000_000, paceMs: 50, maxBytes: 65_536 }
const message = (nth: number): MailEvent => ({ name: 'message', data: `{"nth":${nth}}` })
const mail = (first: number, count: number) => ({
  messages: count,
  deliveries: 0,
  events: Array.from({ length: count }, (_, nth) => message(first + nth)),
})
const END = 'id: 1700000000000\n\n'

describe('a frame of live events', () => {
  it('tells mail of several processes at once: how much to some, and each to others', () => {
    const frame = createFrameMaker()
    assert.ok(frame.isEmpty())
    frame.addMail(mail(0, 1))
    frame.addMail({ messages: 1, deliveries: 1, events: [message(1), { name: 'delivery', data: '{}' }] })
    const { brief, full } = frame.take(limits)
    const summary = 'event: mail\ndata: {"messages":2,"deliveries":1,"paceMs":50}\n\n'
    assert.equal(brief.toString(), summary + END)
    assert.equal(
      full.toString(),
      `${summary}event: message\ndata: {"nth":0}\n\nevent: message\ndata: {"nth":1}\n\nevent: delivery\ndata: {}\n\n${END}`,
    )
    assert.ok(frame.isEmpty())
  })

  it('tells of each thing that changed only how it is now', () => {
    const frame = createFrameMaker()
    frame.addNotice('lists', { id: 'a', state: 'up' }, 'a')
    frame.addNotice('lists', { id: 'b', state: 'up' }, 'b')
    frame.addNotice('lists', { id: 'a', state: 'suspended' }, 'a')
    assert.ok(!frame.isEmpty())
    const text = frame.take(limits).brief.toString()
    assert.deepEqual(
      [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data),
      ['{"id":"a","state":"suspended"}', '{"id":"b","state":"up"}'],
    )
  })

  it('tells the newest when there is too much, and that there was more', () => {
    const frame = createFrameMaker()
    for (let nth = 0; nth < 100; nth++) frame.addMail(mail(nth, 1))
    const told = (text: string): string[] => [...text.matchAll(/"nth":(\d+)/g)].map(([, nth]) => nth ?? '')
    const text = frame.take(limits).full.toString()
    assert.equal(told(text).length, MAX_MAIL_EVENTS)
    assert.equal(told(text).at(-1), '99')
    assert.match(text, /"messages":100/)
    assert.match(text, /event: gap\n/)
    frame.addMail(mail(0, 3))
    const small = frame.take({ ...limits, maxBytes: 70 }).full.toString()
    assert.deepEqual(told(small), ['1', '2'])
    assert.match(small, /event: gap\n/)
    frame.addMail(mail(0, 3))
    assert.doesNotMatch(frame.take(limits).full.toString(), /event: gap/)
  })

  it('says that there was a gap when nobody wanted to see each before', () => {
    const frame = createFrameMaker()
    frame.addMail({ messages: 4, deliveries: 0, events: [] })
    const { brief, full } = frame.take(limits)
    assert.match(full.toString(), /event: gap\n/)
    assert.doesNotMatch(brief.toString(), /event: gap/)
  })
})

describe('an audience', () => {
  const spectator = (interest: Spectator['interest'], heard: string[] = []): Spectator => ({
    interest,
    write: (chunk) => heard.push(chunk.toString()),
    beat: () => undefined,
  })
  const frame = { brief: Buffer.from('brief'), full: Buffer.from('full') }
  const allTurns = () => new Promise((resolve) => setTimeout(resolve, 50))

  it('gets what each wants to know, the same bytes for all', async () => {
    const audience = createAudience()
    const heard: [string[], string[]] = [[], []]
    audience.add(spectator('brief', heard[0]))
    assert.equal(audience.interest(), 'brief')
    const second = spectator('full', heard[1])
    audience.add(second)
    assert.equal(audience.interest(), 'full')
    audience.show(frame)
    await allTurns()
    assert.deepEqual(heard, [['brief'], ['full']])
    audience.remove(second)
    assert.equal(audience.interest(), 'brief')
    audience.clear()
    assert.equal(audience.interest(), undefined)
  })

  it('hears less often, and less, the larger it is: what it costs in a second is bounded', () => {
    const costs = [1, 10, 100, 1000].map((size) => {
      const audience = createAudience()
      for (let nth = 0; nth < size; nth++) audience.add(spectator('full'))
      const frames = 1000 / audience.intervalMs()
      return {
        writes: size * frames,
        bytes: size * frames * audience.maxBytes(),
        asked: (size * 1000) / audience.paceMs(),
      }
    })
    for (const { writes, bytes, asked } of costs) {
      assert.ok(writes <= 125, `${writes} writes`)
      assert.ok(bytes <= 2_000_000, `${bytes} bytes`)
      assert.ok(asked <= 20, `${asked} requests`)
    }
  })

  it('is told in turns, in order, and nothing to those who have left meanwhile', async () => {
    const audience = createAudience()
    const heard: string[][] = Array.from({ length: 120 }, () => [])
    const all = heard.map((list) => spectator('full', list))
    for (const each of all) audience.add(each)
    audience.show(frame)
    audience.show({ ...frame, full: Buffer.from('next') })
    const last = all.at(-1)
    assert.ok(last)
    audience.remove(last)
    assert.ok(heard.some((list) => list.length === 0))
    await allTurns()
    for (const list of heard.slice(0, -1)) assert.deepEqual(list, ['full', 'next'])
    assert.deepEqual(heard.at(-1), [])
  })

  it('has an end', () => {
    const audience = createAudience()
    const taken = Array.from({ length: 1300 }, () => audience.add(spectator('brief')))
    assert.equal(taken.filter(Boolean).length, 1200)
  })
})
