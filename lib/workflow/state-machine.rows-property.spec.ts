import { describe, expect, it } from '@jest/globals';
import { OpenFlush, RowStore, listed } from '../../test/support/row-store.js';
import { WorkflowChaos, xorshift, type ChaosEntry } from '../../test/support/workflow-chaos.js';
import { conf } from '../../test/support/workflow-machine.js';
import { encodeEvent } from './event-codec.js';
import type { RunEvent } from './event.js';
import { WorkflowStateMachine } from './state-machine.js';
import type { RunView } from './state.js';

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);
const STEPS = 1500;
const BATCH_MAX = 25;

/** What one entry did. */
interface Effect {
  readonly answer: unknown;
  readonly events: readonly string[];
}

function hexOf(event: RunEvent): string {
  return Buffer.from(encodeEvent(event)).toString('hex');
}

/** A machine, and what its entries did by index. */
class Witness {
  readonly machine = new WorkflowStateMachine({ groupId: 1, sink: (run, event) => this.heard.push(`${run.runId} ${hexOf(event)}`) });
  private heard: string[] = [];

  apply({ index, frame, membership }: ChaosEntry): Effect {
    this.heard = [];
    const answer = frame === null ? this.machine.applyMembership(index, membership) : this.machine.apply(index, 1, frame);
    return { answer, events: this.heard };
  }
}

/** Machine A keeps all of it in memory; machine B is cut in slices, evicts, holds, fetches, and starts again from its rows. */
class Duel {
  readonly memory = new Witness();
  stored = new Witness();
  readonly store: RowStore;
  readonly chaos: WorkflowChaos;
  readonly counts = { flushes: 0, crashes: 0, installs: 0, prefetches: 0, holds: 0, fetches: 0 };

  /** Leads the way: the commands are made for its state. */
  private readonly leader = new WorkflowStateMachine({ groupId: 1 });
  private readonly log: ChaosEntry[] = [];
  private readonly effects = new Map<number, Effect>();
  private flush: { readonly open: OpenFlush; readonly snapshot: Uint8Array } | null = null;
  private readonly holds: Array<Promise<void>> = [];

  constructor(private readonly random: () => number) {
    this.chaos = new WorkflowChaos(random);
    this.store = new RowStore({ index: 0, term: 0, confState: conf([]) }, () => this.below(4));
    this.stored.machine.load(this.store.load(), this.store.source);
  }

  below(bound: number): number {
    return this.random() % bound;
  }

  async batch(): Promise<void> {
    const entries: ChaosEntry[] = [];
    for (let left = 1 + this.below(BATCH_MAX); left > 0; left--) {
      const entry = this.chaos.next(this.leader);
      if (entry.frame === null) this.leader.applyMembership(entry.index, entry.membership);
      else this.leader.apply(entry.index, 1, entry.frame);
      entries.push(entry);
      this.log.push(entry);
    }
    await this.fetchFor(entries);
    for (const entry of entries) {
      const effect = this.memory.apply(entry);
      this.effects.set(entry.index, effect);
      await this.applyStored(entry);
    }
    expect(this.stored.machine.openRunCount).toBe(this.memory.machine.openRunCount);
    expect(this.stored.machine.closedRunCount).toBe(this.memory.machine.closedRunCount);
    expect(this.stored.machine.oldestClosedMs()).toBe(this.memory.machine.oldestClosedMs());
    expect(timersOf(this.stored.machine)).toEqual(timersOf(this.memory.machine));
  }

  /** Reads take a while: flushes end, and holds come and go, in the middle of it. */
  private async fetchFor(entries: readonly ChaosEntry[]): Promise<void> {
    const frames = entries.flatMap(({ frame }) => (frame === null ? [] : [frame]));
    const fetching = this.stored.machine.prefetch(frames);
    if (fetching === null) return;
    this.counts.prefetches++;
    this.disturb();
    await fetching;
    this.disturb();
    if (this.below(3) === 0) expect(this.stored.machine.prefetch(frames)).toBeNull();
  }

