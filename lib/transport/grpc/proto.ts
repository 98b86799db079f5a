/**
 * The services of raftoral.proto, ready for grpc-js: loaded once, from the descriptor in the code.
 *
 * P1. Requests of clients reach the server as the bytes that were sent: a signature is checked over them before they are read.
 * P2. Packets of peers bypass protobufjs (packet-wire.ts).
 * Tests: proto.spec.ts.
 */
import type { MethodDefinition, PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { CONTROL_METHODS, type ControlMethod } from '../../client/control-methods-port.js';
import { invariant } from '../../errors/invariant.js';
import { RAFTORAL_DESCRIPTOR_SET } from './descriptor.js';
import { decodePacket, encodePacket, type Packet } from './packet-wire.js';

export const PROTO_PACKAGE = 'raftoral.v1';
export const PEER_SERVICE = 'PeerStream';
export const CONNECT_PATH = `/${PROTO_PACKAGE}.${PEER_SERVICE}/Connect`;

/** One call of the table, as it stands on the wire. Names of fields are those of JSON (camel case). */
export interface ControlRpc {
  readonly method: ControlMethod;
  /** `/raftoral.v1.Workflows/Start` */
  readonly path: string;
  encodeRequest(message: Readonly<Record<string, unknown>>): Buffer;
  decodeRequest(bytes: Buffer): Readonly<Record<string, unknown>>;
  encodeResponse(message: Readonly<Record<string, unknown>>): Buffer;
  decodeResponse(bytes: Buffer): Readonly<Record<string, unknown>>;
  /** Fields of the answer, by their names in JSON. */
  readonly responseFields: ReadonlyMap<string, ProtoField>;
}

export interface ProtoField {
  readonly type: 'text' | 'integer' | 'boolean';
  readonly isRepeated: boolean;
}

export interface RaftoralProto {
  /** For the server: requests as bytes (P1), packets by hand (P2). */
  readonly serverDefinition: PackageDefinition;
  /** For reflection. */
  readonly definition: PackageDefinition;
  readonly byPath: ReadonlyMap<string, ControlRpc>;
  readonly byName: ReadonlyMap<string, ControlRpc>;
}

/** What protobufjs says of a field. */
interface FieldDescription {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

const TYPES: Readonly<Record<string, ProtoField['type']>> = { TYPE_STRING: 'text', TYPE_INT64: 'integer', TYPE_BOOL: 'boolean' };
const asBytes = (value: Buffer): Buffer => value;

export function loadProto(loader: typeof import('@grpc/proto-loader')): RaftoralProto {
  const definition = loader.loadFileDescriptorSetFromBuffer(Buffer.from(RAFTORAL_DESCRIPTOR_SET, 'base64'), {
    longs: Number,
    arrays: true,
  });
  const rpcs = CONTROL_METHODS.map((method) => describeRpc(definition, method));
  const serverDefinition: PackageDefinition = { ...definition };
  for (const service of new Set(CONTROL_METHODS.map(({ rpc }) => rpc.service)))
    serverDefinition[`${PROTO_PACKAGE}.${service}`] = withRawRequests(serviceOf(definition, service));
  serverDefinition[`${PROTO_PACKAGE}.${PEER_SERVICE}`] = {
    Connect: {
      ...methodOf(definition, PEER_SERVICE, 'Connect'),
      requestSerialize: encodePacket,
      requestDeserialize: decodePacket,
      responseSerialize: encodePacket,
      responseDeserialize: decodePacket,
    } as unknown as MethodDefinition<object, object>,
  };
  return {
    serverDefinition,
    definition,
    byPath: new Map(rpcs.map((rpc) => [rpc.path, rpc])),
    byName: new Map(rpcs.map((rpc) => [rpc.method.name, rpc])),
  };
}

/** For both ends of the peer stream. */
export const PACKET_CODEC: { readonly encode: (packet: Packet) => Buffer; readonly decode: (bytes: Buffer) => Packet } = {
  encode: encodePacket,
  decode: decodePacket,
};

function describeRpc(definition: PackageDefinition, method: ControlMethod): ControlRpc {
  const found = methodOf(definition, method.rpc.service, method.rpc.method);
  const requestNames = namesOf(found.requestType);
  const responseNames = namesOf(found.responseType);
  return {
    method,
    path: found.path,
    encodeRequest: (message) => found.requestSerialize(toWire(message, requestNames)),
    decodeRequest: (bytes) => fromWire(found.requestDeserialize(bytes), requestNames),
    encodeResponse: (message) => found.responseSerialize(toWire(message, responseNames)),
    decodeResponse: (bytes) => fromWire(found.responseDeserialize(bytes), responseNames),
    responseFields: new Map(
      fieldsOf(found.responseType).map(({ name, type, label }) => [
        camelCase(name),
        { type: TYPES[type] ?? 'text', isRepeated: label === 'LABEL_REPEATED' } satisfies ProtoField,
      ]),
    ),
  };
}

type Names = readonly (readonly [name: string, wireName: string])[];

function fieldsOf(type: { readonly type: object }): readonly FieldDescription[] {
  return (type.type as { readonly field?: readonly FieldDescription[] }).field ?? [];
}

function namesOf(type: { readonly type: object }): Names {
  return fieldsOf(type).map(({ name }) => [camelCase(name), name]);
}

function toWire(message: Readonly<Record<string, unknown>>, names: Names): object {
  return Object.fromEntries(names.filter(([name]) => message[name] !== undefined).map(([name, wireName]) => [wireName, message[name]]));
}

function fromWire(message: object, names: Names): Readonly<Record<string, unknown>> {
  const wire = message as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.filter(([, wireName]) => wire[wireName] !== undefined).map(([name, wireName]) => [name, wire[wireName]]));
}

function withRawRequests(service: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      { ...method, requestDeserialize: asBytes, responseSerialize: asBytes } as unknown as MethodDefinition<object, object>,
    ]),
  );
}

function serviceOf(definition: PackageDefinition, service: string): ServiceDefinition {
  const found = definition[`${PROTO_PACKAGE}.${service}`];
  invariant(found !== undefined, `raftoral.proto has no service ${service}`);
  return found as ServiceDefinition;
}

function methodOf(definition: PackageDefinition, service: string, method: string): MethodDefinition<object, object> {
  const found = serviceOf(definition, service)[method];
  invariant(found !== undefined, `raftoral.proto has no ${service}.${method}`);
  return found;
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
