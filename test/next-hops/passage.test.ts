import assert from 'node:assert/strict'
import { bare, parseAddress } from '../../plugins/lib/haraka/address'
import { planOf, type Destination } from '../../plugins/next-hops/passage'

const to = (address: string, nextHop: string | undefined, more: Partial<Destination> = {}): Destination => ({
  address: parseAddress(address),
  nextHop,
  queued: nextHop === undefined,
  ...more,
})
const postmaster = parseAddress('postmaster@gw.example')

function describePlan(destinations: readonly Destination[]): Record<string, unknown> {
  const plan = planOf(destinations)
  const names = (some: readonly Destination[]): string[] => some.map(({ address }) => bare(address))
  return plan.kind === 'inline'
    ? { inline: names(plan.to), originals: plan.originals }
    : { direct: names(plan.direct), contacts: names(plan.contacts), originals: plan.originals }
}

describe('A message', () => {
  it('is handed over inline when it goes to one next hop', () => {
    assert.deepEqual(describePlan([to('a@x.example', 'one'), to('b@y.example', 'one')]), {
      inline: ['a@x.example', 'b@y.example'],
      originals: [],
    })
  })

  it('is queued for several next hops, for an MX, and for a next hop that wants it so', () => {
    const queued = { direct: ['a@x.example', 'b@y.example'], contacts: [], originals: [] }
    const a = to('a@x.example', 'one')
    assert.deepEqual(describePlan([a, to('b@y.example', 'two')]), queued)
    assert.deepEqual(describePlan([a, to('b@y.example', undefined)]), queued)
    assert.deepEqual(describePlan([a, to('b@y.example', 'one', { queued: true })]), queued)
  })

  it('goes to each mailbox once, whatever the case of its domain', () => {
    assert.deepEqual(describePlan([to('a@x.example', 'one'), to('a@X.example', 'one')]), {
      inline: ['a@x.example'],
      originals: [],
    })
  })

  it('tells contacts, and nobody else, whom it was written to', () => {
    const contact = { contactFor: postmaster }
    assert.deepEqual(
      describePlan([to('ops@x.example', 'one', contact), to('ops@x.example', 'one', contact)]),
      {
        inline: ['ops@x.example'],
        originals: ['postmaster@gw.example'],
      },
    )
    assert.deepEqual(
      describePlan([
        to('a@x.example', 'one'),
        to('ops@x.example', 'one'),
        to('ops@x.example', 'one', contact),
      ]),
      { direct: ['a@x.example'], contacts: ['ops@x.example'], originals: ['postmaster@gw.example'] },
    )
  })
})
