/** The membership of one node, message by message: what it takes, what it says, and when. */
import { describe, expect, it } from '@jest/globals';
import { MessageKind, UpdateKind, type GossipMessage, type Update } from '../../lib/membership/swim/message.js';
import { encodeMessage } from '../../lib/membership/swim/message-codec.js';
import { INCARNATION_MAX, MemberStatus, NO_LOAD, type MemberRecord } from '../../lib/membership/swim/record.js';
import { resolveMembershipSettings, WITHOUT_LIFEGUARD, type MembershipSettings } from '../../lib/membership/swim/settings.js';
import { Swim } from '../../lib/membership/swim/swim.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { factsOf } from './gossip-world.js';

const { ALIVE, SUSPECT, DOWN, LEFT } = MemberStatus;
const { PING, ACK, PING_REQ, NACK, GOSSIP, EXCHANGE } = MessageKind;
const SELF = 1;
const PROCESS = 10;
type Sent = { readonly to: number; readonly message: GossipMessage };

function recordOf(nodeId: number, changes: Partial<MemberRecord> = {}): MemberRecord {
  const { incarnation = 1 } = changes;
  return {
    nodeId,
    process: PROCESS,
    incarnation,
    status: ALIVE,
    facts: factsOf(nodeId),
    factsIncarnation: incarnation,
    load: NO_LOAD,
    ...changes,
  };
}

const alive = (nodeId: number, incarnation = 1, process = PROCESS): Update => ({
  kind: UpdateKind.ALIVE,
  nodeId,
  process,
  incarnation,
  facts: factsOf(nodeId),
  load: NO_LOAD,
});
const suspect = (nodeId: number, by: number, incarnation = 1, process = PROCESS): Update => ({
  kind: UpdateKind.SUSPECT,
  nodeId,
  process,
  incarnation,
  by,
});
const down = (nodeId: number, by: number, incarnation = 1, process = PROCESS): Update => ({
  kind: UpdateKind.DOWN,
  nodeId,
  process,
  incarnation,
  by,
});
const left = (nodeId: number, incarnation: number): Update => ({ kind: UpdateKind.LEFT, nodeId, process: PROCESS, incarnation });

/** One node that others talk to. */
class Bench {
  readonly swim: Swim;
  nowMs = 1_000;

  constructor(settings: Partial<MembershipSettings> = {}, seeds: readonly number[] = []) {
    this.swim = new Swim({
      nodeId: SELF,
      process: PROCESS,
      facts: factsOf(SELF),
      seeds,
      // No exchange disturbs: the specs of exchanges say when.
      settings: resolveMembershipSettings({ exchangeIntervalMs: 10_000_000, ...settings }),
      chance: new SeededRandom(7, 'bench'),
      nowMs: this.nowMs,
    });
  }

  /** Others make themselves known, and what comes of that is not looked at. */
  knows(...ids: number[]): this {
    for (const nodeId of ids) this.exchange(nodeId, [recordOf(nodeId)]);
    this.swim.takeMessages();
    this.swim.takeChanges();
    return this;
  }

  /** All that waited to be told was told. */
  quiet(): this {
    for (let i = 0; i < 200 && this.swim.waiting.news + this.swim.waiting.loads > 0; i++) {
      this.hear(this.someone(), { kind: PING, process: PROCESS, sequence: i, updates: [] });
      this.swim.takeMessages();
    }
    expect(this.swim.waiting).toMatchObject({ news: 0, loads: 0 });
    return this;
  }

  exchange(from: number, records: readonly MemberRecord[], isAnswer = true, isLast = true): Sent[] {
    return this.hear(from, { kind: EXCHANGE, process: records[0]!.process, isAnswer, isLast, records });
  }

  hear(from: number, message: GossipMessage): Sent[] {
    this.swim.receive(this.nowMs, from, message);
    return this.swim.takeMessages();
  }

  gossip(from: number, ...updates: Update[]): Sent[] {
    return this.hear(from, { kind: GOSSIP, process: PROCESS, updates });
  }

