import type { IncomingMessage } from 'node:http'
import { ApiError } from './api/route'

export interface BodyLimits {
  readonly maxBytes: number
  /** For the whole body: a slow client must not keep its place for ever. */
  readonly deadlineMs: number
}

/** The body as JSON; undefined for none. Throws ApiError for what cannot be taken. */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  const body = await readBody(request, limits)
  if (body.length === 0) return undefined
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  // A form of a foreign page can send anything but this.
  if (type !== 'application/json') throw new ApiError(415, 'the body must be application/json')
  try {
    return JSON.parse(body.toString('utf8'), refuseProto) as unknown
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError(400, 'the body is not valid JSON')
  }
}

/** Such a key turns into the prototype of whatever an object is copied to carelessly. */
function refuseProto(this: unknown, key: string, value: unknown): unknown {
  if (key === '__proto__') throw new ApiError(400, 'no key may be named __proto__')
  return value
}

function readBody(request: IncomingMessage, { maxBytes, deadlineMs }: BodyLimits): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const settle = (announce: () => void): void => {
      clearTimeout(timer)
      request.off('data', take)
      announce()
    }
    const fail = (error: ApiError): void => {
      settle(() => {
        reject(error)
      })
    }
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > maxBytes) fail(tooLarge(maxBytes))
      else chunks.push(chunk)
    }
    const timer = setTimeout(() => {
      fail(new ApiError(408, 'the body did not come in time'))
    }, deadlineMs)
    request.on('data', take)
    request.once('end', () => {
      settle(() => {
        resolve(Buffer.concat(chunks))
      })
    })
    // The client went away: there is nobody to answer.
    request.once('error', () => {
      fail(new ApiError(400, 'the request broke off'))
    })
    request.once('close', () => {
      fail(new ApiError(400, 'the request broke off'))
    })
  })
}

const tooLarge = (maxBytes: number): ApiError =>
  new ApiError(413, `the body must be at most ${maxBytes} bytes`)
