import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectSmtp } from '../../test/support/smtp-client'
import type { Attempt } from './engines'
import { mutate, pick } from './mutate'
import { startTarget } from './target'

const lines = [
  'PROXY TCP4 192.0.2.1 198.51.100.1 40000 25\r\n',
  'PROXY TCP6 2001:db8::1 2001:db8::2 40000 25\r\n',
  'PROXY UNKNOWN\r\n',
  '\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\x9c\x40\0\x19',
].map((line) => Buffer.from(line, 'latin1'))
const words = [
  '\0',
  '\r',
  '\n',
  ' ',
  'PROXY ',
  'TCP4 ',
  '::ffff:192.0.2.1',
  '999.1.1.1',
  '65536',
  '-1',
  'EHLO a\r\n',
]
const PATIENCE_MS = 100

/** A balancer that talks nonsense: it gets a greeting or the end of its connection, and the next is served. */
export async function openProxy(): Promise<{ attempt: Attempt; close: () => Promise<void> }> {
  const gateway = await startTarget()
  return {
    async attempt(random) {
      const balancer = connectSmtp({ port: gateway.port })
      balancer.write(mutate(random, pick(random, lines), words))
      balancer.write('\r\nQUIT\r\n')
      await Promise.race([balancer.closed(), sleep(PATIENCE_MS)])
      balancer.close()
      const client = await gateway.client('192.0.2.2')
      assert.match(client.greeting, /^220 /)
      client.close()
      assert.doesNotMatch(gateway.log(), /\[CRIT\]|TypeError|RangeError/)
    },
    close: () => gateway.stop(),
  }
}
