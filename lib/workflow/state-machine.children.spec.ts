import { describe, expect, it } from '@jest/globals';
import { RowStore, flushWhole } from '../../test/support/row-store.js';
import { MachineUnderTest, conf, fateOf } from '../../test/support/workflow-machine.js';
import { BinaryWriter } from '../state-machine/index.js';
import { encodeCommand } from './command-codec.js';
import { CHILDREN_LEVEL, CommandKind } from './command.js';
import type { ImportItem } from './import-item.js';
import { slotOf } from './slot.js';
import { WorkflowStateMachine, exportedOf } from './state-machine.js';
import { answerItemOf } from './state-machine/import-items.js';
import { writeRunHead } from './state-machine/snapshot-run.js';

function raised(options: ConstructorParameters<typeof MachineUnderTest>[0] = {}): MachineUnderTest {
  const m = new MachineUnderTest(options);
  m.raise();
  return m;
}

const heldOf = (m: MachineUnderTest): string[] => [...m.machine.children.held()].map(({ runId }) => runId);

describe('starting', () => {
  it('R31: below the level nothing is started: the refusal passes', () => {
    const m = new MachineUnderTest();
    expect(fateOf(m.startChild('c'))).toBe('MEMBERSHIP_REFUSED');
    m.raise();
    expect(fateOf(m.startChild('c'))).toBe('ok');
    expect(m.run('run-c').parent).toMatchObject({ workflowId: 'parent', key: '$child/k', token: 'token-c' });
  });

  it('P5: the same start by another owner, under another run id and with another expiry, is the same child', () => {
    const m = raised();
    m.startChild('c');
    expect(m.startChild('c', {}, { runId: 'run-other' })).toMatchObject({ ok: true, runId: 'run-c' });
    // Its answer is forgotten while the child is open: the record says whose it is.
    m.nowMs += 700_000;
    m.signal('c');
    expect(m.startChild('c', {}, { runId: 'run-other' })).toMatchObject({ ok: true, runId: 'run-c', existing: true });
    expect(m.machine.openRunCount).toBe(1);
  });

  it('a run that is there under its id and is not this child is not attached to, whatever its name and input', () => {
    const m = raised();
    m.start('c', { inputDigest: 5 });
    expect(fateOf(m.startChild('c', {}, { runId: 'run-c2' }))).toBe('ALREADY_EXISTS');
    m.startChild('d');
    expect(fateOf(m.startChild('d', { token: 'token-of-another' }, { runId: 'run-d2' }))).toBe('ALREADY_EXISTS');
    expect(m.machine.openRunCount).toBe(2);
  });

  it('a refusal is not remembered: the same start is carried out once nothing is in its way', () => {
    const m = raised({ limits: { openRunsMax: 1 } });
    m.start('a');
    expect(fateOf(m.startChild('c'))).toBe('OVERLOADED');
    m.finish('run-a');
    expect(fateOf(m.startChild('c'))).toBe('ok');
  });

  it('the next run of a chain is the same child', () => {
    const m = raised();
    m.startChild('c');
    m.continueAsNew('run-c', { newRunId: 'run-c2' });
    expect(m.run('run-c2').parent).toEqual(m.run('run-c').parent);
    expect(heldOf(m)).toEqual([]);
    expect(m.startChild('c', {}, { runId: 'run-c3' })).toMatchObject({ ok: true, runId: expect.stringMatching(/^run-c2?$/) });
    m.finish('run-c2');
    expect(heldOf(m)).toEqual(['run-c2']);
  });
});

describe('retention of children', () => {
  it('R28: no sweep takes a closed child, nor what closed after it, before it is acknowledged', () => {
    const m = raised();
    for (const id of ['a', 'z']) m.start(id);
    m.startChild('c');
    m.finish('run-a');
    m.nowMs += 10;
    m.finish('run-c');
    m.nowMs += 10;
    m.finish('run-z');
    m.sweep(m.nowMs);
    expect(m.machine.run('run-a')).toBeUndefined();
    expect([m.machine.run('run-c')?.status, m.machine.run('run-z')?.status]).toEqual(['completed', 'completed']);
    expect(m.machine.oldestClosedMs()).toBeUndefined(); // nothing that a sweep may take
    m.acknowledge('run-c', 'nobody');
    expect(heldOf(m)).toEqual([]);
    expect(m.machine.oldestClosedMs()).toBe(m.nowMs - 10);
    m.sweep(m.nowMs);
    expect(m.machine.closedRunCount).toBe(0);
  });

  it('A1: a start that arrives after its child was swept starts nothing, as long as it is not expired', () => {
    const m = raised();
    m.startChild('c');
    m.nowMs += 500_000;
    m.finish('run-c');
    m.acknowledge('run-c');
    m.sweep(m.nowMs);
    expect(m.machine.run('run-c')).toBeUndefined();
    // Sent right before the acknowledgement, it may come until this.
    m.nowMs += 1_199_000;
    const late = { runId: 'run-late', expiryMs: m.nowMs + 1_000 };
    expect(m.startChild('c', {}, late)).toMatchObject({ ok: true, runId: 'run-c' });
    m.nowMs += 2_000;
    expect(fateOf(m.startChild('c', {}, late))).toBe('REQUEST_EXPIRED');
    expect(m.machine.openRunCount).toBe(0);
  });

  it('a terminated child is held, too', () => {
    const m = raised();
    m.startChild('c');
    m.terminate('c');
    expect(heldOf(m)).toEqual(['run-c']);
  });
});

