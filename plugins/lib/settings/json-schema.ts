import { z } from 'zod'
import { settingsSchema } from './schema'

/** gateway.yaml as JSON Schema, as people write it: everything that has a default may be left out. */
export function settingsJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-2020-12' })
}
