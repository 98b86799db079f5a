import { describe, expect, it } from '@jest/globals';
import { RowStore, flushWhole } from '../../test/support/row-store.js';
import { MachineUnderTest, conf, fateOf, json } from '../../test/support/workflow-machine.js';
import { CODEC_LEVEL_MAX, CommandKind, MOVES_LEVEL } from './command.js';
import { decodeCommand, encodeCommand } from './command-codec.js';
import { EventKind } from './event.js';
import { SLOT_COUNT, slotOf, type SlotRange } from './slot.js';
import { SlotExporter } from './slot-move/exporter.js';
import { WorkflowStateMachine, exportedOf } from './state-machine.js';
import type { ImportItem } from './import-item.js';

const MOVE = 7;

function rangesOf(...workflowIds: readonly string[]): SlotRange[] {
  return [...new Set(workflowIds.map(slotOf))].sort((a, b) => a - b).map((first) => ({ first, count: 1 }));
}

/** Source and target, at the level of moves. */
function pair(targetVoters: readonly number[] = [4, 5, 6]): { source: MachineUnderTest; target: MachineUnderTest } {
  const source = new MachineUnderTest();
  const target = new MachineUnderTest({ groupId: 2, voters: targetVoters });
  for (const m of [source, target]) {
    for (const node of m.machine.voters) m.hello(node, { codecLevelMax: CODEC_LEVEL_MAX });
    m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: CODEC_LEVEL_MAX });
  }
  return { source, target };
}

const freeze = (m: MachineUnderTest, ranges: readonly SlotRange[], moveId = MOVE): string =>
  fateOf(m.apply({ kind: CommandKind.FREEZE_SLOTS, moveId, to: 2, ranges, oldestMoveId: moveId }));
const begin = (m: MachineUnderTest, ranges: readonly SlotRange[], moveId = MOVE): string =>
  fateOf(m.apply({ kind: CommandKind.IMPORT_BEGIN, moveId, from: 1, ranges, oldestMoveId: moveId }));
const unfreeze = (m: MachineUnderTest, moveId = MOVE): string => fateOf(m.apply({ kind: CommandKind.UNFREEZE_SLOTS, moveId }));
const drop = (m: MachineUnderTest): string => fateOf(m.apply({ kind: CommandKind.DROP_SLOTS, moveId: MOVE }));
const part = (m: MachineUnderTest, logTimeMs: number, items: readonly ImportItem[], moveId = MOVE): string =>
  fateOf(m.apply({ kind: CommandKind.IMPORT_PART, moveId, logTimeMs, items }));
const activate = (m: MachineUnderTest, openRuns: number, logTimeMs = 0, moveId = MOVE): string =>
  fateOf(m.apply({ kind: CommandKind.ACTIVATE_IMPORT, moveId, logTimeMs, slotEpoch: 1, openRuns }));
const abort = (m: MachineUnderTest, moveId = MOVE): string => fateOf(m.apply({ kind: CommandKind.ABORT_IMPORT, moveId, from: 1 }));

/** The steps up to the decision. `meanwhile`: what happens at the source between the copy and the freeze. */
async function imported(
  source: MachineUnderTest,
  target: MachineUnderTest,
  ranges: readonly SlotRange[],
  { moveId = MOVE, meanwhile = (): void => undefined } = {},
): Promise<SlotExporter> {
  expect(begin(target, ranges, moveId)).toBe('ok');
  const exporter = new SlotExporter(source.machine, ranges);
  for await (const items of exporter.ahead()) expect(part(target, exporter.logTimeMs, items, moveId)).toBe('ok');
  meanwhile();
  expect(freeze(source, ranges, moveId)).toBe('ok');
  for await (const items of exporter.rest()) expect(part(target, exporter.logTimeMs, items, moveId)).toBe('ok');
  return exporter;
}

