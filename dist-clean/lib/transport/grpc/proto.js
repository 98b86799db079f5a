import { CONTROL_METHODS } from '../../client/control-methods-port.js';
import { invariant } from '../../errors/invariant.js';
import { RAFTORAL_DESCRIPTOR_SET } from './descriptor.js';
import { decodePacket, encodePacket } from './packet-wire.js';
export const PROTO_PACKAGE = 'raftoral.v1';
export const PEER_SERVICE = 'PeerStream';
export const CONNECT_PATH = `/${PROTO_PACKAGE}.${PEER_SERVICE}/Connect`;
const TYPES = { TYPE_STRING: 'text', TYPE_INT64: 'integer', TYPE_BOOL: 'boolean' };
const asBytes = (value) => value;
export function loadProto(loader) {
    const definition = loader.loadFileDescriptorSetFromBuffer(Buffer.from(RAFTORAL_DESCRIPTOR_SET, 'base64'), {
        longs: Number,
        arrays: true,
    });
    const rpcs = CONTROL_METHODS.map((method) => describeRpc(definition, method));
    const serverDefinition = { ...definition };
    for (const service of new Set(CONTROL_METHODS.map(({ rpc }) => rpc.service)))
        serverDefinition[`${PROTO_PACKAGE}.${service}`] = withRawRequests(serviceOf(definition, service));
    serverDefinition[`${PROTO_PACKAGE}.${PEER_SERVICE}`] = {
        Connect: {
            ...methodOf(definition, PEER_SERVICE, 'Connect'),
            requestSerialize: encodePacket,
            requestDeserialize: decodePacket,
            responseSerialize: encodePacket,
            responseDeserialize: decodePacket,
        },
    };
    return {
        serverDefinition,
        definition,
        byPath: new Map(rpcs.map((rpc) => [rpc.path, rpc])),
        byName: new Map(rpcs.map((rpc) => [rpc.method.name, rpc])),
    };
}
/** For both ends of the peer stream. */
export const PACKET_CODEC = {
    encode: encodePacket,
    decode: decodePacket,
};
function describeRpc(definition, method) {
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
        responseFields: new Map(fieldsOf(found.responseType).map(({ name, type, label }) => [
            camelCase(name),
            { type: TYPES[type] ?? 'text', isRepeated: label === 'LABEL_REPEATED' },
        ])),
    };
}
function fieldsOf(type) {
    return type.type.field ?? [];
}
function namesOf(type) {
    return fieldsOf(type).map(({ name }) => [camelCase(name), name]);
}
function toWire(message, names) {
    return Object.fromEntries(names.filter(([name]) => message[name] !== undefined).map(([name, wireName]) => [wireName, message[name]]));
}
function fromWire(message, names) {
    const wire = message;
    return Object.fromEntries(names.filter(([, wireName]) => wire[wireName] !== undefined).map(([name, wireName]) => [name, wire[wireName]]));
}
function withRawRequests(service) {
    return Object.fromEntries(Object.entries(service).map(([name, method]) => [
        name,
        { ...method, requestDeserialize: asBytes, responseSerialize: asBytes },
    ]));
}
function serviceOf(definition, service) {
    const found = definition[`${PROTO_PACKAGE}.${service}`];
    invariant(found !== undefined, `raftoral.proto has no service ${service}`);
    return found;
}
function methodOf(definition, service, method) {
    const found = serviceOf(definition, service)[method];
    invariant(found !== undefined, `raftoral.proto has no ${service}.${method}`);
    return found;
}
export function camelCase(name) {
    return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}
//# sourceMappingURL=proto.js.map