/** The parts of the membership core, each alone: which claim is in force, the table, what is still to be told, suspicions, local health, settings. */
import { describe, expect, it } from '@jest/globals';
import { BroadcastQueue, retransmissions } from '../../lib/membership/swim/broadcast-queue.js';
import { LocalHealth } from '../../lib/membership/swim/local-health.js';
import { Member, MemberTable } from '../../lib/membership/swim/member-table.js';
import { bytesOfUpdate } from '../../lib/membership/swim/message-codec.js';
import { UpdateKind, type Update } from '../../lib/membership/swim/message.js';
import { compareClaims, isSameFacts, MemberStatus, NO_LOAD, type Claim } from '../../lib/membership/swim/record.js';
import { DEFAULT_MEMBERSHIP_SETTINGS, resolveMembershipSettings } from '../../lib/membership/swim/settings.js';
import { Suspicion, suspicionTimes } from '../../lib/membership/swim/suspicion.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { factsOf } from './gossip-world.js';

const { ALIVE, SUSPECT, DOWN, LEFT } = MemberStatus;
const claim = (process: number, incarnation: number, status: MemberStatus): Omit<Claim, 'nodeId'> => ({ process, incarnation, status });

function memberOf(nodeId: number, status: MemberStatus = ALIVE, atMs = 0): Member {
  return new Member(nodeId, { nodeId, process: 1, incarnation: 1, status }, factsOf(nodeId), 1, NO_LOAD, atMs);
}

const suspect = (nodeId: number, by = 900): Update => ({ kind: UpdateKind.SUSPECT, nodeId, process: 1, incarnation: 1, by });

describe('claims', () => {
  it('R1: the process counts before the incarnation, the incarnation before the status', () => {
    const rising = [
      claim(1, 1, ALIVE),
      claim(1, 1, SUSPECT),
      claim(1, 1, DOWN),
      claim(1, 1, LEFT),
      claim(1, 2, ALIVE),
      claim(1, 2, DOWN),
      claim(2, 1, ALIVE),
    ];
    for (let i = 0; i < rising.length; i++) {
      for (let j = 0; j < rising.length; j++) expect(Math.sign(compareClaims(rising[i]!, rising[j]!))).toBe(Math.sign(i - j));
    }
  });

  it('facts are the same only if every address and every byte is', () => {
    const facts = { addresses: ['a:1', 'b:2'], workflowsDigest: Uint8Array.of(1, 2) };
    expect(isSameFacts(facts, { addresses: ['a:1', 'b:2'], workflowsDigest: Uint8Array.of(1, 2) })).toBe(true);
    expect(isSameFacts(facts, { ...facts, addresses: ['b:2', 'a:1'] })).toBe(false);
    expect(isSameFacts(facts, { ...facts, addresses: ['a:1'] })).toBe(false);
    expect(isSameFacts(facts, { ...facts, workflowsDigest: Uint8Array.of(1, 3) })).toBe(false);
    expect(isSameFacts(facts, { ...facts, workflowsDigest: Uint8Array.of(1) })).toBe(false);
  });
});

