import { describe, expect, it } from '@jest/globals';
import { MachineUnderTest, NOTHING, conf, failure, fateOf, json } from '../../test/support/workflow-machine.js';
import { isRaftoralError } from '../errors/index.js';
import { encodeCommand } from './command-codec.js';
import { CODEC_LEVEL_MAX, CommandKind } from './command.js';
import { EventKind, type SignalEvent } from './event.js';

describe('finish', () => {
  it('R29: closes the run with outcome, result or error, and digest', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.nowMs += 5;
    m.finish('run-a', { result: json({ ok: true }), digest: 77 });
    expect(m.run('run-a')).toMatchObject({
      status: 'completed',
      outcome: 'completed',
      result: json({ ok: true }),
      error: null,
      closedMs: m.nowMs,
    });
    expect(m.last('run-a')).toEqual({
      kind: EventKind.FINISHED,
      wseq: 2,
      timeMs: m.nowMs,
      outcome: 'completed',
      consumedWseq: 1,
      result: json({ ok: true }),
      error: null,
      digest: 77,
      continuedAs: '',
    });
    m.start('b');
    m.finish('run-b', { outcome: 'failed', result: NOTHING, error: failure('boom') });
    m.start('c');
    m.finish('run-c', { outcome: 'cancelled', result: NOTHING });
    expect([m.run('run-b').status, m.run('run-c').status]).toEqual(['failed', 'cancelled']);
    expect(m.run('run-b').error).toEqual(failure('boom'));
    expect([m.machine.openRunCount, m.machine.closedRunCount]).toEqual([0, 3]);
  });

  it('R29: wins over signals that its code had not consumed; they stay in the closed record as undelivered', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.signal('a', { name: 'seen' });
    m.signal('a', { name: 'late' });
    m.cancel('a');
    m.signal('a', { name: 'later' });
    expect(m.run('run-a').undelivered).toEqual([]);
    expect(fateOf(m.finish('run-a', { consumedWseq: 2 }))).toBe('ok');
    expect(m.run('run-a').undelivered.map((event) => event.name)).toEqual(['late', 'later']);
    expect(m.run('run-a').status).toBe('completed');
  });

  it('R29: what it claims to have consumed must be there', () => {
    const m = new MachineUnderTest();
    m.start('a');
    expect(fateOf(m.finish('run-a', { consumedWseq: 2 }))).toBe('ignored: the position is ahead of the history');
  });

  it('a closed run has no timers, and nothing of it is pending', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.sleep('run-a', { key: 's' });
    m.attemptFailed('run-a', { key: 'c' });
    m.finish('run-a');
    expect(m.machine.nextTimer()).toBeUndefined();
    expect(m.run('run-a').retryPending('c', 1)).toBe(false);
    expect(m.run('run-a').settled('anything', 1)).toBe(true);
    m.down(1);
    expect(m.last('run-a').kind).toBe(EventKind.FINISHED);
  });
});

