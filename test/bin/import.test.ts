import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkFragment, formatFragment } from '../../plugins/bin/import/fragment'
import { openHarakaFolder } from '../../plugins/bin/import/haraka-folder'
import { importFolder } from '../../plugins/bin/import/import-folder'

/**
 * Each case is a Haraka instance or a configuration folder with `expected`: the fragment and its remarks, as the
 * tool prints them. Every key there starts with sesame.
 */
const casesFolder = join(__dirname, 'import', 'cases')
const cases = readdirSync(casesFolder)

function fragmentOf(name: string): string {
  return formatFragment(importFolder(openHarakaFolder(join(casesFolder, name))))
}

describe('import of list settings', () => {
  for (const name of cases) {
    it(`carries over and says what it could not: ${name}`, () => {
      const fragment = fragmentOf(name)
      if (process.env.WRITE_EXPECTED) writeFileSync(join(casesFolder, name, 'expected'), fragment)
      assert.equal(fragment, readFileSync(join(casesFolder, name, 'expected'), 'utf8'))
    })
  }

  it('makes settings that a gateway takes', () => {
    for (const name of cases) assert.equal(checkFragment(fragmentOf(name)).kind, 'ok', name)
  })

  it('never shows a key', () => {
    for (const name of cases) assert.doesNotMatch(fragmentOf(name), /sesame|ses ame/i, name)
  })
})
