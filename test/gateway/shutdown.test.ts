import assert from 'node:assert/strict'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  describe(signal, function () {
    this.timeout(60_000)
    let gateway: Gateway
    before(async () => {
      gateway = await startGateway({ nodes: 2, plugins: ['gateway/mail-core', 'gateway/next-hops'] })
    })
    after(() => gateway.stop())

    it('tells idle sessions 421, finishes a message under way, and leaves no process', async () => {
      const idle = await gateway.client()
      const busy = await gateway.client()
      for (const command of [
        'EHLO c.example.org',
        'MAIL FROM:<a@example.org>',
        'RCPT TO:<bob@example.com>',
        'DATA',
      ]) {
        assert.match(await busy.send(command), /^[23]/)
      }
      busy.write('Subject: under way\r\n\r\nfirst line\r\n')
      gateway.signal(signal)
      assert.match(await idle.reply(), /^421 4\.3\.2 /)
      await idle.closed()
      busy.write('last line\r\n')
      assert.match(await busy.send('.'), /^250/)
      assert.match(await busy.reply(), /^421 4\.3\.2 /)
      assert.equal(await gateway.exited(), 0)
      assert.match(gateway.maildir().join(), /first line\nlast line/)
      const workers = [...gateway.log().matchAll(/worker started worker=\d+ pid=(\d+)/g)].map(([, pid]) =>
        Number(pid),
      )
      assert.equal(workers.length, 2)
      await eventually('all workers to be gone', () => workers.every((pid) => !isAlive(pid)))
    })
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
