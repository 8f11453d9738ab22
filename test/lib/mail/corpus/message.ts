import type { Case } from './case'

const message = (what: string, input: string, wanted: string[], unwanted: string[] = []): Case => ({
  what,
  part: 'message',
  input,
  wanted,
  unwanted,
})

const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64')

const multipart = (boundary: string, ...parts: string[]): string =>
  `Content-Type: multipart/mixed; boundary="${boundary}"\n\npreamble\n` +
  parts.map((part) => `--${boundary}\n${part}\n`).join('') +
  `--${boundary}--\nepilogue\n`

const html = (body: string): string => `Content-Type: text/html\n\n${body}`

/** Where links hide in the structure of a message. */
export const messageCases: readonly Case[] = [
  message('no header about the content', 'Subject: x\n\nhttp://evil.com\n', ['evil.com']),
  message('no body', 'Subject: http://evil.com\n\n', []),
  message('no header at all', '\nhttp://evil.com\n', ['evil.com']),
  message('base64', `Content-Transfer-Encoding: base64\n\n${base64('see http://evil.com/ now')}\n`, [
    'evil.com',
  ]),
  message(
    'base64 in short lines, with blanks',
    `Content-Transfer-Encoding: BASE64 \n\n${base64('see http://evil.com/ now').replace(/.{7}/g, '$& \n')}\n`,
    ['evil.com'],
  ),
  message(
    'base64 with padding in the middle',
    `Content-Transfer-Encoding: base64\n\n${base64('Hello. ')}${base64('http://evil.com/')}\n`,
    ['evil.com'],
  ),
  message(
    'base64 with junk characters',
    `Content-Transfer-Encoding: base64\n\n${base64('http://evil.com/').replace(/.{3}/g, '$&!*')}\n`,
    ['evil.com'],
  ),
  message(
    'quoted-printable with a soft break in the host',
    'Content-Transfer-Encoding: quoted-printable\n\nhttp://ev=\nil=2Ecom/=3Fx\n',
    ['evil.com'],
  ),
  message(
    'quoted-printable in small letters with blanks behind the break',
    'Content-Transfer-Encoding: Quoted-Printable\n\nhttp://evil=2ec= \t\nom/\n',
    ['evil.com'],
  ),
  message(
    'malformed quoted-printable',
    'Content-Transfer-Encoding: quoted-printable\n\n=zz = http://evil.com/?a=b&c=\n',
    ['evil.com'],
  ),
  message(
    'HTML in quoted-printable',
    'Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<a hr=\nef=3D"http://ev=\nil.com">x</a>\n',
    ['evil.com'],
  ),
  message('a folded header', 'Content-Type: text/html;\n charset="utf-8"\n\n<a href="//evil.com">\n', [
    'evil.com',
  ]),
  message('a header in capitals', 'CONTENT-TYPE: TEXT/HTML\n\n<a href="//evil.com">\n', ['evil.com']),
  message('comments in the header', 'Content-Type: text/html (a; b) ; charset=x\n\n<a href="//evil.com">\n', [
    'evil.com',
  ]),
  message('a nonsense content type', 'Content-Type: foo\n\nhttp://evil.com\n', ['evil.com']),
  message(
    'an alternative',
    multipart('b', 'Content-Type: text/plain\n\nbad.net', html('<a href="//evil.com">')),
    ['bad.net', 'evil.com'],
  ),
  message('a part without a header', multipart('b', '\nhttp://evil.com'), ['evil.com']),
  message('a part without a header and blank line', multipart('b', 'see http://evil.com'), ['evil.com']),
  message(
    'multiparts inside each other',
    multipart('a', multipart('b', multipart('c', html('<a href="//evil.com">')))),
    ['evil.com'],
  ),
  message(
    'a boundary that begins with another',
    multipart('b', multipart('bc', html('<a href="//evil.com">')), html('<a href="//bad.net">')),
    ['evil.com', 'bad.net'],
  ),
  message(
    'equal boundaries inside each other',
    multipart('b', multipart('b', html('<a href="//evil.com">'))),
    ['evil.com'],
  ),
  message(
    'a boundary without quotes, and blanks behind',
    'Content-Type: multipart/mixed; boundary=b\n\n--b  \n\nhttp://evil.com\n--b-- \n',
    ['evil.com'],
  ),
  message('no end boundary', 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhttp://evil.com\n', [
    'evil.com',
  ]),
  message('no boundary in the body', 'Content-Type: multipart/mixed; boundary=b\n\nhttp://evil.com\n', [
    'evil.com',
  ]),
  message(
    'no boundary in the header',
    'Content-Type: multipart/mixed\n\n--b\nContent-Type: text/html\n\n<a href="//evil.com">\n--b--\n',
    ['evil.com'],
  ),
  message('an empty boundary', 'Content-Type: multipart/mixed; boundary=""\n\n--b\n\nhttp://evil.com\n', [
    'evil.com',
  ]),
  message(
    'text before and behind the parts',
    'Content-Type: multipart/mixed; boundary=b\n\nevil.com\n--b\n\nx\n--b--\nbad.net\n',
    ['evil.com', 'bad.net'],
  ),
  message(
    'a boundary inside a header',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/png\n--b\n\nhttp://evil.com\n',
    ['evil.com'],
  ),
  message(
    'a forwarded message',
    multipart(
      'b',
      'Content-Type: message/rfc822\n\nSubject: x\nContent-Type: text/html\n\n<a href="//evil.com">',
    ),
    ['evil.com'],
  ),
  message(
    'a forwarded message with parts, in a digest',
    `Content-Type: multipart/digest; boundary=d\n\n--d\n\n${multipart('b', html('<a href="//evil.com">'))}--d--\n`,
    ['evil.com'],
  ),
  message(
    'a forwarded message in base64',
    `Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${base64('Content-Type: text/html\r\n\r\n<a href="//evil.com">')}\n`,
    ['evil.com'],
  ),
  message(
    'an attached message by its name',
    `Content-Type: application/octet-stream; name="x.eml"\nContent-Transfer-Encoding: base64\n\n${base64('Subject: x\r\n\r\nhttp://evil.com')}\n`,
    ['evil.com'],
  ),
  message(
    'a calendar with folded lines',
    'Content-Type: text/calendar\n\nBEGIN:VEVENT\nURL:https://ev\n il.com/x\nEND:VEVENT\n',
    ['evil.com'],
  ),
  message(
    'a table as attachment',
    'Content-Type: text/csv\nContent-Disposition: attachment\n\n1,http://evil.com,2\n',
    ['evil.com'],
  ),
  message(
    'an attached page of another type',
    `Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="invoice.HTML"\nContent-Transfer-Encoding: base64\n\n${base64('<script>location="https://evil.com"</script>')}\n`,
    ['evil.com'],
  ),
  message(
    'an image',
    `Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n${base64('http://evil.com')}\n`,
    [],
  ),
  message('an image that is not encoded', 'Content-Type: image/png\n\nhttp://evil.com\n', []),
  message('an SVG image', 'Content-Type: image/svg+xml\n\n<svg><a xlink:href="https://evil.com"/></svg>\n', [
    'evil.com',
  ]),
  message(
    'UTF-16',
    `Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n${base64('http://evil.com/ ', 'utf16le')}\n`,
    ['evil.com'],
  ),
  message(
    'UTF-16 with a byte order mark',
    `Content-Type: text/html; charset=utf-16\nContent-Transfer-Encoding: base64\n\n${base64('\uFEFF<a href="//evil.com">', 'utf16le')}\n`,
    ['evil.com'],
  ),
  message('UTF-7', 'Content-Type: text/plain; charset=utf-7\n\nhttp://evil+AC4-com/\n', ['evil.com']),
  message('ISO-2022-JP', 'Content-Type: text/plain; charset=iso-2022-jp\n\n\u001b$B8+$k\u001b(B evil.com\n', [
    'evil.com',
  ]),
  message(
    'Latin-1',
    'Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nm=FCnchen.de\n',
    ['xn--mnchen-3ya.de'],
  ),
  message('a charset nobody knows', 'Content-Type: text/plain; charset=x-none\n\nhttp://evil.com\n', [
    'evil.com',
  ]),
  message(
    'a uuencoded file',
    'Subject: x\n\nbegin 644 x.bin\nM.CO.IN.ME.BE.COM.DE.NET.ORG.CO.IN.ME.BE.COM.DE.NET.ORG.CO.X!\nend\nhttp://evil.com\n',
    ['evil.com'],
  ),
  message('what only seems to be uuencoded', 'Subject: x\n\nbegin 644 x.bin\nhttp://evil.com\n', [
    'evil.com',
  ]),
  message(
    'line ends without CR are the same',
    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nevil.com\n--b--',
    ['evil.com'],
  ),
]
