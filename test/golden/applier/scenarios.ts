/**
 * What golden logs are made of: every command, with every answer that it may have. A scenario is run once, when its set is written; files are never made
 * again from it.
 */
import { BinaryWriter, COMMAND_FRAME_VERSION } from '../../../lib/state-machine/index.js';
import { encodeCommand } from '../../../lib/workflow/command-codec.js';
import { CHILDREN_LEVEL, CODEC_LEVEL_MAX, CommandKind, MOVES_LEVEL, NODE_ID_MAX } from '../../../lib/workflow/command.js';
import { exportedOf } from '../../../lib/workflow/state-machine.js';
import { decodeSnapshot, encodeSnapshot } from '../../../lib/workflow/state-machine/snapshot-codec.js';
import { SlotState } from '../../../lib/workflow/state-machine/slots.js';
import type { EventsItem, ImportItem } from '../../../lib/workflow/import-item.js';
import { slotOf, type SlotRange } from '../../../lib/workflow/slot.js';
import { answerItemOf } from '../../../lib/workflow/state-machine/import-items.js';
import { writeRunHead } from '../../../lib/workflow/state-machine/snapshot-run.js';
import { MachineUnderTest, conf, failure, json } from '../../support/workflow-machine.js';
import { hexOf } from '../plain.js';
import { Recorder, type Step } from './steps.js';

export interface Scenario {
  readonly name: string;
  /** The codec level from which on there is such a log. */
  readonly level: number;
  readonly groupId: number;
  readonly record: () => readonly Step[];
}

const UUID = '0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const NEXT = '1b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const REQUEST = 'aaaaaaaa-8f3a-4c57-9c2e-0f9a1b2c3d4e';
const CHAIN = { ...failure('größe fehlt'), code: 'NO_STOCK', stack: 'at x', cause: failure('m') };
const LARGE = json('x'.repeat(300));

function scenario(
  name: string,
  act: (m: Recorder) => void,
  options: { readonly level?: number; readonly machine?: object } = {},
): Scenario {
  return {
    name,
    level: options.level ?? 1,
    groupId: 1,
    record: () => {
      const m = new Recorder({
        limits: { payloadBytesMax: 200, openRunsMax: 12, crashSuspectLimit: 2, retentionMs: 60_000 },
        ...options.machine,
      });
      // The first membership is not applied through membership().
      m.steps.unshift({ type: 'membership', membership: conf([1, 2, 3]) });
      act(m);
      return m.steps;
    },
  };
}

function starts(m: Recorder): void {
  const again = {
    kind: CommandKind.START,
    requestId: 'again',
    expiryMs: m.nowMs + 600_000,
    workflowId: 'a',
    runId: UUID,
    name: 'order',
  } as const;
  const rest = { version: 1, input: json({ item: 7 }), inputDigest: 7, ownerPolicy: 'starter', starter: 1, leaderHint: 2 } as const;
  m.apply({ ...again, ...rest });
  m.nowMs += 250.25;
  m.apply({ ...again, ...rest });
  m.apply({ ...again, ...rest, workflowId: 'other' });
  m.start('leader', { ownerPolicy: 'leader' });
  m.start('spread', { ownerPolicy: 'spread' });
  m.start('starter is no voter', { starter: 9 });
  m.start('größe', { runId: NEXT, input: new Uint8Array(0) });
  m.start('nobody has it', { version: 9 });
  m.start('a');
  m.start('a', { inputDigest: 8 });
  m.start('new', { runId: UUID });
  m.start('', {});
  m.start('x'.repeat(257), {});
  m.start('tab\t', {});
  m.start('no run id', { runId: '' });
  m.start('no request id', { requestId: '' });
  m.start('too late', { expiryMs: m.nowMs - 1 });
  m.start('too large', { input: LARGE });
  for (let i = 1; i <= 8; i++) m.start(`many-${i}`, { ownerPolicy: 'spread' });
}