const stagedOf = ({ machine }: MachineUnderTest): string[] => [...exportedOf(machine).state.staged].map(({ runId }) => runId);
const epochOf = ({ machine }: MachineUnderTest, workflowId: string): number => exportedOf(machine).state.slots.epochs[slotOf(workflowId)]!;

/** R20: its owners died, one after the other, in the middle of an attempt. */
function killOwners(m: MachineUnderTest, runId: string): void {
  for (let i = 0; i < 3; i++) {
    const { owner, epoch } = m.run(runId);
    m.attemptStarted(runId, { epoch });
    m.down(owner);
    m.hello(owner, { codecLevelMax: CODEC_LEVEL_MAX });
  }
}

describe('slots that are frozen (R41)', () => {
  it('refuse every command of a client or an owner with the cluster where they go, and change nothing; others go on', () => {
    const { source } = pair();
    for (const id of ['a', 'b']) source.start(id);
    source.sleep('run-a', { key: 'nap', delayMs: 10 });
    expect(freeze(source, rangesOf('a'))).toBe('ok');
    const events = source.events.length;
    source.nowMs += 100;
    const answers = [
      source.signal('a'),
      source.cancel('a'),
      source.terminate('a'),
      source.start('a'),
      source.checkpoint('run-a'),
      source.fire('run-a', 1),
      source.finish('run-a'),
      source.changeOwner('run-a', 2),
      source.decline('run-a', 1),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, code: 'WRONG_CLUSTER', movedTo: 2 });
    source.down(1);
    source.hello(2, { incarnation: 2, codecLevelMax: CODEC_LEVEL_MAX });
    source.membership(conf([2, 3]));
    expect(source.events.slice(events).every(({ runId }) => runId === 'run-b')).toBe(true);
    expect(source.machine.nextTimer()).toBeUndefined();
    expect(fateOf(source.signal('b'))).toBe('ok');
  });

  it('go on where they are after an unfreeze: under a new epoch, with their timers, an owner that died meanwhile replaced', () => {
    const { source } = pair();
    for (const id of ['a', 'b']) source.start(id, { starter: id === 'a' ? 1 : 2 });
    source.sleep('run-a', { key: 'nap', delayMs: 10 });
    freeze(source, rangesOf('a', 'b'));
    source.down(1);
    expect(unfreeze(source)).toBe('ok');
    expect(source.run('run-a')).toMatchObject({ epoch: 2, status: 'running' });
    expect(source.run('run-a').owner).not.toBe(1);
    expect(source.run('run-b')).toMatchObject({ epoch: 2, owner: 2 });
    source.nowMs += 100;
    expect(fateOf(source.fire('run-a', 1))).toBe('ok');
    expect(unfreeze(source)).toBe('ok');
    expect(drop(source)).toBe('ignored: the move was aborted');
    expect(freeze(source, rangesOf('a', 'b'))).toBe('ignored: the move was aborted');
    expect(source.run('run-a').epoch).toBe(2);
  });

  it('are frozen all or none, and by one move', () => {
    const { source, target } = pair();
    expect(freeze(source, rangesOf('a', 'b'))).toBe('ok');
    expect(freeze(source, rangesOf('b', 'c'), MOVE + 1)).toBe('ignored: a slot of the move is not where it was to be');
    expect(source.machine.ownsSlotOf('c')).toBe(true);
    expect(freeze(target, rangesOf('a'))).toBe('ignored: a slot of the move is not where it was to be');
    expect(begin(source, rangesOf('a'), MOVE + 1)).toBe('ignored: a slot of the move is not where it was to be');
  });

  it('R20: do not free a run that killed its owners: it stays blocked, where it is and where it goes', async () => {
    const { source, target } = pair();
    source.start('a');
    killOwners(source, 'run-a');
    const blocked = { status: 'blocked', blockedReason: 'crash-suspect', owner: 0 };
    expect(source.run('run-a')).toMatchObject(blocked);
    freeze(source, rangesOf('a'), 3);
    expect(unfreeze(source, 3)).toBe('ok');
    expect(source.run('run-a')).toMatchObject(blocked);
    const exporter = await imported(source, target, rangesOf('a'));
    expect(activate(target, exporter.openRuns)).toBe('ok');
    expect(target.run('run-a')).toMatchObject(blocked);
  });
});