  /** Time passes, in the steps in which it is due. */
  pass(ms: number): Sent[] {
    const untilMs = this.nowMs + ms;
    const sent: Sent[] = [];
    while (this.swim.dueAtMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.swim.dueAtMs);
      this.swim.tick(this.nowMs);
      sent.push(...this.swim.takeMessages());
    }
    this.nowMs = untilMs;
    return sent;
  }

  /** The next probe: whom, and by which number. */
  nextPing(): { readonly to: number; readonly sequence: number; readonly updates: readonly Update[] } {
    for (let i = 0; i < 20_000; i++) {
      const ping = this.pass(1).find(({ message }) => message.kind === PING);
      if (ping !== undefined && ping.message.kind === PING)
        return { to: ping.to, sequence: ping.message.sequence, updates: ping.message.updates };
    }
    throw new Error('nobody is probed');
  }

  ack(from: number, sequence: number): Sent[] {
    return this.hear(from, { kind: ACK, process: PROCESS, sequence, updates: [] });
  }

  statusOf(nodeId: number): number | undefined {
    return this.swim.get(nodeId)?.status;
  }

  /** What the node would tell `to` now. */
  toldTo(to: number): readonly Update[] {
    const [answer] = this.hear(to, { kind: PING, process: PROCESS, sequence: 1, updates: [] });
    return answer!.message.kind === ACK ? answer!.message.updates : [];
  }

  private someone(): number {
    return this.swim.others().find(({ status }) => status === ALIVE)!.nodeId;
  }
}

const kinds = (sent: readonly Sent[]): number[] => sent.map(({ message }) => message.kind);

describe('who is listened to', () => {
  it('W4: of a node that is not known nothing is taken; its ping is answered, and says nothing; it is asked who it is', () => {
    const bench = new Bench().knows(2, 3);
    const updates = [down(2, 9), alive(4), suspect(SELF, 9)];
    expect(bench.hear(9, { kind: GOSSIP, process: PROCESS, updates })).toEqual([]);
    expect(bench.hear(9, { kind: PING_REQ, process: PROCESS, sequence: 5, target: 2, updates })).toEqual([]);
    expect(bench.hear(9, { kind: ACK, process: PROCESS, sequence: 5, updates })).toEqual([]);
    expect(bench.hear(9, { kind: PING, process: PROCESS, sequence: 5, updates })).toEqual([
      { to: 9, message: { kind: ACK, process: PROCESS, sequence: 5, updates: [] } },
      { to: 9, message: { kind: EXCHANGE, process: PROCESS, isAnswer: false, isLast: true, records: [bench.swim.self] } },
    ]);
    expect([2, 3, 4, 9].map((nodeId) => bench.statusOf(nodeId))).toEqual([ALIVE, ALIVE, undefined, undefined]);
    expect(bench.swim.self.incarnation).toBe(1);
    expect(bench.swim.statistics.strangers).toBe(4);
    expect(bench.swim.takeChanges()).toEqual([]);
  });

  it('W4: of those that probe and are not known one at a time is asked for its table, and none where there is no room', () => {
    const ping: GossipMessage = { kind: PING, process: PROCESS, sequence: 5, updates: [] };
    const bench = new Bench().knows(2, 3).quiet();
    expect([kinds(bench.hear(9, ping)), kinds(bench.hear(8, ping))]).toEqual([[ACK, EXCHANGE], [ACK]]);
    bench.pass(1_000);
    expect(kinds(bench.hear(8, ping))).toEqual([ACK, EXCHANGE]);
    const full = new Bench({ membersMax: 2 }).knows(2, 3).quiet();
    expect(kinds(full.hear(9, ping))).toEqual([ACK]);
  });

  it('W4: of an earlier process of a node nothing is taken', () => {
    const bench = new Bench().knows(2, 3);
    bench.hear(2, { kind: GOSSIP, process: PROCESS - 1, updates: [down(3, 2)] });
    bench.hear(2, { kind: PING, process: PROCESS - 1, sequence: 4, updates: [] });
    bench.exchange(2, [recordOf(2, { process: PROCESS - 1 }), recordOf(8)]);
    expect(bench.swim.takeMessages()).toEqual([]);
    expect([bench.statusOf(3), bench.statusOf(8), bench.swim.statistics.outdated]).toEqual([ALIVE, undefined, 3]);
  });

  it('W4: a table in the name of another, and one in the own name, change nothing', () => {
    const bench = new Bench().knows(2);
    bench.exchange(2, [recordOf(3), recordOf(4)]);
    bench.exchange(SELF, [recordOf(SELF, { incarnation: 5 }), recordOf(4)]);
    expect([bench.swim.size, bench.swim.self.incarnation, bench.swim.statistics.refused]).toEqual([1, 1, 2]);
  });

  it('W3: blame of a node that is not known is not taken', () => {
    const bench = new Bench().knows(2).quiet();
    bench.gossip(2, suspect(7, 2), down(8, 2), left(9, 1));
    bench.exchange(2, [recordOf(2), recordOf(8, { status: DOWN }), recordOf(9, { status: LEFT })]);
    expect([bench.swim.size, bench.swim.waiting.news]).toEqual([1, 0]);
  });

  it('T2: beyond its bound no node is taken, and the others are not touched', () => {
    const bench = new Bench({ membersMax: 2 }).knows(2, 3, 4);
    bench.gossip(2, alive(5), down(3, 2));
    expect(bench.swim.others().map(({ nodeId, status }) => [nodeId, status])).toEqual([
      [2, ALIVE],
      [3, DOWN],
    ]);
    expect(bench.swim.statistics.crowdedOut).toBe(2);
  });
});

