/**
 * What the groups of one node do to each other, and a node to its groups: restarts, ticks, heartbeats that travel together, stalls. Bugs that other
 * implementations of many Raft groups had; each test names its thread.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { AT_ONCE_MAX } from '../../lib/cluster/election-pace.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { EnvelopeKind } from '../../lib/transport/transport.js';
import { ManyGroups, MEMBERS } from '../support/many-groups.js';
import { frame } from '../support/raft-cluster.js';

let many: ManyGroups;
afterEach(() => many.stop());

const COUNT = 60;
const TICK_MS = 50;
const AWAKE = { hibernateAfterTicks: 0 };
const areAllAsleep = (): boolean => many.alive.every(({ groups }) => groups.every((group) => group.status().hibernating));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('a restart', () => {
  it('of all nodes at once is no storm: about one election a group, one frame per peer and moment (cockroach#6106)', async () => {
    many = await ManyGroups.led({ count: COUNT, tuning: AWAKE, delayMs: 2 });
    const before = many.terms();
    for (const id of MEMBERS) many.crash(id);
    for (const id of MEMBERS) await many.add(id);
    many.sentAt.length = 0;
    const tookMs = await many.elected();
    expect(tookMs).toBeLessThan(3_000);
    const elections = many.terms().map((term, at) => term - before[at]!);
    expect(sum(elections)).toBeGreaterThanOrEqual(COUNT);
    expect(sum(elections)).toBeLessThan(1.5 * COUNT);
    expect(Math.max(...elections)).toBeLessThanOrEqual(3);
    // An election takes a few frames each way; sixty at the same tick take no more.
    const moments = new Map<string, number>();
    for (const { atMs, from, to } of many.sentAt) {
      const moment = `${atMs} ${from} ${to}`;
      moments.set(moment, (moments.get(moment) ?? 0) + 1);
    }
    expect(Math.max(...moments.values())).toBeLessThanOrEqual(12);
  });

  it('lets so many groups of a node stand at once, and no more; who waits is not forgotten (cockroach#6106)', async () => {
    const count = 3 * AT_ONCE_MAX;
    // All time-outs end within two ticks, and there is nobody to be elected by.
    many = new ManyGroups({ count, tuning: { ...AWAKE, electionTimeoutTicks: 2, catchUpTicksMax: 1 } });
    const alone = await many.add(3);
    const stood = new Set<number>();
    const most: number[] = [];
    for (let tick = 0; tick < 20; tick++) {
      const before = stood.size;
      await many.time.advance(TICK_MS);
      for (const group of alone.groups) if (group.status().role === 'pre-candidate') stood.add(group.groupId);
      most.push(stood.size - before);
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(AT_ONCE_MAX);
    expect(stood.size).toBe(count);
    await many.add(1);
    await many.add(2);
    expect(await many.elected()).toBeLessThan(3_000);
  });

  it('of one node deposes nobody: every group that others lead is found led, in its term (cockroach#6106)', async () => {
    many = await ManyGroups.led({ count: COUNT, tuning: AWAKE });
    const before = many.terms();
    for (let i = 0; i < 3; i++) {
      many.crash(3);
      await many.time.advance(i * 2_000);
      await many.add(3);
      await many.elected();
      await many.time.advance(5_000);
    }
    expect(many.terms()).toEqual(before);
    for (const group of many.node(1).groups) expect(group.isLeader).toBe(true);
  });
});

describe('ticks', () => {
  it('are of all groups at once, and cost one frame per peer; elections are spread over the time-outs that each drew (openraft#1959)', async () => {
    many = await ManyGroups.led({ count: COUNT, tuning: AWAKE });
    await many.time.advance(1_000);
    many.sentAt.length = 0;
    await many.time.advance(20 * TICK_MS);
    const heartbeats = many.sentAt.filter(({ from, to }) => from === 1 && to === 2);
    expect(heartbeats.length).toBeGreaterThanOrEqual(20);
    expect(heartbeats.length).toBeLessThanOrEqual(22);
    // Without the others node 3 stands for all of them, a few at each tick.
    for (const id of MEMBERS) many.crash(id);
    const alone = await many.add(3);
    const candidates = (): number => alone.groups.filter((group) => group.status().role === 'pre-candidate').length;
    const begun: number[] = [];
    for (let tick = 0; tick < 21; tick++) {
      const before = candidates();
      await many.time.advance(TICK_MS);
      begun.push(candidates() - before);
    }
    expect(sum(begun)).toBe(COUNT);
    expect(begun.filter((count) => count > 0).length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...begun)).toBeLessThan(COUNT / 3);
  });

  it('after a stall of seconds no group is a candidate: what waits in the socket is read first, and few ticks are made up for', async () => {
    many = await ManyGroups.led({ count: COUNT, tuning: AWAKE });
    const before = many.terms();
    const { time, groups } = many.node(3);
    for (const stallMs of [700, 5_000, 60_000]) {
      time.pause();
      await many.time.advance(stallMs);
      time.resume();
      for (let i = 0; i < 10; i++) {
        await many.time.advance(10);
        expect(groups.filter((group) => group.status().role !== 'follower').map((group) => group.groupId)).toEqual([]);
      }
      await many.time.advance(2_000);
    }
    expect(many.terms()).toEqual(before);
  });
});

describe('heartbeats that travel together', () => {
  it('do not hide that one group is not led: it elects another leader, the others keep theirs (cockroach#315)', async () => {
    many = await ManyGroups.led({ count: COUNT, tuning: AWAKE });
    const before = many.terms();
    // Node 1 lives, and says so for all of its groups but one.
    many.filter = (from, _to, envelope) => !(from === 1 && envelope.kind === EnvelopeKind.RAFT && envelope.groupId === 7);
    const isReplaced = (): boolean => [2, 3].some((id) => many.node(id).groups[6]!.isLeader);
    expect(await many.time.runUntil(isReplaced, 3_000)).toBe(true);
    many.filter = null;
    await many.elected();
    expect(many.node(1).groups[6]!.isLeader).toBe(false);
    const elections = many.terms().map((term, at) => term - before[at]!);
    expect(elections.flatMap((count, at) => (count > 0 ? [at + 1] : []))).toEqual([7]);
  });

  it('nor that the process behind an address is another one, which does not lead, or not have, the group (cockroach#315)', async () => {
    many = await ManyGroups.led({ count: COUNT });
    expect(await many.time.runUntil(areAllAsleep, 20_000)).toBe(true);
    const before = many.terms();
    // Gone and back before anybody could miss it; it has not opened the last group yet, and says nothing of it.
    many.crash(1);
    await many.add(1, COUNT - 1);
    await many.elected(5_000);
    for (const [at, term] of many.terms().entries()) expect(term).toBeGreaterThan(before[at]!);
    expect([2, 3]).toContain(many.node(2).groups.at(-1)!.leaderId);
  });

  it('a node that is dead keeps none of the groups awake, whoever leads them, and is caught up when it returns (cockroach#9446)', async () => {
    many = await ManyGroups.led({ count: COUNT });
    many.crash(3);
    // It lacks an entry of each of them.
    for (const group of many.node(1).groups) await many.time.runUntilSettled(group.propose(frame('missed')), 1_000);
    expect(await many.time.runUntil(areAllAsleep, 20_000)).toBe(true);
    many.sentAt.length = 0;
    await many.time.advance(30_000);
    expect(areAllAsleep()).toBe(true);
    // Signs of life of two nodes, and attempts to find the third; no group says anything.
    expect(many.sentAt.length).toBeLessThan(1_000);
    const { groups } = await many.add(3);
    expect(await many.time.runUntil(areAllAsleep, 20_000)).toBe(true);
    for (const [at, group] of groups.entries()) expect(group.appliedIndex).toBe(many.node(1).groups[at]!.appliedIndex);
  });
});

/** Crashes, restarts, links cut one way, single groups cut off on a living node, pauses, transfers; commands at random nodes meanwhile. */
class Chaos {
  /** By group: what was acknowledged. */
  readonly acknowledged: string[][];
  private readonly cutLinks = new Set<string>();
  private readonly cutGroups = new Set<string>();
  /** By group: who led each term. */
  private readonly leaders: Array<Map<number, number>>;
  private paused = 0;
  private serial = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly count: number,
  ) {
    this.acknowledged = Array.from({ length: count }, () => []);
    this.leaders = Array.from({ length: count }, () => new Map());
    many.filter = (from, to, envelope) =>
      !this.cutLinks.has(`${from}>${to}`) && !('groupId' in envelope && this.cutGroups.has(`${from}>${envelope.groupId}`));
  }

  async step(): Promise<void> {
    const { random } = this;
    const id = 1 + random.int(3);
    const other = 1 + random.int(3);
    const { time, groups } = many.node(id);
    const isRunning = time.alive && this.paused !== id;
    switch (random.int(16)) {
      case 0:
        if (isRunning) many.crash(id);
        break;
      case 1:
        if (!time.alive) await many.add(id);
        break;
      case 2:
        this.cutLinks.add(`${id}>${other}`);
        break;
      case 3:
        this.cutLinks.clear();
        break;
      case 4:
        this.cutGroups.add(`${id}>${1 + random.int(this.count)}`);
        break;
      case 5:
        this.cutGroups.clear();
        break;
      case 6:
        if (!isRunning || this.paused !== 0) break;
        time.pause();
        this.paused = id;
        break;
      case 7:
        this.resume();
        break;
      case 8:
        if (isRunning) groups[random.int(this.count)]!.transferLeadership(other).catch(() => undefined);
        break;
      default:
        if (isRunning) this.propose(id, random.int(this.count));
    }
    await many.time.advance(random.int(8) === 0 ? random.int(3_000) : random.int(150));
    this.look();
  }

  async end(): Promise<void> {
    this.resume();
    many.filter = null;
    for (const id of MEMBERS) if (!many.node(id).time.alive) await many.add(id);
  }

  private look(): void {
    for (const { id, groups } of many.alive) {
      for (const [at, { isLeader, term }] of groups.entries()) {
        if (!isLeader) continue;
        expect([at, term, this.leaders[at]!.get(term) ?? id]).toEqual([at, term, id]);
        this.leaders[at]!.set(term, id);
      }
    }
  }

  private propose(id: number, at: number): void {
    const text = `${at}-${this.serial++}`;
    const proposed = many.node(id).groups[at]!.propose(frame(text), { deadlineMs: 3_000 });
    proposed.then(
      () => this.acknowledged[at]!.push(text),
      () => undefined,
    );
  }

  private resume(): void {
    if (this.paused !== 0) many.node(this.paused).time.resume();
    this.paused = 0;
  }
}