describe('an import (R41)', () => {
  it('is unseen until it is activated: then runs, timers, answers and closed records are there, epochs + 1, log time the larger', async () => {
    const { source, target } = pair();
    const request = { requestId: 'once', expiryMs: source.nowMs + 600_000 };
    const first = source.start('a', request);
    source.sleep('run-a', { key: 'nap', delayMs: 5_000 });
    source.signal('a', { payload: json('kept') });
    source.start('closed');
    source.finish('run-closed');
    source.nowMs += 3_000;
    const ranges = rangesOf('a', 'closed');
    const exporter = await imported(source, target, ranges);
    const { machine } = target;
    expect([machine.run('run-a'), machine.openRunCount, [...machine.allRuns()], machine.nextTimer()]).toEqual([
      undefined,
      0,
      [],
      undefined,
    ]);
    expect(fateOf(target.signal('a', { requestId: 'too early' }))).toBe('WRONG_CLUSTER');
    expect(activate(target, exporter.openRuns, exporter.logTimeMs)).toBe('ok');
    expect(machine.logTimeMs).toBe(source.machine.logTimeMs);
    expect(machine.run('run-a')!.history.events(1, 3)).toEqual(source.run('run-a').history.events());
    expect(machine.run('run-a')!.history.last()).toMatchObject({ kind: EventKind.OWNER_CHANGED, epoch: 2, cause: 'move' });
    expect([4, 5, 6]).toContain(machine.run('run-a')!.owner);
    expect(target.start('a', { ...request, runId: 'another' })).toEqual(first);
    expect(fateOf(target.start('closed', { requestId: 'of another client' }))).toBe('ALREADY_EXISTS');
    expect(machine.current('closed')!.history.events()).toEqual(source.run('run-closed').history.events());
    expect(machine.nextTimer()).toMatchObject({ runId: 'run-a', timerId: 1 });
    expect(drop(source)).toBe('ok');
    expect([source.machine.run('run-a'), source.machine.openRunCount, source.machine.nextTimer()]).toEqual([undefined, 0, undefined]);
    expect(source.machine.takeDeparted().map(({ runId }) => runId)).toEqual(['run-a']);
    expect([...source.machine.allRuns()]).toEqual([]);
    expect(source.signal('a')).toMatchObject({ code: 'WRONG_CLUSTER', movedTo: 2 });
  });

  it('R18: what a former owner of the source sends to the target with its old epoch is ignored', async () => {
    const { source, target } = pair();
    source.start('a');
    const exporter = await imported(source, target, rangesOf('a'));
    activate(target, exporter.openRuns);
    expect(fateOf(target.checkpoint('run-a', { epoch: 1 }))).toBe('ignored: stale epoch');
    expect(fateOf(target.checkpoint('run-a'))).toBe('ok');
  });

  it('a run that nobody at the target can run is blocked there, and begins with the first hello that has its version', async () => {
    const { source, target } = pair();
    source.start('a', { version: 2 });
    for (const node of [4, 5, 6]) target.hello(node, { workflows: [{ name: 'order', versions: [1] }], codecLevelMax: CODEC_LEVEL_MAX });
    const exporter = await imported(source, target, rangesOf('a'));
    expect(activate(target, exporter.openRuns)).toBe('ok');
    expect(target.run('run-a')).toMatchObject({ status: 'blocked', blockedReason: 'no-implementation', epoch: 2 });
    target.hello(5, { codecLevelMax: CODEC_LEVEL_MAX });
    expect(target.run('run-a')).toMatchObject({ status: 'running', owner: 5, epoch: 3 });
  });

  it('is decided once, by the first in the log: activated and then not aborted, or the reverse', async () => {
    for (const first of ['activate', 'abort']) {
      const { source, target } = pair();
      source.start('a');
      const exporter = await imported(source, target, rangesOf('a'));
      const fates =
        first === 'activate' ? [activate(target, exporter.openRuns), abort(target)] : [abort(target), activate(target, exporter.openRuns)];
      expect(fates).toEqual(['ok', first === 'activate' ? 'ignored: the move was activated' : 'ignored: the move was aborted']);
      expect(target.machine.openRunCount).toBe(first === 'activate' ? 1 : 0);
      expect(target.machine.ownsSlotOf('a')).toBe(first === 'activate');
    }
  });

  it('an abort that comes before the beginning holds: the beginning is too late', () => {
    const { target } = pair();
    expect(abort(target)).toBe('ok');
    expect(begin(target, rangesOf('a'))).toBe('ignored: the move was aborted');
  });

  it('is not activated while an open run is missing; what is sent twice, or by two movers, is there once', async () => {
    const { source, target } = pair();
    for (const id of ['a', 'b']) source.start(id);
    const ranges = rangesOf('a', 'b');
    begin(target, ranges);
    const ahead: ImportItem[] = [];
    for await (const items of new SlotExporter(source.machine, ranges).ahead()) ahead.push(...items);
    source.signal('a');
    freeze(source, ranges);
    const rest: ImportItem[] = [];
    for await (const items of new SlotExporter(source.machine, ranges).rest()) rest.push(...items);
    expect(
      part(
        target,
        1,
        rest.filter((item) => item.type !== 'final' || item.runId !== 'run-b'),
      ),
    ).toBe('ok');
    expect(activate(target, 2)).toBe('ignored: not all open runs have come');
    for (const items of [ahead, rest, ahead, rest]) expect(part(target, 1, items)).toBe('ok');
    expect(activate(target, 2)).toBe('ok');
    expect(target.run('run-a').history.events(1, 2)).toEqual(source.run('run-a').history.events());
    expect(part(target, 1, rest)).toBe('ignored: the move was activated');
  });

  it('takes nothing of a slot that does not move: no history, no answer, no head; a part that has any is ignored as a whole', async () => {
    const { source, target } = pair();
    for (const id of ['a', 'b']) source.start(id);
    expect(begin(target, rangesOf('a'))).toBe('ok');
    freeze(source, rangesOf('a', 'b'));
    const items: ImportItem[] = [];
    for await (const some of new SlotExporter(source.machine, rangesOf('a', 'b')).rest()) items.push(...some);
    const before = target.machine.snapshot();
    const types = new Set<string>();
    for (const type of ['events', 'answer', 'final'] as const) {
      const ofType = items.filter((item) => item.type === type);
      expect(ofType).toHaveLength(2);
      types.add(part(target, 0, ofType));
    }
    expect([...types]).toEqual(['ignored: it belongs to no slot of the move']);
    expect(Buffer.compare(target.machine.snapshot(), before)).toBe(0);
  });

  it('a head is a gap while an event before it is missing: then the run is not whole', async () => {
    const { source, target } = pair();
    source.start('a');
    begin(target, rangesOf('a'));
    for await (const items of new SlotExporter(source.machine, rangesOf('a')).ahead()) part(target, 1, items);
    source.signal('a');
    freeze(source, rangesOf('a'));
    const rest: ImportItem[] = [];
    for await (const items of new SlotExporter(source.machine, rangesOf('a')).rest()) rest.push(...items);
    const heads = rest.filter((item) => item.type === 'final');
    expect(part(target, 1, heads)).toBe('ignored: something before it has not come');
    expect(activate(target, 1)).toBe('ignored: not all open runs have come');
    expect([part(target, 1, rest), activate(target, 1)]).toEqual(['ok', 'ok']);
  });

  it('what happens while the slots are copied comes with the rest: a run that ends, one that begins and ends, an answer', async () => {
    const { source, target } = pair();
    for (const id of ['ends', 'open']) source.start(id);
    source.nowMs += 1_000;
    source.signal('open');
    const once = { requestId: 'once', expiryMs: source.nowMs + 600_000 };
    const exporter = await imported(source, target, rangesOf('ends', 'open', 'short'), {
      meanwhile: () => {
        source.finish('run-ends');
        source.start('short');
        source.finish('run-short');
        source.signal('open', once);
      },
    });
    expect(activate(target, exporter.openRuns, exporter.logTimeMs)).toBe('ok');
    for (const id of ['ends', 'short'])
      expect(target.machine.current(id)?.history.events()).toEqual(source.run(`run-${id}`).history.events());
    const signals = (): number => target.kinds('run-open').filter((kind) => kind === 'SIGNAL').length;
    expect([fateOf(target.signal('open', once)), signals()]).toEqual(['ok', 2]);
  });

  it('R41: log time is the larger one, also where nothing comes with the slots; what came closed closed no earlier than at its source', async () => {
    const { source, target } = pair();
    source.start('a');
    source.nowMs += 60_000;
    source.finish('run-a');
    const exporter = await imported(source, target, rangesOf('a'));
    expect(target.machine.current('a')?.closedMs ?? target.run('run-a').closedMs).toBe(source.run('run-a').closedMs);
    activate(target, exporter.openRuns, exporter.logTimeMs);
    source.nowMs += 60_000;
    source.signal('nobody');
    const empty = await imported(source, target, rangesOf('b'), { moveId: MOVE + 1 });
    activate(target, 0, empty.logTimeMs, MOVE + 1);
    expect(target.machine.logTimeMs).toBe(source.machine.logTimeMs);
  });

  it('R40: the epoch of a slot rises with each move, above that of both sides', async () => {
    const { source, target } = pair();
    expect([epochOf(source, 'a'), epochOf(target, 'a')]).toEqual([1, 0]);
    await imported(source, target, rangesOf('a'));
    expect([activate(target, 0), epochOf(target, 'a')]).toEqual(['ok', 2]);
    expect([drop(source), epochOf(source, 'a')]).toEqual(['ok', 2]);
  });

  it('that is aborted leaves nothing open behind: these slots move later, though what was copied first has ended and is swept', async () => {
    const { source, target } = pair();
    source.start('a');
    await imported(source, target, rangesOf('a'));
    expect(stagedOf(target)).toEqual(['run-a']);
    expect([abort(target), unfreeze(source)]).toEqual(['ok', 'ok']);
    expect(stagedOf(target)).toEqual([]);
    source.finish('run-a');
    source.sweep(source.nowMs);
    const exporter = await imported(source, target, rangesOf('a'), { moveId: MOVE + 1 });
    expect(activate(target, exporter.openRuns, 0, MOVE + 1)).toBe('ok');
  });

  it('a run that was open when it was copied, and gone when all was frozen, does not come', async () => {
    const { source, target } = pair();
    source.start('a');
    const ranges = rangesOf('a');
    begin(target, ranges);
    for await (const items of new SlotExporter(source.machine, ranges).ahead()) part(target, 1, items);
    source.finish('run-a');
    source.sweep(source.nowMs);
    freeze(source, ranges);
    const exporter = new SlotExporter(source.machine, ranges);
    for await (const items of exporter.rest()) part(target, 1, items);
    expect(activate(target, exporter.openRuns)).toBe('ok');
    expect([target.machine.run('run-a'), target.machine.openRunCount, stagedOf(target)]).toEqual([undefined, 0, []]);
  });

  it('R28: a run that stands at the target from an earlier time, and is swept between two parts of it, is answered as a gap; sent again, it is whole', async () => {
    const { source, target } = pair();
    source.start('a');
    source.signal('a');
    source.finish('run-a');
    source.start('b');
    const ranges = rangesOf('a', 'b');
    await imported(source, target, ranges);
    expect([abort(target), unfreeze(source)]).toEqual(['ok', 'ok']);
    expect(target.run('run-a').status).toBe('completed');
    const again = MOVE + 1;
    expect(begin(target, ranges, again)).toBe('ok');
    const parts: Array<readonly ImportItem[]> = [];
    for await (const items of new SlotExporter(source.machine, ranges, 1).ahead()) parts.push(items);
    const fates = parts.map((items, i) => {
      if (i === 1) target.sweep(target.machine.logTimeMs);
      return part(target, 1, items, again);
    });
    const gap = 'ignored: something before it has not come';
    // Three events of the run that is swept after the first one; then the other run.
    expect(fates).toEqual(['ok', gap, gap, ...fates.slice(3).map(() => 'ok')]);
    expect(target.machine.run('run-a')).toBeUndefined();
    for (const items of parts) expect(part(target, 1, items, again)).toBe('ok');
    freeze(source, ranges, again);
    const exporter = new SlotExporter(source.machine, ranges);
    for await (const items of exporter.rest()) expect(part(target, 1, items, again)).toBe('ok');
    expect(activate(target, exporter.openRuns, 0, again)).toBe('ok');
    expect(target.run('run-a').history.events()).toEqual(source.run('run-a').history.events());
    expect(target.run('run-b').history.events(1, 2)).toEqual(source.run('run-b').history.events());
  });

  it('runs that a move brings, open or closed, are no starts of the target: what follows the rate of starts would take a merge for load, and split again', async () => {
    const { source, target } = pair();
    for (const id of ['a', 'b']) source.start(id);
    source.finish('run-a');
    const exporter = await imported(source, target, rangesOf('a', 'b'));
    expect(activate(target, exporter.openRuns)).toBe('ok');
    expect(target.run('run-b').status).toBe('running');
    expect([source.machine.startsTotal, target.machine.startsTotal]).toEqual([2, 0]);
  });

  it('X3: of a chain that went on and ended while it was copied, the last run is the current one, live and after a restore', async () => {
    const { source, target } = pair();
    source.start('a');
    source.nowMs += 10;
    source.start('z');
    const ranges = rangesOf('a');
    begin(target, ranges);
    const exporter = new SlotExporter(source.machine, ranges);
    for await (const items of exporter.ahead()) expect(part(target, exporter.logTimeMs, items)).toBe('ok');
    source.nowMs += 10;
    source.continueAsNew('run-a', { newRunId: 'run-a2' });
    source.finish('run-a2');
    freeze(source, ranges);
    for await (const items of exporter.rest()) expect(part(target, exporter.logTimeMs, items)).toBe('ok');
    expect(activate(target, exporter.openRuns)).toBe('ok');
    const restored = new WorkflowStateMachine({ groupId: 2 });
    restored.restore(target.machine.appliedIndex, target.machine.snapshot());
    expect([target.machine, restored].map((machine) => machine.current('a')!.runId)).toEqual(['run-a2', 'run-a2']);
  });

  it('X3: of a chain that goes on and on while it is copied, every run ends at the target after the one before it', async () => {
    const { source, target } = pair();
    for (const id of ['b', 'a', 'c']) source.start(id);
    const ranges = rangesOf('a', 'b', 'c');
    begin(target, ranges);
    const exporter = new SlotExporter(source.machine, ranges, 1);
    let last = 0;
    const ended: string[] = [];
    const send = async (parts: AsyncGenerator<readonly ImportItem[]>, isLive: boolean): Promise<void> => {
      for await (const items of parts) {
        for (const item of items) if (item.type === 'final' && item.runId.startsWith('run-a')) ended.push(item.runId);
        expect(part(target, exporter.logTimeMs, items)).toBe('ok');
        source.nowMs += 1;
        const runId = last === 0 ? 'run-a' : `run-a${last}`;
        if (isLive) source.continueAsNew(runId, { newRunId: `run-a${++last}` });
      }
    };
    await send(exporter.ahead(), true);
    for (let round = 0; round < 3; round++) await send(exporter.more(), true);
    source.finish(`run-a${last}`);
    freeze(source, ranges);
    await send(exporter.rest(), false);
    expect(activate(target, exporter.openRuns)).toBe('ok');
    expect(last).toBeGreaterThan(9);
    expect(ended).toEqual(['run-a', ...Array.from({ length: last }, (_, i) => `run-a${i + 1}`)]);
    expect(target.machine.current('a')!.runId).toBe(`run-a${last}`);
  });

  it('a closed run that stays unseen is the current one again when its slot comes back without the run that followed it', async () => {
    const { source, target } = pair();
    source.start('a');
    source.continueAsNew('run-a', { newRunId: 'run-a2' });
    source.start('b');
    const ranges = rangesOf('a', 'b');
    const exporter = await imported(source, target, ranges);
    expect(activate(target, exporter.openRuns)).toBe('ok');
    expect(drop(source)).toBe('ok');
    target.finish('run-a2');
    target.sweep(target.machine.logTimeMs);
    const back = MOVE + 1;
    expect(begin(source, ranges, back)).toBe('ok');
    expect(fateOf(target.apply({ kind: CommandKind.FREEZE_SLOTS, moveId: back, to: 1, ranges, oldestMoveId: back }))).toBe('ok');
    const returning = new SlotExporter(target.machine, ranges);
    for await (const items of returning.rest()) expect(part(source, returning.logTimeMs, items, back)).toBe('ok');
    expect(activate(source, returning.openRuns, 0, back)).toBe('ok');
    const restored = new WorkflowStateMachine({ groupId: 1 });
    restored.restore(source.machine.appliedIndex, source.machine.snapshot());
    expect([source.machine, restored].map((machine) => machine.current('a')?.runId)).toEqual(['run-a', 'run-a']);
  });

  it('R26: an answer that is remembered for longer since it was copied is remembered for as long at the target', async () => {
    const { source, target } = pair();
    source.startChild('c');
    source.finish('run-c');
    const ranges = rangesOf('c');
    begin(target, ranges);
    const exporter = new SlotExporter(source.machine, ranges);
    for await (const items of exporter.ahead()) expect(part(target, exporter.logTimeMs, items)).toBe('ok');
    source.acknowledge('run-c');
    freeze(source, ranges);
    for await (const items of exporter.rest()) expect(part(target, exporter.logTimeMs, items)).toBe('ok');
    expect(activate(target, exporter.openRuns)).toBe('ok');
    const expiryOf = (m: MachineUnderTest): number => exportedOf(m.machine).state.requests.find('token-c', 0)!.expiryMs;
    expect(expiryOf(target)).toBe(expiryOf(source));
  });

  it('what is over is forgotten when management says so, and begins no more', () => {
    const { source, target } = pair();
    begin(target, rangesOf('a'), 3);
    target.apply({ kind: CommandKind.ABORT_IMPORT, moveId: 3, from: 1 });
    expect(fateOf(target.apply({ kind: CommandKind.IMPORT_BEGIN, moveId: 9, from: 1, ranges: rangesOf('a'), oldestMoveId: 9 }))).toBe('ok');
    expect(begin(target, rangesOf('b'), 3)).toBe('ignored: the move is over, or never began here');
    expect(freeze(source, rangesOf('b'), 3)).toBe('ok');
  });

  it('what is not decided is not forgotten, though management says that it is over', () => {
    const { source, target } = pair();
    freeze(source, rangesOf('a'), 3);
    begin(target, rangesOf('a'), 3);
    expect([freeze(source, rangesOf('b'), 9), begin(target, rangesOf('b'), 9)]).toEqual(['ok', 'ok']);
    expect([abort(target, 3), unfreeze(source, 3)]).toEqual(['ok', 'ok']);
    expect([source.machine.ownsSlotOf('a'), begin(target, rangesOf('a'), 10)]).toEqual([true, 'ok']);
  });
});

