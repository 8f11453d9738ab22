import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A configuration folder of its own for each test; `removeSettingsDirs` takes them away again. */
const made: string[] = []

export function createSettingsDir(settings: string, secrets?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-settings-'))
  made.push(dir)
  writeFileSync(join(dir, 'gateway.yaml'), settings)
  if (secrets !== undefined) writeFileSync(join(dir, 'gateway.secrets.yaml'), secrets, { mode: 0o600 })
  return dir
}

export function removeSettingsDirs(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true })
}
