import { describe, expect, it } from '@jest/globals';
import { MachineUnderTest, conf, fateOf, json } from '../../../test/support/workflow-machine.js';
import { isRaftoralError } from '../../errors/index.js';
import { CommandKind } from '../command.js';
import { WorkflowStateMachine } from '../state-machine.js';
import type { StateCheckView } from '../state.js';
import { STATE_PARTS } from './state-hash.js';

const SOME = [1, 2, 3, 4, 5];
const OTHER = [1, 2, 3, 4, 6];
const THIRD = [1, 2, 3, 4, 7];

function atLevelThree(voters: readonly number[] = [1, 2, 3], learners: readonly number[] = []): MachineUnderTest {
  const m = new MachineUnderTest({ voters });
  for (const node of voters) m.hello(node, { codecLevelMax: 3 });
  if (learners.length > 0) m.membership(conf(voters, { learners }));
  expect(fateOf(m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 3 }))).toBe('ok');
  return m;
}

function check(m: MachineUnderTest): number {
  expect(fateOf(m.apply({ kind: CommandKind.STATE_CHECK }))).toBe('ok');
  return m.index;
}

const report = (m: MachineUnderTest, node: number, parts: readonly number[], index = m.machine.stateCheck.index): string =>
  fateOf(m.apply({ kind: CommandKind.STATE_HASH, node, index, parts }));

/** What no command can plant. */
interface Inside {
  logTimeMs: number;
  readonly requests: { entries(): Iterable<unknown>; forget(entry: unknown): void };
  readonly closedSum: { addClosing(closedMs: number, workflowPrint: number, runPrint: number): void };
}
const inside = (m: MachineUnderTest): Inside => (m.machine as unknown as { state: Inside }).state;

const view = (m: MachineUnderTest): Partial<StateCheckView> => {
  const { outcome, diverged, isRefusing, isDiffering, reported } = m.machine.stateCheck;
  return { outcome, diverged, isRefusing, isDiffering, reported };
};

function parts(machine: WorkflowStateMachine): readonly number[] {
  const walk = machine.stateWalk!;
  while (!walk.next(3));
  return walk.parts;
}

