import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mark } from '../../plugins/bin/commands/mark'

const defaults = join(__dirname, '..', '..', 'config')

/** Runs the command in this process and returns what it prints. */
async function run(args: string[], options: Record<string, string>): Promise<{ code: number; out: string }> {
  const write = process.stdout.write.bind(process.stdout)
  let out = ''
  process.stdout.write = (text: string) => {
    out += text
    return true
  }
  try {
    return { code: await mark.run(args, options, new Set()), out }
  } finally {
    process.stdout.write = write
  }
}

describe('haraka-gateway mark', () => {
  it('prints what would happen, with the default settings when no instance is named', async () => {
    assert.deepEqual(await run([], { from: '"Your Bank" <info@bank.com>', envelope: 'x@strange.net' }), {
      code: 0,
      out: 'From: "Your Bank via strange.net" <info@bank.com>\nwhy: bank.com in From does not match strange.net\n',
    })
    const aligned = await run([], { from: 'From: Bank <info@bank.com>', envelope: 'x@em1.bank.com' })
    assert.match(aligned.out, /^From: Bank <info@bank\.com>\nunchanged: /)
  })

  it('takes an empty envelope, the client and its HELO name', async () => {
    const mail = { from: 'Daemon <d@bank.com>', envelope: '', ip: '192.0.2.9' }
    assert.match((await run([], mail)).out, /via \[192\.0\.2\.9\]/)
    assert.match((await run([], { ...mail, helo: 'mx.strange.net' })).out, /via mx\.strange\.net/)
  })

  it('goes by the settings of an instance', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mark-command-'))
    try {
      cpSync(defaults, join(dir, 'config'), { recursive: true })
      rmSync(join(dir, 'config', 'gateway.secrets.yaml'))
      writeFileSync(
        join(dir, 'config', 'gateway.yaml'),
        "listen: { other: [2525] }\nmark_from: { enabled: true, template: '{domain}: {name}' }\n",
      )
      const { out } = await run([dir], { from: 'Bank <info@bank.com>', envelope: 'x@strange.net' })
      assert.match(out, /^From: "strange\.net: Bank" <info@bank\.com>\n/)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('says what it needs', async () => {
    await assert.rejects(run([], { from: 'x' }), /mark takes --from/)
    await assert.rejects(run(['a', 'b'], { from: 'x', envelope: 'y' }), /mark takes --from/)
  })
})
