/**
 * What of the runs is in memory and what is on disk only, and the way back: histories that are held, closed runs that leave, what the next commands
 * need, and reads (R27, R33). Decides nothing that is replicated.
 *
 * T1. A closed run leaves memory once it is durable; the history of an open one, as far as it is durable and not held: the code of a run that is executed
 *     here has still to consume it.
 * T2. From prefetch() until its frames are applied nothing leaves memory: what was found there is still there. Then the rest goes.
 * T3. A read answers for one moment after its call. What leaves memory while reads are under way is kept for them: a run is seen on one side or the other.
 * T4. `order` means another run once a snapshot was installed (the rows change before restore() is called): a row that is of another run, or missing,
 *     is damage only if no snapshot is on its way and the run is still wanted.
 * The one part of the state machine, with images.ts, that waits: for the disk, and never for apply.
 * Tests: state-machine.rows.spec.ts, state-machine.rows-property.spec.ts.
 */
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { COMMAND_KIND_OFFSET, type RunQuery, type RunRow, type StateSource } from '../../state-machine/index.js';
import { decodeCommand } from '../command-decoder.js';
import { CommandKind } from '../command.js';
import type { RunEvent } from '../event.js';
import { OUTCOMES } from '../event-codec.js';
import type { RunView } from '../state.js';
import type { Cut } from './cut.js';
import { damaged } from './damage.js';
import type { GroupState } from './group-state.js';
import { byStart, matches } from './run-order.js';
import type { RunRecord } from './run-record.js';
import { endOf, eventsOf, hasLeft, recordOf, runRowOf } from './run-row.js';

const EVENTS_READ_AT_ONCE = 4_096;

type RunRef = { readonly workflowId: string; readonly runId?: string };

export class StoredRuns {
  /** Frames that were asked about and are not applied yet. */
  private awaited = 0;
  /** Some of them were applied: the next question is about others. */
  private progressed = false;
  private fetching: Promise<void> | null = null;
  private evictable = 0;
  private trimmable: RunRecord[] = [];
  private readonly loading = new Map<RunRecord, Promise<void>>();
  private reads = 0;
  /** Closed runs that left memory while reads are under way. */
  private departed: RunRecord[] = [];
  private replaced = false;
  private install: { readonly promise: Promise<void>; readonly end: () => void } | null = null;

  constructor(
    private readonly state: GroupState,
    readonly source: StateSource,
  ) {}

  // --- what leaves ----------------------------------------------------------------------------------------------------------------

  /** A cut is durable. */
  flushed(cut: Cut): void {
    this.evictable = Math.max(this.evictable, cut.closings);
    for (const run of cut.runs) if (run.isOpen) this.trimmable.push(run);
    this.settle();
  }

  /** A frame was applied (T2). */
  applied(): void {
    if (this.awaited === 0) return;
    this.progressed = true;
    if (--this.awaited === 0) this.settle();
  }

  private settle(): void {
    if (this.awaited > 0) return;
    const { state } = this;
    state.fetchedCurrent.clear();
    state.fetchedRuns.clear();
    for (const run of this.trimmable) trim(run);
    this.trimmable = [];
    if (this.evictable === 0) return;
    const evicted = state.evictThrough(this.evictable);
    this.evictable = 0;
    if (this.reads > 0) this.departed = this.departed.concat(evicted);
  }

  // --- histories ------------------------------------------------------------------------------------------------------------------

  hold(runId: string, from = 1): Promise<void> | null {
    const run = this.state.runs.get(runId);
    if (run === undefined || !run.isOpen) return null;
    run.heldFrom = from;
    if (run.history.firstInMemory <= from) return null;
    let loading = this.loading.get(run);
    if (loading === undefined) {
      loading = this.bringBack(run).finally(() => this.loading.delete(run));
      this.loading.set(run, loading);
    }
    return loading;
  }

  release(runId: string): void {
    const run = this.state.runs.get(runId);
    if (run === undefined || run.heldFrom === 0) return;
    run.heldFrom = 0;
    this.trimmable.push(run);
    this.settle();
  }

  consumed(runId: string, wseq: number): void {
    const run = this.state.runs.get(runId);
    if (run === undefined || run.heldFrom === 0 || run.heldFrom > wseq) return;
    run.heldFrom = wseq + 1;
    if (run.history.firstInMemory > run.durableWseq) return; // the next flush will
    this.trimmable.push(run);
    this.settle();
  }

