import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { editHeader, fromValues, type HeaderIndex } from '../../plugins/mark-from/header-edit'
import { createMarkFrom } from '../../plugins/mark-from/mark'
import { settingsWith } from './marking'

/** What a header of Haraka's says after it was edited. */
interface HarakaHeader extends HeaderIndex {
  parse(lines: readonly string[]): void
  get(name: string): string
  get_decoded(name: string): string
  toString(): string
}

/** Comes with Haraka, without types. */
const { Header } = createRequire(__filename)('haraka-email-message') as { Header: new () => HarakaHeader }

describe('header edit in a header of Haraka', () => {
  it('changes From for the wire and for plugins, and nothing else', () => {
    const header = new Header()
    const lines = ['Subject: a\n', 'From : =?utf-8?Q?Caf=C3=A9?=\n', '\t<c@cafe.fr>\n', 'X-Last: b\n']
    header.parse(lines)
    const settings = settingsWith()
    const outcome = createMarkFrom(
      settings,
      [],
    )({
      fields: fromValues(header.header_list),
      sender: { host: 'esp.net', source: 'envelope' },
      recipientDomains: [],
    })
    editHeader(header, outcome, settings)
    assert.equal(
      header.toString(),
      [
        'Subject: a\n',
        'From: =?UTF-8?B?Q2Fmw6k=?= =?UTF-8?Q?_via_esp=2Enet?= <c@cafe.fr>\n',
        'X-Original-From: =?utf-8?Q?Caf=C3=A9?=\n\t<c@cafe.fr>\n',
        'X-Last: b\n',
      ].join(''),
    )
    assert.equal(header.get('from'), '=?UTF-8?B?Q2Fmw6k=?= =?UTF-8?Q?_via_esp=2Enet?= <c@cafe.fr>')
    assert.equal(header.get_decoded('from'), 'Café via esp.net <c@cafe.fr>')
  })
})
