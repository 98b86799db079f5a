/**
 * The membership over real hosts: RaftHost, its requests, the frames' codec, and a network with faults, in virtual time. Some of the hosts run a Raft group meanwhile.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { RaftHost } from '../../lib/cluster/index.js';
import { MemberStatus, MembershipService, MEMBERSHIP_METHOD, type MemberChange } from '../../lib/membership/index.js';
import { encodeMessage } from '../../lib/membership/swim/message-codec.js';
import { MessageKind, UpdateKind } from '../../lib/membership/swim/message.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import type { RaftStorage } from '../../lib/storage/storage.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SimulatedNetwork } from '../../lib/testing/simulated-network.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { EnvelopeKind, type Transport } from '../../lib/transport/transport.js';
import { TextMachine, frame } from '../support/raft-cluster.js';
import { factsOf } from './gossip-world.js';

const DEPLOYMENT = '00000000-0000-4000-8000-00000000000b';
const { ALIVE, SUSPECT, DOWN, LEFT } = MemberStatus;

interface Node {
  readonly nodeId: number;
  readonly time: VirtualNode;
  readonly host: RaftHost;
  readonly transport: Transport;
  readonly membership: MembershipService;
  readonly changes: MemberChange[];
}

class World {
  readonly time = new VirtualTime();
  readonly network = new SimulatedNetwork({ time: this.time, random: new SeededRandom(3, 'network') });
  readonly nodes = new Map<number, Node>();

  async start(nodeId: number, incarnation = 1): Promise<Node> {
    const time = this.time.createNode({ name: `node ${nodeId}` });
    const random = new SeededRandom(nodeId * 1_000 + incarnation, 'node');
    const transport = this.network.createTransport(time);
    // A store that lasts: the same id may come back.
    const storage = Object.assign(new MemoryRaftStorage(), { volatile: false as boolean }) as RaftStorage;
    const host = new RaftHost({ nodeId, deployment: DEPLOYMENT, incarnation, clock: time, scheduler: time, random, storage, transport });
    await this.time.runUntilSettled(host.start(), 100);
    const membership = new MembershipService({
      nodeId,
      process: host.incarnation,
      carrier: host,
      clock: time,
      scheduler: time,
      random,
      facts: factsOf(nodeId),
      seeds: [1, 2],
    });
    const node: Node = { nodeId, time, host, transport, membership, changes: [] };
    membership.subscribe((change) => node.changes.push(change));
    membership.start();
    this.nodes.set(nodeId, node);
    return node;
  }

  async startAll(count: number): Promise<Node[]> {
    const nodes: Node[] = [];
    for (let nodeId = 1; nodeId <= count; nodeId++) nodes.push(await this.start(nodeId));
    return nodes;
  }

  crash(nodeId: number): void {
    this.network.crash(nodeId);
    this.nodes.get(nodeId)!.membership.stop();
    this.nodes.delete(nodeId);
  }

  /** What each node takes another to be, as text: 'node:status'. */
  viewOf(node: Node): string {
    return node.membership
      .members()
      .map(({ nodeId, status }) => `${nodeId}:${status}`)
      .join(' ');
  }

  areHere(...ids: number[]): boolean {
    return [...this.nodes.values()].every((node) => ids.every((id) => id === node.nodeId || node.membership.member(id)?.status === ALIVE));
  }

  statusEverywhere(nodeId: number): Set<number | undefined> {
    const others = [...this.nodes.values()].filter((node) => node.nodeId !== nodeId);
    return new Set(others.map(({ membership }) => membership.member(nodeId)?.status));
  }

  async stop(): Promise<void> {
    for (const { membership, host } of this.nodes.values()) {
      membership.stop();
      await this.time.runUntilSettled(host.stop(), 30_000);
    }
  }
}

let world: World;
afterEach(() => world.stop());

async function settled(count: number): Promise<Node[]> {
  world = new World();
  const nodes = await world.startAll(count);
  const ids = nodes.map(({ nodeId }) => nodeId);
  expect(await world.time.runUntil(() => world.areHere(...ids), 30_000)).toBe(true);
  return nodes;
}