function signals(m: Recorder): void {
  m.start('a');
  m.signal('a', { name: 'go', payload: json({ b: [1, null] }) });
  m.signal('a', { runId: 'run-a', name: 'größe', payload: new Uint8Array(0), requestId: REQUEST });
  m.signal('a', { runId: 'run-a', name: 'größe', payload: new Uint8Array(0), requestId: REQUEST });
  m.signal('a', { payload: LARGE });
  m.signal('nowhere');
  m.signal('a', { runId: 'run-of-another' });
  m.sleep('run-a', { key: 'nap', delayMs: 5_000, at: 1 });
  m.attemptFailed('run-a', { key: 'c', retryDelayMs: 700.5 });
  m.apply({ kind: CommandKind.CANCEL, ...m.request(), workflowId: 'a', runId: '', reason: 'x'.repeat(100) });
  m.cancel('a');
  m.cancel('a');
  m.sleep('run-a', { key: 'nap', occurrence: 2, at: 2 });
  m.sleep('run-a', { key: 'nap', occurrence: 3, at: 6 });
  m.finish('run-a', { consumedWseq: 2, outcome: 'cancelled', result: new Uint8Array(0), error: CHAIN });
  m.signal('a');
  m.cancel('a');
  m.start('b');
  m.signal('b');
  m.terminate('b');
  m.terminate('b');
  m.reset('b');
  m.nowMs += 700_000; // every answer is forgotten
  m.terminate('nowhere');
}

function operations(m: Recorder): void {
  m.start('a', { runId: UUID });
  m.checkpoint(UUID, { key: 'status', value: json('new') });
  m.checkpoint(UUID, { key: 'status', value: json('other') });
  m.checkpoint(UUID, { key: 'status', occurrence: 3, error: CHAIN, value: new Uint8Array(0) });
  m.checkpoint(UUID, { key: 'status', occurrence: 2 });
  m.checkpoint(UUID, { key: 'status', occurrence: 5, epoch: 9 });
  m.checkpoint(UUID, { key: 'status', occurrence: 5, at: 99 });
  m.checkpoint(UUID, { key: 'large', value: LARGE });
  m.checkpoint(UUID, { key: 'large', occurrence: 2, error: failure('x'.repeat(400)) });
  m.checkpoint('nobody');
  m.attemptStarted(UUID, { key: 'reserve' });
  m.attemptStarted(UUID, { key: 'reserve' });
  m.attemptFailed(UUID, { key: 'reserve', error: CHAIN });
  m.attemptFailed(UUID, { key: 'reserve' });
  m.attemptFailed(UUID, { key: 'reserve', attempt: 2, error: failure('x'.repeat(400)), retryDelayMs: 0 });
  m.fire(UUID, 1);
  m.fire(UUID, 2);
  m.attemptStarted(UUID, { key: 'reserve', attempt: 3 });
  m.computed(UUID, { key: 'reserve', attempt: 3, value: json({ ok: true }) });
  m.computed(UUID, { key: 'reserve', attempt: 3 });
  m.attemptStarted(UUID, { key: 'reserve', attempt: 4 });
  m.attemptFailed(UUID, { key: 'reserve', attempt: 4 });
  m.attemptFailed(UUID, { key: 'ends while it waits' });
  m.computed(UUID, { key: 'ends while it waits', error: CHAIN, value: new Uint8Array(0) });
  m.sleep(UUID, { key: 'nap', delayMs: 1_000 });
  m.sleep(UUID, { key: 'nap', delayMs: 1_000 });
  m.checkpoint(UUID, { key: 'nap' });
  m.attemptStarted(UUID, { key: 'nap' });
  m.sleep(UUID, { key: 'nap', occurrence: 2, at: 99 });
  m.fire(UUID, 4);
  m.nowMs += 1_000;
  m.fire(UUID, 4);
  m.fire(UUID, 4);
  m.fire('nobody', 1);
  m.sleep(UUID, { key: 'nap' });
  m.finish(UUID, { consumedWseq: 99 });
  m.finish(UUID, { result: LARGE });
  m.finish(UUID);
  m.checkpoint(UUID, { key: 'late' });
}

