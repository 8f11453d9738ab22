import assert from 'node:assert/strict'
import { parse } from 'yaml'
import { appendItems, setValue } from '../../../../plugins/lib/settings/edit/yaml-edit'

const path = ['lists', 'custom']

function appended(...lines: readonly string[]): string {
  return appendItems(lines.map((line) => `${line}\n`).join(''), path, ['new.example'])
}

function text(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

describe('an addition to a YAML file', () => {
  it('goes below the last item, and the comments around it stay where they are', () => {
    assert.equal(
      appended(
        '# ours',
        'lists:',
        '  custom:',
        '    # first',
        '    - a.example # why',
        '    #- b.example',
        '',
        '# next',
        'next: 1',
      ),
      text(
        '# ours',
        'lists:',
        '  custom:',
        '    # first',
        '    - a.example # why',
        '    - new.example',
        '    #- b.example',
        '',
        '# next',
        'next: 1',
      ),
    )
  })

  it('goes below the last line of an item with options', () => {
    assert.equal(
      appended(
        'lists:',
        '  custom:',
        '  - zone: a.example',
        '    codes:',
        '      127.0.0.2: note',
        'next: 1',
      ),
      text(
        'lists:',
        '  custom:',
        '  - zone: a.example',
        '    codes:',
        '      127.0.0.2: note',
        '  - new.example',
        'next: 1',
      ),
    )
  })

  it('takes the place of an empty list', () => {
    assert.equal(
      appended('lists:', '  custom: [] # none', '  #custom:', '  #  - a.example', 'next: 1'),
      text('lists:', '  custom: # none', '    - new.example', '  #custom:', '  #  - a.example', 'next: 1'),
    )
  })

  it('goes below a key or a section without a value', () => {
    assert.equal(
      appended('lists:', '  custom:', '  # - a.example', 'next: 1'),
      text('lists:', '  custom:', '    - new.example', '  # - a.example', 'next: 1'),
    )
    assert.equal(appended('lists:', 'next: 1'), text('lists:', '  custom:', '    - new.example', 'next: 1'))
    assert.equal(
      appended('lists: {}', 'next: 1'),
      text('lists:', '  custom:', '    - new.example', 'next: 1'),
    )
  })

  it('makes the list, or the section, that is not there', () => {
    assert.equal(
      appended('lists:', '  other:', '    - a.example', '', 'next: 1'),
      text('lists:', '  other:', '    - a.example', '  custom:', '    - new.example', '', 'next: 1'),
    )
    assert.equal(
      appended('next:', '  - 1', '# the end'),
      text('next:', '  - 1', 'lists:', '  custom:', '    - new.example', '# the end'),
    )
    assert.equal(
      appended('# only comments'),
      text('# only comments', 'lists:', '  custom:', '    - new.example'),
    )
    assert.equal(appended(), text('lists:', '  custom:', '    - new.example'))
  })

  it('ends the last line first when that has no end', () => {
    assert.equal(
      appendItems('lists:\n  custom:\n    - a.example', path, ['new.example']),
      text('lists:', '  custom:', '    - a.example', '    - new.example'),
    )
    assert.equal(
      appendItems('# only comments', path, ['new.example']),
      text('# only comments', 'lists:', '  custom:', '    - new.example'),
    )
  })

  it('says the same in files of every form', () => {
    const forms = [
      'lists: {custom: [a.example]}',
      'lists:\n  custom: [a.example,\n    b.example]\nnext: 1\n',
      '{lists: {custom: []}, next: 1}',
      'lists: {other: 1}\n',
      '"lists":\n  "custom":\n    - |\n      block\n      text\n\nnext: 1\n',
      'first: &anchor [a.example]\nlists:\n  custom: *anchor\n',
      'first: &anchor { custom: [a.example] }\nlists: *anchor\n',
      '? lists\n: custom:\n    - a.example\n',
      '---\nlists:\n  custom:\n    - a.example\n...\n',
      'lists:\r\n  custom:\r\n    - a.example\r\nnext: 1\r\n',
      'lists:\n  custom:\n    -\n  other: 1\n',
    ]
    for (const form of forms) {
      const before = parse(form) as { lists?: { custom?: unknown[] } }
      const after = parse(appendItems(form, path, [{ zone: 'new.example' }])) as typeof before
      assert.deepEqual(after.lists?.custom, [...(before.lists?.custom ?? []), { zone: 'new.example' }], form)
      const rest = (value: typeof before) => ({ ...value, lists: { ...value.lists, custom: [] } })
      assert.deepEqual(rest(after), rest(before), form)
    }
  })

  it('sets a value below sections that may not be there', () => {
    assert.equal(
      setValue('# comment\n#providers:\n', ['providers', 'abusix', 'key'], '0123'),
      text('# comment', '#providers:', 'providers:', '  abusix:', '    key: "0123"'),
    )
    assert.equal(
      setValue('providers:\n  step3it:\n    key: a\n', ['providers', 'abusix', 'key'], 'b'),
      text('providers:', '  step3it:', '    key: a', '  abusix:', '    key: b'),
    )
  })
})
