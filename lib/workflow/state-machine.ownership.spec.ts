import { describe, expect, it } from '@jest/globals';
import { MachineUnderTest, conf, fateOf } from '../../test/support/workflow-machine.js';
import { EventKind, type OwnerChangedEvent } from './event.js';

function ownerOf(m: MachineUnderTest, workflowId: string): number {
  return m.run(`run-${workflowId}`).owner;
}

describe('the first owner', () => {
  it('R15: policy `starter` is the node that took the call', () => {
    const m = new MachineUnderTest();
    m.start('a', { ownerPolicy: 'starter', starter: 3 });
    expect(ownerOf(m, 'a')).toBe(3);
  });

  it('R15: policy `leader` is the leader that the sender knew', () => {
    const m = new MachineUnderTest();
    m.start('a', { ownerPolicy: 'leader', starter: 3, leaderHint: 2 });
    expect(ownerOf(m, 'a')).toBe(2);
  });

  it('R15: policy `spread` is the eligible node with the fewest open runs, the lowest id among equals', () => {
    const m = new MachineUnderTest();
    const owners: number[] = [];
    for (const id of ['a', 'b', 'c', 'd']) {
      m.start(id, { ownerPolicy: 'spread' });
      owners.push(ownerOf(m, id));
    }
    expect(owners).toEqual([1, 2, 3, 1]);
    m.finish('run-b');
    m.start('e', { ownerPolicy: 'spread' });
    expect(ownerOf(m, 'e')).toBe(2);
  });

  it('R15: a wanted owner that is not eligible gives way to the first eligible by id', () => {
    const m = new MachineUnderTest();
    m.hello(1, { draining: true });
    m.start('a', { starter: 1 });
    m.start('b', { starter: 9 });
    expect([ownerOf(m, 'a'), ownerOf(m, 'b')]).toEqual([2, 2]);
  });

  it('R15: without an eligible node the run is blocked for want of an implementation, and its first event says so', () => {
    const m = new MachineUnderTest();
    m.start('a', { version: 9 });
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', blockedReason: 'no-implementation', owner: 0, epoch: 1, ownerBuildId: '' });
    expect(m.kinds('run-a')).toEqual(['STARTED', 'BLOCKED']);
    expect(m.machine.openRunCount).toBe(1);
  });
});

describe('eligibility', () => {
  it('R14: a voter, whose hello has the version, not draining, not down, not declined in this incarnation', () => {
    const m = new MachineUnderTest({ voters: [1, 2, 3, 4, 5, 6] });
    m.membership(conf([1, 2, 3, 4, 5], { learners: [6] }));
    m.start('a', { version: 2, starter: 5 });
    m.hello(1, { workflows: [{ name: 'order', versions: [1] }] });
    m.hello(2, { draining: true });
    m.down(3);
    m.decline('run-a', 4);
    expect(m.machine.eligible(m.run('run-a'))).toEqual([5]);
    m.hello(3);
    m.hello(4, { incarnation: 2 });
    expect(m.machine.eligible(m.run('run-a'))).toEqual([3, 4, 5]);
  });

  it('R14: a node that does not vote is made owner by nobody: not as the starter, not by change-owner', () => {
    const m = new MachineUnderTest();
    m.membership(conf([1, 2], { learners: [3] }));
    m.hello(3);
    m.start('a', { starter: 3 });
    expect(ownerOf(m, 'a')).toBe(1);
    m.changeOwner('run-a', 3);
    expect(ownerOf(m, 'a')).toBe(1);
  });

  it('R14: while the configuration is joint, the voters are the incoming ones', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.membership(conf([2, 3], { votersOutgoing: [1, 2, 3] }));
    expect(m.machine.eligible(m.run('run-a'))).toEqual([2, 3]);
    expect(ownerOf(m, 'a')).toBe(1);
  });
});

