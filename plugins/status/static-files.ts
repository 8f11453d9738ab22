import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, posix, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/**
 * The files of the page, read once: nothing that is asked for is ever looked up on the disk. Each is compressed when
 * it is asked for first: to do all of them at the start took seconds of every worker, most of which serve no page.
 * A browser keeps what is below `assets/VERSION/`, so that to open the page again asks for one file; parts of different
 * versions never meet.
 */
export interface StaticFiles {
  has(path: string): boolean
  /** `path` below the folder: `css/base.css`, or `assets/VERSION/css/base.css`. */
  send(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>
}

interface StaticFile {
  readonly type: string
  readonly etag: string
  /** Whether it is another one under the same address some day. */
  readonly mayChange: boolean
  readonly plain: Buffer
  readonly encoded: Partial<Record<Encoding, Promise<Buffer>>>
}

type Encoding = keyof typeof ENCODERS

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}
const INDEX = 'index.html'
/** What the first page is made of. */
const FIRST_MODULES = ['main.js', 'pages/overview.js']
/** Ours are written in one way. */
const IMPORTS = /^(?:import|.*\bfrom) '(\.[^']+)'/gm
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
const ENCODERS = {
  br: (plain: Buffer): Promise<Buffer> => promisify(brotliCompress)(plain, BROTLI),
  gzip: (plain: Buffer): Promise<Buffer> => promisify(gzip)(plain),
}

export function loadStaticFiles(folder: string): StaticFiles {
  const found = readFolder(folder)
  const version = fingerprint([...found].flatMap(([path, content]) => [path, content]))
  const assets = `assets/${version}`
  const index = found.get(INDEX)
  if (index)
    found.set(INDEX, Buffer.from(withAssets(index.toString(), assets, modulesOf(found, FIRST_MODULES))))
  const files = new Map<string, StaticFile>()
  for (const [path, content] of found) {
    const file = {
      type: TYPES[extname(path)] ?? '',
      etag: `"${fingerprint([content])}"`,
      plain: content,
      encoded: {},
    }
    files.set(path, { ...file, mayChange: true })
    if (path !== INDEX) files.set(`${assets}/${path}`, { ...file, mayChange: false })
  }
  return {
    has: (path) => files.has(path),
    async send(path, request, response) {
      const file = files.get(path)
      if (file) await sendFile(file, request, response)
    },
  }
}

/** By their paths below the folder. */
function readFolder(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && Object.hasOwn(TYPES, extname(entry.name)))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(folder, path))]))
}

function fingerprint(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('base64url').slice(0, 16)
}

/** A browser finds a module when it has read the one that imports it: it is told of all at once. */
const withAssets = (html: string, assets: string, modules: readonly string[]): string =>
  html
    .replace(/(?<=\s(?:href|src)=")(?=[^":]+")/g, `${assets}/`)
    .replace(
      '</head>',
      `${modules.map((path) => `<link rel="modulepreload" href="${assets}/${path}">`).join('')}</head>`,
    )

/** Modules, and what they import. */
function modulesOf(files: ReadonlyMap<string, Buffer>, paths: readonly string[]): readonly string[] {
  const known = new Set(paths.filter((path) => files.has(path)))
  for (const path of known) {
    for (const [, imported = ''] of (files.get(path)?.toString() ?? '').matchAll(IMPORTS)) {
      const target = posix.join(posix.dirname(path), imported)
      if (files.has(target)) known.add(target)
    }
  }
  return [...known]
}

const encode = ({ plain, encoded }: StaticFile, encoding: Encoding): Promise<Buffer> =>
  (encoded[encoding] ??= ENCODERS[encoding](plain))

async function sendFile(file: StaticFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('Cache-Control', file.mayChange ? 'no-cache' : 'max-age=31536000, immutable')
  response.setHeader('ETag', file.etag)
  response.setHeader('Vary', 'Accept-Encoding')
  if (request.headers['if-none-match']?.includes(file.etag)) {
    response.writeHead(304).end()
    return
  }
  const encoding = chooseEncoding(request.headers['accept-encoding'])
  const body = encoding === undefined ? file.plain : await encode(file, encoding)
  response.writeHead(200, {
    'Content-Type': file.type,
    'Content-Length': body.length,
    ...(encoding !== undefined && { 'Content-Encoding': encoding }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function chooseEncoding(accepted = ''): Encoding | undefined {
  const names = accepted
    .split(',')
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => part.split(';', 1)[0]?.trim())
  return (['br', 'gzip'] as const).find((name) => names.includes(name))
}
