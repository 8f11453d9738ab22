import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { editYaml } from '../../lib/settings/edit/yaml-edit'
import { isAddress } from '../../lib/settings/formats'
import type { Command } from '../commands'
import { UsageError } from '../usage-error'

/** The built package: its config/ is the default instance. */
const packageDir = resolve(__dirname, '..', '..')

/** Creates an instance: a folder that `start`, or Haraka itself with `haraka -c`, runs on. */
export const init: Command = {
  name: 'init',
  usage: 'init DIR [--smtp HOST:PORT] [--http HOST:PORT]',
  summary: 'create an instance',
  options: ['smtp', 'http'],
  run([dir, ...more], { smtp, http }) {
    if (!dir || more.length > 0) throw new UsageError('init takes one folder')
    const smtpEndpoint = smtp === undefined ? undefined : parseEndpoint('--smtp', smtp)
    const httpEndpoint = http === undefined ? undefined : parseEndpoint('--http', http)
    createInstance(resolve(dir))
    if (smtpEndpoint) setListen(join(dir, 'config', 'gateway.yaml'), smtpEndpoint)
    if (httpEndpoint) setHttp(join(dir, 'config', 'http.ini'), httpEndpoint)
    process.stdout.write(`created ${dir}; settings: ${join(dir, 'config', 'gateway.yaml')}\n`)
    return 0
  },
}

function createInstance(dir: string): void {
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new Error(`${dir} is not empty; give a new folder, or edit its config/gateway.yaml`)
  }
  mkdirSync(join(dir, 'plugins'), { recursive: true })
  cpSync(join(packageDir, 'config'), join(dir, 'config'), { recursive: true })
  chmodSync(join(dir, 'config', 'gateway.secrets.yaml'), 0o600)
  writeFileSync(join(dir, 'config', 'internalcmd_key'), randomBytes(32).toString('hex'), { mode: 0o600 })
  writeFileSync(join(dir, 'config', 'me'), `${hostname()}\n`)
  // Haraka finds `gateway/ip-lists` as plugins/gateway/ip-lists/package.json.
  symlinkSync(packageDir, join(dir, 'plugins', 'gateway'))
}

interface Endpoint {
  readonly host: string
  readonly port: number
}

function parseEndpoint(option: string, text: string): Endpoint {
  const match = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<v4>[^:[\]]+)):(?<port>\d{1,5})$/i.exec(text)
  const host = match?.groups?.v6 ?? match?.groups?.v4 ?? ''
  const port = Number(match?.groups?.port)
  if (!isAddress(host) || !(port >= 1 && port <= 65535)) {
    throw new UsageError(
      `${option}: ${JSON.stringify(text)} must be ADDRESS:PORT such as 127.0.0.1:2525 or [::1]:2525`,
    )
  }
  return { host, port }
}

/** By lines, so that the comments, which are the manual, stay where they are. */
function setListen(file: string, { host, port }: Endpoint): void {
  const text = readFileSync(file, 'utf8')
  const settings = parse(text) as { readonly listen: object }
  const listen = { ...settings.listen, address: host, smtp: port === 25, other: port === 25 ? [] : [port] }
  const edited = editYaml(text, { ...settings, listen })
  if (edited === undefined) throw new Error(`${file} cannot be edited`)
  writeFileSync(file, edited)
}

function setHttp(file: string, { host, port }: Endpoint): void {
  const address = host.includes(':') ? `[${host}]` : host
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/^;?listen=.*$/m, `listen=${address}:${port}`))
}
