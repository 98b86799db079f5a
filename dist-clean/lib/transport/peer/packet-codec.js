/**
 * Packets of a channel between two processes, as bytes. Owns their layout; a released one is never edited.
 *
 *   HELLO      u8 1 · "RAFT" · u8 versionMin · u8 versionMax · u8 security · u8 flags · nonce (32 bytes)       frozen for all versions
 *   CHALLENGE  u8 2 · u8 version · u8 security · u8 flags · nonce (32 bytes)
 *   PROOF      u8 3 · description · proof (bytes)
 *   WELCOME    u8 4 · u8 refusal (0 none) · text · description · proof (bytes)
 *   REFUSED    u8 5 · u8 refusal · text                                                                        frozen for all versions
 *   FRAME      u8 6 · bytes of EnvelopeCodec
 *   CALL       u8 7 · callId · method · JSON (bytes)
 *   ANSWER     u8 8 · callId · u8 ok · JSON (bytes)
 *   ADDRESSES  u8 9 · count · (nodeId · incarnation · address)
 *   RETIRE     u8 10        PROBE  u8 11        PROBE_ANSWER  u8 12
 *   description: deployment · nodeId · incarnation · u8 flags (1 volatile) · processId · address
 *
 * Whole numbers are varints, texts and bytes bear their length (byte-io.ts). After WELCOME a packet without TLS ends with its MAC (seal.ts).
 * P1. decode(encode(packet)) equals packet. P2. decode() of any bytes gives a packet or throws MALFORMED_FRAME, in time and memory linear in them.
 * Tests: packet-codec.spec.ts; test/fuzz (packet).
 */
