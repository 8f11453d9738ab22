import { z } from 'zod'
import { version } from '../lib/version'
import type { Route } from './api/route'

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: { type: 'array', items: { type: ['string', 'integer'] } },
          message: { type: 'string' },
        },
      },
    },
  },
}

/** The calls as an OpenAPI 3.1 document, made of what the server checks them by. */
export function createOpenApi(routes: readonly Route[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Mail gateway', version },
    servers: [{ url: '.' }],
    paths,
    components: {
      schemas: { Error: ERROR },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'gateway_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
    security: [{ session: [] }, { token: [] }],
  }
}

function operation(route: Route): unknown {
  const { summary, access, body, answer } = route
  return {
    summary,
    description:
      access === 'editor' ? 'For editors.' : access === 'reader' ? 'For readers and editors.' : 'For anyone.',
    ...(access === 'anyone' && { security: [] }),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(body && { requestBody: { required: true, content: json(schemaOf(body, 'input')) } }),
    responses: {
      '2XX':
        answer instanceof z.ZodUndefined
          ? { description: 'Done' }
          : { description: 'Done', content: json(schemaOf(answer, 'output')) },
      default: { description: 'Not done', content: json({ $ref: '#/components/schemas/Error' }) },
    },
  }
}

const json = (schema: unknown) => ({ 'application/json': { schema } })

const pathParameters = ({ path }: Route) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))

function queryParameters({ query }: Route) {
  if (!(query instanceof z.ZodObject)) return []
  return Object.entries(query.shape).map(([name, schema]) => {
    const field = schema as z.ZodType
    return {
      name,
      in: 'query',
      required: !field.safeParse(undefined).success,
      schema: schemaOf(field, 'input'),
    }
  })
}

/** What has no form in JSON, such as a transformation, is left open. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const made: Record<string, unknown> = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  delete made.$schema
  return made
}