describe('membership over hosts', () => {
  it('all get to know of all by their seeds, with addresses and digests', async () => {
    const nodes = await settled(6);
    for (const { membership, nodeId } of nodes) {
      for (const record of membership.members()) expect(record.facts).toEqual(factsOf(record.nodeId));
      expect(membership.members()).toHaveLength(5);
      expect(membership.member(nodeId)).toEqual(membership.self);
      expect(membership.status()).toMatchObject({ malformed: 0, dropped: 0, refused: 0, healthMultiplier: 1 });
    }
  });

  it('a node that dies is suspected, then down, on all others; as another process it is back', async () => {
    const nodes = await settled(5);
    world.crash(4);
    expect(await world.time.runUntil(() => [...world.statusEverywhere(4)].join() === String(DOWN), 120_000)).toBe(true);
    const seen = nodes[0]!.changes.filter(({ nodeId }) => nodeId === 4).map(({ after }) => after);
    expect(seen).toEqual([ALIVE, SUSPECT, DOWN]);
    await world.start(4, 2);
    expect(await world.time.runUntil(() => world.areHere(4), 30_000)).toBe(true);
    expect(nodes[0]!.changes.at(-1)).toMatchObject({ nodeId: 4, before: DOWN, after: ALIVE, isNewProcess: true });
    expect(nodes[0]!.membership.member(4)!.process).toBe(2);
  });

  it('a node that leaves is known to have left, and was not suspected', async () => {
    const nodes = await settled(4);
    await world.time.runUntilSettled(nodes[2]!.membership.leave(20_000), 25_000);
    expect(await world.time.runUntil(() => [...world.statusEverywhere(3)].join() === String(LEFT), 5_000)).toBe(true);
    await world.time.advance(60_000);
    const seen = nodes[0]!.changes.filter(({ nodeId }) => nodeId === 3).map(({ after }) => after);
    expect(seen).toEqual([ALIVE, LEFT]);
  });

  it('a node that was cut off, and counts as down, is back when the network is', async () => {
    await settled(5);
    world.network.partition([5], [1, 2, 3, 4]);
    expect(await world.time.runUntil(() => [...world.statusEverywhere(5)].join() === String(DOWN), 120_000)).toBe(true);
    expect(world.nodes.get(5)!.membership.self.status).toBe(ALIVE);
    world.network.heal();
    expect(await world.time.runUntil(() => world.areHere(1, 2, 3, 4, 5), 180_000)).toBe(true);
    expect(world.nodes.get(5)!.membership.self.incarnation).toBeGreaterThan(1);
  });

  it('a process that stood still for a while gives up nobody, and is taken back', async () => {
    const nodes = await settled(5);
    nodes[1]!.time.pause();
    await world.time.advance(90_000);
    expect([...world.statusEverywhere(2)]).toEqual([DOWN]);
    const before = nodes[1]!.changes.length;
    nodes[1]!.time.resume();
    expect(await world.time.runUntil(() => world.areHere(1, 2, 3, 4, 5), 120_000)).toBe(true);
    expect(nodes[1]!.membership.status().stalls).toBeGreaterThan(0);
    expect(nodes[1]!.changes.slice(before).filter(({ after }) => after === DOWN)).toEqual([]);
  });

  it('load and facts get around', async () => {
    const nodes = await settled(5);
    nodes[0]!.membership.setLoad({ openWorkflows: 1_234, commandsPerSecond: 56 });
    const facts = { addresses: ['elsewhere:7001'], workflowsDigest: Uint8Array.of(1, 2, 3) };
    nodes[3]!.membership.setFacts(facts);
    await world.time.advance(10_000);
    for (const { nodeId, membership } of nodes) {
      if (nodeId !== 1) expect(membership.member(1)!.load).toMatchObject({ openWorkflows: 1_234, commandsPerSecond: 56 });
      expect(membership.member(4)!.facts).toEqual(facts);
    }
  });

  it('V2: damaged, malformed and strange messages change nothing, and a stranger is not let in', async () => {
    const [first, second] = await settled(3);
    const before = world.viewOf(first!);
    const down = { kind: UpdateKind.DOWN, nodeId: 3, process: 1, incarnation: 9, by: 2 } as const;
    const blame = encodeMessage({ kind: MessageKind.GOSSIP, process: 1, updates: [down] });
    for (let at = 0; at < blame.length; at++) {
      const damaged = blame.slice();
      damaged[at]! ^= 0x10;
      second!.host.tell(1, MEMBERSHIP_METHOD, damaged);
    }
    second!.host.tell(1, MEMBERSHIP_METHOD, new Uint8Array(0));
    // Sound, but of a node that nobody knows; of another deployment; in the name of another.
    const body = { kind: EnvelopeKind.REQUEST, groupId: 0, callId: 0, method: MEMBERSHIP_METHOD, remainingMs: 0, body: blame } as const;
    const strangerTime = world.time.createNode({ name: 'stranger' });
    const stranger = world.network.createTransport(strangerTime);
    await stranger.start(
      { deployment: DEPLOYMENT, nodeId: 99, incarnation: 1, volatile: true },
      { onFrame: () => undefined, onPeerDisconnected: () => undefined },
    );
    stranger.send(1, { deployment: DEPLOYMENT, from: 99, incarnation: 1, envelopes: [body] });
    stranger.send(1, { deployment: DEPLOYMENT, from: 2, incarnation: 1, envelopes: [body] });
    stranger.send(1, { deployment: '00000000-0000-4000-8000-00000000000c', from: 99, incarnation: 1, envelopes: [body] });
    await world.time.advance(5_000);
    expect(world.viewOf(first!)).toBe(before);
    expect(first!.membership.status()).toMatchObject({ malformed: blame.length + 1, strangers: 1 });
    expect(first!.membership.member(99)).toBeUndefined();
    await stranger.stop();
  });

  it('V1: it rides beside Raft, on a node that hosts groups as on one that hosts none, and no answer is awaited', async () => {
    const nodes = await settled(4);
    for (const { host } of nodes.slice(0, 3))
      await world.time.runUntilSettled(host.createGroup({ groupId: 0, stateMachine: new TextMachine(), members: [1, 2, 3] }), 1_000);
    await world.time.runUntilSettled(nodes[1]!.host.group(0)!.propose(frame('hello'), { deadlineMs: 20_000 }), 20_000);
    await world.time.advance(20_000);
    expect(world.areHere(1, 2, 3, 4)).toBe(true);
    for (const { host, membership } of nodes) {
      expect(host.status().requestsInFlight).toBe(0);
      expect(membership.status()).toMatchObject({ malformed: 0, failedProbes: 0, healthMultiplier: 1 });
    }
  });

  it('a method of the node has one handler, and a wrong load or fact is INVALID_ARGUMENT', async () => {
    const [node] = await settled(2);
    expect(() => node!.host.handle(MEMBERSHIP_METHOD, () => Promise.resolve(new Uint8Array(0)))).toThrow(/answered already/);
    expect(() => node!.membership.start()).toThrow(/started before/);
    const refusal = (act: () => void): unknown => {
      try {
        act();
        return null;
      } catch (error) {
        return (error as { code: string; details: { field: string } }).code + ' ' + (error as { details: { field: string } }).details.field;
      }
    };
    const { membership } = node!;
    const digest = new Uint8Array(0);
    expect(refusal(() => membership.setLoad({ openWorkflows: 1.5, commandsPerSecond: 0 }))).toBe('INVALID_ARGUMENT openWorkflows');
    expect(refusal(() => membership.setLoad({ openWorkflows: 1, commandsPerSecond: -1 }))).toBe('INVALID_ARGUMENT commandsPerSecond');
    expect(refusal(() => membership.setFacts({ addresses: ['', 'a'], workflowsDigest: digest }))).toBe('INVALID_ARGUMENT addresses');
    expect(refusal(() => membership.setFacts({ addresses: Array.from({ length: 5 }, () => 'a'), workflowsDigest: digest }))).toBe(
      'INVALID_ARGUMENT addresses',
    );
    expect(refusal(() => membership.setFacts({ addresses: [], workflowsDigest: new Uint8Array(33) }))).toBe(
      'INVALID_ARGUMENT workflowsDigest',
    );
  });

  it('a stopped membership says nothing any more, and its timer is gone', async () => {
    const nodes = await settled(3);
    for (const { membership } of nodes) membership.stop();
    await world.time.advance(1_000);
    const sent = nodes.map(({ membership }) => membership.status().messagesSent);
    nodes[0]!.membership.setLoad({ openWorkflows: 9, commandsPerSecond: 9 });
    await world.time.advance(60_000);
    expect(nodes.map(({ membership }) => membership.status().messagesSent)).toEqual(sent);
    await nodes[0]!.membership.leave(1_000);
  });
});
