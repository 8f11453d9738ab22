import assert from 'node:assert/strict'
import { previewLines, previewMark } from '../../plugins/mark-from/preview'
import { settingsWith } from './marking'

const preview = (...given: Parameters<typeof previewMark>): string[] => previewLines(previewMark(...given))

describe('preview of a mark', () => {
  it('shows the new From and why', () => {
    assert.deepEqual(preview('From: Bank <i@bank.com>', 'bounce@evil.net', settingsWith()), [
      'From: "Bank via evil.net" <i@bank.com>',
      'why: bank.com in From does not match evil.net',
    ])
  })

  it('says why nothing changes', () => {
    assert.deepEqual(preview('Bank <i@bank.com>', '<x@mail.bank.com>', settingsWith()), [
      'From: Bank <i@bank.com>',
      'unchanged: bank.com in From matches mail.bank.com',
    ])
  })

  it('shows the answer to a message that is refused', () => {
    assert.deepEqual(preview('', 'x@evil.net', settingsWith()), [
      'rejected: 550 5.6.0 message has no From; RFC 5322 requires one',
    ])
  })

  it('shows the header that tagging adds', () => {
    assert.deepEqual(preview('Bank <i@bank.com>', 'x@evil.net', settingsWith({ tag_only: true })), [
      'From: Bank <i@bank.com>',
      'X-Gateway-Via: evil.net',
      'why: bank.com in From does not match evil.net',
    ])
  })

  it('takes an example client for a null sender, and says so', () => {
    const lines = preview('Bank <i@bank.com>', '<>', settingsWith())
    assert.equal(lines[0], 'From: "Bank via [192.0.2.1]" <i@bank.com>')
    assert.match(lines.at(-1) ?? '', /^note: no envelope sender/)
    assert.equal(
      preview('Bank <i@bank.com>', '', settingsWith(), { helo: 'mx.esp.net' })[0],
      'From: "Bank via mx.esp.net" <i@bank.com>',
    )
  })

  it('says when mail is not marked at all', () => {
    const lines = preview('Bank <i@bank.com>', 'x@evil.net', settingsWith({ enabled: false }))
    assert.match(lines.at(-1) ?? '', /enabled is false/)
  })
})
