'use strict'
// npm run send: hands one message to a gateway and shows the SMTP session, line by line.
//
//   npm run send -- --to bob@example.com [--from ADDRESS] [--helo NAME] [--subject TEXT] [--body TEXT]
//                   [--host 127.0.0.1] [--port 2525]
//
// Exit codes: 0 accepted, 1 refused, 2 no session, 64 wrong use. An empty --from sends as a bounce does.
const { randomUUID } = require('node:crypto')
const { connect } = require('node:net')
const { createInterface } = require('node:readline')
const { parseArgs } = require('node:util')

const options = {
  to: { type: 'string', multiple: true },
  from: { type: 'string', default: 'anna@example.org' },
  helo: { type: 'string', default: 'client.example.org' },
  subject: { type: 'string', default: 'Hello' },
  body: { type: 'string', default: 'This is a message to try the gateway with.' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '2525' },
}
/** RFC 5321 section 4.5.3.2 asks for minutes; someone is watching. */
const timeoutMs = 60_000

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(error.message)
    process.exitCode = error.exitCode ?? 2
  },
)

async function main() {
  const message = readOptions()
  const session = await openSession(message.host, Number(message.port))
  try {
    const refusals = await send(session, message)
    console.log(refusals.length === 0 ? '\naccepted' : `\nrefused: ${refusals.join('; ')}`)
    return refusals.length === 0 ? 0 : 1
  } finally {
    session.close()
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({ options })
    if (!values.to) throw new Error('--to is missing: the address to send to, such as bob@example.com')
    if (!(Number(values.port) >= 1 && Number(values.port) <= 65535)) {
      throw new Error(`--port: ${values.port} must be a number from 1 to 65535`)
    }
    for (const [name, value] of Object.entries(values)) {
      // A line break would be a command, or a header field, of its own.
      if (name !== 'body' && /\p{Cc}/u.test([value].flat().join(''))) {
        throw new Error(`--${name} must not hold line breaks or other control characters`)
      }
    }
    return values
  } catch (error) {
    throw Object.assign(error, { exitCode: 64 })
  }
}

/** The whole dialogue of RFC 5321; returns what was refused, in the server's words. */
async function send(session, message) {
  const refusals = []
  const isTaken = (reply) => isPositive(reply) || (refusals.push(reply), false)
  const isOpen =
    isTaken(await session.reply()) &&
    isTaken(await session.command(`EHLO ${message.helo}`)) &&
    isTaken(await session.command(`MAIL FROM:<${message.from}>`))
  if (isOpen) {
    let taken = 0
    for (const recipient of message.to) {
      if (isTaken(await session.command(`RCPT TO:<${recipient}>`))) taken++
    }
    if (taken > 0) isTaken(await sendData(session, message))
  }
  // A server that refused may have hung up already.
  await session.command('QUIT').catch(() => undefined)
  return refusals
}

async function sendData(session, message) {
  const reply = await session.command('DATA')
  return reply.startsWith('354') ? session.message(linesOf(message)) : reply
}

function isPositive(reply) {
  return reply.startsWith('2')
}

function linesOf({ from, to, helo, subject, body }) {
  const domain = from.includes('@') ? from.slice(from.lastIndexOf('@') + 1) : helo
  return [
    `From: ${from || `mailer-daemon@${helo}`}`,
    `To: ${to.join(', ')}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@${domain}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...body.split(/\r\n|\r|\n/),
  ]
}

function openSession(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host)
    const where = `${host} port ${port}`
    socket.once('error', ({ code }) => {
      reject(new Error(`no connection to ${where} (${code}); is the gateway running? Start it: npm start`))
    })
    socket.once('connect', () => {
      console.log(`connected to ${where}\n`)
      resolve(sessionOn(socket, where))
    })
  })
}

function sessionOn(socket, where) {
  const replies = repliesFrom(socket, where)
  const write = (lines) => socket.write(lines.map((line) => `${line}\r\n`).join(''))
  return {
    reply: replies.next,
    command(line) {
      console.log(`> ${line}`)
      write([line])
      return replies.next()
    },
    message(lines) {
      for (const line of lines) console.log(`> ${line}`)
      console.log('> .')
      // RFC 5321 section 4.5.2: a dot at the start of a line is doubled.
      write([...lines.map((line) => line.replace(/^\./, '..')), '.'])
      return replies.next()
    },
    close: () => socket.destroy(),
  }
}

/** Replies as one line each, shown as they come. The session may end at any time: then there is no next one. */
function repliesFrom(socket, where) {
  const ready = []
  let waiting
  let failure
  const settle = () => {
    if (!waiting || (ready.length === 0 && !failure)) return
    const { resolve, reject } = waiting
    waiting = undefined
    if (ready.length > 0) resolve(ready.shift())
    else reject(failure)
  }
  const fail = (message) => {
    failure ??= new Error(message)
    settle()
  }
  let lines = []
  createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
    console.log(`< ${line}`)
    lines.push(line)
    if (/^\d{3}-/.test(line)) return
    ready.push([lines[0].slice(0, 3), ...lines.map((part) => part.slice(4))].join(' ').trim())
    lines = []
    settle()
  })
  socket.setTimeout(timeoutMs, () => fail(`${where} gives no answer within ${timeoutMs / 1000} s`))
  socket.on('error', ({ code }) => fail(`${where} broke the connection (${code})`))
  socket.on('close', () => setImmediate(() => fail(`${where} closed the connection`)))
  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        settle()
      }),
  }
}