describe('hello', () => {
  it('R13: apply knows versions from the hellos in the log: names, versions, build ids', () => {
    const m = new MachineUnderTest({ silent: [3] });
    m.hello(3, {
      workflows: [
        { name: 'order', versions: [3, 1, 1] },
        { name: 'order', versions: [2] },
        { name: 'b', versions: [1] },
      ],
      buildId: 'new',
    });
    const hello = m.machine.hellos.get(3)!;
    expect(hello).toMatchObject({ node: 3, incarnation: 1, buildId: 'new', draining: false, down: false, codecLevelMax: 1 });
    expect([...hello.workflows]).toEqual([
      ['b', [1]],
      ['order', [1, 2, 3]],
    ]);
    expect(m.machine.isRegistered('order', 3)).toBe(true);
    expect(m.machine.isRegistered('order', 4)).toBe(false);
  });

  it('R13: the default version is the highest that all voters have which have any', () => {
    const m = new MachineUnderTest();
    m.hello(1, { workflows: [{ name: 'order', versions: [1, 2, 3] }] });
    m.hello(2, { workflows: [{ name: 'order', versions: [2, 1] }] });
    m.hello(3, { workflows: [{ name: 'other', versions: [1] }] });
    expect(m.machine.defaultVersion('order')).toBe(2);
    m.hello(2, { workflows: [{ name: 'order', versions: [4] }] });
    expect(m.machine.defaultVersion('order')).toBeUndefined();
    expect(m.machine.defaultVersion('nobody')).toBeUndefined();
  });

  it('R13: a lower incarnation is ignored', () => {
    const m = new MachineUnderTest();
    m.hello(1, { incarnation: 5 });
    expect(fateOf(m.hello(1, { incarnation: 4, buildId: 'old' }))).toBe('ignored: stale incarnation');
    expect(m.machine.hellos.get(1)!.buildId).toBe('build-1');
  });

  it('R16: the same incarnation again answers a wrong node-down', () => {
    const m = new MachineUnderTest();
    m.down(1);
    expect(m.machine.hellos.get(1)!.down).toBe(true);
    m.hello(1);
    expect(m.machine.hellos.get(1)!.down).toBe(false);
    expect(fateOf(m.down(1))).toBe('ok');
  });

  it('R19: a run that nobody could own gets an owner as soon as one says hello', () => {
    const m = new MachineUnderTest();
    m.start('a', { version: 9 });
    m.start('b', { version: 9 });
    m.hello(2, { workflows: [{ name: 'order', versions: [9] }], buildId: 'nine' });
    expect(m.run('run-a')).toMatchObject({ status: 'running', blockedReason: null, owner: 2, epoch: 2, ownerBuildId: 'nine' });
    expect(m.last('run-a')).toMatchObject({ kind: EventKind.OWNER_CHANGED, owner: 2, epoch: 2, cause: 'hello', buildId: 'nine' });
    expect(ownerOf(m, 'b')).toBe(2);
  });

  it('R18: a higher incarnation ends the epoch of the process before it; the new process keeps its runs, under its own build id', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.hello(1, { incarnation: 2, buildId: 'next' });
    expect(m.run('run-a')).toMatchObject({ owner: 1, epoch: 2, ownerBuildId: 'next' });
    expect(m.last('run-a')).toMatchObject({ kind: EventKind.OWNER_CHANGED, cause: 'down', owner: 1 });
    expect(fateOf(m.checkpoint('run-a', { epoch: 1 }))).toBe('ignored: stale epoch');
    expect(fateOf(m.checkpoint('run-a', { epoch: 2 }))).toBe('ok');
  });

  it('R14: an owner whose hello no longer has the version loses the run', () => {
    const m = new MachineUnderTest();
    m.start('a', { version: 2 });
    m.hello(1, { workflows: [{ name: 'order', versions: [1] }] });
    expect(m.run('run-a')).toMatchObject({ owner: 2, epoch: 2 });
    m.hello(2, { incarnation: 2, workflows: [] });
    expect(m.run('run-a')).toMatchObject({ owner: 3, epoch: 3 });
  });
});

describe('node-down', () => {
  it('R16: one command reassigns all runs of the node, spread, each with a new epoch and an event', () => {
    const m = new MachineUnderTest({ voters: [1, 2, 3] });
    for (let i = 0; i < 6; i++) m.start(`a${i}`, { starter: 1 });
    m.start('b', { starter: 2 });
    expect(fateOf(m.down(1))).toBe('ok');
    expect([0, 1, 2, 3, 4, 5].map((i) => ownerOf(m, `a${i}`))).toEqual([3, 2, 3, 2, 3, 2]);
    for (let i = 0; i < 6; i++) {
      expect(m.last(`run-a${i}`)).toMatchObject({ kind: EventKind.OWNER_CHANGED, wseq: 2, epoch: 2, cause: 'down' });
      expect((m.last(`run-a${i}`) as OwnerChangedEvent).buildId).toBe(`build-${ownerOf(m, `a${i}`)}`);
    }
    expect(m.run('run-b')).toMatchObject({ owner: 2, epoch: 1 });
  });

  it('R16: of another incarnation, of a stranger, or sent twice, it is ignored', () => {
    const m = new MachineUnderTest();
    m.start('a');
    expect(fateOf(m.down(1, 2))).toBe('ignored: stale incarnation');
    expect(fateOf(m.down(9))).toBe('ignored: stale incarnation');
    m.down(1);
    expect(fateOf(m.down(1))).toBe('ignored: the node is known to be down');
    expect(m.run('run-a').epoch).toBe(2);
  });

  it('R16, R19: with nobody left the run is blocked, and comes back with the first hello', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.down(2);
    m.down(3);
    m.down(1);
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', owner: 0, epoch: 2, blockedReason: 'no-implementation' });
    expect(m.kinds('run-a')).toEqual(['STARTED', 'OWNER_CHANGED', 'BLOCKED']);
    m.hello(3);
    expect(m.run('run-a')).toMatchObject({ status: 'running', owner: 3, epoch: 3 });
  });
});