describe('what is in force', () => {
  it('W1: what ranks higher is taken and told on, once; what does not is neither', () => {
    const bench = new Bench().knows(2, 3, 4).quiet();
    const steps: ReadonlyArray<readonly [Update, number, boolean]> = [
      [suspect(3, 2), SUSPECT, true],
      [suspect(3, 2), SUSPECT, false],
      [alive(3), SUSPECT, false],
      [alive(3, 2), ALIVE, true],
      [suspect(3, 2), ALIVE, false],
      [down(3, 2, 2), DOWN, true],
      [alive(3, 2), DOWN, false],
      [suspect(3, 4, 2), DOWN, false],
      [alive(3, 3), ALIVE, true],
      [left(3, 4), LEFT, true],
      [down(3, 2, 4), LEFT, false],
      [alive(3, 1, PROCESS + 1), ALIVE, true],
      [down(3, 2, 9), ALIVE, false],
    ];
    for (const [update, status, isTold] of steps) {
      bench.gossip(2, update);
      expect([update, bench.statusOf(3)]).toEqual([update, status]);
      expect([update, bench.swim.waiting.news]).toEqual([update, isTold ? 1 : 0]);
      bench.quiet();
    }
  });

  it('R2: who is down is alive again by a higher incarnation, or as another process, and by nothing else', () => {
    const bench = new Bench().knows(2, 3);
    bench.gossip(2, down(3, 2, 5));
    for (const update of [alive(3, 5), alive(3, 4), suspect(3, 2, 5), alive(3, 99, PROCESS - 1)]) bench.gossip(2, update);
    bench.exchange(2, [recordOf(2), recordOf(3, { incarnation: 5 })]);
    bench.hear(3, { kind: ACK, process: PROCESS, sequence: 1, updates: [] });
    expect(bench.statusOf(3)).toBe(DOWN);
    bench.gossip(2, alive(3, 6));
    expect(bench.statusOf(3)).toBe(ALIVE);
  });

  it('a change is reported with what was before, and a restart as such', () => {
    const bench = new Bench().knows(2);
    bench.gossip(2, alive(3));
    bench.gossip(2, suspect(3, 2));
    bench.gossip(2, alive(3, 2));
    bench.gossip(2, alive(3, 1, PROCESS + 1));
    const changes = bench.swim
      .takeChanges()
      .map(({ before, after, isNewProcess, areFactsNew }) => [before, after, isNewProcess, areFactsNew]);
    expect(changes).toEqual([
      [null, ALIVE, false, true],
      [ALIVE, SUSPECT, false, false],
      [SUSPECT, ALIVE, false, false],
      [ALIVE, ALIVE, true, false],
    ]);
  });

  it('facts are those of the highest incarnation that said some, whatever the order', () => {
    const bench = new Bench().knows(2, 3);
    const later = { addresses: ['new:1'], workflowsDigest: Uint8Array.of(9) };
    bench.gossip(2, suspect(3, 2, 2));
    bench.gossip(2, { ...alive(3, 2), facts: later } as Update);
    expect(bench.swim.get(3)).toMatchObject({ status: SUSPECT, incarnation: 2, facts: later });
    bench.gossip(2, alive(3, 1));
    expect(bench.swim.get(3)).toMatchObject({ facts: later });
  });

  it('what one node says of another is told on only with the facts of that very incarnation', () => {
    const bench = new Bench().knows(2).quiet();
    bench.exchange(2, [recordOf(2), recordOf(3, { incarnation: 4, factsIncarnation: 2, status: SUSPECT })]);
    const told = bench.toldTo(2).filter(({ nodeId }) => nodeId === 3);
    expect(told).toEqual([suspect(3, 2, 4)]);
  });
});