function owners(m: Recorder): void {
  for (const id of ['a', 'b', 'c', 'd']) m.start(id);
  m.hello(4);
  m.hello(1, { incarnation: 0 });
  m.changeOwner('run-a', 2);
  m.changeOwner('run-a', 3, 1);
  m.changeOwner('run-a', 2);
  m.changeOwner('run-a', 9);
  m.attemptStarted('run-b', { key: 'c' });
  m.down(1);
  m.down(1);
  m.down(1, 7);
  m.checkpoint('run-b', { epoch: 1 });
  m.hello(1, { incarnation: 2, buildId: 'build-1b' });
  // It dies again over the same attempt.
  m.attemptStarted('run-b', { key: 'c' });
  m.hello(m.run('run-b').owner, { incarnation: 3 });
  m.changeOwner('run-b', 3);
  m.reset('b');
  m.reset('b');
  m.decline('run-c', m.run('run-c').owner, 'over-budget', { incarnation: 3 });
  m.decline('run-c', 3, 'foreign-await', { incarnation: 0 });
  for (const [i, node] of [1, 2, 3].entries()) m.decline('run-d', node, i === 2 ? 'foreign-await' : 'diverged', { incarnation: 3 });
  m.decline('run-d', 1, 'diverged', { incarnation: 3 });
  for (const node of [1, 2, 3]) m.decline('run-a', node, node === 1 ? 'instantiation-failed' : 'draining', { incarnation: 3 });
  m.hello(2, { incarnation: 3, draining: true });
  m.membership(conf([1, 2, 3, 4], { votersOutgoing: [1, 2, 3], autoLeave: true }));
  m.hello(4, {
    workflows: [
      { name: 'order', versions: [2, 1, 1] },
      { name: 'order', versions: [3] },
      { name: 'a', versions: [] },
    ],
  });
  m.membership(conf([2, 3, 4], { learners: [5], learnersNext: [] }));
  m.hello(4, { workflows: [{ name: 'order', versions: [2] }] });
  m.hello(3, { incarnation: 4 });
  m.membership(conf([2]));
  m.reset('a');
  m.terminate('c');
}

function endings(m: Recorder): void {
  for (const id of ['a', 'b', 'c', 'd', 'e']) m.start(id);
  m.signal('a', { name: 'one' });
  m.signal('a', { name: 'two' });
  m.finish('run-a', { consumedWseq: 2, result: json({ done: [true] }) });
  m.finish('run-b', { outcome: 'failed', result: new Uint8Array(0), error: CHAIN });
  m.signal('c', { name: 'kept' });
  m.cancel('c');
  m.signal('c', { name: 'kept too' });
  m.continueAsNew('run-c', { newRunId: 'run-d' });
  m.continueAsNew('run-c', { newRunId: '' });
  m.continueAsNew('run-c', { newRunId: 'run-c2', consumedWseq: 99 });
  m.continueAsNew('run-c', { newRunId: 'run-c2', consumedWseq: 1, version: 2 });
  m.continueAsNew('run-d', { newRunId: 'run-d2', input: LARGE });
  m.continueAsNew('run-e', { newRunId: 'run-e2', version: 9 });
  m.start('c');
  m.start('c', { inputDigest: 8 });
  m.start('a');
  m.nowMs += 10_000;
  m.finish('run-c2');
  m.start('a', { name: 'other' });
  m.sweep(m.nowMs - 5_000);
  m.signal('a');
  m.start('a', { runId: 'run-a2' });
  m.checkpoint('run-a');
  m.nowMs -= 5_000; // a leader whose clock is behind
  m.finish('run-a2');
  m.sweep(m.nowMs + 60_000);
  m.start('a', { runId: 'run-a3', ownerPolicy: 'spread' });
  m.limits({ payloadBytesMax: 5 }, 7);
  m.limits({ payloadBytesMax: 5, requestRetentionMs: 1.5 });
  m.checkpoint('run-a3', { value: json('longer than five') });
}

/** The slot of a run is elsewhere: no command moves one yet, but a snapshot may say so. */
function slots(m: Recorder): void {
  m.start('here');
  m.start('moved');
  const state = decodeSnapshot(1, m.machine.snapshot());
  const slot = slotOf('moved');
  state.slots.fill(slot, 1, SlotState.ABSENT, 2);
  m.restore(hexOf(encodeSnapshot(state)));
  m.signal('moved');
  m.start('moved', { runId: 'another' });
  m.checkpoint('run-moved');
  m.changeOwner('run-moved', 2);
  m.decline('run-moved', 2);
  m.fire('run-moved', 1);
  m.signal('here');
  m.checkpoint('run-here');
}

function levels(m: Recorder): void {
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 1 });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 });
  m.hello(1, { codecLevelMax: 1_000 });
  m.hello(2, { codecLevelMax: 1_000 });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 1_000 });
  m.hello(3, { codecLevelMax: 1_000 });
  m.haltsOn({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 1_000 });
}