  private async applyStored(entry: ChaosEntry): Promise<void> {
    if (this.below(2) === 0) this.disturb();
    const effect = this.stored.apply(entry);
    expect(effect).toEqual(this.effects.get(entry.index));
    this.disturb();
    if (this.below(10) === 0) await this.settle();
  }

  /** A bit of a flush, or of a hold. */
  private disturb(): void {
    const { machine } = this.stored;
    if (this.flush === null) {
      if (this.below(30) === 0) this.begin();
    } else if (this.below(3) === 0) {
      this.flush.open.step(1 + this.below(4));
    } else if (this.below(12) === 0) {
      this.end();
    }
    if (this.below(15) > 0) return;
    const runs = [...machine.openRuns()];
    if (runs.length === 0) return;
    const { runId } = runs[this.below(runs.length)]!;
    if (this.below(2) === 0) return machine.release(runId);
    const { length } = machine.run(runId)!.history;
    if (this.below(2) === 0) return machine.consumed(runId, this.below(length + 1));
    const held = machine.hold(runId, 1 + this.below(length + 1));
    this.counts.holds++;
    if (held !== null) this.holds.push(held);
  }

  /** Only between entries that both have applied: the memory machine says what the cut must hold. */
  private begin(): void {
    const { memory, stored, store } = this;
    const { appliedIndex } = stored.machine;
    if (memory.machine.appliedIndex !== appliedIndex) return;
    const snapshot = memory.machine.snapshot();
    this.flush = { open: store.flush({ index: appliedIndex, term: 1, confState: conf([]) }, stored.machine.cut()), snapshot };
  }

  end(): Uint8Array | null {
    if (this.flush === null) return null;
    const { open, snapshot } = this.flush;
    this.flush = null;
    open.commit(this.below(2) === 0);
    this.counts.flushes++;
    return snapshot;
  }

  /** Everything that was begun is done, and what is on disk is what the memory machine was at that index. */
  async compare(): Promise<void> {
    this.end();
    this.begin();
    const snapshot = this.end();
    await this.settle();
    const bytes = await this.stored.machine.bytesOf(this.store.image(1 + this.below(9)));
    expect(Buffer.compare(bytes, snapshot!)).toBe(0);
  }

  /** kill -9: the rows of the last flush, and the log from there. */
  async crash(): Promise<void> {
    this.counts.crashes++;
    this.flush = null;
    this.store.crash();
    await this.settle();
    this.stored = new Witness();
    this.stored.machine.load(this.store.load(), this.store.source);
    const tail = this.log.filter(({ index }) => index > this.store.position.index);
    while (tail.length > 0) {
      const some = tail.splice(0, 1 + this.below(BATCH_MAX));
      await this.fetchFor(some);
      for (const entry of some) await this.applyStored(entry);
    }
  }

  /** A snapshot of another node takes the place of the rows. */
  async install(): Promise<void> {
    this.counts.installs++;
    this.end();
    const { machine } = this.stored;
    const before = [...machine.openRuns()].filter((run) => this.below(2) === 0 && machine.hold(run.runId) === null);
    const snapshot = this.memory.machine.snapshot();
    const position = { index: this.memory.machine.appliedIndex, term: 1, confState: conf([]) };
    const reads = Promise.all([...machine.openRuns()].slice(0, 3).map((run) => machine.fetch(run, 'all events')));
    const image = machine.rowsOf(position, snapshot);
    expect(Buffer.compare(await new WorkflowStateMachine({ groupId: 1 }).bytesOf(machine.rowsOf(position, snapshot)), snapshot)).toBe(0);
    await this.store.replace(position, image);
    machine.load(this.store.load(), this.store.source);
    for (const run of before) {
      await machine.hold(run.runId);
      expect(machine.run(run.runId)!.history.firstInMemory).toBe(1);
    }
    for (const run of await reads) expect(historyOf(run!)).toEqual(historyOf(this.memory.machine.run(run!.runId)!));
    await this.settle();
    expect(Buffer.compare(await machine.bytesOf(this.store.image()), snapshot)).toBe(0);
  }

