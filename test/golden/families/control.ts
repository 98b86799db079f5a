/**
 * Calls of the control API, one of each with every field: as gRPC carries them, and as HTTP has them in path, query and body.
 */
import * as loader from '@grpc/proto-loader';
import { CONTROL_METHODS, type ControlFieldType, type ControlMethod } from '../../../lib/client/control-methods-port.js';
import type { Json, JsonObject } from '../../../lib/client/control-port.js';
import { readRequest } from '../../../lib/client/control-request.js';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from '../../../lib/transport/grpc/control-codec.js';
import { loadProto, type ControlRpc } from '../../../lib/transport/grpc/proto.js';
import { bodyOf, bodyRequest, matchPath, pathOf, queryRequest } from '../../../lib/transport/http/control-routes.js';
import type { Family, GoldenCase } from '../family.js';
import { bytesOf, differenceOf, hexOf, plain, type Plain } from '../plain.js';

const { byName } = loadProto(loader);
const MORE = 'moreJson';
const JSON_SUFFIX = 'Json';

const VALUES: Readonly<Record<ControlFieldType, Json>> = {
  text: 'größe/1 2?&',
  integer: 2 ** 53 - 1,
  boolean: true,
  json: { a: [1, null, 'ü'], b: { c: false } },
  texts: ['running', 'blocked'],
  integers: [1, 300],
};

function requestOf(method: ControlMethod): JsonObject {
  return Object.fromEntries(Object.entries(method.request).map(([name, { type }]) => [name, VALUES[type]]));
}

/** Every field of the answer, and one that no build has. */
function answerOf(rpc: ControlRpc): JsonObject {
  const answer: Record<string, Json> = { ofALaterBuild: [1, null] };
  for (const [name, { type, isRepeated }] of rpc.responseFields) {
    if (name === MORE) continue;
    if (name.endsWith(JSON_SUFFIX)) answer[name.slice(0, -JSON_SUFFIX.length)] = VALUES.json;
    else if (isRepeated) answer[name] = type === 'integer' ? VALUES.integers : VALUES.texts;
    else answer[name] = VALUES[type];
  }
  return answer;
}

interface Wire {
  readonly path: string;
  readonly http: { readonly verb: string; readonly path: string; readonly body: JsonObject | null };
  readonly request: string;
  readonly answer: string;
}

function written(rpc: ControlRpc, request: JsonObject, answer: JsonObject): Wire {
  const { method, path } = rpc;
  const { verb } = method.http;
  return {
    path,
    http: { verb, path: pathOf(method, request), body: verb === 'GET' ? null : bodyOf(method, request) },
    request: hexOf(encodeRequest(rpc, request)),
    answer: hexOf(encodeResponse(rpc, answer)),
  };
}

/** What a node makes of the request, by either way, and a client of the answer. */
function read(rpc: ControlRpc, wire: Wire): { readonly grpc: JsonObject; readonly http: JsonObject; readonly answer: JsonObject } {
  const [path, query = ''] = wire.http.path.split('?') as [string, string?];
  const match = matchPath(path).get(wire.http.verb);
  if (match === undefined) throw new Error(`no call answers to ${wire.http.verb} ${path}`);
  if (match.method.name !== rpc.method.name) throw new Error(`${wire.http.verb} ${path} is ${match.method.name} now`);
  const http = wire.http.body === null ? queryRequest(match, query) : bodyRequest(match, query, wire.http.body);
  const grpc = decodeRequest(rpc, Buffer.from(bytesOf(wire.request)));
  for (const request of [grpc, http]) readRequest(rpc.method.name, request, rpc.method.isStream === true ? 'stream' : 'call');
  return { grpc, http, answer: decodeResponse(rpc, Buffer.from(bytesOf(wire.answer))) };
}

function problemsOf({ name, request, answer, wire: released }: GoldenCase): string[] {
  const rpc = byName.get(name);
  if (rpc === undefined) return ['the call is gone'];
  const wire = released as unknown as Wire;
  try {
    const found =
      differenceOf(plain({ grpc: request, http: request, answer }), plain(read(rpc, wire))) ??
      differenceOf(plain(wire), plain(written(rpc, request as JsonObject, answer as JsonObject)));
    return found === null ? [] : [found];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function labels({ name, request, answer }: GoldenCase): string[] {
  return [
    name,
    ...Object.keys(request as object).map((field) => `${name} request.${field}`),
    ...Object.keys(answer as object).map((field) => `${name} answer.${field}`),
  ];
}

function make(): GoldenCase[] {
  return [...byName.values()].map((rpc) => {
    const [request, answer] = [requestOf(rpc.method), answerOf(rpc)];
    return { name: rpc.method.name, request: request as Plain, answer: answer as Plain, wire: plain(written(rpc, request, answer)) };
  });
}

export const family: Family = {
  name: 'control',
  remedy:
    'Clients of released builds make these calls: a released field is never renamed, removed or given another type; new ones are optional (lib/client/control-methods-port.ts, T1).',
  make,
  check: problemsOf,
  labels,
  needed: () => [...CONTROL_METHODS.map(({ name }) => name), ...make().flatMap(labels)],
};
