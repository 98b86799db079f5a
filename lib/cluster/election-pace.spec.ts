import { describe, expect, it } from '@jest/globals';
import { AT_ONCE_MAX, AT_ONCE_MIN, ElectionPace, type Candidate } from './election-pace.js';

const TICK_MS = 50;

class Group implements Candidate {
  isElectionDue = true;
  isElecting = false;
}

const groups = (count: number): Group[] => Array.from({ length: count }, () => new Group());

/** Of a host that has been in time for a while. */
function awake(): ElectionPace {
  const pace = new ElectionPace(TICK_MS);
  for (let ticks = 0; ticks < 10; ticks++) pace.tick(0);
  return pace;
}

/** Those that are due ask, and stand if they may. */
function round(pace: ElectionPace, all: readonly Group[], lateMs = 0): Group[] {
  pace.tick(lateMs);
  const stand = all.filter((group) => group.isElectionDue && pace.may(group));
  for (const group of stand) {
    group.isElectionDue = false;
    group.isElecting = true;
  }
  return stand;
}

describe('ElectionPace', () => {
  it('so many stand at once, at the tick at which they are due, and no more (W1)', () => {
    const pace = awake();
    const all = groups(AT_ONCE_MAX + 1);
    expect(round(pace, all)).toEqual(all.slice(0, AT_ONCE_MAX));
    expect(round(pace, all)).toEqual([]);
  });

  it('a place is free at the tick after it was won or lost, and who waited longest has it (W2)', () => {
    const pace = awake();
    const late = groups(2);
    const first = groups(AT_ONCE_MAX);
    round(pace, first);
    round(pace, [late[1]!]);
    first[0]!.isElecting = false;
    // It asks before the other one, and came later.
    expect(round(pace, [late[0]!, late[1]!])).toEqual([late[1]]);
  });

  it('groups that can have no leader keep nobody from having one, though they are due again and again (W2)', () => {
    const pace = awake();
    const hopeless = groups(4 * AT_ONCE_MAX);
    round(pace, hopeless);
    const other = new Group();
    let ticks = 0;
    for (let stood: Group[] = []; !stood.includes(other); ticks++) {
      expect(ticks).toBeLessThan(16);
      for (const group of hopeless) group.isElectionDue = true;
      stood = round(pace, [...hopeless, other]);
    }
  });

  it('who follows a leader meanwhile does not stand, and takes no place (W3)', () => {
    const pace = awake();
    const first = groups(AT_ONCE_MAX);
    const [follower, next] = groups(2) as [Group, Group];
    round(pace, first);
    round(pace, [follower, next]);
    follower.isElectionDue = false;
    first[0]!.isElecting = false;
    expect(round(pace, [follower, next])).toEqual([next]);
  });

  it('who is over gives up its place', () => {
    const pace = awake();
    const first = groups(AT_ONCE_MAX);
    const [gone, next] = groups(2) as [Group, Group];
    round(pace, first);
    round(pace, [gone, next]);
    pace.leave(first[0]!);
    pace.leave(gone);
    expect(round(pace, [next])).toEqual([next]);
  });

  it('a host that is late lets fewer stand, a few at the least, and more again when it is in time (W4)', () => {
    const pace = awake();
    const counts: number[] = [];
    for (const lateMs of [25, 26, 200, 900, 900, 900, 900, 0, 0]) {
      const stood = round(pace, groups(AT_ONCE_MAX), lateMs);
      counts.push(stood.length);
      // Each has its leader before the next tick, and who waits finds one.
      for (const group of stood) group.isElecting = false;
      for (const group of pace['waiting'] as Set<Group>) group.isElectionDue = false;
    }
    expect(counts).toEqual([64, 32, 16, 8, 4, AT_ONCE_MIN, AT_ONCE_MIN, 12, 20]);
  });
});