describe('the verdict', () => {
  it('three voters that agree: nothing is said against any, and the index is known', () => {
    const m = atLevelThree();
    const index = check(m);
    for (const node of [1, 2, 3]) expect(report(m, node, SOME)).toBe('ok');
    expect(m.machine.stateCheck).toMatchObject({
      index,
      agreedIndex: index,
      outcome: 'agreed',
      diverged: [],
      isDiffering: false,
      problem: null,
    });
  });

  it.each([[[1, 2, 3]], [[3, 1, 2]], [[2, 3, 1]]])('one of three differs: it is named, whatever the order of the answers %j', (order) => {
    const m = atLevelThree();
    check(m);
    for (const node of order) report(m, node, node === 3 ? OTHER : SOME);
    expect(view(m)).toEqual({ outcome: 'agreed', diverged: [3], isRefusing: false, isDiffering: true, reported: [1, 2, 3] });
    expect(m.machine.stateCheck.problem).toMatch(/node 3 differs/);
  });

  it('the replica that differs throws STATE_DIVERGED as it applies that, and says in what it differs', () => {
    const own = new WorkflowStateMachine({ groupId: 1, nodeId: 3 });
    const m = atLevelThree();
    check(m);
    report(m, 3, OTHER);
    report(m, 1, SOME);
    own.restore(m.index, m.machine.snapshot());
    const copy = Object.assign(Object.create(MachineUnderTest.prototype) as MachineUnderTest, {
      machine: own,
      index: m.index,
      nowMs: m.nowMs,
    });
    let thrown: unknown;
    try {
      report(copy, 2, SOME);
    } catch (error) {
      thrown = error;
    }
    expect(isRaftoralError(thrown, 'STATE_DIVERGED')).toBe(true);
    expect(thrown).toMatchObject({ message: expect.stringMatching(/node 3 differs .*\(events\)/), details: { parts: ['events'] } });
  });

  it('five voters: two that agree among themselves are still the odd ones; two, two and one are no majority', () => {
    const m = atLevelThree([1, 2, 3, 4, 5]);
    check(m);
    for (const node of [1, 2]) report(m, node, OTHER);
    expect(view(m).outcome).toBe('open');
    for (const node of [3, 4, 5]) report(m, node, SOME);
    expect(view(m)).toMatchObject({ outcome: 'agreed', diverged: [1, 2] });
    check(m);
    for (const node of [1, 2]) report(m, node, OTHER);
    for (const node of [3, 4]) report(m, node, SOME);
    expect(view(m).outcome).toBe('open');
    report(m, 5, THIRD);
    expect(view(m)).toMatchObject({ outcome: 'conflict', isRefusing: true });
  });

  it('a learner is compared, and does not vote', () => {
    const m = atLevelThree([1, 2, 3], [4]);
    check(m);
    report(m, 4, OTHER);
    report(m, 1, OTHER);
    report(m, 2, SOME);
    expect(view(m).outcome).toBe('open');
    report(m, 3, SOME);
    expect(view(m).diverged).toEqual([1, 4]);
  });

  it('who is silent decides nothing: a difference is shown, and the next check decides', () => {
    const m = atLevelThree();
    check(m);
    report(m, 1, SOME);
    report(m, 2, OTHER);
    expect(view(m)).toMatchObject({ outcome: 'open', isDiffering: true, diverged: [], isRefusing: false });
    expect(m.machine.stateCheck.problem).toMatch(/nodes 1, 2: which is right is not known/);
    const old = m.machine.stateCheck.index;
    check(m);
    expect(report(m, 3, SOME, old)).toMatch(/another check came/);
    for (const node of [1, 3]) report(m, node, SOME);
    report(m, 2, OTHER);
    expect(view(m).diverged).toEqual([2]);
  });

  it('a node answers once, and only while it is a member', () => {
    const m = atLevelThree();
    check(m);
    expect(report(m, 1, SOME)).toBe('ok');
    expect(report(m, 1, OTHER)).toMatch(/has reported/);
    expect(report(m, 9, OTHER)).toMatch(/no member/);
  });

  it('R31: below codec level 3 there is no check, and nothing of it in a snapshot', () => {
    const m = new MachineUnderTest();
    const before = m.machine.snapshot().length;
    expect(fateOf(m.apply({ kind: CommandKind.STATE_CHECK }))).toMatch(/codec level/);
    expect(fateOf(m.apply({ kind: CommandKind.STATE_HASH, node: 1, index: m.index, parts: SOME }))).toMatch(/codec level/);
    expect(m.machine.stateWalk).toBeNull();
    expect(m.machine.snapshot()).toHaveLength(before);
  });
});

