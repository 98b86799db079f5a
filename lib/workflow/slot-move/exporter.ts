/**
 * What the source of a slot move sends, in parts: first while its slots are in use, then the rest once they are frozen (R41, docs/adr/0063). Reads state, changes nothing.
 *
 * X1. Ahead: closed runs, the histories of open ones as far as they are, answers. Nothing of it changes later but by growing, so it is right whenever it arrives.
 * X2. The rest: what has come since, and the head of every open run, as the frozen source has it.
 * X3. Closed runs go before open ones, and those of a chain in the order of their start: the target has the last one as the current run of its id. So each round sends the
 *     runs that had ended when it began, oldest first, and of the others nothing of their end: a run that ended had all before it in its chain end earlier.
 * X4. A part has about `partBytesMax` bytes, or one event.
 * Tests: ../state-machine.moves-property.spec.ts, ../state-machine.moves.spec.ts.
 */
import { BinaryWriter } from '../../state-machine/index.js';
import { OUTCOMES } from '../event-codec.js';
import type { RunEvent } from '../event.js';
import type { ImportItem } from '../import-item.js';
import { weightOfEvent } from '../run-weight.js';
import { slotOf, type SlotRange } from '../slot.js';
import { exportedOf, type WorkflowStateMachine } from '../state-machine.js';
import type { GroupState } from '../state-machine/group-state.js';
import { answerItemOf } from '../state-machine/import-items.js';
import type { RequestEntry } from '../state-machine/requests.js';
import type { RunRecord } from '../state-machine/run-record.js';
import { writeRunHead } from '../state-machine/snapshot-run.js';
import { SlotState } from '../state-machine/slots.js';

const EVENTS_AT_ONCE = 1_024;
const LISTED_AT_ONCE = 256;
/** What an item weighs besides its events. */
const ITEM_BYTES = 512;

const writer = new BinaryWriter();

export class SlotExporter {
  /** Of runs, those that were open when a round began among them: events that were sent. */
  private readonly sent = new Map<string, { readonly workflowId: string; readonly startedMs: number; events: number }>();
  private readonly closedSent = new Set<string>();
  private readonly answersSeen = new Set<RequestEntry>();
  private readonly slots = new Set<number>();
  private readonly state: GroupState;
  /** Closed runs that were started before were sent, unless they were open then. */
  private listedMs = 0;
  /** Of the runs of the group, when the last round began. */
  private lastOrder = 0;
  private part: ImportItem[] = [];
  private partBytes = 0;

  constructor(
    /** A replica of the source. */
    private readonly source: WorkflowStateMachine,
    private readonly ranges: readonly SlotRange[],
    private readonly partBytesMax: number = 256 * 1024,
  ) {
    for (const { first, count } of ranges) for (let slot = first; slot < first + count; slot++) this.slots.add(slot);
    this.state = exportedOf(source).state;
  }

  /** Log time of what was read, ms. */
  get logTimeMs(): number {
    return this.state.logTimeMs;
  }

  /** Of the slots, after the freeze. */
  get openRuns(): number {
    return this.openInSlots().length;
  }

  /** X1. Rejects with STORAGE_DAMAGED, and with StateReplaced. */
  async *ahead(): AsyncGenerator<readonly ImportItem[]> {
    const open = this.openInSlots();
    yield* this.ended(open);
    yield* this.answers();
    for (const run of open) yield* this.soFar(run);
    yield* this.flush();
  }

  /** What has come since; how much it was shrinks from call to call, or does not. */
  async *more(): AsyncGenerator<readonly ImportItem[]> {
    const open = this.openInSlots();
    yield* this.ended(open);
    for (const run of open) yield* this.soFar(run);
    yield* this.flush();
  }

  /** About how much was not sent yet: events of open runs, and runs that began since. */
  get lag(): number {
    const behind = (run: RunRecord): number => run.history.length - (this.sent.get(run.runId)?.events ?? 0);
    return this.openInSlots().reduce((sum, run) => sum + behind(run), this.state.lastOrder - this.lastOrder);
  }

  /** X2. Rejects with StateReplaced also where the slots are not frozen. */
  async *rest(): AsyncGenerator<readonly ImportItem[]> {
    if (!this.state.slots.all(this.ranges, SlotState.FROZEN)) throw new StateReplaced();
    const open = this.openInSlots();
    yield* this.ended(open);
    yield* this.answers();
    for (const run of open) yield* this.whole(run);
    yield* this.flush();
  }

  private openInSlots(): RunRecord[] {
    return [...this.state.open].filter((run) => this.slots.has(run.slot)).sort((a, b) => a.order - b.order);
  }

  /** X3. All closed runs but those that were sent. `open`: of the slots, as of now. */
  private async *ended(open: readonly RunRecord[]): AsyncGenerator<readonly ImportItem[]> {
    const isOpen = new Set(open.map(({ runId }) => runId));
    const [fromMs, toMs] = [this.listedMs, this.state.logTimeMs];
    this.lastOrder = this.state.lastOrder;
    // The list has those that were started since; these were open then.
    for (const [runId, { workflowId, startedMs }] of this.sent) {
      if (startedMs >= fromMs || isOpen.has(runId) || this.closedSent.has(runId)) continue;
      const run = await this.closedRun(workflowId, runId);
      // Swept meanwhile: it is absent.
      if (run !== undefined) yield* this.whole(run);
    }
    for (const { runId, workflowId, startedMs } of open) {
      if (!this.sent.has(runId)) this.sent.set(runId, { workflowId, startedMs, events: 0 });
    }
    yield* this.closedRuns(fromMs, (run) => run.startedMs <= toMs && !isOpen.has(run.runId));
    this.listedMs = toMs;
  }

