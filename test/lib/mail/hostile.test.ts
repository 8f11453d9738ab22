import assert from 'node:assert/strict'
import { found, htmlMessage, textMessage } from './messages'

/**
 * Half a megabyte of each. Nothing is measured: what is quadratic takes minutes here, and mocha's timeout ends it.
 */
const patterns = [
  'a.',
  'a.a.a.com ',
  'http://',
  'http:/',
  'http://a.',
  'http://a@',
  '@',
  'a@',
  'a-',
  'com.',
  '.',
  '..a',
  ':',
  '://',
  '%',
  '%2F',
  '%25',
  'http://a.co/%25',
  '?u=http://a.co',
  '&#46;',
  '&',
  '&amp',
  '&#',
  '<',
  '</',
  '<a',
  '<a ',
  '<a b',
  '<a b=',
  '<a b="',
  "<a b='",
  '<!',
  '<!--',
  '<!---',
  '--',
  '<?',
  '<style>',
  '</style',
  '<style>url(',
  '<p style="url(',
  '<p style="\\2e">',
  '<b>',
  '<b>.</b>',
  'a<b>',
  '<title>',
  '<![CDATA[',
  '[',
  '(',
  '[.',
  '[dot]',
  'a[.]',
  '中',
  '中.',
  '中.com',
  'ä.',
  '\u00AD',
  '\u00AD.',
  'A.Aa',
  'aHR0c',
  'aHR0cHM6Ly9h ',
  '=?utf-8?b?YQ==?=',
  '_',
  '-.',
  'begin 644 x\r\n',
  '--b\r\n',
  ' ',
  '\r\n',
  '\n',
  '\t',
  'srcset=a,',
  '<img srcset="a,a ,">',
  '\\\\',
  '//',
]

describe('hostile bodies', () => {
  for (const pattern of patterns) {
    it(`half a megabyte of ${JSON.stringify(pattern)}, with a link behind it`, () => {
      const flood = pattern.repeat(Math.ceil(500_000 / pattern.length))
      for (const message of [textMessage, htmlMessage]) {
        const { names, cappedBytes } = found(
          message(`${flood}\r\n--></style></title>"'> http://evil.com/\r\n`),
        )
        assert.ok(names.length <= 100)
        assert.equal(cappedBytes, 0)
      }
    })
  }

  it('a flood of words in front hides no link', () => {
    for (const pattern of ['a.a.a.', 'http:', '@', 'a-', '%2F', '中', '[', '&#46']) {
      const flood = `${pattern.repeat(50_000)}\r\n`
      assert.ok(found(textMessage(`${flood}http://evil.com/\r\n`)).names.includes('evil.com'), pattern)
      assert.ok(found(htmlMessage(`${flood}<a href="http://evil.com/">`)).names.includes('evil.com'), pattern)
    }
  })

  it('25 megabytes are looked at up to the limit', () => {
    const flood = `${'http://a.a.a.com/%2F '.repeat(50)}\r\n`
    const { names, cappedBytes } = found(textMessage(flood.repeat(Math.ceil(25_000_000 / flood.length))))
    assert.deepEqual(names, ['a.a.a.com'])
    assert.ok(cappedBytes > 23_000_000, String(cappedBytes))
  })
})
