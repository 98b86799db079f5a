/**
 * What every adapter of the Transport port must do, as named cases that any test runner can run:
 *
 *   for (const { name, run } of transportSuite(harness)) it(name, run);
 *
 * Owns the cases; they assert with node:assert and know no adapter. One case uses one network.
 */
import assert from 'node:assert/strict';
import { isRaftoralError } from '../errors/index.js';
import { Entry, EntryType, Message, MessageType } from '../raft/index.js';
import { EnvelopeKind, type Frame, type Transport, type TransportHandlers, type TransportIdentity } from '../transport/transport.js';

/** A network that an adapter's spec can make, and wait for. */
export interface TransportHarness {
  /** An empty network. */
  create(): Promise<TransportNetworkHarness> | TransportNetworkHarness;
}

export interface TransportNetworkHarness {
  createTransport(): Transport;
  /** Resolves when everything that was sent has arrived or is lost. */
  settle(): Promise<void>;
  dispose?(): Promise<void>;
}

export interface TransportCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Of a network between processes, or on a loaded machine, what is certain may take a while. */
const SETTLES_MAX = 100;
const DEPLOYMENT = '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11';

class Recorder implements TransportHandlers {
  readonly frames: Frame[] = [];
  readonly disconnected: number[] = [];
  onFrameHook: ((frame: Frame) => void) | undefined;

  onFrame(frame: Frame): void {
    this.frames.push(frame);
    this.onFrameHook?.(frame);
  }

  onPeerDisconnected(peer: number): void {
    this.disconnected.push(peer);
  }
}

interface Node {
  readonly transport: Transport;
  readonly recorder: Recorder;
}

function identity(nodeId: number, changes: Partial<TransportIdentity> = {}): TransportIdentity {
  return { deployment: DEPLOYMENT, nodeId, incarnation: 1, volatile: true, ...changes };
}

async function startNode(network: TransportNetworkHarness, id: TransportIdentity): Promise<Node> {
  const transport = network.createTransport();
  const recorder = new Recorder();
  await transport.start(id, recorder);
  return { transport, recorder };
}

function ping(from: number, nowMs: number, deployment = DEPLOYMENT): Frame {
  return { deployment, from, incarnation: 1, envelopes: [{ kind: EnvelopeKind.PING, nowMs }] };
}

function stamps(frames: readonly Frame[]): number[] {
  return frames.flatMap((frame) => frame.envelopes.map((envelope) => ('nowMs' in envelope ? envelope.nowMs : -1)));
}

function appendFrame(): Frame {
  const message = new Message(MessageType.Append, 2, 1, 2 ** 40);
  message.index = 2 ** 53 - 1000;
  message.entries = [new Entry(2 ** 53 - 999, 2 ** 40, EntryType.Normal, new Uint8Array([1, 2, 3]))];
  return {
    deployment: DEPLOYMENT,
    from: 1,
    incarnation: 1,
    envelopes: [
      { kind: EnvelopeKind.RAFT, groupId: 7, message },
      { kind: EnvelopeKind.REQUEST, groupId: 7, callId: 9, method: 'query', remainingMs: 1500.5, body: new Uint8Array([4]) },
    ],
  };
}

type CaseBody = (network: TransportNetworkHarness) => Promise<void>;

