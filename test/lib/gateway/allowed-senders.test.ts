import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAllowedSenders, type AllowedSenders } from '../../../plugins/lib/gateway/allowed-senders'
import type { HarakaConnection } from '../../../plugins/lib/haraka/types'
import type { Finding, Item } from '../../../plugins/lib/lists'
import { silentLog } from '../../../plugins/lib/log'
import { eventually } from '../../support/eventually'

const session = (address: string): HarakaConnection => {
  const at = address.lastIndexOf('@')
  const sender = {
    user: address.slice(0, at),
    host: address.slice(at + 1),
    address,
    format: () => `<${address}>`,
  }
  return { transaction: { mail_from: sender } } as unknown as HarakaConnection
}

const listed = (item: Item): Finding => ({
  kind: 'listed',
  listId: 'domain_blocklist/custom/bl.test',
  list: 'bl.test',
  item,
  codes: [],
  action: 'reject',
  score: 0,
  ms: 1,
})
const findings: readonly Finding[] = [
  listed({ kind: 'name', name: 'shop.example' }),
  listed({ kind: 'name', name: 'mail.shop.example' }),
  listed({ kind: 'name', name: 'notshop.example' }),
  listed({ kind: 'ip', ip: '203.0.113.9' }),
]

describe('senders that are let through', () => {
  let folder: string
  let senders: AllowedSenders
  const counted = (address: string): number => senders.counting(session(address), findings).length

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'senders-test-'))
    writeFileSync(join(folder, 'senders.txt'), 'Anna@Shop.example\nlist.example # until 2020-01-01\n')
    senders = createAllowedSenders({ configDir: folder, log: silentLog })
    senders.configure('senders.txt')
    await eventually('the file to be read', () => counted('anna@shop.example') === 2)
  })
  after(() => {
    senders.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are spared what lists say about their own organisation, and nothing else', () => {
    const left = senders.counting(session('anna@SHOP.example'), findings)
    assert.deepEqual(left, findings.slice(2))
  })

  it('are just those of the file', () => {
    assert.equal(counted('bob@shop.example'), findings.length)
    assert.equal(counted('anna@list.example'), findings.length)
    assert.equal(counted('anna@mail.shop.example'), findings.length)
  })

  it('are none without a file', () => {
    const none = createAllowedSenders({ configDir: folder, log: silentLog })
    none.configure('')
    assert.equal(none.counting(session('anna@shop.example'), findings), findings)
  })
})
