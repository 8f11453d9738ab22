import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalList, type LocalList } from '../../../plugins/lib/lists/local-list'
import { eventually } from '../../support/eventually'
import { createRecordedLog, type RecordedLog } from './support'

describe('a watched list file', () => {
  let folder: string
  let path: string
  let log: RecordedLog
  let list: LocalList | undefined

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lists-'))
    path = join(folder, 'blocked.txt')
    log = createRecordedLog()
  })

  afterEach(() => {
    list?.close()
    rmSync(folder, { recursive: true })
  })

  async function open(): Promise<LocalList> {
    list = createLocalList({ path, label: 'lists/blocked.txt', log, pollMs: 5 })
    await list.ready
    return list
  }

  const finds = (opened: LocalList, ip: string): boolean => opened.find({ kind: 'ip', ip }) !== undefined

  it('answers as soon as it is ready', async () => {
    writeFileSync(path, '192.0.2.1\n')
    const opened = await open()
    assert.equal(finds(opened, '192.0.2.1'), true)
    assert.deepEqual(opened.state(), { kind: 'up' })
    assert.deepEqual(log.lines, ['info: list file lists/blocked.txt: 1 entries'])
  })

  it('is read again after an edit in place', async () => {
    writeFileSync(path, '192.0.2.1\n')
    const opened = await open()
    writeFileSync(path, '192.0.2.2\n')
    await eventually('the new entry', () => finds(opened, '192.0.2.2'))
    assert.equal(finds(opened, '192.0.2.1'), false)
  })

  it('is read again after another file was renamed over it', async () => {
    writeFileSync(path, '192.0.2.1\n')
    const opened = await open()
    writeFileSync(`${path}.new`, '192.0.2.3\n')
    renameSync(`${path}.new`, path)
    await eventually('the new entry', () => finds(opened, '192.0.2.3'))
    assert.equal(opened.size, 1)
  })

  it('ends up as the last write left it when an editor writes twice', async () => {
    writeFileSync(path, '192.0.2.1\n')
    const opened = await open()
    writeFileSync(path, '')
    writeFileSync(path, '192.0.2.4\n192.0.2.5\n')
    await eventually('the second write', () => opened.size === 2)
    writeFileSync(path, '192.0.2.6\n')
    await eventually('the new entry', () => finds(opened, '192.0.2.6'))
  })

  it('keeps its entries when the file goes away, says so once, and reads it when it comes back', async () => {
    writeFileSync(path, '192.0.2.1\n')
    const opened = await open()
    unlinkSync(path)
    await eventually('a line in the log', () => log.lines.length > 1)
    assert.equal(finds(opened, '192.0.2.1'), true)
    assert.deepEqual(opened.state(), { kind: 'up', note: 'list file lists/blocked.txt does not exist' })
    writeFileSync(path, '192.0.2.7\n')
    await eventually('the new entry', () => finds(opened, '192.0.2.7'))
    assert.deepEqual(log.lines, [
      'info: list file lists/blocked.txt: 1 entries',
      'warn: list file lists/blocked.txt does not exist: its entries stay in force',
      'info: list file lists/blocked.txt: 1 entries',
    ])
    assert.deepEqual(opened.state(), { kind: 'up' })
  })

  it('may be missing at the start and appear later', async () => {
    const opened = await open()
    assert.deepEqual(opened.state(), {
      kind: 'misconfigured',
      reason: 'list file lists/blocked.txt does not exist',
    })
    assert.equal(finds(opened, '192.0.2.1'), false)
    writeFileSync(path, '192.0.2.1\n')
    await eventually('the new entry', () => finds(opened, '192.0.2.1'))
    assert.equal(log.lines[0], 'warn: list file lists/blocked.txt does not exist: the list is empty')
    assert.deepEqual(opened.state(), { kind: 'up' })
  })

  it('says what is no file', async () => {
    mkdirSync(path)
    const opened = await open()
    assert.deepEqual(opened.state(), {
      kind: 'misconfigured',
      reason: 'list file lists/blocked.txt is not a file',
    })
  })

  it('reports its bad lines once for each time it is read', async () => {
    writeFileSync(path, 'nonsense!\n192.0.2.1\n*.example.com\n')
    await open()
    assert.deepEqual(log.lines.slice(1), [
      'warn: list file lists/blocked.txt: 2 bad lines are left out: line 1: nonsense! is no address, CIDR, ' +
        'hostname or .domain, such as 192.0.2.1, 2001:db8::/32 or .example.com; ' +
        'line 3: *.example.com is no pattern; right would be .example.com',
    ])
  })
})
