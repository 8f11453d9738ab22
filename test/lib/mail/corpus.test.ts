import assert from 'node:assert/strict'
import type { Case } from './corpus/case'
import { htmlCases } from './corpus/html'
import { messageCases } from './corpus/message'
import { textCases } from './corpus/text'
import { found, htmlMessage, textMessage } from './messages'

const cases: readonly Case[] = [...textCases, ...htmlCases, ...messageCases]

function asMessage({ part, input }: Case): string {
  if (part === 'message') return input.replaceAll('\n', '\r\n')
  return part === 'html' ? htmlMessage(input) : textMessage(input)
}

describe('names in bodies: the corpus', () => {
  it('has at least 120 cases, each of its own', () => {
    assert.ok(cases.length >= 120, `${cases.length} cases`)
    assert.equal(new Set(cases.map(({ part, what }) => `${part}: ${what}`)).size, cases.length)
  })

  for (const one of cases) {
    it(`${one.part}: ${one.what}`, () => {
      const names = found(asMessage(one)).names
      assert.deepEqual(names.toSorted(), one.wanted.toSorted())
      for (const name of one.unwanted ?? []) assert.ok(!names.includes(name), `${name} is no name here`)
    })
  }
})
