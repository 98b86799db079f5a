/**
 * The services of raftoral.proto, ready for grpc-js: loaded once, from the descriptor in the code.
 *
 * P1. Requests of clients reach the server as the bytes that were sent: a signature is checked over them before they are read.
 * P2. Packets of peers bypass protobufjs (packet-wire.ts).
 * Tests: proto.spec.ts.
 */
import type { PackageDefinition } from '@grpc/proto-loader';
import { type ControlMethod } from '../../client/control-methods-port.js';
import { type Packet } from './packet-wire.js';
export declare const PROTO_PACKAGE = "raftoral.v1";
export declare const PEER_SERVICE = "PeerStream";
export declare const CONNECT_PATH = "/raftoral.v1.PeerStream/Connect";
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
export declare function loadProto(loader: typeof import('@grpc/proto-loader')): RaftoralProto;
/** For both ends of the peer stream. */
export declare const PACKET_CODEC: {
    readonly encode: (packet: Packet) => Buffer;
    readonly decode: (bytes: Buffer) => Packet;
};
export declare function camelCase(name: string): string;
