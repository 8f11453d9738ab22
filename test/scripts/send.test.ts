import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../support/free-port'
import { hangUp, startSmtpServer, type Script, type Stage, type TestSmtpServer } from '../support/smtp-server'

const script = join(__dirname, '..', '..', 'scripts', 'send.js')

interface Run {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

function send(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [script, ...args])
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, output, errors })
    })
  })
}

describe('npm run send', () => {
  let server: TestSmtpServer
  let replies: Partial<Record<Stage, Script>>
  beforeEach(async () => {
    replies = {}
    server = await startSmtpServer({ script: replies })
  })
  afterEach(() => server.close())

  function sendTo(script: typeof replies, ...args: readonly string[]): Promise<Run> {
    Object.assign(replies, script)
    return send('--port', String(server.port), ...args)
  }

  it('hands a message over and shows the session', async () => {
    const run = await sendTo({}, '--to', 'bob@example.com', '--body', 'Hello\n.dot\nBücher')
    assert.deepEqual([run.code, run.errors], [0, ''])
    assert.deepEqual(server.commands(), [
      'EHLO client.example.org',
      'MAIL FROM:<anna@example.org>',
      'RCPT TO:<bob@example.com>',
      'DATA',
      'QUIT',
    ])
    const [message = ''] = server.messages().map(String)
    assert.match(message, /^From: anna@example\.org\r\nTo: bob@example\.com\r\nSubject: Hello\r\nDate: \w/)
    assert.match(message, /\r\n\r\nHello\r\n\.\.dot\r\nBücher\r\n/)
    assert.match(
      run.output,
      /^connected to 127\.0\.0\.1 port \d+\n\n< 220 hop\.test ESMTP\n> EHLO client\.example\.org\n/,
    )
    assert.match(
      run.output,
      /\n> \.dot\n> Bücher\n> \.\n< 250 2\.0\.0 Queued as T1\n> QUIT\n< 221 .*\n\naccepted\n$/,
    )
  })

  it('ends with 1 and the answer when the message is refused', async () => {
    const refusal = '550 5.7.1 192.0.2.66 is listed in Example (ref ABC123)'
    const run = await sendTo({ RCPT: refusal }, '--to', 'bob@example.com', '--from', 'eve@blocked.example')
    assert.equal(run.code, 1)
    assert.ok(
      run.output.endsWith(`\n< ${refusal}\n> QUIT\n< 221 2.0.0 Bye\n\nrefused: ${refusal}\n`),
      run.output,
    )
    assert.ok(server.commands().includes('MAIL FROM:<eve@blocked.example>'))
    assert.ok(!server.commands().includes('DATA'))
  })

  it('ends with 1 when the server refuses the session and hangs up', async () => {
    const run = await sendTo({ connect: hangUp('554 5.7.1 Go away') }, '--to', 'bob@example.com')
    assert.equal(run.code, 1)
    assert.match(run.output, /\nrefused: 554 5\.7\.1 Go away\n$/)
  })

  it('counts one refused recipient as a refusal, and still sends to the others', async () => {
    const run = await sendTo(
      { RCPT: (line) => (line.includes('bob') ? '550-5.1.1 nobody\r\n550 5.1.1 here' : '250 ok') },
      '--to=bob@example.com',
      '--to=eve@example.com',
    )
    assert.equal(run.code, 1)
    assert.match(run.output, /\nrefused: 550 5\.1\.1 nobody 5\.1\.1 here\n$/)
    assert.equal(server.messages().length, 1)
  })

  it('sends as a bounce does when the sender is empty', async () => {
    const run = await sendTo({}, '--to', 'bob@example.com', '--from', '', '--helo', 'mx.example.org')
    assert.equal(run.code, 0)
    assert.ok(server.commands().includes('MAIL FROM:<>'))
    assert.match(String(server.messages()[0]), /^From: mailer-daemon@mx\.example\.org\r\n/)
  })

  it('says so when there is no session, or no end of it', async () => {
    const nobody = await send('--to', 'bob@example.com', '--port', String(await freePort()))
    assert.equal(nobody.code, 2)
    assert.match(
      nobody.errors,
      /^no connection to 127\.0\.0\.1 port \d+ \(ECONNREFUSED\); is the gateway running\?/,
    )

    const broken = await sendTo({ MAIL: hangUp() }, '--to', 'bob@example.com')
    assert.equal(broken.code, 2)
    assert.match(broken.errors, /^127\.0\.0\.1 port \d+ (?:closed|broke) the connection/)
  })

  it('explains what is wrong with its options', async () => {
    const cases: readonly (readonly [RegExp, readonly string[]])[] = [
      [/^--to is missing/, []],
      [/^--port: 0 must be/, ['--to', 'bob@example.com', '--port', '0']],
      [/^--helo must not hold line breaks/, ['--to', 'bob@example.com', '--helo', 'a\r\nRSET']],
      [/^Unknown option '--form'/, ['--to', 'bob@example.com', '--form', 'anna@example.org']],
    ]
    for (const [message, args] of cases) {
      const run = await send(...args)
      assert.equal(run.code, 64)
      assert.match(run.errors, message)
    }
  })
})