const CASES: ReadonlyArray<readonly [string, CaseBody]> = [
  [
    'a frame arrives whole, with everything that is in it',
    async (network) => {
      const one = await startNode(network, identity(1));
      const two = await startNode(network, identity(2));
      one.transport.send(2, appendFrame());
      await network.settle();
      assert.deepEqual(two.recorder.frames, [appendFrame()]);
      assert.equal(one.recorder.frames.length, 0);
    },
  ],
  [
    'N1: send() never calls back synchronously, also not to the sender itself',
    async (network) => {
      const one = await startNode(network, identity(1));
      const two = await startNode(network, identity(2));
      one.transport.send(2, ping(1, 1));
      one.transport.send(1, ping(1, 2));
      assert.equal(two.recorder.frames.length + one.recorder.frames.length, 0);
      await network.settle();
      assert.deepEqual([stamps(two.recorder.frames), stamps(one.recorder.frames)], [[1], [2]]);
    },
  ],
  [
    'N1: an answer sent inside onFrame is not delivered inside it',
    async (network) => {
      const one = await startNode(network, identity(1));
      const two = await startNode(network, identity(2));
      let depth = 0;
      let deepest = 0;
      const bounce = (node: Node, to: number): void => {
        node.recorder.onFrameHook = (frame) => {
          deepest = Math.max(deepest, ++depth);
          const hop = stamps([frame])[0]!;
          if (hop < 10) node.transport.send(to, ping(to === 1 ? 2 : 1, hop + 1));
          depth--;
        };
      };
      bounce(one, 2);
      bounce(two, 1);
      one.transport.send(2, ping(1, 1));
      await network.settle();
      assert.deepEqual(stamps(two.recorder.frames), [1, 3, 5, 7, 9]);
      assert.equal(deepest, 1);
    },
  ],
  [
    'N1: send() to an unknown peer, before start and after stop does nothing',
    async (network) => {
      const idle = network.createTransport();
      idle.send(2, ping(1, 1));
      const one = await startNode(network, identity(1));
      const two = await startNode(network, identity(2));
      one.transport.send(99, ping(1, 1));
      await one.transport.stop();
      one.transport.send(2, ping(1, 2));
      await network.settle();
      assert.equal(two.recorder.frames.length, 0);
    },
  ],
  [
    'frames of one pair keep their order on a network without faults',
    async (network) => {
      const one = await startNode(network, identity(1));
      const two = await startNode(network, identity(2));
      for (let i = 0; i < 500; i++) one.transport.send(2, ping(1, i));
      await network.settle();
      assert.deepEqual(
        stamps(two.recorder.frames),
        Array.from({ length: 500 }, (_, i) => i),
      );
    },
  ],
  [
    'R42/R44: a frame of another deployment or with another sender is never delivered',
    async (network) => {
      const one = await startNode(network, identity(1));
      const two = await startNode(network, identity(2));
      one.transport.send(2, ping(1, 1, 'another deployment'));
      one.transport.send(2, ping(3, 2));
      one.transport.send(2, ping(1, 3));
      await network.settle();
      assert.deepEqual(stamps(two.recorder.frames), [3]);
    },
  ],
  [
    'nothing arrives after stop() has resolved, and the peers are told',
    async (network) => {
      const one = await startNode(network, identity(1));
      const two = await startNode(network, identity(2));
      one.transport.send(2, ping(1, 1));
      // Whoever was never connected is told of no loss.
      for (let tries = 0; tries < SETTLES_MAX && two.recorder.frames.length === 0; tries++) await network.settle();
      await two.transport.stop();
      const heard = two.recorder.frames.length;
      one.transport.send(2, ping(1, 2));
      for (let tries = 0; tries < SETTLES_MAX && one.recorder.disconnected.length === 0; tries++) await network.settle();
      assert.equal(two.recorder.frames.length, heard);
      assert.deepEqual(one.recorder.disconnected, [2]);
      await two.transport.stop();
    },
  ],
  [
    'R42: the id of a node with a volatile store is never used again',
    async (network) => {
      await startNode(network, identity(2));
      const one = await startNode(network, identity(1));
      await one.transport.stop();
      await assert.rejects(startNode(network, identity(1, { incarnation: 2 })), (error) => isRaftoralError(error, 'NODE_ID_REUSED'));
    },
  ],
  [
    'a node with a durable store comes back under its id, but never twice at once',
    async (network) => {
      const two = await startNode(network, identity(2));
      const durable = identity(1, { volatile: false });
      const first = await startNode(network, durable);
      await assert.rejects(startNode(network, durable), (error) => isRaftoralError(error, 'NODE_ID_REUSED'));
      await first.transport.stop();
      const again = await startNode(network, { ...durable, incarnation: 2 });
      // Until the one that came back has said its first word on a channel, there is none for frames to it, and they may be dropped (N1).
      for (let tries = 0; tries < SETTLES_MAX && again.recorder.frames.length === 0; tries++) {
        two.transport.send(1, ping(2, 5 + tries));
        await network.settle();
      }
      assert.equal(again.recorder.frames.length, 1);
      assert.ok(stamps(again.recorder.frames)[0]! >= 5);
      assert.equal(first.recorder.frames.length, 0);
    },
  ],
];

/** The cases, over networks that `harness` makes. */
export function transportSuite(harness: TransportHarness): TransportCase[] {
  return CASES.map(([name, body]) => ({
    name,
    run: async () => {
      const network = await harness.create();
      try {
        await body(network);
      } finally {
        await network.dispose?.();
      }
    },
  }));
}
