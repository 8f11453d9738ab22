import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openResolvConf, parseResolvConf } from '../../../plugins/lib/dns/resolv-conf'
import { createTestClock } from './test-clock'

describe('resolv.conf', () => {
  it('names up to three servers, IPv6 with zones among them', () => {
    const text = [
      '# nameserver 192.0.2.9',
      'search example.com',
      'nameserver 192.0.2.1',
      '  nameserver\tfe80::1%eth0  ',
      'nameserver not-an-address',
      'nameserver 192.0.2.3',
      'nameserver 192.0.2.4',
    ]
    assert.deepEqual(
      parseResolvConf(text.join('\r\n')).map(({ host }) => host),
      ['192.0.2.1', 'fe80::1%eth0', '192.0.2.3'],
    )
  })

  it('stands for the local server when it names none or is not there', () => {
    const local = [{ host: '127.0.0.1', port: 53 }]
    assert.deepEqual(parseResolvConf('options edns0\n'), local)
    assert.deepEqual(openResolvConf('/nonexistent/resolv.conf', createTestClock()).servers, local)
  })

  it('is read again some seconds later, and tells only of changes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'resolv-conf-'))
    const path = join(folder, 'resolv.conf')
    try {
      await writeFile(path, 'nameserver 192.0.2.1\n')
      const clock = createTestClock()
      const resolvConf = openResolvConf(path, clock)
      await writeFile(path, 'nameserver 192.0.2.2\n')
      resolvConf.refresh(() => assert.fail('asked too early'))
      clock.advance(5000)
      await new Promise<void>((resolve) => {
        resolvConf.refresh(resolve)
      })
      assert.deepEqual(resolvConf.servers, [{ host: '192.0.2.2', port: 53 }])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