import { ByteReader, ByteWriter } from '../byte-io.js';
export const PACKET_VERSION_MIN = 1;
export const PACKET_VERSION_MAX = 1;
export const NONCE_BYTES = 32;
export const PROOF_BYTES = 32;
export const PacketKind = {
    HELLO: 1,
    CHALLENGE: 2,
    PROOF: 3,
    WELCOME: 4,
    REFUSED: 5,
    FRAME: 6,
    CALL: 7,
    ANSWER: 8,
    ADDRESSES: 9,
    RETIRE: 10,
    PROBE: 11,
    PROBE_ANSWER: 12,
};
/** How the two sides know each other. It is configured, equal on both, and never negotiated. */
export const Security = { SECRET: 1, CERTIFICATE: 2, INSECURE: 3 };
/** Flag of HELLO and CHALLENGE: on this side the channel is encrypted, and this side knows by TLS with whom. */
export const FLAG_ENCRYPTED = 1;
export const FLAG_VERIFIED = 2;
/** Why a channel is ended. */
export const Refusal = {
    NONE: 0,
    /** No common protocol version. */
    VERSION: 1,
    /** One side uses a secret, the other a certificate, or nothing. */
    SECURITY: 2,
    /** Another secret. */
    SECRET: 3,
    DEPLOYMENT: 4,
    NODE_ID_REUSED: 5,
    /** The process reached itself. */
    SELF: 6,
    BUSY: 7,
    STOPPING: 8,
};
const REFUSAL_MAX = 8;
const MAGIC = 0x52414654; // "RAFT"
const DEPLOYMENT_BYTES_MAX = 256;
const PROCESS_BYTES_MAX = 64;
const ADDRESS_BYTES_MAX = 320;
const TEXT_BYTES_MAX = 1024;
const METHOD_BYTES_MAX = 128;
const ADDRESS_ITEM_BYTES_MIN = 3;
const writer = new ByteWriter();
export function encodeHello(hello) {
    begin(PacketKind.HELLO);
    for (let shift = 24; shift >= 0; shift -= 8)
        writer.u8((MAGIC >>> shift) & 0xff);
    writer.u8(hello.versionMin);
    writer.u8(hello.versionMax);
    writer.u8(hello.security);
    writer.u8(hello.flags);
    raw(hello.nonce);
    return writer.take();
}
export function decodeHello(bytes) {
    const reader = open(bytes, PacketKind.HELLO, 'HELLO');
    let magic = 0;
    for (let i = 0; i < 4; i++)
        magic = magic * 256 + reader.u8('magic');
    if (magic !== MAGIC)
        throw reader.malformed('magic', 'is not that of a peer', 1);
    const hello = {
        versionMin: reader.u8('versionMin'),
        versionMax: reader.u8('versionMax'),
        security: reader.u8('security'),
        flags: reader.u8('flags'),
        nonce: nonce(reader, bytes),
    };
    reader.end();
    return hello;
}
export function encodeChallenge(challenge) {
    begin(PacketKind.CHALLENGE);
    writer.u8(challenge.version);
    writer.u8(challenge.security);
    writer.u8(challenge.flags);
    raw(challenge.nonce);
    return writer.take();
}
export function decodeChallenge(bytes) {
    const reader = open(bytes, PacketKind.CHALLENGE, 'CHALLENGE');
    const challenge = {
        version: reader.u8('version'),
        security: reader.u8('security'),
        flags: reader.u8('flags'),
        nonce: nonce(reader, bytes),
    };
    reader.end();
    return challenge;
}
/** All of PROOF that its own proof covers. */
export function encodeProofBody(description) {
    begin(PacketKind.PROOF);
    writeDescription(description);
    return writer.take();
}
/** All of WELCOME that its own proof covers. */
export function encodeWelcomeBody(refusal, text, description) {
    begin(PacketKind.WELCOME);
    writer.u8(refusal);
    writer.text(clipped(text));
    writeDescription(description);
    return writer.take();
}
/** PROOF or WELCOME: its body, and the proof behind it. */
export function appendProof(body, proof) {
    writer.reset();
    raw(body);
    writer.blob(proof);
    return writer.take();
}
export function decodeProof(bytes) {
    const reader = open(bytes, PacketKind.PROOF, 'PROOF');
    const description = readDescription(reader);
    const bodyBytes = reader.position;
    const proof = readProof(reader);
    return { description, proof, bodyBytes };
}
export function decodeWelcome(bytes) {
    const reader = open(bytes, PacketKind.WELCOME, 'WELCOME');
    const refusal = readRefusal(reader);
    const text = reader.text('text', TEXT_BYTES_MAX);
    const description = readDescription(reader);
    const bodyBytes = reader.position;
    const proof = readProof(reader);
    return { refusal, text, description, proof, bodyBytes };
}
export function encodeRefused(refused, bytesAfter = 0) {
    begin(PacketKind.REFUSED);
    writer.u8(refused.refusal);
    writer.text(clipped(refused.text));
    return writer.take(0, bytesAfter);
}
export function decodeRefused(bytes) {
    const reader = open(bytes, PacketKind.REFUSED, 'REFUSED');
    const refused = { refusal: readRefusal(reader), text: reader.text('text', TEXT_BYTES_MAX) };
    reader.end();
    return refused;
}
export function encodeCall(call, bytesAfter = 0) {
    begin(PacketKind.CALL);
    writer.varint(call.callId);
    writer.text(call.method);
    writer.blob(call.json);
    return writer.take(0, bytesAfter);
}
export function decodeCall(bytes) {
    const reader = open(bytes, PacketKind.CALL, 'CALL');
    const call = { callId: reader.varint('callId'), method: reader.text('method', METHOD_BYTES_MAX), json: reader.blob('json') };
    reader.end();
    return call;
}
export function encodeAnswer(answer, bytesAfter = 0) {
    begin(PacketKind.ANSWER);
    writer.varint(answer.callId);
    writer.bool(answer.ok);
    writer.blob(answer.json);
    return writer.take(0, bytesAfter);
}
export function decodeAnswer(bytes) {
    const reader = open(bytes, PacketKind.ANSWER, 'ANSWER');
    const answer = { callId: reader.varint('callId'), ok: reader.bool('ok'), json: reader.blob('json') };
    reader.end();
    return answer;
}
export function encodeAddresses(addresses, bytesAfter = 0) {
    begin(PacketKind.ADDRESSES);
    writer.varint(addresses.length);
    for (const { nodeId, incarnation, address } of addresses) {
        writer.varint(nodeId);
        writer.varint(incarnation);
        writer.text(address);
    }
    return writer.take(0, bytesAfter);
}
export function decodeAddresses(bytes, addressesMax) {
    const reader = open(bytes, PacketKind.ADDRESSES, 'ADDRESSES');
    const count = reader.count('address count', addressesMax, ADDRESS_ITEM_BYTES_MIN);
    const addresses = [];
    for (let i = 0; i < count; i++) {
        const nodeId = reader.varint('nodeId');
        const incarnation = reader.varint('incarnation');
        addresses.push({ nodeId, incarnation, address: reader.text('address', ADDRESS_BYTES_MAX) });
    }
    reader.end();
    return addresses;
}
/** RETIRE, PROBE, PROBE_ANSWER: nothing but their kind. */
export function encodeBare(kind, bytesAfter = 0) {
    const bytes = new Uint8Array(1 + bytesAfter);
    bytes[0] = kind;
    return bytes;
}
export function checkBare(bytes) {
    const reader = new ByteReader(bytes);
    reader.u8('kind');
    reader.end();
}
function begin(kind) {
    writer.reset();
    writer.u8(kind);
}
function open(bytes, kind, name) {
    const reader = new ByteReader(bytes);
    const found = reader.u8('packet kind');
    if (found !== kind)
        throw reader.malformed('packet kind', `is ${found}, expected ${name} (${kind})`, 0);
    return reader;
}
function raw(bytes) {
    for (let i = 0; i < bytes.length; i++)
        writer.u8(bytes[i]);
}
function nonce(reader, bytes) {
    if (reader.remaining < NONCE_BYTES)
        throw reader.malformed('nonce', 'is cut off');
    const value = bytes.slice(reader.position, reader.position + NONCE_BYTES);
    reader.position += NONCE_BYTES;
    return value;
}
function readProof(reader) {
    const offset = reader.position;
    const proof = reader.blob('proof');
    if (proof.length !== 0 && proof.length !== PROOF_BYTES)
        throw reader.malformed('proof', `has ${proof.length} bytes`, offset);
    reader.end();
    return proof;
}
function readRefusal(reader) {
    const value = reader.u8('refusal');
    // One that this version does not know is still a refusal.
    return (value > REFUSAL_MAX ? Refusal.BUSY : value);
}
function writeDescription(description) {
    writer.text(description.deployment);
    writer.varint(description.nodeId);
    writer.varint(description.incarnation);
    writer.u8(description.volatile ? 1 : 0);
    writer.text(description.processId);
    writer.text(description.address);
}
function readDescription(reader) {
    const deployment = reader.text('deployment', DEPLOYMENT_BYTES_MAX);
    const nodeId = reader.varint('nodeId');
    const incarnation = reader.varint('incarnation');
    const isVolatile = reader.bool('volatile');
    const offset = reader.position;
    const processId = reader.text('processId', PROCESS_BYTES_MAX);
    if (processId === '')
        throw reader.malformed('processId', 'is empty', offset);
    const address = reader.text('address', ADDRESS_BYTES_MAX);
    if (nodeId !== 0 && deployment === '')
        throw reader.malformed('deployment', `is empty, but the node id is ${nodeId}`, offset);
    return { deployment, nodeId, incarnation, volatile: isVolatile, processId, address };
}
/** Texts are for people: what is too long loses its end. UTF-8 has at most 3 bytes a UTF-16 unit. */
function clipped(text) {
    return text.length * 3 <= TEXT_BYTES_MAX ? text : text.slice(0, Math.floor(TEXT_BYTES_MAX / 3));
}
//# sourceMappingURL=packet-codec.js.map