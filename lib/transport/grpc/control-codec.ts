/**
 * Requests and answers of the control API as messages of raftoral.proto, by the table. Pure.
 *
 * K1. Lossless: what a message has no field for (a null, a field of another version) travels in `moreJson`.
 * K2. A value that does not fit its field is INVALID_ARGUMENT, naming the field; nothing is converted silently.
 * K3. In proto3 a required text that is empty, and a list that is empty, are as good as absent.
 * Tests: control-codec.spec.ts.
 */
import type { ControlField } from '../../client/control-methods-port.js';
import type { Json, JsonObject } from '../../client/control-port.js';
import { RaftoralError } from '../../errors/index.js';
import type { ControlRpc, ProtoField } from './proto.js';

const JSON_SUFFIX = 'Json';
const MORE = 'moreJson';

type Message = Record<string, unknown>;

export function encodeRequest({ method, encodeRequest: encode }: ControlRpc, request: JsonObject): Buffer {
  const message: Message = {};
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined) continue;
    const field = Object.hasOwn(method.request, name) ? method.request[name] : undefined;
    if (field === undefined) throw refuse(method.name, name, `is no field of this call`);
    if (field.type === 'json') message[name + JSON_SUFFIX] = JSON.stringify(value);
    else if (isOfType(field.type, value)) message[name] = value;
    else throw refuse(method.name, name, `must be ${EXPECTED[field.type]}`);
  }
  return encode(message);
}

export function decodeRequest({ method, decodeRequest: decode }: ControlRpc, bytes: Buffer): JsonObject {
  let message: Readonly<Message>;
  try {
    message = decode(bytes);
  } catch (error) {
    throw new RaftoralError('INVALID_ARGUMENT', `${method.name}: the request is no message of raftoral.proto.`, { cause: error });
  }
  const request: Record<string, Json> = {};
  for (const [name, field] of Object.entries(method.request)) {
    const value = message[field.type === 'json' ? name + JSON_SUFFIX : name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    if (field.type === 'json') request[name] = parse(String(value), () => refuse(method.name, name, 'must be JSON text'));
    else if (isOfType(field.type, value)) request[name] = value;
    else throw refuse(method.name, name, `must be ${EXPECTED[field.type]}`);
  }
  return request;
}

export function encodeResponse({ responseFields, encodeResponse: encode }: ControlRpc, answer: JsonObject): Buffer {
  const message: Message = {};
  const more: Record<string, Json> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (value === undefined) continue;
    const field = responseFields.get(name);
    if (responseFields.has(name + JSON_SUFFIX) && name + JSON_SUFFIX !== MORE) message[name + JSON_SUFFIX] = JSON.stringify(value);
    else if (name !== MORE && field !== undefined && fits(field, value)) message[name] = value;
    else more[name] = value;
  }
  if (Object.keys(more).length > 0) message[MORE] = JSON.stringify(more);
  return encode(message);
}

export function decodeResponse({ method, responseFields, decodeResponse: decode }: ControlRpc, bytes: Buffer): JsonObject {
  const message = decode(bytes);
  const broken = (name: string) => () =>
    new RaftoralError('MALFORMED_FRAME', `${method.name}: the answer's field ${name} is no JSON text; is this a node of Raftoral?`);
  const answer: Record<string, Json> = {};
  for (const name of responseFields.keys()) {
    const value = message[name];
    if (value === undefined || name === MORE) continue;
    if (name.endsWith(JSON_SUFFIX)) answer[name.slice(0, -JSON_SUFFIX.length)] = parse(String(value), broken(name));
    else answer[name] = value as Json;
  }
  const more = message[MORE];
  if (more === undefined) return answer;
  const rest = parse(String(more), broken(MORE));
  if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) throw broken(MORE)();
  return { ...answer, ...(rest as JsonObject) };
}

const EXPECTED: Readonly<Record<ControlField['type'], string>> = {
  text: 'text',
  integer: 'a whole number of at most 53 bits',
  boolean: 'true or false',
  json: 'a JSON value',
  texts: 'an array of texts',
  integers: 'an array of whole numbers',
};

function isOfType(type: ControlField['type'], value: unknown): value is Json {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'integers':
      return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item));
    case 'json':
      return true;
  }
}

function fits({ type, isRepeated }: ProtoField, value: Json): boolean {
  if (!isRepeated) return isOfType(type, value);
  return Array.isArray(value) && value.every((item) => isOfType(type, item));
}

function parse(text: string, refused: () => RaftoralError): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw refused();
  }
}

function refuse(method: string, field: string, problem: string): RaftoralError {
  return new RaftoralError('INVALID_ARGUMENT', `${method}: ${field} ${problem}.`, { details: { field } });
}