describe('what is said of this node', () => {
  it.each([
    ['suspected', suspect(SELF, 2)],
    ['down', down(SELF, 2)],
    ['left', left(SELF, 1)],
    ['alive in an incarnation that it never had', alive(SELF, 4)],
  ])('W2: that it is %s is refuted by a higher incarnation, at once', (_, update) => {
    const bench = new Bench().knows(2).quiet();
    bench.gossip(2, update);
    const claimed = 'incarnation' in update ? update.incarnation : 0;
    expect(bench.swim.self).toMatchObject({ status: ALIVE, incarnation: claimed + 1 });
    expect(bench.toldTo(2)).toEqual([alive(SELF, claimed + 1)]);
    expect([bench.swim.health.multiplier, bench.swim.statistics.refutations]).toEqual([2, 1]);
  });

  it('W2: what was refuted already, and what is said of an earlier process, changes nothing', () => {
    const bench = new Bench().knows(2);
    bench.gossip(2, suspect(SELF, 2));
    bench.gossip(2, suspect(SELF, 3), down(SELF, 3), alive(SELF, 2), down(SELF, 2, 50, PROCESS - 1));
    expect([bench.swim.self.incarnation, bench.swim.statistics.refutations, bench.swim.statistics.outdated]).toEqual([2, 1, 1]);
  });

  it('a later process of this node is not fought: this one should not be running, and says so', () => {
    const bench = new Bench().knows(2);
    bench.gossip(2, alive(SELF, 1, PROCESS + 1), down(SELF, 2, 1, PROCESS + 1));
    expect(bench.swim.self).toMatchObject({ process: PROCESS, incarnation: 1, status: ALIVE });
    expect(bench.swim.statistics.superseded).toBe(2);
  });

  it('an incarnation at the end of all numbers is not topped', () => {
    const bench = new Bench().knows(2);
    bench.gossip(2, down(SELF, 2, INCARNATION_MAX));
    expect([bench.swim.self.incarnation, bench.swim.statistics.refused]).toEqual([1, 1]);
  });

  it('new facts are a new incarnation; the same ones are none', () => {
    const bench = new Bench().knows(2).quiet();
    bench.swim.setFacts(bench.nowMs, factsOf(SELF));
    expect(bench.swim.self.incarnation).toBe(1);
    const facts = { addresses: ['elsewhere:1'], workflowsDigest: new Uint8Array(0) };
    bench.swim.setFacts(bench.nowMs, facts);
    expect(bench.toldTo(2)).toEqual([{ ...alive(SELF, 2), facts }]);
  });

  it('whoever leaves says so until it was told often enough, probes nobody, and refutes blame by leaving again', () => {
    const bench = new Bench().knows(2, 3).quiet();
    bench.swim.leave(bench.nowMs);
    expect([bench.swim.self.status, bench.swim.isOwnNewsTold]).toEqual([LEFT, false]);
    bench.gossip(2, down(SELF, 2, 2));
    expect(bench.swim.self).toMatchObject({ status: LEFT, incarnation: 2 });
    bench.gossip(2, down(SELF, 2, 3));
    expect(bench.swim.self).toMatchObject({ status: LEFT, incarnation: 4 });
    const sent = bench.pass(10_000);
    expect(new Set(kinds(sent))).toEqual(new Set([GOSSIP]));
    expect(sent.every(({ message }) => message.kind === GOSSIP && message.updates.some((update) => update.kind === UpdateKind.LEFT))).toBe(
      true,
    );
    expect(bench.swim.isOwnNewsTold).toBe(true);
  });

  it('the load is told when it changed much, and not often', () => {
    const bench = new Bench({ probeIntervalMs: 1_000_000, probeTimeoutMs: 10 }).knows(2).quiet();
    const told = (ms: number): unknown[] =>
      bench
        .pass(ms)
        .flatMap(({ message }) =>
          message.kind === GOSSIP ? message.updates.map((update) => ('load' in update ? update.load.openWorkflows : null)) : [],
        );
    const say = (openWorkflows: number): void => bench.swim.setLoad(bench.nowMs, { openWorkflows, commandsPerSecond: 0 });
    say(100);
    expect(told(100)).toEqual([100]);
    say(115);
    expect(told(30_000)).toEqual([]);
    say(130);
    expect(told(100)).toEqual([130]);
    say(500);
    expect(told(4_000)).toEqual([]);
    expect(told(2_000)).toEqual([500]);
  });

  it('a load is taken in any order, and only of the process that is known', () => {
    const bench = new Bench().knows(2, 3).quiet();
    const load = (version: number, openWorkflows: number, process = PROCESS): Update => ({
      kind: UpdateKind.LOAD,
      nodeId: 3,
      process,
      load: { version, openWorkflows, commandsPerSecond: 1 },
    });
    bench.gossip(2, load(2, 20), load(1, 10), load(9, 90, PROCESS - 1), load(9, 91, PROCESS + 1));
    expect(bench.swim.get(3)!.load).toEqual({ version: 2, openWorkflows: 20, commandsPerSecond: 1 });
    expect(bench.toldTo(2)).toEqual([load(2, 20)]);
  });
});

