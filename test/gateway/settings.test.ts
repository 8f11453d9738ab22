import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually'
import { startGateway, tool, type Gateway } from '../support/gateway'

const message = 'From: anna@example.org\nSubject: Hello\n\nHello\n'
const settings = { greeting: ['First'], next_hops: { 'here.net': { maildir: 'maildir' } } }

describe('settings of a running gateway', () => {
  let gateway: Gateway
  const rcpt = async (address: string): Promise<string> => {
    const client = await gateway.client()
    const reply = await client.sendMail({ from: 'anna@friendly.net', to: address, message })
    client.close()
    return reply
  }
  const greeting = async (): Promise<string> => {
    const client = await gateway.client()
    client.close()
    return client.greeting
  }
  /** Every worker gets its turn. */
  const greetings = (): Promise<string[]> => Promise.all(Array.from({ length: 6 }, greeting))

  before(async () => {
    gateway = await startGateway({ plugins: ['gateway/mail-core', 'gateway/next-hops'], nodes: 2, settings })
  })
  after(() => gateway.stop())

  it('follow an edit in every worker', async () => {
    assert.match(await rcpt('bob@new.net'), /^550 /)
    await gateway.changeSettings({
      ...settings,
      greeting: ['Second'],
      next_hops: { 'new.net': { maildir: 'maildir' } },
    })
    for (const text of await greetings()) assert.match(text, /ESMTP Second \(/)
    assert.match(await rcpt('bob@new.net'), /^250 /)
    assert.match(await rcpt('bob@here.net'), /^550 /)
  })

  it('follow a rename over the file', async () => {
    const file = join(gateway.dir, 'config', 'gateway.yaml')
    writeFileSync(`${file}.new`, readFileSync(file, 'utf8').replace('Second', 'Third'))
    renameSync(`${file}.new`, file)
    await eventually('the greeting', async () =>
      (await greetings()).every((text) => text.includes('ESMTP Third (')),
    )
  })

  it('stay in force when an edit is bad, which is said with file, line and mend', async () => {
    const file = join(gateway.dir, 'config', 'gateway.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('greeting:', 'greting:'))
    const line = await gateway.logged(/greting/)
    assert.match(line, /config\/gateway\.yaml:\d+: greting: unknown key; did you mean greeting\?/)
    assert.match(await greeting(), /ESMTP Third \(/)
  })

  it('outlive a worker that is killed while a bad edit stands', async () => {
    const pid = Number(/worker started worker=\d+ pid=(\d+)/.exec(gateway.log())?.[1])
    process.kill(pid, 'SIGKILL')
    await eventually('the next worker', () => (gateway.log().match(/worker started/g)?.length ?? 0) >= 3)
    await eventually(
      'the next worker to listen',
      () => (gateway.log().match(/mail-core\] listening on/g)?.length ?? 0) >= 3,
    )
    for (const text of await greetings()) assert.match(text, /ESMTP Third \(/)
  })

  it('stay in force when the file is deleted', async () => {
    rmSync(join(gateway.dir, 'config', 'gateway.yaml'))
    await gateway.logged(/gateway\.yaml: does not exist/)
    assert.match(await rcpt('bob@new.net'), /^250 /)
  })

  it('are checked by validate with the same words, and exit code 1', () => {
    gateway.writeConfig('gateway.yaml', 'listen: { other: [70000] }\nmessage_size: { limit: 5 }\n')
    const { status, stderr } = spawnSync(process.execPath, [tool, 'validate', gateway.dir], {
      encoding: 'utf8',
    })
    assert.equal(status, 1)
    assert.match(stderr, /^config\/gateway\.yaml:1: listen\.other\[0\]: 70000: must be /m)
    assert.match(stderr, /^config\/gateway\.yaml:2: message_size\.limit: 5: must be /m)
  })
})