describe('crash suspicion', () => {
  /** The owner begins a body and dies; then it is back. */
  function killOwner(m: MachineUnderTest, before: () => void = () => undefined): void {
    const { owner, epoch } = m.run('run-a');
    m.attemptStarted('run-a', { epoch });
    before();
    m.down(owner);
    m.hello(owner);
  }

  it('R20: three owners in succession that died after attempt-started, without progress, block the run', () => {
    const m = new MachineUnderTest();
    m.start('a');
    killOwner(m);
    killOwner(m);
    expect(m.run('run-a').status).toBe('running');
    killOwner(m);
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', blockedReason: 'crash-suspect', owner: 0 });
    m.hello(1);
    m.membership(conf([1, 2, 3, 4]));
    expect(m.run('run-a').blockedReason).toBe('crash-suspect');
    expect(fateOf(m.changeOwner('run-a', 2))).toBe('ignored: the run is blocked and must be reset');
    expect(fateOf(m.reset('a'))).toBe('ok');
    expect(m.run('run-a')).toMatchObject({ status: 'running', blockedReason: null });
    expect(m.last('run-a')).toMatchObject({ kind: EventKind.OWNER_CHANGED, cause: 'reset' });
    killOwner(m);
    expect(m.run('run-a').status).toBe('running');
  });

  it('R20: committed progress starts the count anew: a checkpoint, a result, a failed attempt, a sleep', () => {
    const progress: Array<(m: MachineUnderTest) => unknown> = [
      (m) => m.checkpoint('run-a', { key: 'p' }),
      (m) => m.computed('run-a', { key: 'p' }),
      (m) => m.attemptFailed('run-a', { key: 'p' }),
      (m) => m.sleep('run-a', { key: 'p' }),
    ];
    for (const make of progress) {
      const m = new MachineUnderTest();
      m.start('a');
      killOwner(m);
      killOwner(m);
      killOwner(m, () => make(m));
      killOwner(m);
      killOwner(m);
      expect(m.run('run-a').status).toBe('running');
      killOwner(m);
      expect(m.run('run-a').blockedReason).toBe('crash-suspect');
    }
  });

  it('R20: a run that only waits never counts, and what is not its owner is no progress', () => {
    const m = new MachineUnderTest();
    m.start('a');
    for (let i = 0; i < 20; i++) {
      const { owner } = m.run('run-a');
      m.down(owner);
      m.hello(owner);
    }
    expect(m.run('run-a').status).toBe('running');
    killOwner(m, () => m.signal('a'));
    killOwner(m, () => m.signal('a'));
    killOwner(m, () => m.signal('a'));
    expect(m.run('run-a').blockedReason).toBe('crash-suspect');
  });

  it('R20: a process that dies and comes back before anyone notices counts too', () => {
    const m = new MachineUnderTest();
    m.start('a');
    for (let incarnation = 2; incarnation <= 4; incarnation++) {
      expect(m.run('run-a')).toMatchObject({ status: 'running', owner: 1 });
      m.attemptStarted('run-a');
      m.hello(1, { incarnation });
    }
    expect(m.run('run-a').blockedReason).toBe('crash-suspect');
  });

  it('R20: the limit is replicated; 0 turns it off', () => {
    const one = new MachineUnderTest({ limits: { crashSuspectLimit: 1 } });
    one.start('a');
    killOwner(one);
    expect(one.run('run-a').blockedReason).toBe('crash-suspect');
    const off = new MachineUnderTest({ limits: { crashSuspectLimit: 0 } });
    off.start('a');
    for (let i = 0; i < 20; i++) killOwner(off);
    expect(off.run('run-a').status).toBe('running');
  });
});