describe('probes', () => {
  it('P1: one at a time, one in each interval; who answers is probed again in its turn', () => {
    const bench = new Bench().knows(2, 3, 4).quiet();
    const targets: number[] = [];
    let lastMs = 0;
    for (let i = 0; i < 9; i++) {
      const { to, sequence } = bench.nextPing();
      if (i > 0) expect(Math.abs(bench.nowMs - lastMs - 1_000)).toBeLessThanOrEqual(1);
      lastMs = bench.nowMs;
      targets.push(to);
      bench.ack(to, sequence);
    }
    for (let round = 0; round < 9; round += 3) expect(targets.slice(round, round + 3).sort()).toEqual([2, 3, 4]);
    expect([bench.swim.health.multiplier, bench.swim.statistics.failedProbes]).toEqual([1, 0]);
  });

  it('P3: without an answer others are asked, then it is suspected, then it is down (SWIM §3.1, §4.2)', () => {
    const bench = new Bench().knows(2, 3, 4, 5, 6).quiet();
    const { to, sequence } = bench.nextPing();
    const asked = bench.pass(600).filter(({ message }) => message.kind === PING_REQ);
    expect(asked).toHaveLength(3);
    for (const { to: other, message } of asked) {
      expect(other).not.toBe(to);
      expect(message).toMatchObject({ sequence, target: to });
      bench.hear(other, { kind: NACK, process: PROCESS, sequence, updates: [] });
    }
    expect(bench.statusOf(to)).toBe(ALIVE);
    bench.pass(500);
    expect([bench.statusOf(to), bench.swim.waiting.suspicions]).toEqual([SUSPECT, 1]);
    // Those who were asked spoke up: it is not this node that is ill.
    expect(bench.swim.health.multiplier).toBe(1);
    // Six nodes: four probe intervals at least, six times as long while nobody confirms.
    for (const { nodeId } of bench.swim.others()) if (nodeId !== to) bench.gossip(nodeId, suspect(to, nodeId));
    bench.pass(3_500);
    expect(bench.statusOf(to)).toBe(SUSPECT);
    bench.pass(700);
    expect(bench.statusOf(to)).toBe(DOWN);
  });

  it('S1: nobody confirms: it is suspected for the longest time', () => {
    const bench = new Bench({ probeIntervalMs: 1_000_000, probeTimeoutMs: 10, suspicionMultiplier: 0.004 }).knows(2, 3, 4, 5, 6);
    bench.gossip(2, suspect(3, 2));
    bench.pass(23_900);
    expect(bench.statusOf(3)).toBe(SUSPECT);
    bench.pass(200);
    expect([bench.statusOf(3), bench.swim.statistics.givenUp]).toEqual([DOWN, 1]);
  });

  it('P2: an answer counts from who was asked, by its number, in time', () => {
    const bench = new Bench().knows(2, 3, 4, 5, 6, 7).quiet();
    const { to, sequence } = bench.nextPing();
    const stranger = [2, 3, 4, 5, 6, 7].find((nodeId) => nodeId !== to)!;
    bench.ack(stranger, sequence);
    bench.ack(to, sequence + 1);
    const asked = bench.pass(600).filter(({ message }) => message.kind === PING_REQ);
    const notAsked = [2, 3, 4, 5, 6, 7].find((nodeId) => nodeId !== to && !asked.some((one) => one.to === nodeId))!;
    bench.ack(notAsked, sequence);
    bench.hear(notAsked, { kind: NACK, process: PROCESS, sequence, updates: [] });
    bench.pass(500);
    expect(bench.statusOf(to)).toBe(SUSPECT);
    bench.ack(to, sequence);
    expect(bench.statusOf(to)).toBe(SUSPECT);
  });

  it('P2: who was asked for help answers for the one that is probed', () => {
    const bench = new Bench().knows(2, 3, 4, 5, 6).quiet();
    const { to, sequence } = bench.nextPing();
    const [asked] = bench.pass(600).filter(({ message }) => message.kind === PING_REQ);
    bench.ack(asked!.to, sequence);
    bench.pass(5_000);
    expect(bench.statusOf(to)).toBe(ALIVE);
  });

  it('L1: those who were asked and are silent too say that it may be this node; then it is slower to judge', () => {
    const bench = new Bench().knows(2, 3, 4, 5, 6).quiet();
    const { to } = bench.nextPing();
    bench.pass(1_001);
    expect([bench.statusOf(to), bench.swim.health.multiplier]).toEqual([SUSPECT, 4]);
    const begunAtMs = bench.nowMs;
    const sent = bench.pass(3_990);
    const request = sent.findIndex(({ message }) => message.kind === PING_REQ);
    expect(request).toBeGreaterThanOrEqual(0);
    expect(kinds(sent).filter((kind) => kind === PING)).toEqual([]);
    // Four times the interval: what began at about `begunAtMs` ends now.
    const next = bench.nextPing();
    expect(bench.nowMs - begunAtMs).toBeGreaterThan(3_900);
    const before = bench.swim.health.multiplier;
    bench.ack(next.to, next.sequence);
    expect(bench.swim.health.multiplier).toBe(before - 1);
  });

  it('L1: nobody could be asked: a failed probe counts once', () => {
    const bench = new Bench().knows(2).quiet();
    bench.nextPing();
    bench.pass(1_001);
    expect([bench.statusOf(2), bench.swim.health.multiplier]).toEqual([SUSPECT, 2]);
  });

  it('P4: a probe for another: its answer is passed on; without one it says so after most of the time, in time', () => {
    const bench = new Bench().knows(2, 3, 4).quiet();
    const probed = (): number => {
      const sent = bench.hear(2, { kind: PING_REQ, process: PROCESS, sequence: 77, target: 3, updates: [] });
      const ping = sent[0]!;
      expect([sent.length, ping.to, ping.message.kind]).toEqual([1, 3, PING]);
      return (ping.message as { sequence: number }).sequence;
    };
    const first = probed();
    expect(bench.ack(4, first)).toEqual([]);
    expect(bench.ack(3, first)).toEqual([{ to: 2, message: { kind: ACK, process: PROCESS, sequence: 77, updates: [] } }]);
    expect(bench.ack(3, first)).toEqual([]);
    const second = probed();
    expect(bench.pass(390).filter(({ message }) => message.kind === NACK)).toEqual([]);
    const [nack] = bench.pass(20).filter(({ message }) => message.kind === NACK);
    expect(nack).toMatchObject({ to: 2, message: { sequence: 77 } });
    expect(kinds(bench.ack(3, second))).toEqual([ACK]);
    expect(bench.swim.waiting.relays).toBe(0);
  });

  it('P4: so many probes for others, and no more; they end by themselves; a node that is not known is not probed', () => {
    const bench = new Bench({ relaysMax: 2 }).knows(2, 3).quiet();
    const ask = (target: number): Sent[] => bench.hear(2, { kind: PING_REQ, process: PROCESS, sequence: 5, target, updates: [] });
    expect([ask(3), ask(3), ask(3), ask(9)].map((sent) => sent.length)).toEqual([1, 1, 0, 0]);
    expect(bench.swim.waiting.relays).toBe(2);
    bench.pass(1_100);
    expect(bench.swim.waiting.relays).toBe(0);
    expect(kinds(ask(SELF))).toEqual([ACK]);
  });
});