  /** Every run that the memory machine has is found in the other, with all its events; and nothing else is. */
  async readAll(): Promise<void> {
    const { memory, stored } = this;
    for (const run of memory.machine.allRuns()) {
      this.disturb();
      const found = await stored.machine.fetch({ workflowId: run.workflowId, runId: run.runId }, 'all events');
      expect(viewOf(found!)).toEqual(viewOf(run));
      expect(historyOf(found!)).toEqual(historyOf(run));
      const last = await stored.machine.fetch(run, 'last event');
      expect([last!.result, last!.undelivered, last!.history.last()]).toEqual([run.result, run.undelivered, run.history.last()]);
      this.counts.fetches++;
    }
    for (let id = 0; id < 60; id++) {
      const found = await stored.machine.fetch({ workflowId: `wf-${id}` }, 'last event');
      expect(found?.runId).toBe(memory.machine.current(`wf-${id}`)?.runId);
    }
    await this.listAll();
  }

  private async listAll(): Promise<void> {
    const closed = [...this.memory.machine.allRuns()].filter((run) => run.outcome !== null);
    for (const statuses of [undefined, ['completed'], ['running', 'continued', 'terminated'], ['running']]) {
      const seen: RunView[] = [];
      const filter = { limit: 1 + this.below(20), ...(statuses === undefined ? {} : { statuses }) };
      for (;;) {
        const last = seen.at(-1);
        const after = last === undefined ? {} : { after: { startedMs: last.startedMs, runId: last.runId } };
        this.disturb();
        const page = await this.stored.machine.listStored({ ...filter, ...after });
        expect(page.length).toBeLessThanOrEqual(filter.limit);
        seen.push(...page);
        if (page.length < filter.limit) break;
      }
      const wanted = listed(closed, { ...filter, limit: Infinity, sweptMs: -1 });
      expect(seen.map(viewOf)).toEqual(wanted.map(viewOf));
    }
  }

  async settle(): Promise<void> {
    await Promise.all(this.holds.splice(0));
  }
}

function timersOf(machine: WorkflowStateMachine): unknown {
  return machine.timersDue(Infinity, 5).map(({ dueMs, runId, timerId }) => [dueMs, runId, timerId]);
}

function viewOf(run: RunView): unknown {
  const { workflowId, runId, name, version, inputDigest, status, blockedReason, owner, epoch, ownerBuildId, startedMs, closedMs } = run;
  const { outcome, cancelRequested, declined, history } = run;
  const head = { workflowId, runId, name, version, inputDigest, status, blockedReason, owner, epoch, ownerBuildId, startedMs, closedMs };
  return { ...head, outcome, cancelRequested, declined, events: history.length };
}

function historyOf(run: RunView): string[] {
  return run.history.events().map(hexOf);
}

/** By all duels. */
const reached = new Map<string, number>();

describe('stored in rows, or kept in memory', () => {
  it.each(SEEDS)('S3, R27, R32, R34: both answer alike, tell of the same events, and have the same bytes (seed %d)', async (seed) => {
    const duel = new Duel(xorshift(seed * 104_729));
    while (duel.chaos.appliedIndex < STEPS) {
      await duel.batch();
      const roll = duel.below(40);
      if (roll < 3) await duel.compare();
      else if (roll < 5) await duel.crash();
      else if (roll < 7) await duel.install();
      else if (roll === 7) await duel.readAll();
    }
    await duel.compare();
    await duel.readAll();
    for (const [what, count] of Object.entries(duel.counts)) reached.set(what, (reached.get(what) ?? 0) + count);
  });

  it('the duels above were about something', () => {
    expect([...reached.keys()].sort()).toEqual(['crashes', 'fetches', 'flushes', 'holds', 'installs', 'prefetches']);
    for (const [what, count] of reached) expect([what, count > 20]).toEqual([what, true]);
  });
});
