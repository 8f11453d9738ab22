import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGateway, type Gateway } from '../../test/support/gateway'
import type { Attempt } from './engines'
import { below, mutate, pick, type Random } from './mutate'

const commands = [
  'EHLO a.example',
  'HELO a',
  'MAIL FROM:<a@b.example> SIZE=100',
  'RCPT TO:<bob@here.net>',
  'DATA',
  'RSET',
  'NOOP',
  'VRFY x',
  'HELP',
  'AUTH PLAIN AGEAYg==',
  'STARTTLS',
  'BDAT 5 LAST',
  'PROXY TCP4 1.2.3.4 5.6.7.8 1 2',
  'Subject: x',
  '',
  '.',
]
const words = ['<', '>', '@', ':', ' ', '\0', '\r', '\n', '"', '[IPv6:::1]', 'ü', 'SIZE=-1', 'BODY=', '\xff']
const PATIENCE_MS = 2000

/** Garbage for a real Haraka: in its session it may be told anything, and the next client must be served. */
export async function openDialogue(): Promise<{ attempt: Attempt; close: () => Promise<void> }> {
  const gateway = await startGateway({
    nodes: 0,
    settings: { next_hops: { 'here.net': { maildir: 'maildir' } }, mark_from: { enabled: true } },
  })
  return {
    async attempt(random) {
      await garbage(gateway, random)
      const client = await gateway.client('192.0.2.2')
      const message = 'From: a@b.example\nSubject: fine\n\nHello\n'
      const reply = await client.sendMail({ from: 'a@b.example', to: 'bob@here.net', message })
      client.close()
      assert.match(reply, /^250 /)
      assert.doesNotMatch(gateway.log(), /\[CRIT\]|worker started[\s\S]*worker started|TypeError|RangeError/)
    },
    close: () => gateway.stop(),
  }
}

async function garbage(gateway: Gateway, random: Random): Promise<void> {
  const client = await gateway.client(`192.0.2.${1 + below(random, 250)}`)
  for (let count = 1 + below(random, 12); count > 0; count -= 1) {
    const line = Buffer.from(`${pick(random, commands)}\r\n`)
    client.write(random() < 0.5 ? line : mutate(random, line, words))
    if (random() < 0.5) await Promise.race([client.reply(), sleep(20)])
  }
  client.write('\r\n.\r\nQUIT\r\n')
  await Promise.race([client.closed(), sleep(PATIENCE_MS)])
  client.close()
}