describe('telling', () => {
  it('a change is told to three nodes in each interval, until it was told often enough; then nothing more is said', () => {
    const bench = new Bench({ probeIntervalMs: 1_000_000, probeTimeoutMs: 10 }).knows(2, 3, 4, 5, 6).quiet();
    bench.gossip(2, alive(7));
    const sent = bench.pass(5_000);
    expect(kinds(sent)).toEqual([GOSSIP, GOSSIP, GOSSIP, GOSSIP]);
    expect(sent.every(({ message }) => message.kind === GOSSIP && message.updates.length === 1 && message.updates[0]!.nodeId === 7)).toBe(
      true,
    );
    expect(new Set(sent.slice(0, 3).map(({ to }) => to)).size).toBe(3);
  });

  it('changes in one message are bounded in bytes, and the rest follows', () => {
    const bench = new Bench().knows(2).quiet();
    bench.gossip(2, ...Array.from({ length: 100 }, (_, i) => alive(10 + i)));
    const told = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const updates = bench.toldTo(2);
      expect(encodeMessage({ kind: GOSSIP, process: PROCESS, updates }).length).toBeLessThan(1_024 + 32);
      for (const update of updates) told.add(update.nodeId);
    }
    expect(told.size).toBe(100);
  });

  it('buddies: whatever is sent to a suspected node tells it so first (Lifeguard §IV-C)', () => {
    const blame = suspect(3, SELF);
    const bench = new Bench().knows(2, 3);
    bench.gossip(2, suspect(3, 2));
    bench.quiet();
    expect(bench.toldTo(3)).toEqual([blame]);
    expect(bench.toldTo(2)).toEqual([]);
    bench.gossip(2, down(3, 2));
    bench.quiet();
    expect(bench.toldTo(3)).toEqual([down(3, SELF)]);
    const alone = new Bench(WITHOUT_LIFEGUARD).knows(2, 3);
    alone.gossip(2, suspect(3, 2));
    alone.quiet();
    expect(alone.toldTo(3)).toEqual([]);
  });

  it('a confirmation by another is told on, so that all get to know of enough of them', () => {
    const bench = new Bench().knows(2, 3, 4, 5, 6, 7);
    bench.gossip(2, suspect(3, 2));
    bench.quiet();
    bench.gossip(4, suspect(3, 4));
    expect(bench.toldTo(2)).toEqual([suspect(3, 4)]);
    bench.quiet();
    bench.gossip(4, suspect(3, 4));
    expect(bench.swim.waiting.news).toBe(0);
  });
});