  private async bringBack(run: RunRecord): Promise<void> {
    // Released and held again meanwhile, more of it may be gone than was asked for.
    while (run.heldFrom !== 0 && run.history.firstInMemory > run.heldFrom && !this.replaced) {
      const to = run.history.firstInMemory - 1;
      const events = await this.eventsInParts(run, run.heldFrom, to);
      if (events === null) {
        if (!run.isOpen || run.leftMs !== 0) return;
        if (await this.installed()) return;
        throw this.missing(run, to);
      }
      if (run.heldFrom !== 0 && run.history.firstInMemory === to + 1) run.history.prepend(events);
    }
  }

  /** A long history is not decoded in one turn. */
  private async eventsInParts(run: RunRecord, from: number, to: number): Promise<RunEvent[] | null> {
    const parts: RunEvent[][] = [];
    for (let at = from; at <= to; at += EVENTS_READ_AT_ONCE) {
      const part = await this.events(run, at, Math.min(to, at + EVENTS_READ_AT_ONCE - 1));
      if (part === null) return null;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : parts.flat();
  }

  private async events(run: RunRecord, from: number, to: number): Promise<RunEvent[] | null> {
    if (from > to) return [];
    const rows = await this.source.history({ order: run.order, fromWseq: from, toWseq: to });
    try {
      return eventsOf(rows, run, from, to);
    } catch (error) {
      throw damaged(this.state.groupId, `the history of run ${run.runId}`, error);
    }
  }

  /** Events from … to of a run, wherever they are, for whoever takes them elsewhere. Null: a snapshot was installed meanwhile. */
  async exported(run: RunRecord, from: number, to: number): Promise<readonly RunEvent[] | null> {
    const here = run.history.firstInMemory;
    const rest = to < here ? [] : run.history.events(Math.max(from, here), to);
    if (from >= here) return rest;
    const events = await this.eventsInParts(run, from, Math.min(to, here - 1));
    if (events !== null) return events.concat(rest);
    if (await this.installed()) return null;
    throw this.missing(run, to);
  }

  private missing(run: RunRecord, to: number): RaftoralError {
    const { groupId } = this.state;
    return new RaftoralError('STORAGE_DAMAGED', `Group ${groupId}: events of run ${run.runId} up to ${to} are not all in their rows.`, {
      details: { groupId, runId: run.runId, order: run.order },
    });
  }

  // --- what commands need ---------------------------------------------------------------------------------------------------------

  prefetch(frames: readonly Uint8Array[]): Promise<void> | null {
    // Asked again before an answer: in its turn.
    if (this.fetching !== null) return this.fetching.then(() => this.prefetch(frames) ?? undefined);
    if (this.progressed) this.awaited = 0;
    this.progressed = false;
    this.settle();
    this.awaited = frames.length;
    const needs: Array<Promise<void>> = [];
    for (const frame of frames) this.need(frame, needs);
    if (needs.length === 0) return null;
    this.fetching = Promise.all(needs).then(
      () => {
        this.fetching = null;
      },
      (error: unknown) => {
        this.fetching = null;
        throw error;
      },
    );
    return this.fetching;
  }

  private need(frame: Uint8Array, needs: Array<Promise<void>>): void {
    const kind = frame[COMMAND_KIND_OFFSET];
    if (kind === CommandKind.CONTINUE_AS_NEW) return this.needToContinue(frame, needs);
    if (kind === CommandKind.IMPORT_PART) return this.needToImport(frame, needs);
    const isStart = kind === CommandKind.START || kind === CommandKind.START_CHILD;
    const isClient = isStart || kind === CommandKind.SIGNAL || kind === CommandKind.CANCEL;
    if (!isClient && kind !== CommandKind.TERMINATE && kind !== CommandKind.RESET) return;
    if (!this.state.hasEvicted) return;
    const command = decodable(frame);
    if (command === null || !('requestId' in command)) return;
    if (isStart || command.runId === '') this.needCurrent(command.workflowId, needs);
    if (command.runId !== '') this.needRun(command.runId, needs);
  }

  /** A closed run that is on its way may be here already. */
  private needToImport(frame: Uint8Array, needs: Array<Promise<void>>): void {
    if (!this.state.hasEvicted) return;
    const command = decodable(frame);
    if (command === null || command.kind !== CommandKind.IMPORT_PART) return;
    for (const item of command.items) {
      if (item.type === 'events') this.needRun(item.run.runId, needs);
      else if (item.type === 'final') this.needRun(item.runId, needs);
    }
  }

  private needToContinue(frame: Uint8Array, needs: Array<Promise<void>>): void {
    const command = decodable(frame);
    if (command === null || command.kind !== CommandKind.CONTINUE_AS_NEW) return;
    if (this.state.hasEvicted) this.needRun(command.newRunId, needs);
    const run = this.state.runs.get(command.runId);
    if (run === undefined || !run.isOpen) return;
    const from = command.consumedWseq + 1;
    const to = run.history.firstInMemory - 1;
    if (from <= to) needs.push(this.needEvents(run, from, to));
  }

  private async needEvents(run: RunRecord, from: number, to: number): Promise<void> {
    const events = await this.events(run, from, to);
    if (this.replaced) return;
    if (events === null) throw this.missing(run, to);
    // hold(), or another command of the same batch, may have brought some of it back.
    const before = run.history.firstInMemory - 1;
    if (from <= before) run.history.prepend(events.slice(0, before - from + 1));
    this.trimmable.push(run);
  }

  private needCurrent(workflowId: string, needs: Array<Promise<void>>): void {
    const { state } = this;
    if (state.fetchedCurrent.has(workflowId)) return;
    state.fetchedCurrent.set(workflowId, null);
    if (state.current.has(workflowId) || !state.mayBeEvicted(workflowId)) return;
    needs.push(
      this.closedRun({ workflowId }).then((row) => {
        if (row !== null) state.fetchedCurrent.set(workflowId, this.record(row));
      }),
    );
  }

  private needRun(runId: string, needs: Array<Promise<void>>): void {
    const { state } = this;
    if (state.fetchedRuns.has(runId)) return;
    state.fetchedRuns.set(runId, null);
    if (state.runs.has(runId) || !state.mayBeEvicted(runId)) return;
    needs.push(
      this.closedRun({ runId }).then((row) => {
        if (row !== null) state.fetchedRuns.set(runId, this.record(row));
      }),
    );
  }

  /** The newest closed run on disk of a workflow id, or of a run id; null if there is none, or it is swept: then those before it are, too. */
  private async closedRun(by: { readonly workflowId: string } | { readonly runId: string }): Promise<RunRow | null> {
    const rows = await this.source.closedRuns({ ...by, statuses: OUTCOMES });
    let newest: RunRow | null = null;
    for (const row of rows) {
      const asked = 'runId' in by ? row.runId === by.runId : row.workflowId === by.workflowId;
      if (!asked || row.closedMs === 0 || hasLeft(row)) continue;
      // Of what was imported, one that was started before may stand behind.
      if (newest === null || row.closedMs > newest.closedMs || (row.closedMs === newest.closedMs && row.order > newest.order)) newest = row;
    }
    return newest === null || this.state.isSwept(this.record(newest)) ? null : newest;
  }

  private record(row: RunRow): RunRecord {
    try {
      return recordOf(row);
    } catch (error) {
      throw damaged(this.state.groupId, `the row of run ${row.runId} (order ${row.order})`, error);
    }
  }

  // --- reads ----------------------------------------------------------------------------------------------------------------------

  /** Null: a snapshot was installed meanwhile; ask the new state. */
  async fetch(ref: RunRef, need: 'last event' | 'all events'): Promise<{ readonly run: RunView | undefined } | null> {
    const { workflowId, runId } = ref;
    const here = runId === undefined ? this.state.current.get(workflowId) : this.state.runs.get(runId);
    if (here !== undefined)
      return here.workflowId === workflowId && !this.state.staged.has(here) ? this.completed(here, need) : { run: undefined };
    if (!this.state.mayBeEvicted(runId ?? workflowId)) return { run: undefined };
    const row = await this.closedRun(runId === undefined ? { workflowId } : { runId });
    if (this.replaced) return null;
    if (row === null || row.workflowId !== workflowId) return (await this.installed()) ? null : { run: undefined };
    const run = this.record(row);
    const from = need === 'all events' ? 1 : endOf(row);
    const events = await this.events(run, from, row.events);
    if (events !== null && !this.replaced) return { run: withEvents(run, events) };
    if (await this.installed()) return null;
    if (this.state.isSwept(run)) return { run: undefined };
    throw this.missing(run, row.events);
  }

  /** A run that is in memory, with the events that are wanted: itself if they are there, else a copy. */
  private async completed(run: RunRecord, need: 'last event' | 'all events'): Promise<{ readonly run: RunView } | null> {
    const { history } = run;
    const from = need === 'all events' ? 1 : Math.min((run.finished?.consumedWseq ?? history.length) + 1, history.length);
    if (from >= history.firstInMemory) return { run };
    const row = runRowOf(run);
    const to = history.firstInMemory - 1;
    const rest = history.events(to + 1);
    const copy = recordOf(row);
    const events = await this.events(run, from, to);
    if (events !== null) return { run: withEvents(copy, events.concat(rest)) };
    if (await this.installed()) return null;
    // Closed in between, and swept: it was there at the call.
    throw this.missing(run, to);
  }

  /** All closed runs that match, by (startedMs, runId), wherever they are; without their events where they come from disk. */
  async list(query: Omit<RunQuery, 'sweptMs'>): Promise<readonly RunView[] | null> {
    const statuses = OUTCOMES.filter((outcome) => query.statuses === undefined || query.statuses.includes(outcome));
    if (statuses.length === 0) return [];
    this.reads++;
    try {
      const found = await this.listOnDisk({ ...query, statuses });
      if (found === null) return null;
      for (const run of [...this.departed, ...this.state.closed])
        if (matches(run, query) && !this.state.isSwept(run) && this.state.slots.shows(run.slot)) found.set(run.runId, run);
      return [...found.values()].sort(byStart).slice(0, query.limit);
    } finally {
      if (--this.reads === 0) this.departed = [];
    }
  }

  private async listOnDisk(query: Omit<RunQuery, 'sweptMs'>): Promise<Map<string, RunRecord> | null> {
    const found = new Map<string, RunRecord>();
    let { after } = query;
    for (;;) {
      const sweptMs = this.state.ring!.sweptMs(this.state.logTimeMs);
      const rows = await this.source.list({ ...query, ...(after === undefined ? {} : { after }), sweptMs });
      if (this.replaced) return null;
      for (const row of rows) {
        const run = this.record(row);
        if (!run.isOpen && !this.state.isSwept(run) && this.state.slots.shows(run.slot)) found.set(run.runId, run);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < query.limit || found.size >= query.limit) return found;
      after = { startedMs: last.startedMs, runId: last.runId };
    }
  }

  // --- snapshots ------------------------------------------------------------------------------------------------------------------

  /** A received snapshot becomes rows; replace() of the machine follows. */
  installBegins(): void {
    if (this.install !== null) return;
    let end = (): void => undefined;
    const promise = new Promise<void>((resolve) => (end = resolve));
    this.install = { promise, end };
  }

  /** Another state is in force: whoever waits for this one looks there. */
  close(): void {
    this.replaced = true;
    this.install?.end();
  }

  /** True once the state was replaced, if that is under way; false if it is not. */
  private async installed(): Promise<boolean> {
    if (!this.replaced && this.install !== null) await this.install.promise;
    return this.replaced;
  }
}

/** Asks until it is answered by a state that was not replaced meanwhile. */
export async function answered<T>(ask: () => Promise<T | null> | T): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
  }
}

function trim(run: RunRecord): void {
  if (run.isOpen) run.history.drop(run.heldFrom === 0 ? run.durableWseq : Math.min(run.durableWseq, run.heldFrom - 1));
}

/** What can not be decoded is apply's to refuse. */
function decodable(frame: Uint8Array): ReturnType<typeof decodeCommand> | null {
  try {
    return decodeCommand(frame);
  } catch (error) {
    if (isRaftoralError(error)) return null;
    throw error;
  }
}

/** @param events up to the last one. */
function withEvents(run: RunRecord, events: readonly RunEvent[]): RunRecord {
  run.history.prepend(events);
  return run;
}