describe('continue as new', () => {
  it('R33: ends one run and starts the next of the same id, with the same owner and epoch 1', () => {
    const m = new MachineUnderTest();
    m.start('a', { starter: 3 });
    m.changeOwner('run-a', 2);
    m.nowMs += 5;
    expect(m.continueAsNew('run-a', { newRunId: 'run-a2', input: json([2]), version: 2 })).toMatchObject({ ok: true, runId: 'run-a' });
    expect(m.run('run-a')).toMatchObject({ status: 'continued', outcome: 'continued' });
    expect(m.last('run-a')).toMatchObject({ kind: EventKind.FINISHED, outcome: 'continued', continuedAs: 'run-a2', digest: 9 });
    expect(m.run('run-a2')).toMatchObject({
      workflowId: 'a',
      status: 'running',
      name: 'order',
      version: 2,
      owner: 2,
      epoch: 1,
      startedMs: m.nowMs,
      ownerBuildId: 'build-2',
    });
    expect(m.run('run-a2').history.events()).toEqual([
      {
        kind: EventKind.STARTED,
        wseq: 1,
        timeMs: m.nowMs,
        input: json([2]),
        owner: 2,
        epoch: 1,
        buildId: 'build-2',
        continuedFrom: 'run-a',
      },
    ]);
    expect(m.machine.current('a')!.runId).toBe('run-a2');
    expect([m.machine.openRunCount, m.machine.closedRunCount]).toEqual([1, 1]);
  });

  it('R29: signals that were not consumed go to the next run, after its start, in order; so does a cancel', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.signal('a', { name: 'seen' });
    m.signal('a', { name: 'one', payload: json(1), requestId: 'q1' });
    m.cancel('a');
    m.signal('a', { name: 'two', requestId: 'q2' });
    m.continueAsNew('run-a', { newRunId: 'run-a2', consumedWseq: 2 });
    expect(m.kinds('run-a2')).toEqual(['STARTED', 'SIGNAL', 'CANCEL_REQUESTED', 'SIGNAL']);
    expect(
      m
        .run('run-a2')
        .history.events()
        .filter((event): event is SignalEvent => event.kind === EventKind.SIGNAL)
        .map(({ name, requestId }) => [name, requestId]),
    ).toEqual([
      ['one', 'q1'],
      ['two', 'q2'],
    ]);
    expect(m.run('run-a2').cancelRequested).toBe(true);
    expect(m.run('run-a').undelivered).toEqual([]);
  });

  it('a cancel that was consumed stays with the old run', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.cancel('a');
    m.continueAsNew('run-a', { newRunId: 'run-a2' });
    expect(m.kinds('run-a2')).toEqual(['STARTED']);
    expect(m.run('run-a2').cancelRequested).toBe(false);
  });

  it('R14: an owner that can not go on with the new version gives way; without anyone the new run is blocked', () => {
    const m = new MachineUnderTest();
    m.hello(1, { workflows: [{ name: 'order', versions: [1] }] });
    m.start('a');
    m.continueAsNew('run-a', { newRunId: 'run-a2', version: 2 });
    expect(m.run('run-a2').owner).toBe(2);
    m.signal('a');
    m.continueAsNew('run-a2', { newRunId: 'run-a3', version: 9, consumedWseq: 1 });
    expect(m.run('run-a3')).toMatchObject({ status: 'blocked', blockedReason: 'no-implementation', owner: 0, epoch: 1 });
    expect(m.kinds('run-a3')).toEqual(['STARTED', 'BLOCKED', 'SIGNAL']);
  });

  it('R18: sent again it is ignored, and a run id that is taken is not taken twice', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.start('b');
    expect(fateOf(m.continueAsNew('run-a', { newRunId: 'run-b' }))).toBe('ignored: the new run id is taken');
    m.continueAsNew('run-a', { newRunId: 'run-a2' });
    expect(fateOf(m.continueAsNew('run-a', { newRunId: 'run-a2' }))).toBe('ignored: the run is closed');
    expect(fateOf(m.continueAsNew('run-b', { newRunId: '' }))).toBe('ignored: the new run id is taken');
  });
});

describe('retention', () => {
  it('R28: a closed id is absent only after a sweep that covers its closing, at that index', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.start('b');
    m.start('open');
    m.finish('run-a');
    const closedMs = m.nowMs;
    m.nowMs += 10;
    m.finish('run-b');
    expect(m.machine.oldestClosedMs()).toBe(closedMs);
    m.sweep(closedMs - 1);
    expect(m.machine.closedRunCount).toBe(2);
    m.sweep(closedMs);
    expect(m.machine.run('run-a')).toBeUndefined();
    expect(m.machine.current('a')).toBeUndefined();
    expect(m.machine.run('run-b')).toBeDefined();
    expect(m.machine.oldestClosedMs()).toBe(closedMs + 10);
    m.sweep(Number.MAX_SAFE_INTEGER);
    expect([m.machine.openRunCount, m.machine.closedRunCount]).toEqual([1, 0]);
    expect(m.machine.oldestClosedMs()).toBeUndefined();
    expect(fateOf(m.start('a'))).toBe('ok');
  });

  it('R28: while no sweep is in the log a closed id is there, however long its retention is over', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.finish('run-a');
    m.nowMs += 10 * m.machine.limits.retentionMs;
    expect(fateOf(m.start('a', { runId: 'run-again' }))).toContain('ALREADY_EXISTS');
    expect(m.machine.current('a')!.runId).toBe('run-a');
  });

  it('R28: an old run of a chain is swept without touching the current one', () => {
    const m = new MachineUnderTest();
    m.start('a');
    m.continueAsNew('run-a', { newRunId: 'run-a2' });
    m.sweep(m.nowMs);
    expect(m.machine.run('run-a')).toBeUndefined();
    expect(m.machine.current('a')!.runId).toBe('run-a2');
  });

  it('R28: many closings and sweeps in turn lose and keep the right ones', () => {
    const m = new MachineUnderTest();
    for (let i = 0; i < 3000; i++) {
      m.start(`a${i}`);
      m.nowMs++;
      m.finish(`run-a${i}`);
      if (i % 7 === 0) m.sweep(m.nowMs - 100);
      if (i % 500 === 499) {
        expect(m.machine.closedRunCount).toBeLessThan(110);
        expect([...m.machine.allRuns()].every((run) => run.closedMs > m.nowMs - 108)).toBe(true);
      }
    }
    expect(m.machine.oldestClosedMs()).toBe([...m.machine.allRuns()][0]!.closedMs);
  });
});