function atLevel2(m: Recorder): void {
  const reserve = (token: string, above: number): void => void m.apply({ kind: CommandKind.RESERVE_NODE_ID, token, above });
  m.start('a');
  reserve(UUID, 0);
  for (const node of [1, 2, 3]) m.hello(node, { codecLevelMax: 2 });
  m.hello(7, { codecLevelMax: 2 });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 2 });
  reserve(UUID, 0);
  reserve(UUID, 500);
  reserve(NEXT, 300);
  m.membership(conf([1, 2, 3], { learners: [8] }));
  m.membership(conf([1, 2, 8]));
  m.hello(8, { codecLevelMax: 2 });
  m.membership(conf([1, 3, 8]));
  m.nowMs += 3_600_000;
  reserve('text token', 5);
  reserve(UUID, 5);
  reserve('the last one', NODE_ID_MAX - 1);
  reserve('none is left', 0);
  reserve('none is left', NODE_ID_MAX);
  m.checkpoint('run-a');
  m.finish('run-a');
}

/** Frames that no build applies. */
function halts(frame: (whole: Uint8Array) => Uint8Array): (m: Recorder) => void {
  return (m) => {
    m.start('a');
    m.halts(frame(encodeCommand({ kind: CommandKind.TIMER_FIRED, runId: 'run-a', timerId: 1 })));
  };
}

/** Replicas that agree; one that differs; no majority, what is refused then, and the end of it. */
function atLevel3(m: Recorder): void {
  for (const node of [1, 2, 3]) m.hello(node, { codecLevelMax: 3 });
  m.apply({ kind: CommandKind.STATE_CHECK });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 3 });
  m.start('a');
  const check = (...answers: readonly number[]): void => {
    m.apply({ kind: CommandKind.STATE_CHECK });
    const index = m.machine.appliedIndex;
    for (const [at, last] of answers.entries()) m.apply({ kind: CommandKind.STATE_HASH, node: at + 1, index, parts: [1, 2, 3, 4, last] });
    m.apply({ kind: CommandKind.STATE_HASH, node: 1, index, parts: [1, 2, 3, 4, 9] });
    m.apply({ kind: CommandKind.STATE_HASH, node: 1, index: index - 1, parts: [1, 2, 3, 4, 9] });
  };
  check(5, 5, 5);
  check(5, 5, 6);
  check(5, 6, 7);
  m.start('b');
  m.checkpoint('run-a');
  check(5, 5, 7);
  m.checkpoint('run-a');
}

/** Too early, of others than voters, while the voters change, done, and what is ignored from then on. */
function atLevel4(m: Recorder): void {
  const found = (...members: readonly number[]): void => void m.apply({ kind: CommandKind.FOUND_MANAGEMENT, members });
  found(1, 2, 3);
  for (const node of [1, 2, 3, 4]) m.hello(node, { codecLevelMax: 4 });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: 4 });
  m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: UUID, above: 0 });
  found(1, 2, 9);
  m.membership(conf([1, 2, 4], { votersOutgoing: [1, 2, 3] }));
  found(1, 2);
  m.membership(conf([1, 2, 4]));
  found(1, 2, 3);
  found(1, 2, 4);
  found(1, 2);
  m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: UUID, above: 0 });
  m.apply({ kind: CommandKind.RESERVE_NODE_ID, token: NEXT, above: 0 });
  m.start('a');
}