  private async *closedRuns(startedFromMs: number, isMeant: (run: RunRecord) => boolean): AsyncGenerator<readonly ImportItem[]> {
    const { stored } = exportedOf(this.source);
    if (stored === null) {
      const closed = [...this.state.closed].filter((run) => this.slots.has(run.slot) && run.startedMs >= startedFromMs);
      for (const run of closed.sort((a, b) => a.order - b.order)) if (isMeant(run)) yield* this.whole(run);
      return;
    }
    let after: { readonly startedMs: number; readonly runId: string } | undefined;
    let tied: RunRecord[] = [];
    for (;;) {
      const query = {
        statuses: OUTCOMES,
        startedAfterMs: startedFromMs - 1,
        limit: LISTED_AT_ONCE,
        ...(after === undefined ? {} : { after }),
      };
      const page = (await stored.list(query)) as readonly RunRecord[] | null;
      if (page === null) throw new StateReplaced();
      const last = page.at(-1);
      // Those of one moment may go on in the next page: the order of their start is known of all of them only.
      const some = [...tied, ...page];
      tied = page.length < LISTED_AT_ONCE ? [] : some.filter((run) => run.startedMs === last!.startedMs);
      const sure = tied.length === 0 ? some : some.filter((run) => run.startedMs < last!.startedMs);
      for (const run of sure.sort((a, b) => a.order - b.order)) if (this.slots.has(run.slot) && isMeant(run)) yield* this.whole(run);
      if (page.length < LISTED_AT_ONCE) return;
      after = { startedMs: last!.startedMs, runId: last!.runId };
    }
  }

  private async closedRun(workflowId: string, runId: string): Promise<RunRecord | undefined> {
    const run = this.state.runs.get(runId);
    const { stored } = exportedOf(this.source);
    if (run !== undefined || stored === null) return run;
    const found = await stored.fetch({ workflowId, runId }, 'last event');
    if (found === null) throw new StateReplaced();
    return found.run as RunRecord | undefined;
  }

  private async *answers(): AsyncGenerator<readonly ImportItem[]> {
    for (const entry of this.state.requests.entries()) {
      if (this.answersSeen.has(entry)) continue;
      this.answersSeen.add(entry);
      if (!this.slots.has(slotOf(entry.workflowId))) continue;
      this.add(answerItemOf(entry), ITEM_BYTES);
      if (this.isFull) yield* this.flush();
    }
  }

  /** What is there of the history of a run that was open when the round began, without its end. */
  private async *soFar(run: RunRecord): AsyncGenerator<readonly ImportItem[]> {
    yield* this.history(run, run.isOpen ? run.history.length : run.history.length - 1);
  }

  private async *history(run: RunRecord, to: number): AsyncGenerator<readonly ImportItem[]> {
    const { runId, workflowId, startedMs } = run;
    let progress = this.sent.get(runId);
    if (progress === undefined) this.sent.set(runId, (progress = { workflowId, startedMs, events: 0 }));
    while (progress.events < to && run.leftMs === 0) {
      const from = progress.events + 1;
      const events = await this.events(run, from, Math.min(to, from + EVENTS_AT_ONCE - 1));
      for (let at = 0; at < events.length;) {
        const first = at;
        let bytes = ITEM_BYTES;
        while (at < events.length && (at === first || this.partBytes + bytes < this.partBytesMax)) bytes += weightOfEvent(events[at++]!);
        const isEnd = events[at - 1]!.wseq === run.history.length;
        // The event that ends a run goes with its head (I2 of import-items.ts).
        this.add({ type: 'events', run, events: events.slice(first, at) }, bytes);
        if (isEnd && !run.isOpen) this.addHead(run);
        if (this.isFull) yield* this.flush();
      }
      progress.events += events.length;
    }
  }

  private async events(run: RunRecord, from: number, to: number): Promise<readonly RunEvent[]> {
    const { stored } = exportedOf(this.source);
    if (stored === null) return run.history.events(from, to);
    let events: readonly RunEvent[] | null;
    try {
      events = await stored.exported(run, from, to);
    } catch (error) {
      // Swept while it was read: it is absent, and the next copy does not find it.
      if (this.state.isSwept(run)) throw new StateReplaced();
      throw error;
    }
    if (events === null || exportedOf(this.source).state !== this.state) throw new StateReplaced();
    return events;
  }

  /** The rest of its history, and its head. */
  private async *whole(run: RunRecord): AsyncGenerator<readonly ImportItem[]> {
    if (this.closedSent.has(run.runId)) return;
    yield* this.history(run, run.history.length);
    if (run.isOpen) this.addHead(run);
    else this.closedSent.add(run.runId);
    if (this.isFull) yield* this.flush();
  }

  private addHead(run: RunRecord): void {
    writer.reset();
    writeRunHead(writer, run);
    const head = writer.finish();
    this.add({ type: 'final', runId: run.runId, events: run.history.length, head }, head.length);
  }

  private add(item: ImportItem, bytes: number): void {
    this.part.push(item);
    this.partBytes += bytes;
  }

  private get isFull(): boolean {
    return this.partBytes >= this.partBytesMax;
  }

  private *flush(): Generator<readonly ImportItem[]> {
    // What stands in a state that is not in force any more goes nowhere.
    if (exportedOf(this.source).state !== this.state) throw new StateReplaced();
    if (this.part.length === 0) return;
    const part = this.part;
    this.part = [];
    this.partBytes = 0;
    yield part;
  }
}

/** The mover begins again. */
export class StateReplaced extends Error {
  override readonly name = 'StateReplaced';

  constructor() {
    super('a snapshot replaced the state that is being copied; the copy begins again');
  }
}