describe('what the source sends (X1, X2)', () => {
  it('the rest is read of frozen slots only', async () => {
    const { source } = pair();
    source.start('a');
    const read = async (): Promise<number> => {
      let parts = 0;
      for await (const items of new SlotExporter(source.machine, rangesOf('a')).rest()) parts += items.length;
      return parts;
    };
    await expect(read()).rejects.toMatchObject({ name: 'StateReplaced' });
    freeze(source, rangesOf('a'));
    expect(await read()).toBeGreaterThan(0);
  });

  it('closed runs that are on disk only, more of one moment than a page has, come all, in the order of their start', async () => {
    const m = new MachineUnderTest();
    const store = new RowStore({ index: 0, term: 0, confState: conf([]) });
    m.machine.load(store.load(), store.source);
    m.index = 0;
    m.membership(conf([1, 2, 3]));
    m.hello(1);
    const ids = Array.from({ length: 600 }, (_, i) => `w-${(i * 7_919) % 600}`);
    for (const id of ids) {
      m.start(id);
      m.finish(`run-${id}`);
    }
    flushWhole(store, m.machine, { index: m.index, term: 1, confState: conf([1, 2, 3]) });
    const machine = new WorkflowStateMachine({ groupId: 1 });
    machine.load(store.load(), store.source);
    expect(machine.run('run-w-0')).toBeUndefined();
    const sent: string[] = [];
    for await (const items of new SlotExporter(machine, [{ first: 0, count: SLOT_COUNT }]).ahead())
      for (const item of items) if (item.type === 'final') sent.push(item.runId);
    expect(sent).toEqual(ids.map((id) => `run-${id}`));
  });
});