/** The steps of a move at its source. */
function source(m: Recorder): void {
  raise(m, MOVES_LEVEL);
  for (const id of ['a', 'b', 'c', 'stays']) m.start(id);
  m.sleep('run-a', { key: 'nap', delayMs: 1_000 });
  m.attemptStarted('run-b', { key: 'reserve' });
  m.finish('run-c');
  const ranges = rangesOf('a', 'b', 'c');
  const freeze = (moveId: number, oldestMoveId = 1): void =>
    void m.apply({ kind: CommandKind.FREEZE_SLOTS, moveId, to: 7, ranges, oldestMoveId });
  m.apply({ kind: CommandKind.UNFREEZE_SLOTS, moveId: 5 });
  m.apply({ kind: CommandKind.DROP_SLOTS, moveId: 5 });
  freeze(5);
  freeze(5);
  freeze(6);
  m.nowMs += 2_000;
  for (const act of [() => m.signal('a'), () => m.start('c'), () => m.checkpoint('run-a'), () => m.fire('run-a', 1)]) act();
  m.changeOwner('run-a', 2);
  m.decline('run-a', 1);
  m.hello(1, { incarnation: 2, codecLevelMax: MOVES_LEVEL }); // frozen runs keep their epoch
  m.down(2);
  m.apply({ kind: CommandKind.UNFREEZE_SLOTS, moveId: 5 });
  m.apply({ kind: CommandKind.UNFREEZE_SLOTS, moveId: 5 });
  m.apply({ kind: CommandKind.DROP_SLOTS, moveId: 5 });
  freeze(5);
  m.fire('run-a', 1);
  m.decline('run-b', m.run('run-b').owner, 'diverged', { incarnation: 3 });
  freeze(6, 6);
  m.apply({ kind: CommandKind.DROP_SLOTS, moveId: 6 });
  m.apply({ kind: CommandKind.DROP_SLOTS, moveId: 6 });
  m.apply({ kind: CommandKind.UNFREEZE_SLOTS, moveId: 6 });
  freeze(6);
  freeze(4);
  freeze(8);
  m.signal('a');
  m.checkpoint('run-a');
  m.checkpoint('run-stays');
  // Back again: a closed run is there still.
  m.apply({ kind: CommandKind.IMPORT_BEGIN, moveId: 9, from: 7, ranges, oldestMoveId: 9 });
  m.start('c');
  m.apply({ kind: CommandKind.ACTIVATE_IMPORT, moveId: 9, logTimeMs: m.nowMs + 500, slotEpoch: 2, openRuns: 0 });
  m.start('c');
  m.start('a');
}

/** The steps of a move at its target. */
function target(m: Recorder): void {
  const ranges = rangesOf('a', 'b', 'c', 'late');
  const begin = (moveId: number, oldestMoveId = 1): void =>
    void m.apply({ kind: CommandKind.IMPORT_BEGIN, moveId, from: 1, ranges, oldestMoveId });
  m.apply({ kind: CommandKind.ABORT_IMPORT, moveId: 3, from: 1 });
  begin(3);
  raise(m, MOVES_LEVEL);
  const from = new MachineUnderTest();
  for (const id of ['a', 'b', 'c']) from.start(id, { runId: `moved-${id}` });
  from.attemptFailed('moved-a', { key: 'reserve' });
  from.sleep('moved-b', { key: 'nap', delayMs: 5_000 });
  from.signal('b');
  from.finish('moved-c', { consumedWseq: 1 });
  from.nowMs += 100;
  from.signal('a', { requestId: REQUEST });
  const part = (moveId: number, items: readonly ImportItem[]): void =>
    void m.apply({ kind: CommandKind.IMPORT_PART, moveId, logTimeMs: from.nowMs, items });
  const activate = (moveId: number, openRuns: number): void =>
    void m.apply({ kind: CommandKind.ACTIVATE_IMPORT, moveId, logTimeMs: from.nowMs + 7, slotEpoch: 3, openRuns });
  const abort = (moveId: number): void => void m.apply({ kind: CommandKind.ABORT_IMPORT, moveId, from: 1 });
  const items = itemsOf(from);
  const [a, b] = [items.slice(0, 2), items.slice(2, 4)];
  // One that is aborted before it begins, and one after.
  abort(3);
  begin(3);
  part(3, a);
  begin(4);
  begin(5);
  part(4, a.slice(0, 1));
  part(4, items);
  abort(4);
  abort(4);
  part(4, b);
  activate(4, 2);
  // One that is activated.
  part(6, b);
  activate(6, 0);
  begin(6);
  begin(6);
  m.apply({ kind: CommandKind.FREEZE_SLOTS, moveId: 6, to: 1, ranges, oldestMoveId: 1 });
  part(6, [{ ...(a[0] as EventsItem), events: (a[0] as EventsItem).events.slice(1) }]);
  part(6, a.slice(1));
  part(6, a.slice(0, 1));
  part(6, [{ ...(a[0] as EventsItem), run: { ...(a[0] as EventsItem).run, workflowId: 'nowhere', slot: slotOf('nowhere') } }]);
  activate(6, 1);
  part(6, items);
  part(6, items);
  m.signal('a');
  activate(6, 1);
  activate(6, 2);
  activate(6, 2);
  part(6, a);
  begin(6);
  abort(6);
  m.apply({ kind: CommandKind.FREEZE_SLOTS, moveId: 6, to: 1, ranges, oldestMoveId: 1 });
  m.signal('a', { requestId: REQUEST });
  m.signal('a');
  m.nowMs += 10_000;
  m.fire('moved-a', 1);
  m.fire('moved-b', 1);
  m.start('c');
  m.finish('moved-b');
  m.apply({ kind: CommandKind.FREEZE_SLOTS, moveId: 8, to: 1, ranges, oldestMoveId: 8 });
  abort(2);
}

