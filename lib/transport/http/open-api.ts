/**
 * The OpenAPI 3.1 document of the control API, made of the table of its calls. Pure.
 *
 * G1. It has the routes that are served, and no other: both are made of CONTROL_METHODS.
 * Source: OpenAPI Specification 3.1.0. Tests: http-parts.spec.ts.
 */
import { CONTROL_METHODS, type ControlField, type ControlMethod } from '../../client/control-methods-port.js';
import type { Json, JsonObject } from '../../client/control-port.js';
import { ERROR_CODES } from '../../errors/index.js';
import { Header } from './http-limits.js';

/** Of the API, not of the package: raised when a released field changes its meaning, which it never does (T1). */
const API_VERSION = '1.0.0';

/** @param root where the API stands: `<path>/v1`. */
export function openApiDocument(root: string): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const method of CONTROL_METHODS) (paths[method.http.path] ??= {})[method.http.verb.toLowerCase()] = operation(method);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Raftoral control API',
      version: API_VERSION,
      description: 'Workflows, membership and administration of a node and its cluster.',
    },
    servers: [{ url: root }],
    security: [{ bearer: [] }, { hmac: [] }, { certificate: [] }],
    tags: [...new Set(CONTROL_METHODS.map(({ rpc }) => rpc.service))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The secret of the clients; over TLS or the loopback interface only.' },
        hmac: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description:
            'Raftoral-HMAC ts=…,nonce=…,mac=…: a signature by the secret of the clients, for connections that are not encrypted.',
        },
        certificate: { type: 'mutualTLS', description: "A certificate of the clients' authority." },
      },
      schemas: { Error: ERROR_SCHEMA },
      responses: {
        Error: {
          description: 'What went wrong, with the status of its code.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
      parameters: {
        timeoutMs: {
          name: Header.TIMEOUT_MS,
          in: 'header',
          description: 'Time that the caller still waits, ms.',
          schema: { type: 'integer', minimum: 1 },
        },
      },
    },
  };
}

const ERROR_SCHEMA: Json = {
  type: 'object',
  required: ['code', 'message', 'retryable', 'details'],
  properties: {
    code: { type: 'string', enum: Object.keys(ERROR_CODES) },
    message: { type: 'string' },
    retryable: { type: 'boolean', description: 'The same call may succeed later, unchanged.' },
    requestId: { type: 'string', description: 'Of a write whose outcome may be unknown: send it again with this id.' },
    details: { type: 'object', additionalProperties: true },
  },
};

function operation(method: ControlMethod): Json {
  const fields = Object.entries(method.request);
  const isGet = method.http.verb === 'GET';
  const body = isGet ? [] : fields.filter(([, field]) => field.in !== 'path');
  const isBodyRequired = body.some(([, field]) => field.isRequired);
  return {
    operationId: method.name,
    summary: method.about,
    tags: [method.rpc.service],
    parameters: [
      ...fields.filter(([, field]) => field.in === 'path').map(([name, field]) => parameter(name, field, 'path')),
      ...(isGet ? fields.filter(([, field]) => field.in !== 'path').map(([name, field]) => parameter(name, field, 'query')) : []),
      ...(method.isStream === true && 'after' in method.request ? [LAST_EVENT_ID] : []),
      { $ref: '#/components/parameters/timeoutMs' },
    ],
    ...(body.length === 0
      ? {}
      : { requestBody: { required: isBodyRequired, content: { 'application/json': { schema: objectSchema(body) } } } }),
    responses: {
      '200':
        method.isStream === true ? STREAM : { description: method.about, content: { 'application/json': { schema: { type: 'object' } } } },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

const LAST_EVENT_ID: Json = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'wseq of the last event that the caller has; wins over `after`.',
  schema: { type: 'integer', minimum: 0 },
};

const STREAM: Json = {
  description: 'Server-sent events: `data` is an item as JSON, `id` its wseq; ends with `event: end`, or `event: error` and the error.',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
};

function parameter(name: string, field: ControlField, place: 'path' | 'query'): Json {
  const isList = field.type === 'texts' || field.type === 'integers';
  return {
    name,
    in: place,
    required: place === 'path' || field.isRequired === true,
    description: field.about,
    ...(field.type === 'json' ? { content: { 'application/json': { schema: {} } } } : { schema: fieldSchema(field) }),
    ...(isList ? { style: 'form', explode: true } : {}),
  };
}

function objectSchema(fields: ReadonlyArray<readonly [string, ControlField]>): Json {
  const required = fields.filter(([, field]) => field.isRequired).map(([name]) => name);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(fields.map(([name, field]) => [name, { ...fieldSchema(field), description: field.about }])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function fieldSchema(field: ControlField): JsonObject {
  switch (field.type) {
    case 'text':
      return { type: 'string' };
    case 'integer':
      return { type: 'integer' };
    case 'boolean':
      return { type: 'boolean' };
    case 'texts':
      return { type: 'array', items: { type: 'string' } };
    case 'integers':
      return { type: 'array', items: { type: 'integer' } };
    case 'json':
      return {};
  }
}