describe('no majority', () => {
  function divided(): MachineUnderTest {
    const m = atLevelThree();
    m.start('a');
    check(m);
    report(m, 1, SOME);
    report(m, 2, OTHER);
    report(m, 3, THIRD);
    return m;
  }

  it('clients are refused with STATE_DIVERGED, and may send the same request again later; owners are ignored; nothing changes', () => {
    const m = divided();
    expect(view(m)).toMatchObject({ outcome: 'conflict', isRefusing: true });
    expect(m.machine.stateCheck.problem).toMatch(/no majority agrees: commands are refused/);
    expect(fateOf(m.signal('a', { requestId: 'again' }))).toBe('STATE_DIVERGED');
    expect(fateOf(m.start('b'))).toBe('STATE_DIVERGED');
    expect(fateOf(m.checkpoint('run-a'))).toMatch(/no majority agrees/);
    expect(fateOf(m.finish('run-a'))).toMatch(/no majority agrees/);
    expect(m.kinds('run-a')).toEqual(['STARTED']);
    expect(m.machine.current('b')).toBeUndefined();
    expect(fateOf(m.hello(2, { incarnation: 2, codecLevelMax: 3 }))).toBe('ok');
  });

  it('a later check with a majority ends it: the odd one is named, and owners propose again under new epochs', () => {
    const m = divided();
    const { epoch } = m.run('run-a');
    m.membership(conf([1, 3, 4]));
    m.hello(4, { codecLevelMax: 3 });
    check(m);
    report(m, 4, SOME);
    expect(view(m).isRefusing).toBe(true);
    report(m, 1, SOME);
    expect(view(m)).toMatchObject({ outcome: 'agreed', isRefusing: false });
    report(m, 3, THIRD);
    expect(view(m).diverged).toEqual([3]);
    expect(m.run('run-a').epoch).toBeGreaterThan(epoch);
    expect(fateOf(m.signal('a', { requestId: 'again' }))).toBe('ok');
    expect(fateOf(m.checkpoint('run-a'))).toBe('ok');
  });

  it('it is in snapshots: who is restored from one refuses alike, and goes on alike', () => {
    const m = divided();
    const other = new MachineUnderTest();
    other.machine.restore(m.index, m.machine.snapshot());
    other.index = m.index;
    other.nowMs = m.nowMs;
    expect(other.machine.stateCheck).toEqual(m.machine.stateCheck);
    for (const each of [m, other]) {
      expect(fateOf(each.start('b'))).toBe('STATE_DIVERGED');
      each.membership(conf([1]));
      check(each);
      report(each, 1, SOME);
      expect(fateOf(each.start('c'))).toBe('ok');
    }
    expect(other.machine.stateCheck).toEqual(m.machine.stateCheck);
  });
});

describe('the hash', () => {
  function twins(): [MachineUnderTest, MachineUnderTest] {
    const pair = [atLevelThree(), atLevelThree()] as [MachineUnderTest, MachineUnderTest];
    for (const m of pair) {
      for (const id of ['a', 'b', 'c', 'd']) m.start(id);
      m.checkpoint('run-a');
      m.sleep('run-b');
      m.finish('run-c');
      m.signal('d');
    }
    return pair;
  }
  const differing = (a: MachineUnderTest, b: MachineUnderTest): string[] => {
    for (const m of [a, b]) check(m);
    const [ours, theirs] = [parts(a.machine), parts(b.machine)];
    return STATE_PARTS.filter((_, i) => ours[i] !== theirs[i]);
  };

  it('is the same for replicas that applied the same, and for one that was restored in between', () => {
    const [a, b] = twins();
    b.machine.restore(b.index, a.machine.snapshot());
    for (const m of [a, b]) m.checkpoint('run-d', { key: 'after' });
    expect(differing(a, b)).toEqual([]);
  });

  it.each<[string, readonly string[], (a: MachineUnderTest, b: MachineUnderTest) => void]>([
    ['the head of a run', ['open runs'], (_, b) => void ((b.run('run-a') as { suspectDeaths?: number }).suspectDeaths = 2)],
    [
      'a value in history',
      ['events'],
      (a, b) => void [a.checkpoint('run-d', { value: json(1) }), b.checkpoint('run-d', { value: json(2) })],
    ],
    ['log time', ['group'], (_, b) => void (inside(b).logTimeMs += 1)],
    ['an answer', ['answers'], (_, b) => inside(b).requests.forget([...inside(b).requests.entries()][0]!)],
    ['a closed run', ['closed runs'], (_, b) => inside(b).closedSum.addClosing(1, 2, 3)],
  ])('tells %s that differs', (_, expected, plant) => {
    const [a, b] = twins();
    plant(a, b);
    expect(differing(a, b)).toEqual(expected);
  });

  it('is that of its index, whatever is applied before it is taken', () => {
    const [a, b] = twins();
    for (const m of [a, b]) check(m);
    const expected = parts(a.machine);
    b.machine.stateWalk!.next(1);
    b.checkpoint('run-b', { key: 'late' });
    b.finish('run-a');
    // One that was closed already is named again.
    b.checkpoint('run-c', { epoch: 1 });
    b.start('e');
    b.down(1);
    b.finish('run-e');
    b.sweep(b.nowMs + 1);
    expect(parts(b.machine)).toEqual(expected);
    expect(b.machine.stateWalk).toBeNull();
  });
});
