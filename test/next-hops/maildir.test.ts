import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { systemClock } from '../../plugins/lib/clock'
import { silentLog } from '../../plugins/lib/log'
import type { Delivery, Envelope } from '../../plugins/next-hops/delivery'
import { openMaildir } from '../../plugins/next-hops/maildir'

const wire = (text = 'Subject: x\r\n\r\n..body\r\n'): Readable => Readable.from([Buffer.from(`${text}.\r\n`)])

describe('A maildir', () => {
  let home: string
  let directory: string
  const lines: string[] = []

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'maildir-test-'))
    directory = join(home, 'mail', 'example.com')
    lines.length = 0
  })
  afterEach(() => {
    rmSync(home, { recursive: true, force: true })
  })

  const open = (envelope: Envelope = { sender: 'anna@example.org' }, hostname = 'mx.test'): Delivery => {
    const log = { ...silentLog, error: (line: string) => lines.push(line) }
    return openMaildir({ directory, hostname, clock: systemClock, log }, envelope)
  }
  const files = (folder: string): string[] => readdirSync(join(directory, folder))
  const deliver = async (delivery: Delivery, recipients = ['bert@example.com'], message = wire()) => {
    for (const recipient of recipients) await delivery.addRecipient(recipient)
    return delivery.deliver(message, recipients)
  }

  it('is made when it is missing and gets the message in its local form', async () => {
    const answer = await deliver(open(), ['bert@example.com', 'carl@example.com'])
    assert.equal(answer.kind, 'accepted')
    const [name = ''] = files('new')
    assert.equal(
      readFileSync(join(directory, 'new', name), 'utf8'),
      'Return-Path: <anna@example.org>\nDelivered-To: bert@example.com\nDelivered-To: carl@example.com\n' +
        'Subject: x\n\n.body\n',
    )
    assert.deepEqual(files('tmp'), [])
    assert.equal(statSync(join(directory, 'new', name)).mode & 0o777, 0o600)
  })

  it('keeps many messages of one moment apart', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(open())))
    assert.ok(answers.every(({ kind }) => kind === 'accepted'))
    assert.equal(files('new').length, 50)
  })

  it('names files so that readers can use them, whatever the hostname', async () => {
    await deliver(open({ sender: '' }, '../mx:1/x'))
    assert.match(files('new')[0] ?? '', /^\d+\.M\d+P\d+Q\d+\.[\w.-]+$/)
  })

  it('lets no address add a header', async () => {
    await deliver(open({ sender: 'a\r\nX-Evil: 1@example.org' }), ['b\nX-Evil: 2@example.com'])
    const text = readFileSync(join(directory, 'new', files('new')[0] ?? ''), 'utf8')
    assert.ok(!/^X-Evil/m.test(text), text)
  })

  it('defers mail and says why when it cannot be made', async () => {
    writeFileSync(join(home, 'mail'), 'a file where the folder should be')
    const answer = await deliver(open())
    assert.deepEqual(answer.kind === 'refused' && [answer.reply.code, answer.reply.enhanced], [451, '4.3.0'])
    assert.ok(answer.kind === 'refused' && !answer.reply.text.includes(home))
    assert.match(lines.join(), /maildir .*example\.com: .*; mail for it is deferred/)
    assert.equal(lines.length, 1)
  })

  it('leaves nothing behind when the message cannot be moved into place', async () => {
    mkdirSync(directory, { recursive: true })
    mkdirSync(join(directory, 'tmp'))
    mkdirSync(join(directory, 'cur'))
    writeFileSync(join(directory, 'new'), 'a file where the folder should be')
    assert.equal((await deliver(open())).kind, 'refused')
    assert.deepEqual(files('tmp'), [])
  })

  it('keeps nothing of a message that breaks off', async () => {
    const answer = await deliver(open(), undefined, Readable.from([Buffer.from('Subject: x\r\n\r\nhalf')]))
    assert.equal(answer.kind, 'refused')
    assert.deepEqual([files('tmp'), files('new')], [[], []])
  })

  it('keeps nothing of a message whose client goes away, and says nothing of it', async () => {
    const delivery = open()
    const source = new Readable({ read: () => undefined })
    source.push('Subject: x\r\n')
    const answer = deliver(delivery, undefined, source)
    setImmediate(() => {
      delivery.close()
    })
    assert.equal((await answer).kind, 'refused')
    assert.ok(source.destroyed)
    assert.ok(!existsSync(directory) || !existsSync(join(directory, 'new')) || files('new').length === 0)
    assert.deepEqual(lines, [])
  })

  it('answers 452 on a full disk and leaves no piece there', async function () {
    const disk = join(home, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk])
    if (mounted.status !== 0) this.skip()
    try {
      directory = join(disk, 'maildir')
      const answer = await deliver(open(), undefined, wire(`${'x'.repeat(998)}\r\n`.repeat(500)))
      assert.deepEqual(answer.kind === 'refused' && [answer.reply.code, answer.reply.enhanced], [
        452,
        '4.3.1',
      ])
      assert.deepEqual([files('tmp'), files('new')], [[], []])
      assert.equal((await deliver(open())).kind, 'accepted')
    } finally {
      spawnSync('umount', ['-l', disk])
    }
  })
})