describe('change-owner', () => {
  it('R16: is compare-and-set on the epoch', () => {
    const m = new MachineUnderTest();
    m.start('a');
    expect(fateOf(m.changeOwner('run-a', 2, 1))).toBe('ok');
    expect(fateOf(m.changeOwner('run-a', 3, 1))).toBe('ignored: stale epoch');
    expect(m.run('run-a')).toMatchObject({ owner: 2, epoch: 2 });
    expect(m.last('run-a')).toMatchObject({ kind: EventKind.OWNER_CHANGED, wseq: 2, cause: 'change-owner', owner: 2, epoch: 2 });
  });

  it('R16: to a node that is not eligible, or owns it, or of an unknown run, it is ignored', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.hello(3, { draining: true });
    expect(fateOf(m.changeOwner('run-a', 3))).toBe('ignored: the node is not eligible');
    expect(fateOf(m.changeOwner('run-a', 9))).toBe('ignored: the node is not eligible');
    expect(fateOf(m.changeOwner('run-a', 1))).toBe('ignored: the node owns the run');
    expect(fateOf(m.changeOwner('run-x', 2, 1))).toBe('ignored: unknown run');
    m.finish('run-a');
    expect(fateOf(m.changeOwner('run-a', 2))).toBe('ignored: the run is closed');
  });
});

describe('membership', () => {
  it('R16: leaving a joint configuration reassigns the runs of those that are no voters, at that index and not before', () => {
    const m = new MachineUnderTest();
    m.start('a', { starter: 1 });
    m.start('b', { starter: 2 });
    m.membership(conf([2, 3], { votersOutgoing: [1, 2, 3], learnersNext: [1] }));
    expect(m.run('run-a')).toMatchObject({ owner: 1, epoch: 1 });
    expect(fateOf(m.checkpoint('run-a'))).toBe('ok');
    m.membership(conf([2, 3], { learners: [1] }));
    expect(m.run('run-a')).toMatchObject({ owner: 3, epoch: 2 });
    expect(m.last('run-a')).toMatchObject({ kind: EventKind.OWNER_CHANGED, cause: 'membership' });
    expect(m.run('run-b')).toMatchObject({ owner: 2, epoch: 1 });
  });

  it('R19: a new voter is considered for blocked runs', () => {
    const m = new MachineUnderTest({ voters: [1, 2, 3, 4] });
    m.hello(4, { workflows: [{ name: 'order', versions: [9] }] });
    m.membership(conf([1, 2, 3], { learners: [4] }));
    m.start('a', { version: 9 });
    expect(m.run('run-a').status).toBe('blocked');
    m.membership(conf([1, 2, 3, 4]));
    expect(m.run('run-a')).toMatchObject({ owner: 4, epoch: 2 });
    expect(m.last('run-a')).toMatchObject({ cause: 'membership' });
  });

  it('R16: told the same membership again, as after a restore, nothing happens', () => {
    const m = new MachineUnderTest();
    m.start('a');
    const before = m.machine.snapshot();
    m.membership(conf([3, 2, 1]));
    expect(m.machine.snapshot()).toEqual(before);
  });

  it('R42: the hello of a node that is a member no more is forgotten', () => {
    const m = new MachineUnderTest();
    m.membership(conf([1, 2], { learners: [3] }));
    expect([...m.machine.hellos.keys()]).toEqual([1, 2, 3]);
    m.membership(conf([1, 2]));
    expect([...m.machine.hellos.keys()]).toEqual([1, 2]);
  });
});