describe('whole tables', () => {
  it('a question is answered with the own table, in parts of bounded bytes, each with the own record first', () => {
    const bench = new Bench({ exchangeBytesMax: 4_096 }).knows(...Array.from({ length: 200 }, (_, i) => i + 2));
    const sent = bench.exchange(2, [recordOf(2)], false);
    expect(sent.length).toBeGreaterThan(1);
    const ids = new Set<number>();
    sent.forEach(({ to, message }, i) => {
      if (message.kind !== EXCHANGE) throw new Error('no exchange');
      expect([to, message.isAnswer, message.isLast, message.records[0]!.nodeId]).toEqual([2, true, i === sent.length - 1, SELF]);
      expect(encodeMessage(message).length).toBeLessThan(4_096 + 64);
      for (const { nodeId } of message.records) ids.add(nodeId);
    });
    expect(ids.size).toBe(201);
    expect(bench.exchange(2, [recordOf(2)], false, false)).toEqual([]);
    expect(bench.exchange(2, [recordOf(2)], true)).toEqual([]);
  });

  it('W5: who is down in another table is suspected first, with time to refute', () => {
    const bench = new Bench().knows(2, 3, 4, 5, 6);
    bench.exchange(2, [recordOf(2), recordOf(3, { status: DOWN })]);
    expect(bench.statusOf(3)).toBe(SUSPECT);
    bench.exchange(2, [recordOf(2), recordOf(4, { status: LEFT, incarnation: 2 })]);
    expect(bench.statusOf(4)).toBe(LEFT);
  });

  it('W5: what was learned while alone is not told on; what is learned later is', () => {
    const bench = new Bench({}, [2]);
    bench.exchange(2, [recordOf(2), recordOf(3)], true, false);
    bench.exchange(2, [recordOf(2), recordOf(4)], true, true);
    expect([bench.swim.size, bench.swim.waiting.news]).toEqual([3, 0]);
    bench.exchange(2, [recordOf(2), recordOf(5)], true, true);
    expect(bench.toldTo(2)).toEqual([alive(5)]);
  });

  it('nobody is known: seeds are asked for their table, again and again', () => {
    const bench = new Bench({}, [SELF, 2, 3]);
    const sent = bench.pass(3_000);
    expect(sent.every(({ message }) => message.kind === EXCHANGE && !message.isAnswer && message.isLast)).toBe(true);
    expect(sent.length).toBeGreaterThanOrEqual(6);
    expect(new Set(sent.map(({ to }) => to))).toEqual(new Set([2, 3]));
    bench.knows(2);
    expect(bench.pass(3_000).filter(({ message }) => message.kind === EXCHANGE)).toEqual([]);
  });

  it('now and then a table goes to one who is here, and to one who may be back', () => {
    const bench = new Bench({ exchangeIntervalMs: 1_000, probeIntervalMs: 500_000, probeTimeoutMs: 10 }, [9]).knows(2, 3, 4);
    bench.gossip(2, down(4, 2), left(3, 2));
    const to = bench.pass(20_000).flatMap((one) => (one.message.kind === EXCHANGE ? [one.to] : []));
    expect(new Set(to)).toEqual(new Set([2, 4, 9]));
    expect(to.filter((nodeId) => nodeId === 2).length).toBe(to.length / 2);
  });

  it('who was gone for long is forgotten, and no old blame brings it back; who is here is not', () => {
    const bench = new Bench({ exchangeIntervalMs: 1_000, forgetAfterMs: 60_000, probeIntervalMs: 500_000, probeTimeoutMs: 10 }).knows(2, 3);
    bench.gossip(2, down(3, 2));
    bench.pass(50_000);
    expect(bench.statusOf(3)).toBe(DOWN);
    bench.swim.takeChanges();
    bench.pass(12_000);
    bench.gossip(2, down(3, 2), suspect(3, 2));
    expect([bench.statusOf(3), bench.statusOf(2)]).toEqual([undefined, ALIVE]);
    expect(bench.swim.takeChanges()).toMatchObject([{ nodeId: 3, before: DOWN, after: null }]);
  });
});

