/**
 * What is fuzzed: every decoder that sees bytes of the network before anything else does. A target gives valid inputs to begin with, and looks at one input:
 * it throws if that shows a fault. Refusals with one of the target's codes are what decoders are for.
 */
import { CONTROL_METHODS } from '../../lib/client/control-methods-port.js';
import type { JsonObject } from '../../lib/client/control-port.js';
import { readRequest } from '../../lib/client/control-request.js';
import { decodeError } from '../../lib/cluster/request-error.js';
import * as records from '../../lib/cluster/snapshot-codec.js';
import { isRaftoralError } from '../../lib/errors/index.js';
import { decodeTopologyCommand, encodeTopologyCommand } from '../../lib/management/command-codec.js';
import { TOPOLOGY_CODEC_LEVEL_MAX, type NodeInfo } from '../../lib/management/command.js';
import * as requests from '../../lib/management/request-codec.js';
import { Entry, EntryType, Message, MessageType, Snapshot } from '../../lib/raft/types.js';
import { decodeMessage, encodeMessage, sealMessage } from '../../lib/membership/swim/message-codec.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { EnvelopeCodec } from '../../lib/transport/envelope-codec.js';
import { bodyRequest, matchPath, queryRequest } from '../../lib/transport/http/control-routes.js';
import { decodeBatch, encodeBatch } from '../../lib/transport/http/batch-codec.js';
import * as packets from '../../lib/transport/peer/packet-codec.js';
import { ClientAuthenticator, clientAuthorization } from '../../lib/transport/security/client-auth.js';
import { parseAddress } from '../../lib/transport/security/loopback.js';
import { EnvelopeKind, type Envelope, type Frame } from '../../lib/transport/transport.js';
import { decodeCommand, encodeCommand } from '../../lib/workflow/command-codec.js';
import { CODEC_LEVEL_MAX } from '../../lib/workflow/command.js';
import { SAMPLE_MESSAGES } from '../membership/samples.js';
import { SAMPLE_TOPOLOGY_COMMANDS } from '../support/topology-samples.js';
import { SAMPLE_COMMANDS } from '../support/workflow-samples.js';
import { createChannelTarget } from './channel-target.js';
import { createHandshakeTarget } from './handshake-target.js';
import type { FuzzTarget } from './target.js';

const TOPOLOGY_INFO: NodeInfo = {
  incarnation: 4,
  addresses: ['10.0.0.1:7000'],
  zone: 'eu-1',
  labels: [],
  capacity: 8,
  role: 'full',
  codecLevelMax: 1,
  workflows: [],
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytesOf = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'));
const json = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));

/** A decoder's own statement that bytes and value are one to one. */
function mustEqual(again: Uint8Array, input: Uint8Array): void {
  if (Buffer.compare(again, input) !== 0) throw new Error(`accepted, but encodes as other bytes: ${Buffer.from(again).toString('hex')}`);
}

function sampleFrames(): Frame[] {
  const append = new Message(MessageType.Append, 2, 1, 2 ** 40);
  append.index = 2 ** 53 - 1000;
  append.entries = [
    new Entry(2 ** 53 - 999, 2 ** 40, EntryType.Normal, new Uint8Array([1, 2, 3])),
    new Entry(2 ** 53 - 998, 2 ** 40, EntryType.Normal, new Uint8Array(200).fill(9)),
  ];
  const snapshot = new Message(MessageType.Snap, 2, 1, 7);
  const members = { voters: [1, 2, 3], votersOutgoing: [1], learners: [4], learnersNext: [5], autoLeave: true };
  snapshot.snapshot = new Snapshot(5, 3, members, new Uint8Array([7, 7]));
  const base = { groupId: 300, callId: 7 };
  const envelopes: Envelope[] = [
    { kind: EnvelopeKind.PING, nowMs: 1_700_000_000_000.5 },
    { kind: EnvelopeKind.RAFT, groupId: 1, message: append },
    { kind: EnvelopeKind.RAFT, groupId: 1, message: snapshot },
    { kind: EnvelopeKind.PROPOSE, ...base, frames: [new Uint8Array([1]), new Uint8Array(80)] },
    { kind: EnvelopeKind.PROPOSE_ANSWER, ...base, ok: true, status: 0, index: 12, term: 3, leaderId: 2 },
    { kind: EnvelopeKind.REQUEST, ...base, method: 'query', remainingMs: 12.5, body: json({ a: 1 }) },
    { kind: EnvelopeKind.RESPONSE, ...base, ok: false, body: json({ code: 'NO_LEADER', message: 'm', details: {} }) },
    { kind: EnvelopeKind.HIBERNATE, groupId: 1, term: 4, commitIndex: 99 },
    {
      kind: EnvelopeKind.SNAPSHOT_PART,
      groupId: 1,
      term: 1,
      snapshotIndex: 9,
      snapshotTerm: 1,
      streamId: 77,
      offset: 4096,
      aboutBytes: 9000,
      isLast: false,
      checksum: 0xdeadbeef,
      part: new Uint8Array(64),
    },
    { kind: EnvelopeKind.SNAPSHOT_PART_ANSWER, groupId: 1, snapshotIndex: 9, streamId: 77, status: 4, nextOffset: 4096 },
  ];
  const of = (list: readonly Envelope[]): Frame => ({ deployment: '7a1f8f0e-3d43-4f3c-9a57', from: 1, incarnation: 5, envelopes: list });
  return [...envelopes.map((envelope) => of([envelope])), of(envelopes), of([])];
}

