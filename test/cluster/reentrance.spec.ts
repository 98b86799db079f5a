/**
 * Calls that come back before the call that caused them has returned: a transport that delivers inside send(), a state machine and listeners that
 * propose. Nothing is stepped into a core that is being stepped, nothing is lost, repeated or reordered.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Transport, TransportHandlers } from '../../lib/transport/transport.js';
import { TestCluster, TextMachine, frame, textOf } from '../support/raft-cluster.js';
import { RowCluster } from '../support/row-cluster.js';

let cluster: TestCluster;
afterEach(() => cluster.stop());

/** Breaks N1 of the port on purpose: send() runs the receiver before it returns. */
class SynchronousNetwork {
  depthMax = 0;
  private depth = 0;
  private readonly handlers = new Map<number, TransportHandlers>();

  constructor(private readonly isBatching: boolean) {}

  readonly wrap = (transport: Transport): Transport => ({
    start: async (identity, handlers) => {
      await transport.start(identity, handlers);
      this.handlers.set(identity.nodeId, handlers);
    },
    stop: () => transport.stop(),
    send: (to, sent) => {
      const handlers = this.handlers.get(to);
      if (handlers === undefined) return;
      this.depth++;
      this.depthMax = Math.max(this.depthMax, this.depth);
      if (this.isBatching) handlers.onFrames!([sent]);
      else handlers.onFrame(sent);
      this.depth--;
    },
  });
}

const NUMBERS = Array.from({ length: 40 }, (_, i) => i);

describe('a transport that delivers inside send()', () => {
  it.each([
    ['frame by frame', false, false],
    ['with onFrames, whose receiver works on them at once', true, false],
    ['in the middle of a turn, before the disk is asked', true, true],
  ])('%s: every node applies every command once, in one order', async (_name, isBatching, hasDisk) => {
    const network = new SynchronousNetwork(isBatching);
    const options = { wrapTransport: network.wrap };
    cluster = hasDisk ? (await RowCluster.start([1, 2, 3], options)).cluster : await TestCluster.start([1, 2, 3], options);
    await cluster.elect();
    const proposals = NUMBERS.flatMap((i) => cluster.alive.map((node) => node.group.propose(frame(`${node.id}-${i}`))));
    await cluster.settled(Promise.all(proposals));
    for (const i of NUMBERS) await cluster.settled(cluster.node(1 + (i % 3)).group.propose(frame(`one at a time ${i}`)));
    await cluster.time.advance(1_000);
    expect(cluster.node(1).machine.texts).toHaveLength(4 * NUMBERS.length);
    for (const node of cluster.alive) {
      expect(node.machine.texts).toEqual(cluster.node(1).machine.texts);
      expect(node.heard).not.toContain('halted');
      expect(node.host.status().network.framesDropped).toBe(0);
    }
    // A call answers a call as long as the protocol has something to answer, not as long as there is traffic.
    expect(network.depthMax).toBeLessThan(10);
  });

  it('answers that come before the own write has begun do not overtake it: nothing is applied that the disk does not hold', async () => {
    const network = new SynchronousNetwork(true);
    const rows = new RowCluster({ members: [1, 2, 3], wrapTransport: network.wrap, writeMs: 5 });
    cluster = rows.cluster;
    let missing = 0;
    class Suspicious extends TextMachine {
      override apply(index: number, term: number, bytes: Uint8Array): string {
        if (rows.disk(1).log(1).lastIndex() < index) missing++;
        return super.apply(index, term, bytes);
      }
    }
    await rows.add(1, { machine: () => new Suspicious() });
    // The others have no disk to wait for: they answer within send().
    for (const id of [2, 3]) await cluster.settled(cluster.add(id, { members: [1, 2, 3], wrapTransport: network.wrap }));
    const elected = await cluster.elect();
    if (elected.id !== 1) await cluster.settled(elected.group.transferLeadership(1));
    const { group } = cluster.node(1);
    for (let burst = 0; burst < 20; burst++) {
      await cluster.settled(Promise.all(NUMBERS.slice(0, 5).map((i) => group.propose(frame(`${burst}-${i}`)))));
    }
    await cluster.time.advance(1_000);
    expect(missing).toBe(0);
    for (const node of cluster.alive) expect(node.machine.texts).toHaveLength(100);
  });

  it('changes of leader and of membership go through as well', async () => {
    const network = new SynchronousNetwork(true);
    cluster = await TestCluster.start([1, 2, 3], { wrapTransport: network.wrap });
    const leader = await cluster.elect();
    await cluster.settled(cluster.add(4, { join: true, wrapTransport: network.wrap }));
    await cluster.settled(leader.group.addLearner(4));
    await cluster.settled(leader.group.promote(4));
    for (const to of [4, 2, 3]) {
      await cluster.settled(cluster.leader!.group.transferLeadership(to));
      await cluster.settled(cluster.node(to).group.propose(frame(`led by ${to}`)));
    }
    await cluster.time.advance(1_000);
    for (const node of cluster.alive) expect(node.machine.texts).toEqual(['led by 4', 'led by 2', 'led by 3']);
  });
});

describe('a state machine that proposes while it applies', () => {
  class Proposing extends TextMachine {
    depthMax = 0;
    propose: ((text: string) => void) | null = null;
    private depth = 0;

    override apply(index: number, term: number, bytes: Uint8Array): string {
      this.depth++;
      this.depthMax = Math.max(this.depthMax, this.depth);
      const text = textOf(bytes);
      if (!text.includes('+')) this.propose?.(`${text}+`);
      const result = super.apply(index, term, bytes);
      this.depth--;
      return result;
    }
  }

  it.each([1, 3])('is not re-entered, of %d voters: what it proposed stands behind what it was applying, once', async (voters) => {
    cluster = await TestCluster.start([1, 2, 3].slice(0, voters), { machine: () => new Proposing() });
    const leader = await cluster.elect();
    const machine = leader.machine as Proposing;
    machine.propose = (text) => leader.group.submit(frame(text));
    await cluster.settled(Promise.all(NUMBERS.map((i) => leader.group.propose(frame(`${i}`)))));
    await cluster.time.advance(1_000);
    expect(machine.depthMax).toBe(1);
    expect(machine.texts).toEqual([...NUMBERS.map((i) => `${i}`), ...NUMBERS.map((i) => `${i}+`)]);
    for (const node of cluster.alive) expect(node.machine.texts).toEqual(machine.texts);
  });
});
