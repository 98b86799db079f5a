/**
 * Frames between nodes, version 1: one of every kind of envelope, of every message of Raft that travels, and of every status.
 */
import { Entry, EntryType, Message, MessageType, Snapshot } from '../../../lib/raft/types.js';
import { EnvelopeCodec } from '../../../lib/transport/envelope-codec.js';
import { EnvelopeKind, SnapshotPartStatus, type Envelope } from '../../../lib/transport/transport.js';
import { codecFamily, type Sample } from '../family.js';
import { nameOf, objectsIn, type PlainObject } from '../plain.js';

const codec = new EnvelopeCodec();
const GROUP = 300;
/** PROPOSE_ANSWER: see transport.ts. */
const PROPOSE_STATUSES = [0, 1, 2, 3, 4];
const TRAVELS = Object.entries(MessageType).filter(([, type]) => type >= MessageType.Append);

function message(type: MessageType): Message {
  const made = new Message(type, 2, 2 ** 31 - 1, 2 ** 40);
  made.logTerm = 2 ** 40 - 1;
  made.index = 2 ** 53 - 1000;
  made.commit = 127;
  made.vote = 3;
  made.reject = type % 2 === 0;
  made.rejectHint = 128;
  made.context = 2 ** 32;
  if (type === MessageType.Append) {
    made.entries = Object.values(EntryType).map((of, i) => new Entry(made.index + 1 + i, 2 ** 40, of, new Uint8Array(i * 70).fill(i)));
  }
  if (type === MessageType.ReadIndex || type === MessageType.ReadIndexResp)
    made.entries = [new Entry(0, 0, EntryType.Normal, Uint8Array.of(9, 8))];
  if (type === MessageType.Snap) {
    const members = { voters: [1, 2, 300], votersOutgoing: [1], learners: [4], learnersNext: [5], autoLeave: true };
    made.snapshot = new Snapshot(500, 3, members, Uint8Array.of(7, 7));
  }
  return made;
}

function envelopes(): ReadonlyArray<readonly [string, Envelope]> {
  const base = { groupId: GROUP, callId: 7 };
  const part = { groupId: 1, snapshotIndex: 900, streamId: 0xfffffffe };
  return [
    ...TRAVELS.map(([name, type]) => [`RAFT ${name}`, { kind: EnvelopeKind.RAFT, groupId: GROUP, message: message(type) }] as const),
    ['PROPOSE', { kind: EnvelopeKind.PROPOSE, ...base, frames: [Uint8Array.of(1), new Uint8Array(80), new Uint8Array(0)] }],
    ...PROPOSE_STATUSES.map(
      (status) =>
        [
          `PROPOSE_ANSWER ${status}`,
          { kind: EnvelopeKind.PROPOSE_ANSWER, ...base, ok: status === 0, status, index: 12_000, term: 3, leaderId: 2 },
        ] as const,
    ),
    ['REQUEST', { kind: EnvelopeKind.REQUEST, ...base, method: 'größe.照会', remainingMs: 1234.5, body: Uint8Array.of(4, 5) }],
    ['RESPONSE ok', { kind: EnvelopeKind.RESPONSE, ...base, ok: true, body: Uint8Array.of(6) }],
    ['RESPONSE error', { kind: EnvelopeKind.RESPONSE, ...base, ok: false, body: new Uint8Array(0) }],
    ['PING', { kind: EnvelopeKind.PING, nowMs: 1_700_000_000_000.5 }],
    ['PONG', { kind: EnvelopeKind.PONG, nowMs: 0 }],
    ['HIBERNATE', { kind: EnvelopeKind.HIBERNATE, groupId: GROUP, term: 4, commitIndex: 99 }],
    ...[false, true].map(
      (isLast) =>
        [
          `SNAPSHOT_PART ${isLast ? 'last' : 'first'}`,
          {
            kind: EnvelopeKind.SNAPSHOT_PART,
            ...part,
            term: 5,
            snapshotTerm: 4,
            offset: isLast ? 2 ** 33 : 0,
            aboutBytes: 9_000,
            isLast,
            checksum: 0xdeadbeef,
            part: new Uint8Array(20).fill(3),
          },
        ] as const,
    ),
    ...Object.entries(SnapshotPartStatus).map(
      ([name, status]) =>
        [`SNAPSHOT_PART_ANSWER ${name}`, { kind: EnvelopeKind.SNAPSHOT_PART_ANSWER, ...part, status, nextOffset: 4096 }] as const,
    ),
  ];
}

function samples(): Sample[] {
  const of = (list: readonly Envelope[]): Uint8Array =>
    codec.encode({ deployment: '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11', from: 2, incarnation: 1_700_000_000_000, envelopes: list });
  const all = envelopes();
  return [
    { name: 'none', bytes: of([]) },
    ...all.map(([name, envelope]) => ({ name, bytes: of([envelope]) })),
    { name: 'all at once', bytes: of(all.map(([, envelope]) => envelope)) },
  ];
}

function labels(frame: PlainObject): string[] {
  const found = (frame['envelopes'] as readonly PlainObject[]).flatMap((envelope) => {
    const kind = nameOf(EnvelopeKind, envelope['kind']);
    const status = kind === 'SNAPSHOT_PART_ANSWER' ? nameOf(SnapshotPartStatus, envelope['status']) : String(envelope['status']);
    const parts = [...objectsIn(envelope)];
    return [
      kind,
      ...('status' in envelope ? [`${kind} ${status}`] : []),
      ...parts.filter((one) => 'responses' in one).map((one) => `message ${nameOf(MessageType, one['type'])}`),
      ...parts.filter((one) => 'data' in one && 'type' in one).map((one) => `entry ${nameOf(EntryType, one['type'])}`),
      ...parts.filter((one) => 'votersOutgoing' in one).map(() => 'configuration'),
    ];
  });
  return found.length === 0 ? ['no envelope'] : found;
}

export const family = codecFamily({
  name: 'envelopes',
  remedy:
    'Nodes of released builds send these frames and read them, while a cluster is upgraded: keep the layout, and make what is new a new kind of envelope or a new version of the frame (lib/transport/envelope-codec.ts).',
  samples,
  decode: (bytes) => codec.decode(bytes),
  encode: (bytes) => codec.encode(codec.decode(bytes)),
  labels,
  needed: () => [
    'no envelope',
    ...Object.keys(EnvelopeKind),
    ...TRAVELS.map(([name]) => `message ${name}`),
    ...Object.keys(EntryType).map((type) => `entry ${type}`),
    ...Object.keys(SnapshotPartStatus).map((status) => `SNAPSHOT_PART_ANSWER ${status}`),
    ...PROPOSE_STATUSES.map((status) => `PROPOSE_ANSWER ${status}`),
    'configuration',
  ],
});
