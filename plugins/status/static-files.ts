import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/**
 * The files of the page, read once: nothing that is asked for is ever looked up on the disk. Each is compressed when
 * it is asked for first: to do all of them at the start took seconds of every worker, most of which serve no page.
 */
export interface StaticFiles {
  has(path: string): boolean
  /** `path` below the folder: `css/base.css`. */
  send(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>
}

interface StaticFile {
  readonly type: string
  readonly etag: string
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
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
const ENCODERS = {
  br: (plain: Buffer): Promise<Buffer> => promisify(brotliCompress)(plain, BROTLI),
  gzip: (plain: Buffer): Promise<Buffer> => promisify(gzip)(plain),
}

export function loadStaticFiles(folder: string): StaticFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = new Map(
    entries
      .filter((entry) => entry.isFile() && Object.hasOwn(TYPES, extname(entry.name)))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        return [relative(folder, path).split(sep).join('/'), loadFile(path)] as const
      }),
  )
  return {
    has: (path) => files.has(path),
    async send(path, request, response) {
      const file = files.get(path)
      if (file) await sendFile(file, request, response)
    },
  }
}

function loadFile(path: string): StaticFile {
  const plain = readFileSync(path)
  return {
    type: TYPES[extname(path)] ?? '',
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 16)}"`,
    plain,
    encoded: {},
  }
}

const encode = ({ plain, encoded }: StaticFile, encoding: Encoding): Promise<Buffer> =>
  (encoded[encoding] ??= ENCODERS[encoding](plain))

async function sendFile(file: StaticFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A new version of the page must not meet parts of the old one.
  response.setHeader('Cache-Control', 'no-cache')
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
