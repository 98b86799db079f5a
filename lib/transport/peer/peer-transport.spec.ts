import { describe, expect, it, jest } from '@jest/globals';
import { DEPLOYMENT, Peer, PeerWorld } from '../../../test/support/peer-world.js';
import { RaftoralError } from '../../errors/index.js';
import { MemoryCarrier } from '../../testing/memory-carrier.js';

const OTHER_DEPLOYMENT = '00000000-3d43-4f3c-9a57-0f4c5b9f2d11';

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof RaftoralError ? `${error.code}: ${error.message}` : `not a RaftoralError: ${String(error)}`;
  }
  return 'no problem';
}

/** Both directions between every two, once. */
async function talk(world: PeerWorld, peers: readonly Peer[], mark: number): Promise<void> {
  for (const from of peers) for (const to of peers) if (from !== to) from.send(to.identity!.nodeId, mark);
  await world.time.advance(500);
}

describe('frames between processes', () => {
  it('nodes that know one seed know each other, and talk over one channel per pair', async () => {
    const world = new PeerWorld();
    const peers = await world.cluster(4);
    await talk(world, peers, 1);
    for (const peer of peers) {
      for (const other of peers) if (other !== peer) expect(peer.recorder.marks(other.identity!.nodeId)).toEqual([1]);
      expect(peer.transport.peers().map(({ state }) => state)).toEqual(['connected', 'connected', 'connected']);
      expect(peer.transport.addresses().map(({ nodeId }) => nodeId)).toEqual([1, 2, 3, 4]);
    }
    expect(world.wire.openEnds).toBe(4 * 3);
    for (const peer of peers) await peer.stop();
    await world.time.advance(10_000);
    expect(world.wire.openEnds).toBe(0);
  });

  it('two that dial each other at once keep the channel of the lower id; nothing is lost, repeated or moved', async () => {
    // The last two: both give a channel up at once, with frames of both on it.
    for (const seed of [...Array.from({ length: 200 }, (_, i) => i), 1508, 2207]) {
      let draw = seed * 7919;
      const world = new PeerWorld(seed, () => (draw = (draw * 1103515245 + 12345) % 2 ** 31) % 5);
      const peers = [world.peer(1), world.peer(2)];
      await peers[0]!.start(1);
      await peers[1]!.start(2);
      const addresses = peers.map((peer, i) => ({ nodeId: i + 1, address: peer.address, incarnation: 1 }));
      for (const peer of peers) peer.transport.learnAddresses(addresses);
      for (let mark = 0; mark < 50; mark++) {
        peers[0]!.send(2, mark);
        peers[1]!.send(1, mark);
        await world.time.advance(seed % 7);
      }
      await world.time.advance(3_000);
      const marks = Array.from({ length: 50 }, (_, i) => i);
      expect([seed, peers[0]!.recorder.marks(2)]).toEqual([seed, marks]);
      expect([seed, peers[1]!.recorder.marks(1)]).toEqual([seed, marks]);
      expect([seed, world.wire.openEnds]).toEqual([seed, 2]);
      expect([seed, ...peers.map((peer) => peer.recorder.disconnected)]).toEqual([seed, [], []]);
    }
  });

  it('a peer whose address nobody knows is unknown, and frames to it are counted', async () => {
    const world = new PeerWorld();
    const [one] = await world.cluster(1);
    one!.send(9, 1);
    expect(one!.transport.peers()).toEqual([
      { nodeId: 9, address: null, state: 'unknown-address', problem: 'its address is not known', framesDropped: 1 },
    ]);
    expect(one!.transport.statistics.framesDropped).toBe(1);
  });

  it('a node that comes back elsewhere, with a higher incarnation, is found by all; hearsay corrects who was not told', async () => {
    const world = new PeerWorld();
    const [one, two, three] = (await world.cluster(3)) as [Peer, Peer, Peer];
    two.kill();
    await world.time.advance(2_000);
    expect([one.stateOf(2), three.stateOf(2)]).toEqual(['waiting', 'waiting']);
    const again = world.peer(2, { carrier: { address: '10.0.9.9:7000' } });
    again.transport.setSeeds(['10.0.0.1:7000']);
    again.transport.learnAddresses(one.transport.addresses());
    await again.start(2, { incarnation: 2 });
    await world.time.advance(200);
    three.send(2, 5);
    one.send(2, 6);
    again.send(3, 7);
    await world.time.advance(1_000);
    expect(again.recorder.marks(3)).toEqual([5]);
    expect(again.recorder.marks(1)).toEqual([6]);
    expect(three.recorder.marks(2)).toEqual([7]);
    for (const peer of [one, three]) expect(peer.transport.addresses()[1]).toEqual({ nodeId: 2, address: '10.0.9.9:7000', incarnation: 2 });
    // Old hearsay changes nothing any more.
    one.transport.learnAddresses([{ nodeId: 2, address: '10.0.0.2:7000', incarnation: 1 }]);
    expect(one.transport.addresses()[1]!.address).toBe('10.0.9.9:7000');
  });

  it('at an address where another node lives now, that one is taken for what it is', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(2)) as [Peer, Peer];
    one.transport.learnAddresses([{ nodeId: 7, address: '10.0.0.2:7000', incarnation: 1 }]);
    one.send(7, 1);
    await world.time.advance(1_000);
    expect(one.transport.peers().map(({ nodeId, state, problem }) => [nodeId, state, problem])).toEqual([
      [2, 'connected', null],
      [7, 'waiting', 'at 10.0.0.2:7000 is node 2'],
    ]);
  });

  it('a node that had the own address before is nowhere: it is not dialled, nobody answers in its name, and nothing is logged of it', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(2)) as [Peer, Peer];
    one.transport.handle('who', (from) => Promise.resolve({ nodeId: from.nodeId }));
    one.transport.learnAddresses([{ nodeId: 7, address: one.address, incarnation: 1 }]);
    const { dialled } = world.wire;
    one.send(7, 1);
    expect(await problemOf(one.call(7, 'who'))).toMatch(/^NO_ROUTE: .*the node's address is not known/);
    await world.time.advance(30_000);
    expect(one.transport.peers().map(({ nodeId, state }) => [nodeId, state])).toEqual([
      [2, 'connected'],
      [7, 'unknown-address'],
    ]);
    expect([world.wire.dialled - dialled, one.lines]).toEqual([0, []]);
  });

  it('the loss of a peer is told at once; that its process is gone only if nobody listens there', async () => {
    const world = new PeerWorld();
    const [one, two, three] = (await world.cluster(3)) as [Peer, Peer, Peer];
    two.kill();
    await world.time.advance(50);
    expect([one.recorder.disconnected, one.recorder.refused]).toEqual([[2], [2]]);
    world.wire.cut(one.address, three.address);
    world.wire.forget(one.address);
    await world.time.advance(8_000);
    expect([one.recorder.disconnected, one.recorder.refused]).toEqual([[2, 3], [2]]);
  });

  it('a listener that closes a moment after the channels is still found to be gone', async () => {
    const world = new PeerWorld();
    const [one, two] = (await world.cluster(2)) as [Peer, Peer];
    two.kill();
    const dying = world.wire.createCarrier({ address: two.address });
    await dying.listen((channel) => {
      channel.close();
      return { onMessage: () => undefined, onDrained: () => undefined, onClosed: () => undefined };
    });
    world.time.schedule(world.time.nowMs + 30, () => void dying.close());
    await world.time.advance(20);
    expect([one.recorder.disconnected, one.recorder.refused]).toEqual([[2], []]);
    await world.time.advance(200);
    expect([one.recorder.disconnected, one.recorder.refused]).toEqual([[2], [2]]);
  });

  it('a wire that is cut is noticed by its silence; after it has healed the nodes find each other', async () => {
    const world = new PeerWorld();
    const peers = await world.cluster(2);
    const [one, two] = peers as [Peer, Peer];
    world.wire.cut(one.address, two.address);
    await world.time.advance(15_000);
    expect([one.recorder.disconnected, two.recorder.disconnected]).toEqual([[2], [1]]);
    expect([one.recorder.refused, two.recorder.refused]).toEqual([[], []]);
    expect(one.stateOf(2)).not.toBe('connected');
    world.wire.heal();
    for (let i = 0; i < 30; i++) {
      one.send(2, -1);
      await world.time.advance(500);
    }
    expect(one.stateOf(2)).toBe('connected');
    await talk(world, peers, 9);
    expect([one.recorder.marks(2).at(-1), two.recorder.marks(1).at(-1)]).toEqual([9, 9]);
    await world.time.advance(5_000);
    expect(world.wire.openEnds).toBe(2);
  });

  it('an idle channel that works is kept, at the cost of a question now and then', async () => {
    const world = new PeerWorld();
    const [one, two] = (await world.cluster(2)) as [Peer, Peer];
    const dialled = world.wire.dialled;
    await world.time.advance(600_000);
    expect([one.recorder.disconnected, two.recorder.disconnected, world.wire.dialled - dialled]).toEqual([[], [], 0]);
  });

  it('half-open channels, whichever side forgot, never keep two nodes apart for long (L2)', async () => {
    for (const forgetful of [0, 1]) {
      const world = new PeerWorld();
      const peers = (await world.cluster(2)) as [Peer, Peer];
      world.wire.forget(peers[forgetful]!.address);
      await world.time.advance(100);
      await talk(world, peers, 3);
      expect([peers[0].recorder.marks(2), peers[1].recorder.marks(1)]).toEqual([[3], [3]]);
      await world.time.advance(20_000);
      expect(world.wire.openEnds).toBe(2);
    }
  });

  describe('a change to another channel (L6, L7)', () => {
    /** 2 talks to 1 over a channel without delay; then 1 dials 2 by another name of it. */
    async function dialledAgain(delayMs: number): Promise<{ world: PeerWorld; one: Peer; two: Peer }> {
      const world = new PeerWorld(1, undefined, [0, delayMs, delayMs]);
      const one = await world.peer(1).start(1);
      const two = await world.peer(2).start(2);
      two.transport.learnAddresses([{ nodeId: 1, address: one.address, incarnation: 1 }]);
      two.send(1, 0);
      await world.time.advance(100);
      world.wire.alias('two:7000', two.address);
      one.transport.setSeeds(['two:7000']);
      return { world, one, two };
    }

    /** 1 has given up the former channel, and its first packet on the other is under way to 2. */
    async function between(delayMs: number): Promise<{ world: PeerWorld; one: Peer; two: Peer }> {
      const parts = await dialledAgain(delayMs);
      expect(await parts.world.time.runUntil(() => parts.two.stateOf(1) !== 'connected', 10_000)).toBe(true);
      await parts.world.time.advance(1);
      return parts;
    }

    it('nobody counts as disconnected, and what is sent meanwhile arrives, in order', async () => {
      const { world, one, two } = await between(300);
      for (let mark = 1; mark < 50; mark++) {
        one.send(2, mark);
        two.send(1, mark);
        await world.time.advance(20);
      }
      await world.time.advance(3_000);
      expect(one.recorder.marks(2)).toEqual(Array.from({ length: 50 }, (_, i) => i));
      expect(two.recorder.marks(1)).toEqual(Array.from({ length: 49 }, (_, i) => i + 1));
      expect([one.recorder.disconnected, two.recorder.disconnected, world.wire.openEnds]).toEqual([[], [], 2]);
    });

    it('a process that is killed meanwhile is soon found to be gone', async () => {
      const { world, one, two } = await between(60);
      one.kill();
      await world.time.advance(300);
      expect([two.recorder.disconnected, two.recorder.refused]).toEqual([[1], [1]]);
    });

    it('a process that is killed meanwhile, and followed by another, was disconnected', async () => {
      let admitted = 0;
      for (let gapMs = 0; gapMs < 120; gapMs++) {
        const { world, one, two } = await between(60);
        one.kill();
        await world.time.advance(gapMs);
        const again = world.peer(1);
        again.transport.setSeeds([two.address]);
        // Until the loss is known, it may be refused as a second process of its node (M1).
        if ((await problemOf(again.start(1, { incarnation: 2 }))) !== 'no problem') continue;
        admitted++;
        await world.time.advance(5_000);
        expect([gapMs, two.stateOf(1), two.recorder.disconnected]).toEqual([gapMs, 'connected', [1]]);
      }
      expect(admitted).toBeGreaterThan(20);
    });

    it('where each side gave up the channel that the other keeps, they talk again at once', async () => {
      for (let gapMs = 0; gapMs < 40; gapMs++) {
        const world = new PeerWorld(1, undefined, [10, 5]);
        const one = await world.peer(1).start(1);
        const two = await world.peer(2).start(2);
        world.wire.alias('two:7000', two.address);
        one.transport.learnAddresses([{ nodeId: 2, address: two.address, incarnation: 1 }]);
        one.send(2, -1);
        world.time.schedule(world.time.nowMs + gapMs, () => one.transport.setSeeds(['two:7000']));
        for (let mark = 0; mark < 100; mark++) {
          one.send(2, mark);
          await world.time.advance(5);
        }
        expect([gapMs, two.recorder.marks(1).at(-1)! > 80]).toEqual([gapMs, true]);
        await world.time.advance(3_000);
        expect([gapMs, two.recorder.marks(1)]).toEqual([gapMs, Array.from({ length: 101 }, (_, i) => i - 1)]);
        expect([gapMs, one.recorder.disconnected, two.recorder.disconnected]).toEqual([gapMs, [], []]);
      }
    });

    it('what was sent before stop() leaves', async () => {
      for (let atMs = 0; atMs < 160; atMs++) {
        const world = new PeerWorld(1, undefined, [8, 10]);
        const one = await world.peer(1).start(1);
        const two = await world.peer(2).start(2);
        const addresses = [one, two].map(({ address }, i) => ({ nodeId: i + 1, address, incarnation: 1 }));
        two.transport.learnAddresses(addresses);
        two.send(1, 0);
        world.time.schedule(world.time.nowMs + 10, () => {
          one.transport.learnAddresses(addresses);
          one.send(2, 0);
        });
        await world.time.advance(atMs);
        // While there is no channel that it may send on, nothing can leave.
        if (two.stateOf(1) !== 'connected') continue;
        two.send(1, 7);
        await two.stop();
        await world.time.advance(1_000);
        expect([atMs, one.recorder.marks(2)]).toEqual([atMs, [0, 7]]);
      }
    });
  });

  it('a peer that takes nothing blocks nobody: frames are dropped and counted, memory is bounded (N1)', async () => {
    const world = new PeerWorld();
    const tuning = { sendBufferBytesMax: 10_000, silenceMs: 60_000 };
    const [one, two] = (await world.cluster(2, { tuning })) as [Peer, Peer];
    world.wire.stall(one.address);
    for (let mark = 0; mark < 10_000; mark++) one.send(2, mark);
    const { framesDropped } = one.transport.peers()[0]!;
    expect(framesDropped).toBeGreaterThan(9_000);
    expect(one.transport.statistics.framesDropped).toBe(framesDropped);
    world.wire.flow(one.address);
    await world.time.advance(100);
    expect(two.recorder.marks(1)).toEqual(Array.from({ length: 10_000 - framesDropped }, (_, i) => i));
    one.send(2, -5);
    await world.time.advance(100);
    expect(two.recorder.marks(1).at(-1)).toBe(-5);
  });

  it('what waits for a channel is bounded too, and goes if none comes (L3)', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(1, { tuning: { queueBytesMax: 10_000 } })) as [Peer];
    one.transport.learnAddresses([{ nodeId: 2, address: '10.0.0.2:7000', incarnation: 1 }]);
    world.wire.cut(one.address, '10.0.0.2:7000');
    for (let mark = 0; mark < 1_000; mark++) one.send(2, mark);
    const dropped = one.transport.peers()[0]!.framesDropped;
    expect(dropped).toBeGreaterThan(800);
    expect(dropped).toBeLessThan(1_000);
    await world.time.advance(6_000);
    expect(one.transport.peers()[0]!.framesDropped).toBe(1_000);
  });

  it('attempts to reach who is not there become rare, and begin anew when it comes (L4)', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(1)) as [Peer];
    one.transport.learnAddresses([{ nodeId: 2, address: '10.0.0.2:7000', incarnation: 1 }]);
    const dialled: number[] = [];
    for (let second = 0; second < 60; second++) {
      const before = world.wire.dialled;
      for (let i = 0; i < 20; i++) {
        one.send(2, -1);
        await world.time.advance(50);
      }
      dialled.push(world.wire.dialled - before);
    }
    expect(dialled[0]).toBeGreaterThanOrEqual(3);
    expect(dialled.slice(30).reduce((a, b) => a + b)).toBeLessThanOrEqual(12);
    const two = world.peer(2);
    two.transport.learnAddresses(one.transport.addresses());
    await two.start(2);
    await world.time.advance(50);
    one.send(2, 7);
    await world.time.advance(50);
    expect(two.recorder.marks(1)).toEqual([7]);
  });

  it('a frame larger than any peer takes is dropped and counted, and the rest goes on', async () => {
    const world = new PeerWorld();
    const [one, two] = (await world.cluster(2)) as [Peer, Peer];
    const huge = {
      envelopes: [{ kind: 4, groupId: 1, callId: 1, method: 'x', remainingMs: 1, body: new Uint8Array(65 * 1024 * 1024) }],
    } as const;
    one.send(2, 0, huge);
    one.send(2, 1);
    await world.time.advance(100);
    expect([two.recorder.marks(1), one.transport.statistics.framesDropped]).toEqual([[1], 1]);
  });
});

