/**
 * Packets of a channel between two processes: one of every kind, with every refusal, kind of proof and flag.
 */
import * as packets from '../../../lib/transport/peer/packet-codec.js';
import { PacketKind, Refusal, Security } from '../../../lib/transport/peer/packet-codec.js';
import { codecFamily, type Sample } from '../family.js';
import { nameOf, type PlainObject } from '../plain.js';

const ADDRESSES_MAX = 1_024;
const DESCRIPTION = {
  deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11',
  nodeId: 300,
  incarnation: 2 ** 40,
  volatile: true,
  processId: '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e',
  address: '[2001:db8::1]:7000',
};
const STRANGER = { ...DESCRIPTION, deployment: '', nodeId: 0, incarnation: 0, volatile: false, address: '' };
const FLAGS = [0, packets.FLAG_ENCRYPTED, packets.FLAG_ENCRYPTED | packets.FLAG_VERIFIED];
const NO_PROOF = new Uint8Array(0);

const fill = (length: number, from: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
const json = (value: unknown): Uint8Array => Uint8Array.from(Buffer.from(JSON.stringify(value)));

function samples(): Sample[] {
  const nonce = fill(packets.NONCE_BYTES, 200);
  const proof = fill(packets.PROOF_BYTES, 3);
  const addresses = [1, 2, 300].map((nodeId) => ({ nodeId, incarnation: nodeId * 300, address: `node-${nodeId}.example:7000` }));
  const kinds = Object.entries(Security);
  return [
    ...kinds.flatMap(([name, security]) =>
      FLAGS.flatMap((flags) => [
        { name: `HELLO ${name} ${flags}`, bytes: packets.encodeHello({ versionMin: 1, versionMax: 1, security, flags, nonce }) },
        { name: `CHALLENGE ${name} ${flags}`, bytes: packets.encodeChallenge({ version: 1, security, flags, nonce }) },
      ]),
    ),
    { name: 'HELLO of a later build', bytes: packets.encodeHello({ versionMin: 1, versionMax: 9, security: 1, flags: 0, nonce }) },
    { name: 'PROOF', bytes: packets.appendProof(packets.encodeProofBody(DESCRIPTION), proof) },
    { name: 'PROOF of a stranger', bytes: packets.appendProof(packets.encodeProofBody(STRANGER), NO_PROOF) },
    ...Object.entries(Refusal).flatMap(([name, refusal]) => [
      { name: `WELCOME ${name}`, bytes: packets.appendProof(packets.encodeWelcomeBody(refusal, 'größer', DESCRIPTION), proof) },
      { name: `REFUSED ${name}`, bytes: packets.encodeRefused({ refusal, text: 'größer' }) },
    ]),
    { name: 'FRAME', bytes: Uint8Array.of(PacketKind.FRAME, 1, 2, 3) },
    { name: 'CALL', bytes: packets.encodeCall({ callId: 300, method: 'join.reserve', json: json({ token: 'x', deployment: '' }) }) },
    { name: 'ANSWER ok', bytes: packets.encodeAnswer({ callId: 300, ok: true, json: json({ nodeId: 4 }) }) },
    {
      name: 'ANSWER error',
      bytes: packets.encodeAnswer({ callId: 301, ok: false, json: json({ code: 'NOT_MEMBER', message: 'm', details: {} }) }),
    },
    { name: 'ADDRESSES', bytes: packets.encodeAddresses(addresses) },
    { name: 'ADDRESSES none', bytes: packets.encodeAddresses([]) },
    ...(['RETIRE', 'PROBE', 'PROBE_ANSWER'] as const).map((name) => ({ name, bytes: packets.encodeBare(PacketKind[name]) })),
  ];
}

interface Codec {
  decode(bytes: Uint8Array): unknown;
  encode(bytes: Uint8Array): Uint8Array;
}

const bare: Codec = { decode: (bytes) => (packets.checkBare(bytes), {}), encode: (bytes) => packets.encodeBare(bytes[0]!) };

/** As the connection does, by the first byte. What is behind the kind of a FRAME is the business of the envelopes. */
const CODECS: Readonly<Record<number, Codec>> = {
  [PacketKind.HELLO]: { decode: packets.decodeHello, encode: (bytes) => packets.encodeHello(packets.decodeHello(bytes)) },
  [PacketKind.CHALLENGE]: { decode: packets.decodeChallenge, encode: (bytes) => packets.encodeChallenge(packets.decodeChallenge(bytes)) },
  [PacketKind.PROOF]: {
    decode: packets.decodeProof,
    encode: (bytes) => {
      const { description, proof } = packets.decodeProof(bytes);
      return packets.appendProof(packets.encodeProofBody(description), proof);
    },
  },
  [PacketKind.WELCOME]: {
    decode: packets.decodeWelcome,
    encode: (bytes) => {
      const { refusal, text, description, proof } = packets.decodeWelcome(bytes);
      return packets.appendProof(packets.encodeWelcomeBody(refusal, text, description), proof);
    },
  },
  [PacketKind.REFUSED]: { decode: packets.decodeRefused, encode: (bytes) => packets.encodeRefused(packets.decodeRefused(bytes)) },
  [PacketKind.FRAME]: {
    decode: (bytes) => ({ frame: bytes.subarray(1) }),
    encode: (bytes) => Uint8Array.of(PacketKind.FRAME, ...bytes.subarray(1)),
  },
  [PacketKind.CALL]: { decode: packets.decodeCall, encode: (bytes) => packets.encodeCall(packets.decodeCall(bytes)) },
  [PacketKind.ANSWER]: { decode: packets.decodeAnswer, encode: (bytes) => packets.encodeAnswer(packets.decodeAnswer(bytes)) },
  [PacketKind.ADDRESSES]: {
    decode: (bytes) => ({ addresses: packets.decodeAddresses(bytes, ADDRESSES_MAX) }),
    encode: (bytes) => packets.encodeAddresses(packets.decodeAddresses(bytes, ADDRESSES_MAX)),
  },
  [PacketKind.RETIRE]: bare,
  [PacketKind.PROBE]: bare,
  [PacketKind.PROBE_ANSWER]: bare,
};

function codecOf(bytes: Uint8Array): Codec {
  const codec = CODECS[bytes[0]!];
  if (codec === undefined) throw new Error(`packets of kind ${bytes[0]} have no decoder here: add it to test/golden/families/packets.ts`);
  return codec;
}

function labels(value: PlainObject): string[] {
  const kind = nameOf(PacketKind, value['kind']);
  const packet = value['packet'] as PlainObject;
  return [
    kind,
    ...('security' in packet ? [`${kind} ${nameOf(Security, packet['security'])}`] : []),
    ...('refusal' in packet ? [`${kind} ${nameOf(Refusal, packet['refusal'])}`] : []),
    ...('ok' in packet ? [`${kind} ${String(packet['ok'])}`] : []),
  ];
}

export const family = codecFamily({
  name: 'packets',
  remedy:
    'Processes of released builds send these packets and read them, while a cluster is upgraded: keep the layout; HELLO and REFUSED are frozen for all versions, the others belong to PACKET_VERSION_MAX (lib/transport/peer/packet-codec.ts).',
  samples,
  decode: (bytes) => ({ kind: bytes[0], packet: codecOf(bytes).decode(bytes) }),
  encode: (bytes) => codecOf(bytes).encode(bytes),
  labels,
  needed: () => [
    ...Object.keys(PacketKind),
    ...['HELLO', 'CHALLENGE'].flatMap((kind) => Object.keys(Security).map((name) => `${kind} ${name}`)),
    ...['WELCOME', 'REFUSED'].flatMap((kind) => Object.keys(Refusal).map((name) => `${kind} ${name}`)),
    'ANSWER true',
    'ANSWER false',
  ],
});