function frameTarget(): FuzzTarget {
  const codec = new EnvelopeCodec();
  return {
    name: 'frame',
    weight: 20,
    corpus: sampleFrames().map((frame) => codec.encode(frame)),
    codes: ['MALFORMED_FRAME'],
    look: (input) => mustEqual(codec.encode(codec.decode(input)), input),
  };
}

/** Every packet of a channel: by its first byte, as the connection does. */
function packetTarget(): FuzzTarget {
  const description = { deployment: 'd-1', nodeId: 3, incarnation: 2 ** 40, volatile: true, processId: 'p-1', address: '[::1]:7000' };
  const nonce = new Uint8Array(packets.NONCE_BYTES).fill(200);
  const proof = new Uint8Array(packets.PROOF_BYTES).fill(3);
  const addresses = [1, 2, 3].map((nodeId) => ({ nodeId, incarnation: nodeId * 300, address: `node-${nodeId}:7000` }));
  const corpus = [
    packets.encodeHello({ versionMin: 1, versionMax: 1, security: 1, flags: 3, nonce }),
    packets.encodeChallenge({ version: 1, security: 1, flags: 0, nonce }),
    packets.appendProof(packets.encodeProofBody(description), proof),
    packets.appendProof(packets.encodeWelcomeBody(packets.Refusal.NONE, '', description), proof),
    packets.appendProof(packets.encodeWelcomeBody(packets.Refusal.NODE_ID_REUSED, 'because', description), new Uint8Array(0)),
    packets.encodeRefused({ refusal: packets.Refusal.SECRET, text: 'größer' }),
    packets.encodeCall({ callId: 300, method: 'join.reserve', json: json({ token: 'x' }) }),
    packets.encodeAnswer({ callId: 300, ok: true, json: json({}) }),
    packets.encodeAddresses(addresses),
    packets.encodeBare(packets.PacketKind.PROBE),
  ];
  const looks: ReadonlyArray<(input: Uint8Array) => Uint8Array> = [
    (input) => packets.encodeHello(packets.decodeHello(input)),
    (input) => packets.encodeChallenge(packets.decodeChallenge(input)),
    (input) => {
      const found = packets.decodeProof(input);
      return packets.appendProof(packets.encodeProofBody(found.description), found.proof);
    },
    (input) => {
      const { refusal, text: why, description: who, proof: given } = packets.decodeWelcome(input);
      return input[1] === refusal ? packets.appendProof(packets.encodeWelcomeBody(refusal, why, who), given) : input;
    },
    (input) => {
      const found = packets.decodeRefused(input);
      return input[1] === found.refusal ? packets.encodeRefused(found) : input;
    },
    (input) => input, // FRAME is the frame target's
    (input) => packets.encodeCall(packets.decodeCall(input)),
    (input) => packets.encodeAnswer(packets.decodeAnswer(input)),
    (input) => packets.encodeAddresses(packets.decodeAddresses(input, 1_024)),
  ];
  return {
    name: 'packet',
    weight: 20,
    corpus,
    codes: ['MALFORMED_FRAME'],
    look: (input) => {
      const look = looks[(input[0] ?? 0) - 1];
      if (look === undefined) packets.checkBare(input);
      else {
        const again = look(input);
        // Long texts for people lose their end when they are encoded: WELCOME and REFUSED only.
        if (again.length >= input.length || input.length < 340) mustEqual(again, input);
      }
    },
  };
}

