import assert from 'node:assert/strict'
import { isMarkTemplate, markFromSettings } from '../../../plugins/lib/settings/mark-from'

describe('settings of mark_from', () => {
  it('have a default for every key', () => {
    assert.deepEqual(markFromSettings.parse({}), {
      enabled: false,
      alignment: 'organisational',
      template: '{name} via {domain}',
      null_sender: 'helo',
      multiple_from: 'reject',
      missing_from: 'reject',
      allow: [],
      domains: [],
      own_domains: 'mark',
      keep_original: true,
      tag_only: false,
      extra_suffixes: [],
    })
  })

  it('refuse misspelt keys and values that are no domains', () => {
    for (const wrong of [
      { enable: true },
      { allow: [{ from: 'shop.com' }] },
      { allow: [{ from: 'a@shop.com', envelope: 'esp.net' }] },
      { domains: ['*.example.com'] },
      { extra_suffixes: ['.onmicrosoft.com'] },
      { template: '{name}' },
    ]) {
      assert.equal(markFromSettings.safeParse(wrong).success, false, JSON.stringify(wrong))
    }
  })

  it('take templates with the name at one end and the domain in the rest', () => {
    for (const right of ['{name} via {domain}', '{domain}: {name}', '{name} (über {domain})']) {
      assert.ok(isMarkTemplate(right), right)
    }
    for (const wrong of [
      '',
      'via {domain}',
      '{name} {name} {domain}',
      'a {name} {domain}',
      '{name}\r\n{domain}',
      '{name} <{domain}>',
    ]) {
      assert.ok(!isMarkTemplate(wrong), wrong)
    }
  })
})
