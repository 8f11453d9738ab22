import assert from 'node:assert/strict'
import { editHeader, editedHeader, fromValues } from '../../plugins/mark-from/header-edit'
import { createMarkFrom, type MarkOutcome } from '../../plugins/mark-from/mark'
import { settingsWith } from './marking'

const settings = settingsWith({ multiple_from: 'mark' })

function outcomeFor(lines: readonly string[], changes: object = {}): MarkOutcome {
  return createMarkFrom(
    settingsWith({ multiple_from: 'mark', ...changes }),
    [],
  )({ fields: fromValues(lines), sender: { host: 'esp.net', source: 'envelope' }, recipientDomains: [] })
}

const lines = [
  'Received: from a\n\tby b\n',
  'DKIM-Signature: v=1; h=From\n',
  'FROM: "Shop"\n <n@shop.com>\n',
  'Reply-To: a@other.com\n',
  'Sender: b@other.com\n',
  'From-Notes: x\n',
  'Subject: =?utf-8?Q?caf=C3=A9?=  two  spaces \n',
  'no colon here\n',
]

describe('header edit', () => {
  it('replaces From in place, keeps the original behind it and every other line as it is', () => {
    const edited = editedHeader(lines, outcomeFor(lines), settings)
    assert.deepEqual(edited, [
      ...lines.slice(0, 2),
      'From: "Shop via esp.net" <n@shop.com>\n',
      'X-Original-From: "Shop"\n <n@shop.com>\n',
      ...lines.slice(3),
    ])
  })

  it('keeps no original when told so', () => {
    const edited = editedHeader(lines, outcomeFor(lines), { keep_original: false })
    assert.deepEqual(edited, lines.with(2, 'From: "Shop via esp.net" <n@shop.com>\n'))
  })

  it('changes nothing when nothing is marked', () => {
    const aligned = ['From: n@esp.net\n', 'To: a@b.com\n']
    assert.deepEqual(editedHeader(aligned, outcomeFor(aligned), settings), aligned)
  })

  it('sees a From with white space before its colon', () => {
    const obsolete = ['From : Shop <n@shop.com>\n', 'from\t:other@shop.com\n']
    assert.deepEqual(fromValues(obsolete), ['Shop <n@shop.com>', 'other@shop.com'])
    assert.deepEqual(editedHeader(obsolete, outcomeFor(obsolete), { keep_original: false }), [
      'From: "Shop via esp.net" <n@shop.com>\n',
      'From: "other@shop.com via esp.net" <other@shop.com>\n',
    ])
  })

  it('folds with the line ends of the header', () => {
    const long = `"${'long '.repeat(11)}name" <n@shop.com>`
    for (const end of ['\n', '\r\n']) {
      const [from = ''] = editedHeader([`From: ${long}${end}`], outcomeFor([`From: ${long}`]), settings)
      assert.equal(from.split(end).length, 3)
      assert.equal(from.replaceAll(end, '').includes('\n'), false)
    }
  })

  it('adds X-Gateway-Via behind From and leaves From alone when it only tags', () => {
    const edited = editedHeader(lines, outcomeFor(lines, { tag_only: true }), settings)
    assert.deepEqual(edited, lines.toSpliced(3, 0, 'X-Gateway-Via: esp.net\n'))
  })

  it('folds an original that its longer name would push over 998', () => {
    const line = `From: ${'x'.repeat(980)} <n@shop.com>\n`
    const [, original = ''] = editedHeader([line], outcomeFor([line]), settings)
    assert.ok(original.split('\n').every((part) => part.length <= 998))
    assert.equal(original.replace('\n', ''), `X-Original-From:${line.slice(5)}`)
  })

  it('edits in place what Haraka keeps, lines and index', () => {
    const header = {
      header_list: [...lines],
      headers: { from: ['"Shop"\n <n@shop.com>\n'] } as Record<string, string[] | undefined>,
      headers_decoded: { from: ['"Shop" <n@shop.com>'] } as Record<string, string[] | undefined>,
    }
    const list = header.header_list
    editHeader(header, outcomeFor(lines), settings)
    assert.equal(header.header_list, list)
    assert.equal(list.length, lines.length + 1)
    assert.deepEqual(header.headers['from'], ['"Shop via esp.net" <n@shop.com>'])
    assert.deepEqual(header.headers_decoded['from'], ['"Shop via esp.net" <n@shop.com>'])
    assert.deepEqual(header.headers['x-original-from'], ['"Shop"\n <n@shop.com>'])
  })
})