describe('a process that stood still', () => {
  it('W7: the time counts neither as silence of who is probed nor of who is suspected', () => {
    const bench = new Bench().knows(2, 3, 4, 5, 6).quiet();
    bench.gossip(2, suspect(3, 2));
    const endsBefore = bench.nowMs + 24_000;
    const { to, sequence } = bench.nextPing();
    bench.nowMs += 60_000;
    bench.swim.tick(bench.nowMs);
    expect([bench.statusOf(3), bench.swim.statistics.stalls]).toEqual([SUSPECT, 1]);
    expect(bench.statusOf(to)).not.toBe(DOWN);
    bench.ack(to, sequence);
    expect(bench.swim.statistics.failedProbes).toBe(0);
    bench.nowMs += endsBefore - bench.nowMs > 0 ? 0 : 1;
    expect(bench.swim.health.multiplier).toBeLessThanOrEqual(2);
  });

  it('W7: to have nothing to do, and then something, is not to stand still', () => {
    const bench = new Bench({ probeIntervalMs: 500_000, probeTimeoutMs: 10 }).knows(2).quiet();
    bench.pass(400_000);
    bench.gossip(2, alive(3));
    bench.swim.setLoad(bench.nowMs, { openWorkflows: 5, commandsPerSecond: 5 });
    expect(bench.pass(1_000).length).toBeGreaterThan(0);
    expect(bench.swim.statistics.stalls).toBe(0);
  });
});
