import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../support/eventually'
import { freePort, isListening } from '../support/free-port'
import { greetedSmtp } from '../support/smtp-client'

const root = join(__dirname, '..', '..')
const haraka = join(root, 'node_modules', 'haraka', 'bin', 'haraka')
const message = 'From: anna@example.org\nSubject: Hello\n\nHello\n'

describe('the package in a stock Haraka instance', function () {
  this.timeout(180_000)
  let folder: string
  let instance: string
  let child: ChildProcess
  let port: number
  let log = ''

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gateway-package-'))
    instance = join(folder, 'instance')
    const npm = (...args: string[]): string =>
      execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    const tarball = npm('pack', join(root, 'dist'), '--silent').trim()
    execFileSync(process.execPath, [haraka, '-i', instance], { stdio: 'pipe' })
    npm('install', '--prefix', instance, '--ignore-scripts', '--no-audit', '--no-fund', join(folder, tarball))

    port = await freePort()
    const config = (name: string, text: string): void => {
      writeFileSync(join(instance, 'config', name), text)
    }
    config('plugins', 'gateway/ip-lists\ngateway/next-hops\n')
    config('smtp.ini', `listen=127.0.0.1:${port}\nnodes=0\n`)
    const connection = readFileSync(join(root, 'node_modules', 'haraka', 'config', 'connection.ini'), 'utf8')
    config('connection.ini', connection.replace('hosts[] =', 'hosts[] = 127.0.0.1'))
    mkdirSync(join(instance, 'config', 'lists'), { recursive: true })
    config('lists/clients.txt', '203.0.113.0/24\n')
    config(
      'gateway.yaml',
      'next_hops: { here.net: { maildir: mail } }\nip_blocklists: { custom: [{ file: lists/clients.txt }] }\n',
    )
    child = spawn(process.execPath, [haraka, '-c', instance], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    await eventually(
      'Haraka to listen',
      () => {
        if (child.exitCode !== null) throw new Error(log)
        return isListening(port)
      },
      60_000,
    )
  })

  after(async () => {
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  })

  it('delivers mail and refuses a listed client', async () => {
    const good = await greetedSmtp({ port, ip: '127.0.0.1' })
    assert.match(await good.sendMail({ from: 'anna@friendly.net', to: 'bob@here.net', message }), /^250 /)
    assert.equal(readdirSync(join(instance, 'mail', 'new')).length, 1)
    const bad = await greetedSmtp({ port, ip: '203.0.113.5' })
    assert.match(
      await bad.sendMail({ from: 'anna@friendly.net', to: 'bob@here.net', message }),
      /^550 5\.7\.1 203\.0\.113\.5 is listed/,
    )
    good.close()
    bad.close()
  })

  it('holds what a package needs and nothing else', () => {
    const installed = join(instance, 'node_modules', 'haraka-plugin-gateway')
    const names = readdirSync(installed)
    for (const wanted of [
      'package.json',
      'README.md',
      'LICENSE',
      'bin',
      'config',
      'lib',
      'ip-lists',
      'next-hops',
    ]) {
      assert.ok(names.includes(wanted), wanted)
    }
    const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      bin: Record<string, string>
    }
    const help = execFileSync(process.execPath, [join(installed, bin['haraka-gateway'] ?? '')], {
      encoding: 'utf8',
    })
    assert.match(help, /haraka-gateway validate DIR/)
  })
})