function clientTarget(): FuzzTarget {
  let nowMs = 1_700_000_000_000;
  const clock = { now: () => nowMs, monotonic: () => nowMs, setTimer: () => ({ cancel: () => undefined }) };
  const secret = Buffer.from('the-secret-of-the-clients');
  const random = new SeededRandom(1, 'client');
  const authenticator = new ClientAuthenticator({ secret, acceptsCertificates: true, insecure: false, clock, noncesMax: 1_000 });
  nowMs += 1_000;
  const target = 'POST /raftoral/v1/workflows';
  const body = json({ name: 'x' });
  const known = new Set(
    ['bearer', 'hmac'].map((scheme) => clientAuthorization({ secret, scheme: scheme as 'hmac', target, body, clock, random })),
  );
  const seen = new Set<string>();
  return {
    name: 'client',
    weight: 12,
    corpus: [...known].map(bytesOf),
    codes: ['UNAUTHENTICATED', 'OVERLOADED'],
    look: (input) => {
      const authorization = Buffer.from(input).toString('latin1');
      authenticator.check({ authorization, target, body, isEncrypted: true, isLoopback: false, hasClientCertificate: false });
      const plain = authorization.replace(/[ \t]+$/, '').replace(/^(\S+) +/, (_, scheme: string) => `${scheme.toLowerCase()} `);
      const fits = [...known].some((each) => each.replace(/^(\S+) /, (_, scheme: string) => `${scheme.toLowerCase()} `) === plain);
      if (!fits) throw new Error('let in with credentials that were never given');
      if (plain.startsWith('bearer')) return;
      if (seen.has(plain)) throw new Error('a signature was taken twice');
      seen.add(plain);
    },
  };
}

function commandTarget(): FuzzTarget {
  return {
    name: 'command',
    weight: 16,
    corpus: SAMPLE_COMMANDS.map(([, command]) => encodeCommand(command, CODEC_LEVEL_MAX)),
    codes: ['MALFORMED_FRAME', 'GROUP_HALTED'],
    look: (input) => void decodeCommand(input),
  };
}

/** A record of a snapshot: u8 kind · body. */
function snapshotTarget(): FuzzTarget {
  const writer = new records.RecordWriter();
  const confState = { voters: [1, 2, 3], votersOutgoing: [], learners: [4], learnersNext: [], autoLeave: false };
  writer.header({ form: records.StreamForm.ROWS, position: { index: 9, term: 2, confState }, runCount: 1 });
  const timer = { timerId: 3, dueMs: 1_700_000_000_000, purpose: 'sleep', key: 'nap', occurrence: 1 };
  const run = {
    order: 1,
    runId: 'r',
    workflowId: 'w',
    name: 'n',
    version: 1,
    status: 'running',
    owner: 2,
    startedMs: 5,
    closedMs: 0,
    events: 4,
  };
  writer.run({ ...run, head: new Uint8Array(40).fill(5), timers: [timer, { ...timer, timerId: 4 }] });
  writer.history({ order: 1, fromWseq: 1, toWseq: 4, events: new Uint8Array(60).fill(6) });
  writer.requests({ sequence: 1, lastExpiryMs: 7, requests: new Uint8Array(30).fill(7) });
  writer.closed({ sequence: 1, lastClosedMs: 7, entries: new Uint8Array(48).fill(8) });
  writer.end();
  // Each record is a head, whose last byte is the kind, and a body.
  const heads = writer.parts.filter((_, index) => index % 2 === 0);
  const readers: ReadonlyMap<number, (body: Uint8Array) => unknown> = new Map([
    [records.RecordKind.HEADER, records.readHeader],
    [records.RecordKind.RUN, records.readRunRow],
    [records.RecordKind.HISTORY, records.readHistoryRow],
    [records.RecordKind.REQUESTS, records.readRequestRow],
    [records.RecordKind.CLOSED, records.readClosedIndexRow],
    [records.RecordKind.END, records.readEnd],
  ] as ReadonlyArray<readonly [number, (body: Uint8Array) => unknown]>);
  return {
    name: 'snapshot',
    weight: 8,
    corpus: heads.map((head, index) => Buffer.concat([head.subarray(-1), writer.parts[2 * index + 1]!])),
    codes: ['MALFORMED_FRAME'],
    look: (input) => {
      // Unknown kinds are refused before a body is looked at.
      if (input.length > 0) readers.get(input[0]!)?.(input.subarray(1));
    },
  };
}

function batchTarget(): FuzzTarget {
  return {
    name: 'batch',
    weight: 8,
    corpus: [encodeBatch([new Uint8Array(3), new Uint8Array(0), new Uint8Array(70)]), encodeBatch([])],
    codes: ['MALFORMED_FRAME'],
    look: (input) => mustEqual(encodeBatch(decodeBatch(input, 4_096)), input),
  };
}

