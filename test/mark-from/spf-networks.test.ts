import assert from 'node:assert/strict'
import { spf } from 'mailauth/lib/spf'
import { settleNetworks } from '../../plugins/mark-from/spf-networks'
import { createRandom } from '../support/random'

const client = '192.0.2.77'

describe('Networks of an SPF record', () => {
  it('reads as all where the client lies in it, with its qualifier', () => {
    assert.equal(settleNetworks('v=spf1 ip4:192.0.2.0/24 -all', client), 'v=spf1 all -all')
    assert.equal(settleNetworks('v=spf1 ~ip4:192.0.2.77 -all', client), 'v=spf1 ~all -all')
    assert.equal(settleNetworks('v=SPF1 IP4:0.0.0.0/0', client), 'v=SPF1 all')
  })

  it('leaves out networks of others', () => {
    assert.equal(settleNetworks('v=spf1 ip4:192.0.2.78 ip4:198.51.100.0/24 mx', client), 'v=spf1 mx')
    assert.equal(settleNetworks('v=spf1 ip4:192.0.2.0/24 -all', '2001:db8::1'), 'v=spf1 -all')
  })

  it('leaves alone what is no network as RFC 7208 writes it', () => {
    for (const term of [
      'ip4:192.0.2',
      'ip4:192.0.2.256',
      'ip4:192.0.2.077',
      'ip4:192.0.2.0/33',
      'ip4:192.0.2.0/024',
      'ip4:192.0.2.0//24',
      'ip4:',
      'ip4',
      'ip6:2001:db8::/32',
      'a:ip4.example',
    ]) {
      assert.equal(settleNetworks(`v=spf1 ${term} -all`, client), `v=spf1 ${term} -all`)
    }
    assert.equal(settleNetworks('not spf ip4:192.0.2.77', client), 'not spf ip4:192.0.2.77')
  })

  it('changes the verdict of no record', async () => {
    const random = createRandom(7208)
    const terms = ['ip4:192.0.2.0/24', 'ip4:198.51.100.7', '-ip4:192.0.2.76/30', '?ip4:0.0.0.0/1', 'ip4:1.2.3.4/40', 'ip4:x', '~all', '-all', 'ip6:2001:db8::/32', 'include:more.example', 'redirect=more.example', 'exists:none.example'] // prettier-ignore
    const draw = (): string =>
      ['v=spf1', ...Array.from({ length: 4 }, () => terms[Math.floor(random() * terms.length)])].join(' ')
    for (let round = 0; round < 300; round++) {
      const records = new Map([
        ['sender.example', draw()],
        ['more.example', draw().replaceAll('more.example', 'none.example')],
      ])
      const ip = ['192.0.2.77', '198.51.100.7', '203.0.113.9', '2001:db8::1'][round % 4] ?? client
      const verdict = async (settle: (record: string) => string): Promise<unknown> => {
        const resolver = (name: string, type: string): Promise<unknown> => {
          const record = type === 'TXT' ? records.get(name) : undefined
          return record === undefined
            ? Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }))
            : Promise.resolve([[settle(record)]])
        }
        const question = { ip, helo: 'mx.example', sender: 'a@sender.example', mta: 'x', resolver }
        return (await spf(question as never)).status.result
      }
      const expected = await verdict((record) => record)
      assert.equal(await verdict((record) => settleNetworks(record, ip)), expected, [...records].join('\n'))
    }
  })
})
