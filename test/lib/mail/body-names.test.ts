import assert from 'node:assert/strict'
import { createBodyNames } from '../../../plugins/lib/mail'
import { found, htmlMessage, linesOf, textMessage } from './messages'

const filler = 'Nothing to see in this line of the text, and in none of the others either.\r\n'

describe('names in bodies', () => {
  it('hands on names while the message is still being received', () => {
    const names: string[] = []
    const body = createBodyNames({ onName: (item) => names.push(item.kind === 'ip' ? item.ip : item.name) })
    for (const line of linesOf(textMessage(`http://evil.com\r\n${filler.repeat(1000)}`))) body.addLine(line)
    assert.deepEqual(names, ['evil.com'])
    body.addLine(Buffer.from('http://bad.net\r\n'))
    body.end()
    assert.deepEqual(names, ['evil.com', 'bad.net'])
  })

  it('hands on the names of a part when the part is over', () => {
    const names: string[] = []
    const body = createBodyNames({ onName: (item) => names.push(item.kind === 'ip' ? item.ip : item.name) })
    const start = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhttp://evil.com\r\n--b\r\n'
    for (const line of linesOf(start)) body.addLine(line)
    assert.deepEqual(names, ['evil.com'])
  })

  it('says where a name was found', () => {
    const { items } = found(textMessage('http://evil.com bad.net bob@worse.org'))
    assert.deepEqual(
      items.map(({ source }) => source),
      ['link', 'text', 'address'],
    )
  })

  it('finds names wherever the pieces of a text are cut', () => {
    for (let shift = 0; shift < 120; shift++) {
      const before = `${'x'.repeat(16 * 1024 - 60 - shift)} `
      assert.deepEqual(found(textMessage(`${before}http://evil.com/x\r\n${filler}`)).names, ['evil.com'])
      const page = `<p>${before}</p><a title="t" href="http://evil.com/x">y</a>${filler}`
      assert.deepEqual(found(htmlMessage(page)).names, ['evil.com'])
    }
  })

  it('takes the dot of SMTP away when told so', () => {
    const message = textMessage('x\r\n..evil.com\r\n')
    assert.deepEqual(found(message, { isDotStuffed: true }).names, ['evil.com'])
    const boundary = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n..\r\nevil.com\r\n--b--\r\n'
    assert.deepEqual(found(boundary, { isDotStuffed: true }).names, ['evil.com'])
  })

  it('looks into the Subject only when told so', () => {
    const subject = `=?utf-8?b?${Buffer.from('see ev').toString('base64')}?=\r\n =?utf-8?q?il=2Ecom_now?=`
    const message = `Subject: ${subject}\r\n\r\nhello\r\n`
    assert.deepEqual(found(message).names, [])
    const { items } = found(message, { subject: true })
    assert.deepEqual(items, [
      { kind: 'name', name: 'evil.com', organisationalDomain: 'evil.com', source: 'subject' },
    ])
  })

  it('takes the Subject of the message, not those of messages in it', () => {
    const message =
      'Subject: evil.com\r\nContent-Type: message/rfc822\r\n\r\nSubject: bad.net\r\n\r\nhello\r\n'
    assert.deepEqual(found(message, { subject: true }).names, ['evil.com'])
  })

  it('says how many names there was no room for', () => {
    const links = Array.from({ length: 500 }, (_, i) => `http://n${i}.com/`).join(' ')
    const { names, cappedNames, cappedBytes } = found(textMessage(links), { maxNames: 20 })
    assert.equal(names.length, 20)
    assert.equal(cappedNames, 480)
    assert.equal(cappedBytes, 0)
  })

  it('says how much text was not looked at', () => {
    const { names, cappedBytes } = found(
      textMessage(`http://evil.com ${filler.repeat(1000)} http://bad.net`),
      {
        maxTextBytes: 50_000,
      },
    )
    assert.deepEqual(names, ['evil.com'])
    assert.ok(
      cappedBytes > filler.length * 1000 - 50_000 && cappedBytes < filler.length * 1000,
      String(cappedBytes),
    )
  })

  it('lets a large attachment in front take no more than half of what is looked at', () => {
    const csv = `Content-Type: text/csv\r\nContent-Disposition: attachment\r\n\r\n${filler.repeat(2000)}`
    const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${csv}\r\n--b\r\n\r\nevil.com\r\n--b--\r\n`
    const { names, cappedBytes } = found(message, { maxTextBytes: 100_000 })
    assert.deepEqual(names, ['evil.com'])
    assert.ok(cappedBytes > 0)
  })

  it('does not look into attachments that are no text', () => {
    const junk = `${Buffer.from('http://evil.com ').toString('base64')}\r\n`.repeat(50_000)
    const message = `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${junk}`
    assert.deepEqual(found(message), { names: [], items: [], cappedNames: 0, cappedBytes: 0 })
  })

  it('survives a thousand multiparts inside each other', () => {
    let message = ''
    for (let depth = 0; depth < 1000; depth++) {
      message += `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`
    }
    assert.deepEqual(found(`${message}\r\nhttp://evil.com\r\n`).names, ['evil.com'])
  })

  it('survives a thousand messages inside each other', () => {
    const message = 'Content-Type: message/rfc822\r\n\r\n'.repeat(1000)
    assert.deepEqual(found(`${message}\r\nhttp://evil.com\r\n`).names, ['evil.com'])
  })

  it('survives a header of a megabyte, in one line and in many', () => {
    const long = `X-A: ${'x'.repeat(1_000_000)}\r\nContent-Type: text/html; x="${'y'.repeat(500_000)}"\r\n`
    const folded = `Content-Disposition: inline;\r\n${' a=b;\r\n'.repeat(100_000)}`
    assert.deepEqual(found(`${long}${folded}\r\n<a href="//evil.com">x</a>\r\n`).names, ['evil.com'])
  })
})