/** Bodies and paths of the control API, and the errors of a peer. */
function requestTarget(): FuzzTarget {
  const samples = CONTROL_METHODS.map(({ name, request }) => {
    const values = { text: 'a', integer: 3, boolean: true, json: { a: [1, null] }, texts: ['open'], integers: [1] };
    return json({ m: name, r: Object.fromEntries(Object.entries(request).map(([field, { type }]) => [field, values[type]])) });
  });
  const paths = CONTROL_METHODS.map(({ http }) => json({ p: http.path.replace('{workflowId}', 'a%2Fb'), q: 'limit=3&status=a&status=b' }));
  return {
    name: 'request',
    weight: 12,
    corpus: [...samples, ...paths, json({ code: 'NO_LEADER', message: 'm', details: { a: 1 } })],
    codes: ['INVALID_ARGUMENT'],
    look: (input) => {
      decodeError(input);
      let value: unknown;
      try {
        value = JSON.parse(text(input));
      } catch {
        return; // what is no JSON does not come so far
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      const { m, r, p, q } = value as Record<string, unknown>;
      const isObject = typeof r === 'object' && r !== null && !Array.isArray(r);
      if (typeof m === 'string' && isObject) readRequest(m, r as JsonObject, 'call');
      if (typeof p !== 'string') return;
      for (const match of matchPath(p).values()) {
        queryRequest(match, typeof q === 'string' ? q : '');
        if (isObject) bodyRequest(match, '', r as JsonObject);
      }
    },
  };
}

/** Messages of the membership: as they come, and with the checksum set right, so that what is behind it is reached. */
function gossipTarget(): FuzzTarget {
  return {
    name: 'gossip',
    weight: 12,
    corpus: SAMPLE_MESSAGES.map(([, message]) => encodeMessage(message)),
    codes: ['MALFORMED_FRAME'],
    look: (input) => {
      if (input.length >= 4) sealMessage(input);
      mustEqual(encodeMessage(decodeMessage(input)), input);
      const damaged = input.slice();
      damaged[damaged.length - 1]! ^= 1;
      let isTaken = true;
      try {
        decodeMessage(damaged);
      } catch {
        isTaken = false;
      }
      if (isTaken) throw new Error('a message with another checksum was taken');
    },
  };
}

/** Commands of cluster 0, and what the managements of two nodes ask each other: u8 which · body. */
function topologyTarget(): FuzzTarget {
  const info = { ...TOPOLOGY_INFO, labels: [{ name: 'disk', value: 'ssd' }], workflows: [{ name: 'order', versions: [1, 2] }] };
  const led = { clusterId: 2, term: 7, confIndex: 90, voters: [1, 2, 3], learners: [4], isChanging: true, caughtUp: [4] };
  const step = { clusterId: 1, operation: 'replace', node: 4, lost: 2 } as const;
  const plan = { decisions: [{ rule: 'repair', explanation: 'why', step }] as const, waiting: ['for whom'] };
  const readers: ReadonlyArray<(body: Uint8Array) => unknown> = [
    decodeTopologyCommand,
    requests.decodeLedGroups,
    requests.decodeStep,
    requests.decodePlan,
    requests.decodeInfo,
  ];
  const samples: ReadonlyArray<readonly [number, Uint8Array]> = [
    ...SAMPLE_TOPOLOGY_COMMANDS.map(([, command]) => [0, encodeTopologyCommand(command, TOPOLOGY_CODEC_LEVEL_MAX)] as const),
    [1, requests.encodeLedGroups([{ ...led, openWorkflows: 12, startsTotal: 300 }])],
    [2, requests.encodeStep(step)],
    [3, requests.encodePlan(plan)],
    [4, requests.encodeInfo(info)],
  ];
  return {
    name: 'topology',
    weight: 12,
    corpus: samples.map(([which, body]) => Uint8Array.from([which, ...body])),
    codes: ['MALFORMED_FRAME', 'GROUP_HALTED'],
    look: (input) => void readers[input[0] ?? 0]?.(input.subarray(1)),
  };
}

function addressTarget(): FuzzTarget {
  return {
    name: 'address',
    weight: 2,
    corpus: ['127.0.0.1:7000', '[::1]:7000', 'node-1.internal:65535', '[fe80::1%eth0]:1'].map(bytesOf),
    codes: ['INVALID_CONFIGURATION'],
    look: (input) => void parseAddress(text(input), 'x'),
  };
}

export function createTargets(): readonly FuzzTarget[] {
  return [
    frameTarget(),
    packetTarget(),
    createHandshakeTarget(),
    createChannelTarget(sampleFrames()),
    clientTarget(),
    commandTarget(),
    snapshotTarget(),
    batchTarget(),
    requestTarget(),
    gossipTarget(),
    topologyTarget(),
    addressTarget(),
  ];
}

/** Whether `error` is a refusal as the target may give it. */
export function isRefusal(target: FuzzTarget, error: unknown): boolean {
  return isRaftoralError(error) && target.codes.includes(error.code) && error.message !== '';
}
