import assert from 'node:assert/strict'
import { Tokenizer } from 'htmlparser2'
import { withoutEntities } from '../../../plugins/lib/mail/html-entities'

/** The text as htmlparser2 decodes it. */
function decodedByHtmlparser2(text: string): string {
  let decoded = ''
  const nothing = (): void => undefined
  const tokenizer = new Tokenizer(
    {},
    {
      ontext: (start, end) => (decoded += text.slice(start, end)),
      ontextentity: (code) => (decoded += String.fromCodePoint(code)),
      onattribname: nothing,
      onattribdata: nothing,
      onattribend: nothing,
      onopentagname: nothing,
      onclosetag: nothing,
      onattribentity: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onend: nothing,
      onopentagend: nothing,
      onprocessinginstruction: nothing,
      onselfclosingtag: nothing,
    },
  )
  tokenizer.write(text)
  tokenizer.end()
  return decoded
}

describe('HTML character references', () => {
  const cases = [
    '&#46;',
    '&#x2e;',
    '&#X2E',
    '&#46com',
    '&#x2ecom',
    '&period;',
    '&period',
    '&amp;#46;',
    '&amp',
    '&AMP;',
    '&sol;&sol;',
    '&colon;',
    '&commat;',
    '&Tab;',
    '&NewLine;',
    '&shy;',
    '&nbsp;',
    '&uuml;',
    '&uuml',
    '&Uuml;',
    '&szlig;',
    '&yuml;',
    '&Agrave;',
    '&zwnj;',
    '&zwj;',
    '&lrm;',
    '&rlm;',
    '&ZeroWidthSpace;',
    '&NoBreak;',
    '&lowbar;',
    '&hyphen;',
    '&fjlig;',
    '&',
    '&;',
    '&#;',
    '&#x;',
    '&#xg;',
    '&nosuchname;',
    'a & b',
    '&&#46;',
    '&#0;',
    '&#xD800;',
    '&#x110000;',
    '&#99999999999;',
    '&percnt;2e',
    '&bsol;',
    '&lsqb;&rsqb;',
    '&quest;',
    '&equals;',
    '&num;',
    '&excl;',
    '&lpar;&rpar;',
    '&semi;&comma;&plus;',
  ]
  for (const text of cases) {
    it(`reads ${text} as htmlparser2 does`, () => {
      assert.equal(withoutEntities(text), decodedByHtmlparser2(text))
    })
  }
})