describe('in snapshots and rows', () => {
  function populated(m: MachineUnderTest): void {
    m.start('a');
    for (const id of ['b', 'c', 'd']) m.startChild(id, { onClose: id === 'd' ? 'abandon' : 'cancel' });
    m.finish('run-c');
  }

  it('S3: parents and what is held come back, and are a part of the hash', () => {
    const m = raised();
    populated(m);
    const snapshot = m.machine.snapshot();
    const other = new WorkflowStateMachine({ groupId: 1 });
    other.restore(m.index, snapshot);
    expect(Buffer.compare(other.snapshot(), snapshot)).toBe(0);
    expect([...other.children.held()]).toEqual([...m.machine.children.held()]);
    expect([...other.children.open].map(({ runId, parent }) => [runId, parent?.onClose])).toEqual([
      ['run-b', 'cancel'],
      ['run-d', 'abandon'],
    ]);
    expect([other.children.open.size, other.children.heldCount]).toEqual([2, 1]);
  });

  it('a new process over the rows holds what was held, though the record is on disk only', async () => {
    const m = raised();
    const store = new RowStore({ index: 0, term: 0, confState: conf([]) });
    m.machine.load(store.load(), store.source);
    m.index = 0;
    m.membership(conf([1, 2, 3]));
    m.raise();
    populated(m);
    flushWhole(store, m.machine, { index: m.index, term: 1, confState: conf([1, 2, 3]) });
    const machine = new WorkflowStateMachine({ groupId: 1 });
    machine.load(store.load(), store.source);
    (m as { machine: WorkflowStateMachine }).machine = machine;
    expect(machine.run('run-c')).toBeUndefined();
    expect(heldOf(m)).toEqual(['run-c']);
    expect(machine.children.open.size).toBe(2);
    m.nowMs += 10;
    m.sweep(m.nowMs);
    expect((await machine.fetch({ workflowId: 'c' }, 'last event'))?.parent?.token).toBe('token-c');
    m.acknowledge('run-c');
    m.sweep(m.nowMs);
    expect(await machine.fetch({ workflowId: 'c' }, 'last event')).toBeUndefined();
  });
});

describe('moves of slots (R41)', () => {
  it('a child moves with its parent; one that is closed is held anew at the target, and one that is open is asked about there alone', () => {
    const from = raised();
    for (const id of ['open', 'closed']) from.startChild(id);
    from.finish('run-closed');
    const to = raised({ groupId: 2 });
    const ranges = [...new Set(['open', 'closed'].map(slotOf))].sort((a, b) => a - b).map((first) => ({ first, count: 1 }));
    expect(fateOf(to.apply({ kind: CommandKind.IMPORT_BEGIN, moveId: 1, from: 1, ranges, oldestMoveId: 1 }))).toBe('ok');
    from.apply({ kind: CommandKind.FREEZE_SLOTS, moveId: 1, to: 2, ranges, oldestMoveId: 1 });
    const items: ImportItem[] = [...exportedOf(from.machine).state.runs.values()].flatMap((run) => {
      const writer = new BinaryWriter();
      writeRunHead(writer, run);
      const events = run.history.events();
      return [
        { type: 'events' as const, run, events },
        { type: 'final' as const, runId: run.runId, events: events.length, head: writer.finish() },
      ];
    });
    for (const entry of exportedOf(from.machine).state.requests.entries()) items.push(answerItemOf(entry));
    const part = { kind: CommandKind.IMPORT_PART, moveId: 1, logTimeMs: from.nowMs, items } as const;
    expect(() => encodeCommand(part, CHILDREN_LEVEL - 1)).toThrow(expect.objectContaining({ code: 'MEMBERSHIP_REFUSED' }));
    expect(fateOf(to.apply(part))).toBe('ok');
    expect([to.machine.children.open.size, heldOf(to)]).toEqual([0, ['run-closed']]);
    expect(fateOf(to.apply({ kind: CommandKind.ACTIVATE_IMPORT, moveId: 1, logTimeMs: from.nowMs, slotEpoch: 1, openRuns: 1 }))).toBe('ok');
    from.apply({ kind: CommandKind.DROP_SLOTS, moveId: 1 });
    expect([from.machine.children.open.size, to.machine.children.open.size]).toEqual([0, 1]);
    expect(to.run('run-open').parent).toMatchObject({ token: 'token-open' });
    // The same start, at the new place: the same child.
    for (const id of ['open', 'closed'])
      expect(to.startChild(id, {}, { runId: 'run-again' })).toMatchObject({ ok: true, runId: `run-${id}` });
    const other = new WorkflowStateMachine({ groupId: 2 });
    other.restore(to.index, to.machine.snapshot());
    expect(Buffer.compare(other.snapshot(), to.machine.snapshot())).toBe(0);
  });
});
