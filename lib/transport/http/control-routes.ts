/**
 * Requests of the control API as HTTP has them → requests as the table has them. Pure.
 *
 * R1. A path is cut at its slashes before it is percent-decoded, so that an id may hold any character.
 * R2. A query parameter that the method has no field for, a repeated one that is no list, and a text that is not of its field's type are refused by name.
 * R3. A literal segment wins over a parameter.
 * Tests: http-parts.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import { CONTROL_METHODS, type ControlField, type ControlMethod } from '../../client/control-methods-port.js';
import type { Json, JsonObject } from '../../client/control-port.js';

export interface ControlMatch {
  readonly method: ControlMethod;
  /** Values of the path's parameters, as texts. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: ControlMethod;
  readonly segments: readonly string[];
}

const PARAMETER = /^\{(\w+)\}$/;

/** Literals first, segment by segment. */
const ROUTES: readonly Route[] = CONTROL_METHODS.map((method) => ({ method, segments: method.http.path.split('/').slice(1) })).sort(
  (one, two) => parameterCount(one) - parameterCount(two),
);

function parameterCount({ segments }: Route): number {
  return segments.filter((segment) => PARAMETER.test(segment)).length;
}

/** All methods of the path, one for each verb; empty: there is no such path. */
export function matchPath(path: string): ReadonlyMap<string, ControlMatch> {
  const segments = path.split('/').slice(1);
  const found = new Map<string, ControlMatch>();
  for (const { method, segments: wanted } of ROUTES) {
    if (wanted.length !== segments.length || found.has(method.http.verb)) continue;
    const parameters = parametersOf(wanted, segments);
    if (parameters !== null) found.set(method.http.verb, { method, parameters });
  }
  return found;
}

function parametersOf(wanted: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const name = PARAMETER.exec(wanted[index]!)?.[1];
    if (name === undefined && wanted[index] !== segment) return null;
    // An empty segment names nothing: /workflows//result is no route.
    if (name !== undefined && segment === '') return null;
    if (name !== undefined) parameters[name] = segment;
  }
  return parameters;
}

/** The request of a GET: path and query. */
export function queryRequest({ method, parameters }: ControlMatch, query: string): JsonObject {
  const request: Record<string, Json> = pathRequest(method, parameters);
  const given = new URLSearchParams(query);
  for (const name of new Set(given.keys())) {
    const field = fieldOf(method, name);
    const texts = given.getAll(name);
    if (field.in === 'path') throw invalid(name, 'stands in the path');
    if (field.type === 'texts') request[name] = texts;
    else if (field.type === 'integers') request[name] = texts.map((text) => integer(name, text));
    else if (texts.length > 1) throw invalid(name, `is given ${texts.length} times, and takes one value`);
    else request[name] = typed(name, field, texts[0]!);
  }
  return request;
}

/** The request of a POST: path and body. Unknown fields of the body are the service's to refuse. */
export function bodyRequest({ method, parameters }: ControlMatch, query: string, body: JsonObject): JsonObject {
  if (query !== '')
    throw new RaftoralError(
      'INVALID_ARGUMENT',
      `${method.http.verb} ${method.http.path} takes its fields in the body, not in the query string`,
    );
  for (const [name, field] of Object.entries(method.request))
    if (field.in === 'path' && Object.hasOwn(body, name)) throw invalid(name, 'stands in the path');
  return { ...body, ...pathRequest(method, parameters) };
}

function pathRequest(method: ControlMethod, parameters: Readonly<Record<string, string>>): Record<string, Json> {
  const request: Record<string, Json> = {};
  for (const [name, text] of Object.entries(parameters)) request[name] = typed(name, fieldOf(method, name), decode(name, text));
  return request;
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new RaftoralError('INVALID_ARGUMENT', `${name} is not well percent-encoded in the path`, { cause, details: { field: name } });
  }
}

function fieldOf(method: ControlMethod, name: string): ControlField {
  const field = Object.hasOwn(method.request, name) ? method.request[name] : undefined;
  if (field === undefined) throw invalid(name, `is no field of ${method.name}; it has ${Object.keys(method.request).join(', ') || 'none'}`);
  return field;
}

function typed(name: string, field: ControlField, text: string): Json {
  switch (field.type) {
    case 'text':
      return text;
    case 'integer':
      return integer(name, text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw invalid(name, `must be true or false, not '${text}'`);
      return text === 'true';
    case 'texts':
      return [text];
    case 'integers':
      return [integer(name, text)];
    case 'json':
      try {
        return JSON.parse(text) as Json;
      } catch {
        throw invalid(name, 'must be JSON');
      }
  }
}

function integer(name: string, text: string): number {
  const value = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) throw invalid(name, `must be a whole number, not '${text}'`);
  return value;
}

function invalid(name: string, why: string): RaftoralError {
  return new RaftoralError('INVALID_ARGUMENT', `${name} ${why}`, { details: { field: name } });
}

/** Path and query string of a call: the other direction, for a client. */
export function pathOf(method: ControlMethod, request: JsonObject): string {
  const path = method.http.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = request[name];
    if (value === undefined || value === null || value === '') throw invalid(name, 'is missing');
    return encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value));
  });
  if (method.http.verb !== 'GET') return path;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined || method.request[name]?.in === 'path') continue;
    const type = method.request[name]?.type;
    if (type === 'json') query.append(name, JSON.stringify(value));
    else for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) query.append(name, asText(item));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Fields of a POST's body. */
export function bodyOf(method: ControlMethod, request: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(request).filter(([name]) => method.request[name]?.in !== 'path'));
}