function raise(m: Recorder, level: number): void {
  for (const node of [1, 2, 3]) m.hello(node, { codecLevelMax: level });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level });
}

function rangesOf(...workflowIds: readonly string[]): SlotRange[] {
  return [...new Set(workflowIds.map(slotOf))].sort((x, y) => x - y).map((first) => ({ first, count: 1 }));
}

/** Of each run its events and its head, then the answers. */
function itemsOf({ machine }: MachineUnderTest): ImportItem[] {
  const { state } = exportedOf(machine);
  const items: ImportItem[] = [];
  for (const run of state.runs.values()) {
    const writer = new BinaryWriter();
    writeRunHead(writer, run);
    items.push({ type: 'events', run, events: run.history.events() });
    items.push({ type: 'final', runId: run.runId, events: run.history.length, head: writer.finish() });
  }
  for (const entry of state.requests.entries()) items.push(answerItemOf(entry));
  return items;
}

function atLevel6(m: Recorder): void {
  m.startChild('c');
  m.acknowledge('run-c');
  for (const node of [1, 2, 3]) m.hello(node, { codecLevelMax: CHILDREN_LEVEL });
  m.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: CHILDREN_LEVEL });
  m.start('a');
  m.startChild('c', { token: UUID });
  m.startChild('c', { token: UUID }, { runId: 'run-c-again' });
  m.startChild('c', { token: NEXT });
  m.startChild('a');
  m.startChild('d', { onClose: 'abandon' });
  m.continueAsNew('run-c', { newRunId: 'run-c2' });
  m.startChild('c', { token: UUID }, { requestId: REQUEST, runId: 'run-c-again' });
  m.nowMs += 10;
  m.finish('run-c2');
  m.nowMs += 10;
  m.finish('run-a');
  m.terminate('d');
  m.sweep(m.nowMs);
  m.restore(hexOf(m.machine.snapshot()));
  m.acknowledge('run-c2', 'run-nobody');
  m.sweep(m.nowMs);
  m.nowMs += 100_000;
  m.startChild('c', { token: UUID }, { runId: 'run-c-late' });
  m.acknowledge('run-d');
  m.sweep(m.nowMs);
  m.startChild('e');
}

const SCENARIOS: readonly Scenario[] = [
  scenario('starts', starts),
  scenario('signals, cancels, terminations', signals),
  scenario('operations and timers', operations),
  scenario('owners', owners),
  scenario('endings, retention, limits', endings),
  scenario('slots', slots),
  scenario('codec levels', levels),
  scenario(
    'a frame that is cut off',
    halts((whole) => whole.slice(0, -1)),
  ),
  scenario(
    'a frame of another version',
    halts((whole) => Uint8Array.of(COMMAND_FRAME_VERSION + 100, ...whole.subarray(1))),
  ),
  { name: 'a group that owns no slot', level: 1, groupId: 2, record: ofAnotherGroup },
  scenario('node ids', atLevel2, { level: 2 }),
  scenario('state checks', atLevel3, { level: 3 }),
  scenario('slots that go', source, { level: MOVES_LEVEL }),
  { ...scenario('slots that come', target, { level: MOVES_LEVEL, machine: { groupId: 2 } }), groupId: 2 },
  scenario('the management cluster is founded', atLevel4, { level: 4 }),
  scenario('children', atLevel6, { level: CHILDREN_LEVEL }),
];

function ofAnotherGroup(): readonly Step[] {
  const m = new Recorder({ groupId: 2 });
  m.steps.unshift({ type: 'membership', membership: conf([1, 2, 3]) });
  m.start('a');
  m.start('a');
  return m.steps;
}

export function scenarios(): readonly Scenario[] {
  return SCENARIOS.filter(({ level }) => level <= CODEC_LEVEL_MAX);
}