describe('over random faults of nodes, links and single groups', () => {
  it.each([1, 2, 3, 4])('all groups heal, agree, have what was acknowledged, and go to sleep (seed %d)', async (seed) => {
    const count = 6;
    const random = new SeededRandom(seed * 7919);
    const tuning = { hibernateAfterTicks: 3 + random.int(20) };
    many = await ManyGroups.led({ count, seed, tuning, delayMs: random.chance(0.5) ? 0 : 1 + random.int(5), writeMs: random.int(30) });
    const chaos = new Chaos(random, count);
    for (let i = 0; i < 200; i++) await chaos.step();
    await chaos.end();
    // Nothing is said to them any more: what one of them lacks now it would lack for ever.
    expect(await many.time.runUntil(areAllAsleep, 30_000)).toBe(true);
    await many.elected(0);
    for (let at = 0; at < count; at++) {
      const texts = many.texts(1, at);
      for (const id of MEMBERS) expect([many.texts(id, at), many.node(id).groups[at]!.status().halted]).toEqual([texts, null]);
      expect(chaos.acknowledged[at]!.filter((text) => !texts.includes(text))).toEqual([]);
      expect(new Set(texts).size).toBe(texts.length);
      for (const id of MEMBERS) await many.time.runUntilSettled(many.node(id).groups[at]!.propose(frame(`last of ${id}`)), 5_000);
    }
  });
});