describe('the codec level of moves (R31)', () => {
  it('below it every command of a move is ignored, and none is made for such a group', () => {
    const m = new MachineUnderTest();
    expect(freeze(m, rangesOf('a'))).toBe('ignored: the codec level is in force, or not every voter supports it');
    expect(begin(m, rangesOf('a'))).toBe('ignored: the codec level is in force, or not every voter supports it');
    expect(abort(m)).toBe('ignored: the codec level is in force, or not every voter supports it');
    expect(() => encodeCommand({ kind: CommandKind.DROP_SLOTS, moveId: 1 }, MOVES_LEVEL - 1)).toThrow(/codec level/);
  });

  it('P8: a part whose run ends without its head, or whose head is of another run, is MALFORMED_FRAME', async () => {
    const { source } = pair();
    source.start('a');
    source.finish('run-a');
    source.start('b');
    const items: ImportItem[] = [];
    for await (const some of new SlotExporter(source.machine, rangesOf('a', 'b')).ahead()) items.push(...some);
    const frameOf = (some: readonly ImportItem[]): Uint8Array =>
      encodeCommand({ kind: CommandKind.IMPORT_PART, moveId: 1, logTimeMs: 1, items: some }, CODEC_LEVEL_MAX);
    expect(decodeCommand(frameOf(items))).toMatchObject({ kind: CommandKind.IMPORT_PART });
    const final = items.find((item) => item.type === 'final')!;
    expect(() => decodeCommand(frameOf(items.filter((item) => item !== final)))).toThrow(/comes without its head/);
    expect(() => decodeCommand(frameOf(items.map((item) => (item === final ? { ...final, runId: 'run-b' } : item))))).toThrow(
      /it is of run/,
    );
    expect(() => decodeCommand(frameOf([final]))).toThrow(/do not agree/);
  });
});