describe('the table of members', () => {
  const table = (membersMax = 100): MemberTable => new MemberTable(membersMax, new SeededRandom(4, 'table'));
  const nobody = (): never => {
    throw new Error('nobody had to go');
  };

  it('T1: a claim that does not rise is a broken invariant, and changes nothing', () => {
    const members = table();
    const member = memberOf(7);
    members.add(member, nobody);
    members.set(member, claim(1, 3, DOWN), null, 5);
    for (const lower of [claim(1, 3, ALIVE), claim(1, 2, LEFT), claim(0, 9, ALIVE), claim(1, 3, DOWN)])
      expect(() => members.set(member, lower, null, 6)).toThrow(/claims only rise/);
    expect(member).toMatchObject({ process: 1, incarnation: 3, status: DOWN, changedAtMs: 5 });
    members.set(member, claim(1, 4, ALIVE), null, 6);
    expect(members.hereCount).toBe(1);
  });

  it('T1: what a node said in an earlier process is not taken for what it says now', () => {
    const members = table();
    const member = memberOf(7);
    member.load = { version: 9, openWorkflows: 4, commandsPerSecond: 1 };
    members.add(member, nobody);
    members.set(member, claim(2, 1, ALIVE), null, 5);
    expect([member.factsIncarnation, member.load.version]).toEqual([0, 0]);
  });

  it('T2: for one more the one goes that has been gone for longest; if all are there, it is not taken', () => {
    const members = table(3);
    members.add(memberOf(1, DOWN, 30), nobody);
    members.add(memberOf(2, LEFT, 20), nobody);
    members.add(memberOf(3), nobody);
    const forgotten: number[] = [];
    const add = (nodeId: number): boolean => members.add(memberOf(nodeId), (member) => forgotten.push(member.nodeId));
    expect([add(4), add(5), add(6)]).toEqual([true, true, false]);
    expect(forgotten).toEqual([2, 1]);
    expect([...members.all()].map(({ nodeId }) => nodeId)).toEqual([3, 4, 5]);
    expect([members.size, members.hereCount]).toEqual([3, 3]);
  });

  it('T3: in each round every member that is here is probed once, and nobody who is gone (SWIM §4.3)', () => {
    const members = table();
    for (let nodeId = 1; nodeId <= 20; nodeId++) members.add(memberOf(nodeId, nodeId > 17 ? DOWN : ALIVE), nobody);
    const rounds = new Set<string>();
    while (members.nextToProbe() !== null && rounds.size < 1) rounds.add('the rest of the first round');
    // A round begins when the last one is over: from there on each has 17.
    const probed = Array.from({ length: 17 * 6 }, () => members.nextToProbe()!.nodeId);
    const counts = new Map<number, number>();
    for (const nodeId of probed) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
    for (const count of counts.values()) expect(Math.abs(count - 6)).toBeLessThanOrEqual(1);
    // Never is one left out for longer than two rounds less one.
    for (let nodeId = 1; nodeId <= 17; nodeId++) {
      let last = -1;
      probed.forEach((id, at) => {
        if (id !== nodeId) return;
        expect(at - last).toBeLessThanOrEqual(2 * 17 - 1);
        last = at;
      });
    }
  });

  it('T3: whoever is forgotten takes nobody else out of the round', () => {
    for (let seed = 0; seed < 50; seed++) {
      const members = new MemberTable(100, new SeededRandom(seed, 'round'));
      const all = Array.from({ length: 6 }, (_, i) => memberOf(i + 1));
      for (const member of all) members.add(member, nobody);
      const probed = [1, 2, 3].map(() => members.nextToProbe()!.nodeId);
      const gone = all.find(({ nodeId }) => nodeId === probed[0])!;
      members.set(gone, claim(1, 1, DOWN), null, 1);
      members.forget(gone);
      probed.push(...[1, 2, 3].map(() => members.nextToProbe()!.nodeId));
      expect(probed.sort()).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it('nobody is there: nobody is probed, nobody is picked', () => {
    const members = table();
    members.add(memberOf(1, LEFT), nobody);
    expect(members.nextToProbe()).toBeNull();
    expect(members.some(3, (member) => !member.isGone)).toEqual([]);
  });

  it('some() gives different ones that fit, and with few members all that do', () => {
    const members = table();
    for (let nodeId = 1; nodeId <= 40; nodeId++) members.add(memberOf(nodeId, nodeId % 2 === 0 ? DOWN : ALIVE), nobody);
    const some = members.some(3, (member) => !member.isGone);
    expect(new Set(some).size).toBe(3);
    expect(some.every(({ status }) => status === ALIVE)).toBe(true);
    expect(members.some(30, (member) => member.isGone)).toHaveLength(20);
  });

  it('who is here is not forgotten', () => {
    const members = table();
    const member = memberOf(1);
    members.add(member, nobody);
    expect(() => members.forget(member)).toThrow(/is not gone/);
    expect(() => members.add(memberOf(1), nobody)).toThrow(/twice/);
  });
});

describe('changes that are to be told', () => {
  const take = (queue: BroadcastQueue, bytes: number, limit = 3): number[] => {
    const taken: Update[] = [];
    const left = queue.take(taken, bytes, limit);
    expect(bytes - left).toBe(taken.reduce((sum, update) => sum + bytesOfUpdate(update), 0));
    return taken.map(({ nodeId }) => nodeId);
  };

  it('B1: a newer change of a node takes the place of the older one', () => {
    const queue = new BroadcastQueue();
    queue.put(suspect(1));
    queue.put(suspect(2));
    queue.put({ kind: UpdateKind.LEFT, nodeId: 1, process: 1, incarnation: 2 });
    expect(queue.size).toBe(2);
    const taken: Update[] = [];
    queue.take(taken, 1_000, 3);
    expect(taken.map(({ nodeId, kind }) => [nodeId, kind])).toEqual([
      [2, UpdateKind.SUSPECT],
      [1, UpdateKind.LEFT],
    ]);
  });

  it('B2: a change is told so many times, and no more', () => {
    const queue = new BroadcastQueue();
    queue.put(suspect(1));
    expect([1, 2, 3, 4].map(() => take(queue, 100))).toEqual([[1], [1], [1], []]);
    expect([queue.size, queue.has(1)]).toEqual([0, false]);
  });

  it('B3: the least told goes first; what does not fit waits, and was not told', () => {
    const queue = new BroadcastQueue();
    const bytes = bytesOfUpdate(suspect(1));
    for (const nodeId of [1, 2, 3]) queue.put(suspect(nodeId));
    expect(take(queue, 2 * bytes)).toEqual([1, 2]);
    expect(take(queue, 2 * bytes)).toEqual([3, 1]);
    expect(take(queue, bytes - 1)).toEqual([]);
    expect(take(queue, 9 * bytes)).toEqual([2, 3, 1]);
    expect(queue.size).toBe(2);
  });

  it('B2: each node tells a change a number of times that grows with the logarithm of the group (SWIM §4.1)', () => {
    expect([1, 2, 8, 9, 10, 99, 100, 999, 1_000].map((nodes) => retransmissions(4, nodes))).toEqual([4, 4, 4, 4, 8, 8, 12, 12, 16]);
  });
});

describe('suspicions', () => {
  const times = { shortestMs: 4_000, longestMs: 24_000, confirmationsWanted: 3 };

  it('S1: from the longest to the shortest time with the logarithm of the confirmations (Lifeguard §IV-B)', () => {
    const suspicion = new Suspicion(1_000, 1, times);
    const ends = [suspicion.endsAtMs];
    for (const accuser of [2, 3, 4]) {
      expect(suspicion.confirm(accuser)).toBe(true);
      ends.push(suspicion.endsAtMs);
    }
    const expected = [0, 1, 2, 3].map((c) => 1_000 + 24_000 - (20_000 * Math.log(c + 1)) / Math.log(4));
    ends.forEach((end, i) => expect(end).toBeCloseTo(expected[i]!, 6));
    expect(ends[3]).toBe(5_000);
  });

  it('S2: the first accuser is not counted, nobody twice, and nobody beyond what is wanted', () => {
    const suspicion = new Suspicion(0, 1, times);
    expect([1, 2, 2, 3, 4, 5].map((accuser) => suspicion.confirm(accuser))).toEqual([false, true, false, true, true, false]);
    expect(suspicion.endsAtMs).toBe(4_000);
  });

  it('time in which this process stood still does not count', () => {
    const suspicion = new Suspicion(0, 1, times);
    suspicion.putOff(700);
    expect(suspicion.endsAtMs).toBe(24_700);
  });

  it('S1: it grows with the group, and where too few are there to confirm it is as short as can be', () => {
    const of = (nodes: number) => suspicionTimes(nodes, DEFAULT_MEMBERSHIP_SETTINGS);
    expect(of(4)).toEqual({ shortestMs: 4_000, longestMs: 24_000, confirmationsWanted: 0 });
    expect(of(5)).toEqual({ shortestMs: 4_000, longestMs: 24_000, confirmationsWanted: 3 });
    expect(of(100)).toEqual({ shortestMs: 8_000, longestMs: 48_000, confirmationsWanted: 3 });
    expect(new Suspicion(0, 1, of(3)).endsAtMs).toBe(4_000);
  });
});

describe('local health', () => {
  it('L1: a counter from well to its bound, that saturates at both ends', () => {
    const health = new LocalHealth(8);
    health.better();
    expect(health.multiplier).toBe(1);
    health.worse(3);
    expect(health.multiplier).toBe(4);
    health.worse(99);
    expect(health.multiplier).toBe(9);
    health.better();
    expect(health.multiplier).toBe(8);
    const off = new LocalHealth(0);
    off.worse(5);
    expect(off.multiplier).toBe(1);
  });
});

describe('settings', () => {
  it.each([
    ['probeIntervalMs', { probeIntervalMs: 0 }],
    ['probeTimeoutMs', { probeTimeoutMs: 1_000 }],
    ['indirectProbes', { indirectProbes: 1.5 }],
    ['suspicionMaxMultiplier', { suspicionMaxMultiplier: 0.5 }],
    ['piggybackBytesMax', { piggybackBytesMax: 100 }],
    ['exchangeBytesMax', { exchangeBytesMax: 10_000_000 }],
    ['membersMax', { membersMax: Number.NaN }],
    ['relaysMax', { relaysMax: -1 }],
  ])('a wrong %s is INVALID_CONFIGURATION that names it', (option, given) => {
    const error = (() => {
      try {
        return resolveMembershipSettings(given);
      } catch (thrown) {
        return thrown as { code: string; details: unknown };
      }
    })();
    expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { option } });
  });

  it('what is not given is the default, also where it is given as undefined', () => {
    expect(resolveMembershipSettings({ probeIntervalMs: undefined })).toEqual(DEFAULT_MEMBERSHIP_SETTINGS);
  });
});
