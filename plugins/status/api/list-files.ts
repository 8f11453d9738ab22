import { z } from 'zod'
import type { Gateway } from '../../lib/gateway'
import { diskFault } from '../../lib/settings/save/disk-fault'
import { createListFolder, type ListFolder, maxListFileBytes } from '../../lib/list-files/list-folder'
import { changeListFile } from '../shared-list-file'
import { ApiError, type ApiRequest, route, type Route } from './route'
import { ifMatch } from './saving'

const folders = new WeakMap<Gateway, ListFolder>()

/** One for the gateway of the process, which remembers what it has counted. */
function folderOf(gateway: Gateway): ListFolder {
  const folder = folders.get(gateway) ?? createListFolder(gateway.instanceDir)
  folders.set(gateway, folder)
  return folder
}

const list = route({
  method: 'GET',
  path: '/list-files',
  access: 'reader',
  summary: 'List files in config/lists',
  answer: z.array(
    z.object({ file: z.string(), size: z.int().describe('bytes'), entries: z.int(), version: z.string() }),
  ),
  handle: async ({ gateway }) => ({ body: await folderOf(gateway).list() }),
})

const show = route({
  method: 'GET',
  path: '/list-files/:name',
  access: 'reader',
  summary: 'A list file',
  answer: z.object({ name: z.string(), version: z.string(), text: z.string() }),
  handle(request) {
    const found = folderOf(request.gateway).read(nameIn(request))
    if (!found) throw noFile()
    if (found.text.length > maxListFileBytes) throw tooLong()
    return { body: found, headers: { ETag: `"${found.version}"` } }
  },
})

const save = route({
  method: 'PUT',
  path: '/list-files/:name',
  access: 'editor',
  summary: 'Saves a list file; If-Match names the version that was edited, If-None-Match: * makes a new one',
  body: z.object({ text: z.string() }),
  // Escapes of JSON make a text longer.
  maxBodyBytes: 2 * maxListFileBytes,
  answer: z.object({
    version: z.string(),
    entries: z.int(),
    problems: z
      .array(z.object({ line: z.int().describe('counted from 1'), message: z.string() }))
      .describe('lines that count for nothing'),
  }),
  async handle(request) {
    const { gateway, caller, body, headers } = request
    const name = nameIn(request)
    const base = headers['if-none-match']?.trim() === '*' ? undefined : ifMatch(request)
    checkText(body.text)
    const options = { takesAddresses: name === gateway.settings().allowed_senders }
    const result = await changeListFile(
      gateway,
      name,
      caller?.name ?? '',
      () => folderOf(gateway).save(name, body.text, base, options),
      ({ kind }) => kind === 'saved',
    ).catch((error: unknown) => {
      const { reason, isDiskFull } = diskFault(error)
      throw new ApiError(isDiskFull ? 507 : 500, `nothing was changed: ${reason}`)
    })
    if (result.kind === 'conflict') {
      const message = base === undefined ? `${name} is there already` : `${name} was changed meanwhile`
      throw new ApiError(409, message, [], { version: result.version })
    }
    const { version, entries, problems } = result
    gateway.log.notice(`list file ${name} saved by ${caller?.name ?? 'nobody'}: ${entries} entries`)
    return { body: { version, entries, problems }, headers: { ETag: `"${version}"` } }
  },
})

function nameIn({ gateway, params }: ApiRequest): string {
  const name = folderOf(gateway).nameOf(params.name ?? '')
  if (name === undefined) throw noFile()
  return name
}

function checkText(text: string): void {
  if (Buffer.byteLength(text) > maxListFileBytes) throw tooLong()
  const wrong = text.includes('\0') ? 'holds a NUL character' : text.isWellFormed() ? undefined : 'is no text'
  if (wrong !== undefined) throw new ApiError(422, `the file ${wrong}`, [{ path: ['text'], message: wrong }])
}

const noFile = (): ApiError => new ApiError(404, 'there is no such list file: names are lists/NAME.txt')
const tooLong = (): ApiError =>
  new ApiError(413, `a list file of more than ${maxListFileBytes} bytes is edited with other means`)

export const listFileRoutes: readonly Route[] = [list, show, save]
