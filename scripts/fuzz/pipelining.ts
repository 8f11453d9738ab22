import assert from 'node:assert/strict'
import type { Attempt } from './engines'
import { below, pick } from './mutate'
import { startTarget } from './target'

/** Commands of one line, right and wrong ones; none that makes what follows something else than commands. */
const commands = [
  'EHLO a.example',
  'HELO a',
  'MAIL FROM:<a@b.example>',
  'MAIL FROM:<>',
  'MAIL FROM:a b c',
  'RCPT TO:<bob@here.net>',
  'RCPT TO:<bob@elsewhere.net>',
  'RCPT TO:<',
  'RSET',
  'NOOP',
  'NOOP x',
  'VRFY x',
  'HELP',
  'STARTTLS',
  'AUTH PLAIN AGEAYg==',
  'BDAT',
  'XYZZY',
  '',
  ' ',
]
const PATIENCE_MS = 10_000

/** However commands come, together or in pieces: each has exactly one reply, in order, until one that ends the session. */
export async function openPipelining(): Promise<{ attempt: Attempt; close: () => Promise<void> }> {
  const gateway = await startTarget()
  return {
    async attempt(random) {
      const client = await gateway.client(`192.0.2.${1 + below(random, 250)}`)
      const sent = Array.from({ length: 1 + below(random, 15) }, () => pick(random, commands))
      const bytes = Buffer.from([...sent, 'QUIT'].map((line) => `${line}\r\n`).join(''))
      for (let at = 0; at < bytes.length;) {
        const end = random() < 0.5 ? bytes.length : at + 1 + below(random, 60)
        await client.drained(bytes.subarray(at, end))
        at = end
      }
      const timer = setTimeout(() => {
        client.close()
      }, PATIENCE_MS)
      const replies: string[] = []
      for (let reply = await client.reply(); reply !== '(connection closed)'; reply = await client.reply())
        replies.push(reply)
      clearTimeout(timer)
      const said = JSON.stringify({ sent, replies })
      const last = replies.at(-1) ?? ''
      // 221 answers QUIT; 421 and 521 end a session before.
      if (/^[45]21/.test(last)) assert.ok(replies.length <= sent.length + 1, said)
      else {
        assert.match(last, /^221/, said)
        assert.equal(replies.length, sent.length + 1, said)
      }
    },
    close: () => gateway.stop(),
  }
}
