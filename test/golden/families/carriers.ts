/**
 * How packets travel: as `Packet`s of raftoral.proto over gRPC, and as batches in bodies over HTTP.
 */
import { decodePacket, encodePacket } from '../../../lib/transport/grpc/packet-wire.js';
import { decodeBatch, encodeBatch } from '../../../lib/transport/http/batch-codec.js';
import { codecFamily, type Sample } from '../family.js';
import { bytesOf, type PlainObject } from '../plain.js';

const MESSAGES = [Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(300).fill(9)];
const GRPC = 1;
const HTTP = 2;
const MESSAGE_BYTES_MAX = 4_096;

function samples(): Sample[] {
  const grpc = (name: string, bytes: Uint8Array): Sample => ({ name: `gRPC ${name}`, bytes: Uint8Array.of(GRPC, ...bytes) });
  const http = (name: string, bytes: Uint8Array): Sample => ({ name: `HTTP ${name}`, bytes: Uint8Array.of(HTTP, ...bytes) });
  return [
    grpc('one message', encodePacket({ payloads: MESSAGES.slice(0, 1), isUnfinished: false })),
    grpc('several messages', encodePacket({ payloads: MESSAGES, isUnfinished: false })),
    grpc('a message that goes on', encodePacket({ payloads: MESSAGES.slice(2), isUnfinished: true })),
    grpc('nothing', encodePacket({ payloads: [], isUnfinished: false })),
    // Fields 3 (varint), 4 (64 bits), 5 (bytes), 6 (32 bits), of a later build.
    grpc('unknown fields', bytesOf('18ac0221000102030405060708' + '0a02aabb' + '2a03616263' + '3500000001')),
    http('none', encodeBatch([])),
    http('one message', encodeBatch(MESSAGES.slice(0, 1))),
    http('several messages', encodeBatch(MESSAGES)),
  ];
}

const CASES = [
  'gRPC one message',
  'gRPC several messages',
  'gRPC a message that goes on',
  'gRPC nothing',
  'gRPC unknown fields',
  'HTTP none',
  'HTTP one message',
  'HTTP several messages',
];

function decode(bytes: Uint8Array): unknown {
  const body = bytes.slice(1);
  if (bytes[0] === HTTP) return { carrier: 'HTTP', messages: decodeBatch(body, MESSAGE_BYTES_MAX) };
  return { carrier: 'gRPC', ...decodePacket(Buffer.from(body)) };
}

function encode(bytes: Uint8Array): Uint8Array {
  const body = bytes.slice(1);
  if (bytes[0] === HTTP) return Uint8Array.of(HTTP, ...encodeBatch(decodeBatch(body, MESSAGE_BYTES_MAX)));
  // What a later build adds is not kept.
  const again = encodePacket(decodePacket(Buffer.from(body)));
  return body[0] === 0x18 ? bytes : Uint8Array.of(GRPC, ...again);
}

const codec = codecFamily({
  name: 'carriers',
  remedy: 'Both builds must read each other while a cluster is upgraded: add fields, never change one (packet-wire.ts, batch-codec.ts).',
  samples,
  decode,
  encode,
  labels: (value: PlainObject) => [String(value['carrier'])],
  needed: () => CASES,
});

/** By name: that of a case says what it is for. */
export const family = { ...codec, labels: ({ name }: { readonly name: string }) => [name] };