describe('lists', () => {
  it('allRuns comes in the order of the starts, openRuns without the closed ones', () => {
    const m = new MachineUnderTest();
    for (const id of ['c', 'a', 'd', 'b']) m.start(id);
    m.finish('run-a');
    expect([...m.machine.allRuns()].map((run) => run.workflowId)).toEqual(['c', 'a', 'd', 'b']);
    expect([...m.machine.openRuns()].map((run) => run.workflowId)).toEqual(['c', 'd', 'b']);
  });
});

describe('codec level and halting', () => {
  function haltOf(act: () => unknown): { code: string; message: string } {
    try {
      act();
    } catch (error) {
      if (isRaftoralError(error)) return { code: error.code, message: error.message };
      throw error;
    }
    throw new Error('nothing was thrown');
  }

  it('R31: an unknown kind halts the group, with group and index in the message; the state stays as it was', () => {
    const m = new MachineUnderTest();
    m.start('a');
    const before = m.machine.snapshot();
    const frame = encodeCommand({ kind: CommandKind.RETENTION_SWEEP, cutoffMs: 0 });
    frame[9] = 99;
    expect(haltOf(() => m.machine.apply(77, 1, frame))).toMatchObject({
      code: 'GROUP_HALTED',
      message: expect.stringMatching(/Group 1 .* entry 77: .*kind 99/),
    });
    expect(haltOf(() => m.machine.apply(77, 1, frame.slice(0, 5)))).toMatchObject({
      code: 'GROUP_HALTED',
      message: expect.stringMatching(/entry 77: Malformed command/),
    });
    expect(m.machine.snapshot()).toEqual(before);
  });

  it('R31: the level is raised only when every voter supports it; above what this build applies, the node stops', () => {
    const m = new MachineUnderTest();
    const raise = (level: number): unknown => m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level });
    expect(raise(1)).toMatchObject({ ignored: true });
    const above = CODEC_LEVEL_MAX + 1;
    m.hello(1, { codecLevelMax: above });
    m.hello(2, { codecLevelMax: above });
    expect(raise(above)).toMatchObject({ ignored: true });
    m.membership(conf([1, 2], { learners: [3] }));
    expect(haltOf(() => raise(above))).toMatchObject({ code: 'GROUP_HALTED', message: expect.stringContaining('Group 1') });
    expect(m.machine.codecLevel).toBe(1);
  });

  it('R31: an outgoing voter of a joint membership is asked too, for levels that older builds do not know', () => {
    const m = new MachineUnderTest();
    const above = Math.max(4, CODEC_LEVEL_MAX + 1);
    m.hello(1, { codecLevelMax: above });
    m.hello(2, { codecLevelMax: above });
    m.hello(3, { codecLevelMax: CODEC_LEVEL_MAX });
    m.membership(conf([1, 2], { votersOutgoing: [2, 3] }));
    expect(m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: above })).toMatchObject({ ignored: true });
    // As every build before did: replicas of both agree.
    m.hello(3, { codecLevelMax: 1, incarnation: 2 });
    expect(m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 })).toMatchObject({ ok: true });
  });

  it('an index that was applied is not applied again', () => {
    const m = new MachineUnderTest();
    const frame = encodeCommand({ kind: CommandKind.RETENTION_SWEEP, cutoffMs: 0 });
    expect(haltOf(() => m.machine.apply(m.index, 1, frame)).code).toBe('INVARIANT_VIOLATED');
  });
});

describe('check', () => {
  it('P8: refuses exactly what apply would halt on, and changes nothing', () => {
    const m = new MachineUnderTest();
    m.start('a');
    const before = m.machine.snapshot();
    const good = encodeCommand({ kind: CommandKind.NODE_DOWN, node: 2, incarnation: 1 });
    expect(() => m.machine.check(good)).not.toThrow();
    for (let length = 0; length < good.length; length++) expect(() => m.machine.check(good.slice(0, length))).toThrow();
    const unknown = good.slice();
    unknown[9] = 255;
    expect(() => m.machine.check(unknown)).toThrow();
    expect(m.machine.snapshot()).toEqual(before);
  });
});
