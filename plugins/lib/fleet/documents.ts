import { z } from 'zod'
import type { Fleet } from './fleet'

/** A text that all nodes of a fleet have: gateway.yaml, a list file. */
const documentShape = z.strictObject({
  text: z.string(),
  /** Fingerprint of the text that it replaces on the node that publishes it. */
  from: z.string().max(80).optional(),
  node: z.string().max(255),
  by: z.string().max(255),
  /** Milliseconds since the epoch. */
  time: z.number(),
  note: z.string().max(500).optional(),
})
export type FleetDocument = Readonly<z.output<typeof documentShape>>

/** Texts longer than this are copied to the nodes by other means: each of them reads every revision. */
export const MAX_DOCUMENT = 1_048_576

export interface Documents {
  /** The newest revision of each document, by name. */
  heads(): Promise<ReadonlyMap<string, number>>
  get(name: string, revision: number): Promise<FleetDocument | undefined>
  /** False when another node has published this revision, or a later one. */
  publish(name: string, revision: number, document: FleetDocument): Promise<boolean>
}

const KEPT = 3

/**
 * One hash in Redis with a field for each revision. HSETNX decides which of two nodes has made a revision, on a
 * server, in a cluster and behind sentinels alike.
 */
export function createDocuments({ link, key }: Pick<Fleet, 'link' | 'key'>): Documents {
  const hash = key('documents')
  const fieldOf = (name: string, revision: number): string => `${revision} ${name}`
  const revisions = async () => (await link.run((redis) => redis.hKeys(hash))).flatMap(parseField)
  const newest = async (): Promise<Map<string, number>> => {
    const heads = new Map<string, number>()
    for (const { name, revision } of await revisions())
      heads.set(name, Math.max(revision, heads.get(name) ?? 0))
    return heads
  }
  const forget = async (name: string, isOld: (revision: number) => boolean): Promise<void> => {
    const old = (await revisions()).filter((each) => each.name === name && isOld(each.revision))
    for (const { revision } of old) await link.run((redis) => redis.hDel(hash, fieldOf(name, revision)))
  }

  return {
    heads: newest,
    async get(name, revision) {
      const text = await link.run((redis) => redis.hGet(hash, fieldOf(name, revision)))
      return parseDocument(text ?? '')
    },
    async publish(name, revision, document) {
      const field = fieldOf(name, revision)
      const isSet = await link.run((redis) => redis.hSetNX(hash, field, JSON.stringify(document)))
      if (Number(isSet) !== 1) return false
      // An old revision may have been free again.
      if (((await newest()).get(name) ?? 0) > revision) {
        await link.run((redis) => redis.hDel(hash, field))
        return false
      }
      await forget(name, (other) => other <= revision - KEPT)
      return true
    },
  }
}

function parseField(field: string): { readonly name: string; readonly revision: number }[] {
  const [, revision, name = ''] = /^([1-9]\d{0,14}) (.{1,500})$/.exec(field) ?? []
  return revision === undefined ? [] : [{ name, revision: Number(revision) }]
}

function parseDocument(text: string): FleetDocument | undefined {
  try {
    return documentShape.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
