/** A message of every kind, with an update of every kind, and numbers of all lengths: for the codec, the golden files and the fuzzer. */
import { MessageKind, UpdateKind, type GossipMessage, type Update } from '../../lib/membership/swim/message.js';
import {
  ADDRESSES_MAX,
  DIGEST_BYTES_MAX,
  INCARNATION_MAX,
  MemberStatus,
  NO_LOAD,
  type MemberRecord,
} from '../../lib/membership/swim/record.js';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const PROCESS = 1_763_000_000_123;

const facts = {
  addresses: ['node-1.example:7000', '[2001:db8::1]:7000', 'größe:1'],
  workflowsDigest: Uint8Array.from({ length: DIGEST_BYTES_MAX }, (_, i) => 200 + i),
};
const bare = { addresses: [], workflowsDigest: new Uint8Array(0) };
const load = { version: 300, openWorkflows: 10_000, commandsPerSecond: SAFE_MAX };

export const SAMPLE_UPDATES: ReadonlyArray<readonly [string, Update]> = [
  ['ALIVE', { kind: UpdateKind.ALIVE, nodeId: 1, process: PROCESS, incarnation: 1, facts, load }],
  ['ALIVE bare', { kind: UpdateKind.ALIVE, nodeId: SAFE_MAX, process: 0, incarnation: INCARNATION_MAX, facts: bare, load: NO_LOAD }],
  ['SUSPECT', { kind: UpdateKind.SUSPECT, nodeId: 2, process: PROCESS, incarnation: 300, by: 1 }],
  ['DOWN', { kind: UpdateKind.DOWN, nodeId: 3, process: SAFE_MAX, incarnation: 2, by: 300 }],
  ['LEFT', { kind: UpdateKind.LEFT, nodeId: 4, process: PROCESS, incarnation: 7 }],
  ['LOAD', { kind: UpdateKind.LOAD, nodeId: 5, process: PROCESS, load }],
];

function record(nodeId: number, status: MemberStatus, incarnation = 3): MemberRecord {
  return { nodeId, process: PROCESS, incarnation, status, factsIncarnation: incarnation - 1, facts, load };
}

const updates = SAMPLE_UPDATES.map(([, update]) => update);
const most = { addresses: Array.from({ length: ADDRESSES_MAX }, () => 'a'.repeat(255)), workflowsDigest: facts.workflowsDigest };

export const SAMPLE_MESSAGES: ReadonlyArray<readonly [string, GossipMessage]> = [
  ['PING', { kind: MessageKind.PING, process: PROCESS, sequence: 0, updates: [] }],
  ['PING with updates', { kind: MessageKind.PING, process: PROCESS, sequence: SAFE_MAX, updates }],
  ['ACK', { kind: MessageKind.ACK, process: 0, sequence: 127, updates: [updates[2]!] }],
  ['NACK', { kind: MessageKind.NACK, process: SAFE_MAX, sequence: 128, updates: [] }],
  ['PING_REQ', { kind: MessageKind.PING_REQ, process: PROCESS, sequence: 2 ** 31, target: 300, updates: [updates[5]!] }],
  ['GOSSIP', { kind: MessageKind.GOSSIP, process: PROCESS, updates }],
  ...SAMPLE_UPDATES.map(([name, update]): readonly [string, GossipMessage] => [
    `GOSSIP ${name}`,
    { kind: MessageKind.GOSSIP, process: PROCESS, updates: [update] },
  ]),
  [
    'EXCHANGE question',
    {
      kind: MessageKind.EXCHANGE,
      process: PROCESS,
      isAnswer: false,
      isLast: true,
      records: [
        record(1, MemberStatus.ALIVE),
        record(2, MemberStatus.SUSPECT),
        record(3, MemberStatus.DOWN),
        record(300, MemberStatus.LEFT, 1),
      ],
    },
  ],
  [
    'EXCHANGE answer, not the last part',
    {
      kind: MessageKind.EXCHANGE,
      process: PROCESS,
      isAnswer: true,
      isLast: false,
      records: [{ ...record(1, MemberStatus.LEFT), facts: most, load: NO_LOAD }],
    },
  ],
];