describe('decline', () => {
  it('R19: of the owner gives the run to the next; the event names node and reason', () => {
    const m = new MachineUnderTest();
    m.start('a');
    expect(fateOf(m.decline('run-a', 1, 'foreign-await', { epoch: 1 }))).toBe('ok');
    expect(m.kinds('run-a')).toEqual(['STARTED', 'DECLINED', 'OWNER_CHANGED']);
    expect(m.run('run-a').history.event(2)).toMatchObject({ node: 1, reason: 'foreign-await', message: 'node 1 can not go on' });
    expect(m.run('run-a')).toMatchObject({ owner: 2, epoch: 2 });
    expect(m.last('run-a')).toMatchObject({ cause: 'decline' });
    expect(m.run('run-a').declined).toEqual([{ node: 1, incarnation: 1, reason: 'foreign-await', message: 'node 1 can not go on' }]);
  });

  it('R19: of another replica excludes it and leaves the owner', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.decline('run-a', 2, 'instantiation-failed');
    expect(m.run('run-a')).toMatchObject({ owner: 1, epoch: 1 });
    m.down(1);
    expect(ownerOf(m, 'a')).toBe(3);
  });

  it('R19: of a replica that has become the owner since moves the run, whatever epoch it saw', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.changeOwner('run-a', 2);
    m.decline('run-a', 2, 'diverged', { epoch: 0 });
    expect(m.run('run-a')).toMatchObject({ owner: 1, epoch: 3 });
  });

  it('R19: none left is blocked(declined); a new incarnation of one is taken', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.decline('run-a', 3, 'over-budget');
    m.decline('run-a', 2, 'over-budget');
    m.decline('run-a', 1, 'over-budget', { epoch: 1 });
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', blockedReason: 'declined', owner: 0 });
    m.hello(3);
    expect(m.run('run-a').status).toBe('blocked');
    m.hello(3, { incarnation: 2 });
    expect(m.run('run-a')).toMatchObject({ status: 'running', owner: 3 });
  });

  it('R19: a majority that diverged blocks the run, though others are eligible; only a reset opens it', () => {
    const m = new MachineUnderTest({ voters: [1, 2, 3, 4, 5] });
    m.start('a', { starter: 5 });
    m.decline('run-a', 1);
    m.decline('run-a', 2, 'foreign-await');
    m.decline('run-a', 3);
    expect(m.run('run-a')).toMatchObject({ status: 'running', owner: 5, epoch: 1 });
    m.decline('run-a', 4);
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', blockedReason: 'diverged', owner: 0, epoch: 2 });
    m.hello(1, { incarnation: 2 });
    m.hello(3, { incarnation: 2 });
    expect(m.run('run-a').blockedReason).toBe('diverged');
    m.reset('a');
    expect(m.run('run-a')).toMatchObject({ status: 'running', declined: [] });
  });

  it('R19: twice by one incarnation, by a stale one, or of an unknown run it is ignored', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.decline('run-a', 2);
    expect(fateOf(m.decline('run-a', 2, 'draining'))).toBe('ignored: the node has declined before');
    m.hello(2, { incarnation: 3 });
    expect(fateOf(m.decline('run-a', 2, 'diverged', { incarnation: 1 }))).toBe('ignored: stale incarnation');
    expect(fateOf(m.decline('run-x', 2, 'diverged', { incarnation: 3 }))).toBe('ignored: unknown run');
    expect(fateOf(m.decline('run-a', 2, 'diverged', { incarnation: 3 }))).toBe('ok');
    expect(m.run('run-a').declined.map(({ node, incarnation }) => [node, incarnation])).toEqual([[2, 3]]);
  });
});

describe('a decline that is committed before the hello of its start', () => {
  it('R19: counts as soon as the hello is there: the node never owns the run', () => {
    const m = new MachineUnderTest();
    m.start('a', { starter: 1 });
    m.membership(conf([1, 2, 3, 4]));
    expect(fateOf(m.decline('run-a', 4))).toBe('ok');
    m.hello(4);
    for (const node of [2, 3, 1]) m.down(node);
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', owner: 0 });
    m.hello(4, { incarnation: 2 });
    expect(m.run('run-a')).toMatchObject({ status: 'running', owner: 4 });
  });

  it('R19: counts for the majority that diverged', () => {
    const m = new MachineUnderTest();
    m.start('a', { starter: 1 });
    m.membership(conf([1, 4, 5]));
    m.decline('run-a', 4);
    expect(m.run('run-a').status).toBe('running');
    m.decline('run-a', 5);
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', blockedReason: 'diverged' });
  });
});

describe('reset', () => {
  it('R19: of a run that is not blocked is NOT_BLOCKED', () => {
    const m = new MachineUnderTest();
    m.start('a');
    expect(fateOf(m.reset('a'))).toBe('NOT_BLOCKED');
    expect(fateOf(m.reset('nobody'))).toBe('WORKFLOW_NOT_FOUND');
  });

  it('R19: with nobody eligible the run stays blocked, and says for what now', () => {
    const m = new MachineUnderTest();
    m.start('a');
    for (const node of [3, 2, 1]) m.decline('run-a', node, 'over-budget');
    for (const node of [1, 2, 3]) m.hello(node, { draining: true });
    expect(fateOf(m.reset('a'))).toBe('ok');
    expect(m.run('run-a')).toMatchObject({ status: 'blocked', blockedReason: 'no-implementation', declined: [] });
    m.hello(2);
    expect(ownerOf(m, 'a')).toBe(2);
  });
});
