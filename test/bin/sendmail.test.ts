import assert from 'node:assert/strict'
import { parseSendmailArguments } from '../../plugins/bin/sendmail/arguments'
import { addressesOf, parseLocalMessage, type MessageOptions } from '../../plugins/bin/sendmail/message'
import { UsageError } from '../../plugins/bin/usage-error'

describe('The arguments of sendmail', () => {
  it('are understood as programs give them', () => {
    assert.deepEqual(
      parseSendmailArguments([
        '-FCron Daemon',
        '-i',
        '-B8BITMIME',
        '-oem',
        '-f',
        '<cron@x.example>',
        'root,<a@b.example>',
      ]),
      {
        instance: undefined,
        sender: 'cron@x.example',
        name: 'Cron Daemon',
        fromHeader: false,
        ignoreDots: true,
        recipients: ['root', 'a@b.example'],
      },
    )
    const more = parseSendmailArguments([
      '-ti',
      '-f',
      '',
      '--instance=dir',
      '-X',
      'log',
      '-oi',
      '-O',
      'a=b',
      '--',
      '-odd',
    ])
    assert.deepEqual(
      [more.fromHeader, more.sender, more.instance, more.recipients],
      [true, '', 'dir', ['-odd']],
    )
  })

  it('are refused when they ask for something else', () => {
    for (const words of [['-bd'], ['-bs'], ['-f'], ['--verbose']])
      assert.throws(() => parseSendmailArguments(words), UsageError)
  })
})

describe('A message handed to sendmail', () => {
  const options: MessageOptions = {
    sender: 'cron@gw.example',
    name: undefined,
    hostname: 'gw.example',
    date: new Date(0),
    ignoreDots: false,
  }
  const wireOf = (input: string | Buffer, more: Partial<MessageOptions> = {}): string =>
    parseLocalMessage(Buffer.from(input), { ...options, ...more }).wire.toString('latin1')

  it('gets the fields that it lacks and keeps its own', () => {
    const wire = wireOf('Subject: x\n\nbody\n', { name: 'The "Daemon"' })
    assert.match(
      wire,
      /^From: "The \\"Daemon\\"" <cron@gw\.example>\r\nDate: Thu, 01 Jan 1970 00:00:00 \+0000\r\nMessage-ID: <\S+@gw\.example>\r\nSubject: x\r\n\r\nbody\r\n\.\r\n$/,
    )
    const complete = 'From: a\nDate: b\nMessage-Id: c\n folded\n\nbody'
    assert.equal(wireOf(complete), 'From: a\r\nDate: b\r\nMessage-Id: c\r\n folded\r\n\r\nbody\r\n.\r\n')
  })

  it('ends at a lone dot, unless told otherwise', () => {
    assert.match(wireOf('a: b\n\none\n.\ntwo\n'), /\r\n\r\none\r\n\.\r\n$/)
    assert.match(
      wireOf('a: b\n\none\n.\ntwo\n', { ignoreDots: true }),
      /\r\n\r\none\r\n\.\.\r\ntwo\r\n\.\r\n$/,
    )
  })

  it('may have no header, and bytes of any kind', () => {
    assert.match(wireOf('just text\n'), /\r\n\r\njust text\r\n\.\r\n$/)
    assert.match(wireOf(Buffer.from('a: b\r\n\r\n\xff\xe4\r\n', 'latin1')), /\r\n\r\n\xff\xe4\r\n\.\r\n$/)
  })

  it('names its recipients in To, Cc and Bcc, and loses Bcc', () => {
    const input = Buffer.from(
      'To: root,\n "Doe, J." <j@x.example>\nBcc: hidden@x.example\nCc: a@x.example (b, c)\n\n',
    )
    const message = parseLocalMessage(input, options)
    assert.deepEqual(message.recipients, ['root', 'j@x.example', 'hidden@x.example', 'a@x.example'])
    assert.doesNotMatch(message.wire.toString(), /hidden/)
  })

  it('has addresses in every form that mail has', () => {
    assert.deepEqual(addressesOf('Team: a@x.example, B <b@x.example>; "q r"@x.example, ()'), [
      'a@x.example',
      'b@x.example',
      '"q r"@x.example',
    ])
    assert.deepEqual(addressesOf(' '), [])
  })
})
