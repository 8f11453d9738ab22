import assert from 'node:assert/strict'
import { QuoteType, Tokenizer } from 'htmlparser2'
import type { HtmlHandler } from '../../../plugins/lib/mail/html-tokens'
import { readHtml } from '../../../plugins/lib/mail/html-tokens'

type Token = readonly [kind: string, ...values: string[]]

function ours(html: string, pieceLength = html.length): Token[] {
  const tokens: Token[] = []
  const state = { rawTag: '' }
  let text = ''
  let from = 0
  while (from < html.length) {
    text += html.slice(from, from + pieceLength)
    from += pieceLength
    const current = text
    const handler: HtmlHandler = {
      text: (start, end) => tokens.push(['text', current.slice(start, end)]),
      tag: (start, end) => tokens.push(['tag', current.slice(start, end).toLowerCase()]),
      attribute: (nameStart, nameEnd, start, end) =>
        tokens.push(['attribute', current.slice(nameStart, nameEnd), current.slice(start, end)]),
      comment: (start, end) => tokens.push(['comment', current.slice(start, end)]),
      raw: (tag, start, end) => tokens.push(['raw', tag, current.slice(start, end)]),
    }
    text = text.slice(readHtml(current, state, from >= html.length, handler))
  }
  return tokens
}

/** Attributes of opening tags with a value, and nothing else, as htmlparser2 finds them. */
function attributesOfHtmlparser2(html: string): string[] {
  const attributes: string[] = []
  let name = ''
  let value = ''
  let isClosing = false
  const nothing = (): void => undefined
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onattribname: (start, end) => {
        name = html.slice(start, end)
        value = ''
      },
      onattribdata: (start, end) => (value += html.slice(start, end)),
      onattribend: (quote) => {
        if (quote !== QuoteType.NoValue && !isClosing) attributes.push(`${name}=${value}`)
      },
      onopentagname: () => (isClosing = false),
      onclosetag: () => (isClosing = true),
      onattribentity: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onend: nothing,
      onopentagend: nothing,
      onprocessinginstruction: nothing,
      onselfclosingtag: nothing,
      ontext: nothing,
      ontextentity: nothing,
    },
  )
  tokenizer.write(html)
  tokenizer.end()
  return attributes
}

function ourAttributes(html: string): string[] {
  return ours(html).flatMap(([kind, name, value]) =>
    kind === 'attribute' ? [`${name ?? ''}=${value ?? ''}`] : [],
  )
}

/** Numbers that look random and are the same in each run (a linear congruential generator). */
function createDice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

const scraps = [
  '<a',
  '<b ',
  '<p>',
  '</a>',
  '</',
  '<',
  '>',
  '/',
  ' ',
  '\n',
  '=',
  '"',
  "'",
  'href',
  'src=x',
  ' title="a>b"',
  " id='c'",
  'text',
  '<!-- c -->',
  '<!--',
  '-->',
  '--!>',
  '<!x>',
  '<?y>',
  '<style>',
  '</style>',
  '<title>',
  '</title>',
  '<img/src=q>',
]

describe('HTML tokenizer', () => {
  it('finds texts, tags, attributes, comments and contents that are no markup', () => {
    assert.deepEqual(ours('a<B c="d" e=f g>h<!--i--></b><style>j</style>'), [
      ['text', 'a'],
      ['attribute', 'c', 'd'],
      ['attribute', 'e', 'f'],
      ['tag', 'b'],
      ['text', 'h'],
      ['comment', 'i'],
      ['tag', 'b'],
      ['tag', 'style'],
      ['raw', 'style', 'j'],
      ['tag', 'style'],
    ])
  })

  it('reads the same links, however the text is cut', () => {
    const html =
      '<p title="x">a<a\nhref = "http://evil.com/?a=1" >b</a><script>"</"</script >c<img src=d></p>e'
    const whole = ours(html)
    for (let length = 1; length < html.length; length++) {
      const unique = (tokens: Token[]): Set<string> => new Set(tokens.map((token) => token.join(' ')))
      const pieces = unique(ours(html, length))
      for (const token of unique(whole)) assert.ok(pieces.has(token), `${token} with pieces of ${length}`)
    }
  })

  it('finds the attributes that htmlparser2 finds, in any jumble', () => {
    const dice = createDice(20)
    for (let round = 0; round < 5000; round++) {
      const html = Array.from({ length: 1 + dice(12) }, () => scraps[dice(scraps.length)]).join('')
      // Both drop a tag that never ends; ours hands on what was inside as raw text besides.
      const [mine, theirs] = [ourAttributes(html), attributesOfHtmlparser2(html)]
      for (const attribute of theirs)
        assert.ok(mine.includes(attribute), `${attribute} in ${JSON.stringify(html)}`)
    }
  })
})