describe('calls between processes', () => {
  it('a process without identity calls and is called; the handler knows who asks', async () => {
    const world = new PeerWorld();
    const guest = world.peer(8);
    const node = world.peer(1);
    node.transport.handle('echo', (from, request) => Promise.resolve({ from: { ...from }, request }));
    guest.transport.handle('who', (from) => Promise.resolve({ nodeId: from.nodeId }));
    await guest.transport.listen();
    await node.start(1);
    const answer = await guest.call('10.0.0.1:7000', 'echo', { text: 'Grüße', list: [1, null] });
    expect(answer).toEqual({
      from: { nodeId: 0, incarnation: 0, deployment: '', address: '10.0.0.8:7000', processId: guest.transport.processId },
      request: { text: 'Grüße', list: [1, null] },
    });
    expect(await node.call('10.0.0.8:7000', 'who')).toEqual({ nodeId: 1 });
    expect(guest.transport.addresses()).toEqual([{ nodeId: 1, address: '10.0.0.1:7000', incarnation: 1 }]);
    expect(node.transport.peers()).toEqual([]);
  });

  it('a guest that becomes a node talks as one at once; calls under way end well', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(1)) as [Peer];
    const two = world.peer(2);
    one.transport.handle('slow', () => new Promise((resolve) => one.node.setTimer(500, () => resolve({ done: true }))));
    await two.transport.listen();
    const slow = two.transport.call(one.address, 'slow', {}, { timeoutMs: 5_000 });
    await world.time.advance(100);
    await two.start(2);
    two.send(1, 4);
    one.send(2, 5);
    await world.time.advance(100);
    expect([one.recorder.marks(2), two.recorder.marks(1)]).toEqual([[4], [5]]);
    expect(await world.time.runUntilSettled(slow, 5_000)).toEqual({ done: true });
    await world.time.advance(5_000);
    expect(world.wire.openEnds).toBe(2);
  });

  it('an error arrives as it was: code, message and details', async () => {
    const world = new PeerWorld();
    const [one, two] = (await world.cluster(2)) as [Peer, Peer];
    two.transport.handle('typed', () => Promise.reject(new RaftoralError('MEMBERSHIP_REFUSED', 'not now', { details: { index: 7 } })));
    two.transport.handle('plain', () => Promise.reject(new Error('oops')));
    two.transport.handle('cyclic', () => {
      const answer: Record<string, unknown> = {};
      answer['self'] = answer;
      return Promise.resolve(answer);
    });
    for (const to of [2, two.address]) {
      expect(await problemOf(one.call(to, 'typed'))).toBe('MEMBERSHIP_REFUSED: not now');
      await expect(one.call(to, 'typed')).rejects.toMatchObject({ details: { index: 7 } });
      expect(await problemOf(one.call(to, 'plain'))).toBe('INVARIANT_VIOLATED: oops');
      expect(await problemOf(one.call(to, 'cyclic'))).toMatch(/^NOT_SERIALIZABLE: the answer of peer call 'cyclic'/);
      expect(await problemOf(one.call(to, 'none'))).toMatch(/^INVALID_ARGUMENT: there is no peer call 'none'/);
    }
  });

  it('a call to itself is answered here, by id and by address', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(1)) as [Peer];
    one.transport.handle('who', (from) => Promise.resolve({ nodeId: from.nodeId }));
    expect([await one.call(1, 'who'), await one.call(one.address, 'who')]).toEqual([{ nodeId: 1 }, { nodeId: 1 }]);
    expect(world.wire.dialled).toBe(0);
  });

  it('what was not sent is NO_ROUTE, what may have been done is OUTCOME_UNKNOWN (W2)', async () => {
    const world = new PeerWorld();
    const [one, two] = (await world.cluster(2)) as [Peer, Peer];
    let begun = 0;
    two.transport.handle('never', () => {
      begun++;
      return new Promise(() => undefined);
    });
    expect(await problemOf(one.call('10.0.0.99:7000', 'never'))).toMatch(
      /^NO_ROUTE: peer call 'never' to 10\.0\.0\.99:7000 was not sent: .*refused/,
    );
    expect(await problemOf(one.call(99, 'never'))).toMatch(/^NO_ROUTE: .*the node's address is not known/);
    world.wire.cut(one.address, '10.0.0.98:7000');
    expect(await problemOf(one.call('10.0.0.98:7000', 'never'))).toMatch(/^NO_ROUTE: .*not reached within 2000 ms/);
    expect(await problemOf(one.call(2, 'never'))).toMatch(/^OUTCOME_UNKNOWN: .*not answered within 2000 ms/);
    const lost = one.transport.call(2, 'never', {}, { timeoutMs: 10_000 });
    world.time.schedule(world.time.nowMs + 100, () => two.kill());
    expect(await problemOf(world.time.runUntilSettled(lost, 5_000))).toMatch(/^OUTCOME_UNKNOWN: .*the connection ended before the answer/);
    expect(begun).toBe(2);
    await one.stop();
    expect(await problemOf(one.call(2, 'never'))).toMatch(/^SHUTTING_DOWN/);
  });

  it('calls are bounded: bytes, those in flight, those in progress (K2)', async () => {
    const world = new PeerWorld();
    const tuning = { callBytesMax: 1_000, callsOutMax: 5, callsInMax: 3 };
    const [one, two] = (await world.cluster(2, { tuning })) as [Peer, Peer];
    two.transport.handle('wait', () => new Promise((resolve) => two.node.setTimer(1_000, () => resolve({}))));
    two.transport.handle('large', () => Promise.resolve({ text: 'x'.repeat(2_000) }));
    expect(await problemOf(one.call(2, 'wait', { text: 'x'.repeat(2_000) }))).toMatch(/^PAYLOAD_TOO_LARGE: the request/);
    expect(await problemOf(one.call(2, 'large'))).toMatch(/^PAYLOAD_TOO_LARGE: the answer/);
    const calls = Array.from({ length: 7 }, () => problemOf(one.transport.call(2, 'wait', {}, { timeoutMs: 5_000 })));
    const answers = await world.time.runUntilSettled(Promise.all(calls), 5_000);
    expect(answers.filter((answer) => answer === 'no problem')).toHaveLength(3);
    expect(answers.filter((answer) => answer.startsWith('OVERLOADED'))).toHaveLength(4);
    expect(await problemOf(one.call(2, 'wait'))).toBe('no problem');
  });

  it('an idle channel of a guest is given up, and a call opens another', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(1)) as [Peer];
    one.transport.handle('hello', () => Promise.resolve({}));
    const guest = world.peer(9);
    await guest.transport.listen();
    await guest.call(one.address, 'hello');
    await guest.call(one.address, 'hello');
    expect([world.wire.dialled, world.wire.openEnds]).toEqual([1, 2]);
    await world.time.advance(60_000);
    expect(world.wire.openEnds).toBe(0);
    await guest.call(one.address, 'hello');
    expect(world.wire.dialled).toBe(2);
  });
});

describe('who may be a peer', () => {
  it('another deployment is refused by name, on both sides', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(1)) as [Peer];
    const stranger = world.peer(2);
    await stranger.start(2, { deployment: OTHER_DEPLOYMENT });
    expect(await problemOf(stranger.call(one.address, 'x'))).toMatch(new RegExp(`^PEER_REFUSED: .*${OTHER_DEPLOYMENT}.*${DEPLOYMENT}`));
    expect(await problemOf(one.call(stranger.address, 'x'))).toMatch(/^PEER_REFUSED/);
    expect(one.lines.join('\n')).toContain(
      `no connection with node 2 at ${stranger.address}: the one side belongs to deployment ${OTHER_DEPLOYMENT}`,
    );
    expect([one.stateOf(2), world.wire.openEnds]).toEqual(['none', 0]);
  });

  it('a second live process under a node id is refused, whatever its incarnation; a silent one loses its place (M1)', async () => {
    const world = new PeerWorld();
    const [one, two] = (await world.cluster(2)) as [Peer, Peer];
    const twin = world.peer(3);
    twin.transport.setSeeds([one.address]);
    expect(await problemOf(twin.start(2, { incarnation: 5 }))).toMatch(/^NODE_ID_REUSED: node id 2 is running/);
    expect(one.recorder.disconnected).toEqual([]);
    // The machine of node 2 vanishes, and nobody is told.
    world.wire.cut(one.address, two.address);
    two.node.kill();
    const again = world.peer(4);
    again.transport.setSeeds([one.address]);
    await again.start(2, { incarnation: 6 });
    await world.time.advance(2_000);
    one.send(2, 1);
    await world.time.advance(100);
    expect(again.recorder.marks(1)).toEqual([1]);
    expect(one.recorder.disconnected).toEqual([2]);
  });

  it('an id that a volatile node had is not taken again, and neither is one by an older start (M2, M3)', async () => {
    const world = new PeerWorld();
    const [one] = (await world.cluster(1)) as [Peer];
    const short = world.peer(2);
    short.transport.setSeeds([one.address]);
    await short.start(2, { volatile: true });
    await short.stop();
    const again = world.peer(2);
    again.transport.setSeeds([one.address]);
    expect(await problemOf(again.start(2, { volatile: true, incarnation: 9 }))).toMatch(/^NODE_ID_REUSED: node id 2 was used before/);
    const three = world.peer(3);
    three.transport.setSeeds([one.address]);
    await three.start(3, { incarnation: 7 });
    await three.stop();
    const old = world.peer(3);
    old.transport.setSeeds([one.address]);
    expect(await problemOf(old.start(3, { incarnation: 6 }))).toMatch(
      /^NODE_ID_REUSED: node id 3 is used by a later start of it \(incarnation 7, this one has 6\)/,
    );
  });

  it('start() waits for who does not answer no longer than it says (T4)', async () => {
    const world = new PeerWorld();
    const one = world.peer(1);
    one.transport.setSeeds(['10.0.0.50:7000', '10.0.0.51:7000']);
    world.wire.cut(one.address, '10.0.0.50:7000');
    const beganMs = world.time.nowMs;
    await one.start(1);
    expect(world.time.nowMs - beganMs).toBe(1_000);
  });

  it('what a name stood for is dialled as that name, at the seeds and in calls (U4)', async () => {
    const dial = jest.spyOn(MemoryCarrier.prototype, 'dial');
    const world = new PeerWorld();
    await world.peer(2).start(2);
    const one = world.peer(1, { resolve: async (seed) => (seed === 'nodes:7000' ? ['10.0.0.2:7000', '10.0.0.3:7000'] : [seed]) });
    await world.time.runUntilSettled(one.transport.listen(), 1_000);
    const asked = await world.time.runUntilSettled(one.transport.resolve('nodes:7000'), 1_000);
    await world.time.runUntilSettled(
      one.transport.call(asked[0]!, 'nothing', {}, { timeoutMs: 1_000 }).catch(() => undefined),
      5_000,
    );
    one.transport.setSeeds(['nodes:7000', '10.0.0.4:7000']);
    await one.start(1);
    const dialled = new Set(dial.mock.calls.map(([address, , name]) => `${address} ${String(name)}`));
    dial.mockRestore();
    expect([...dialled].sort()).toEqual(['10.0.0.2:7000 nodes', '10.0.0.3:7000 nodes', '10.0.0.4:7000 undefined']);
  });

  it('a seed is resolved again until nodes are found, and its own address is no problem (D1, D2)', async () => {
    const world = new PeerWorld();
    const two = world.peer(2);
    const names = ['10.0.0.1:7000'];
    const one = world.peer(1, {
      resolve: (seed) => (seed === 'nodes:7000' ? Promise.resolve([...names]) : Promise.reject(new Error('unknown host'))),
    });
    one.transport.setSeeds(['nodes:7000', 'nowhere:7000']);
    await one.start(1);
    await two.start(2);
    await world.time.advance(1_000);
    expect(one.stateOf(2)).toBe('none');
    names.push('10.0.0.2:7000');
    one.transport.setSeeds(['nodes:7000', 'others:7000']);
    await world.time.advance(10_000);
    expect(one.stateOf(2)).toBe('none');
    expect(one.lines.join('\n')).toContain('no node was found at the seed nowhere:7000 yet: unknown host');
  });
});
