/**
 * One node's life under load: boots victims over the same disk, keeps workflows going, and after each fault asks the next victim for
 * everything that was ever acknowledged. Owns the ledger and the effects file of that life.
 *
 * Y1. After a fault each open request is sent again with its request id, and each open run must reach its result: that is how "they go on" is seen.
 * Y3. Starts, signals, descriptions and results are kept as a history of calls: one that is sent again with its request id is one call.
 * Y2. From void() on nothing that the victim says is noted: it lives in a future that a power cut takes away.
 */
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../../lib/testing/index.js';
import { workflowModel, type WorkflowInput, type WorkflowOutput } from '../support/linearizability-models.js';
import { HistoryRecorder } from '../support/linearizability-recorder.js';
import { checkByKey, explain } from '../support/linearizability.js';
import { EffectsIndex, Ledger, checkList, checkRun, type Effects, type Problem, type RunRecord, type SignalRecord } from './ledger.js';
import type { Machine } from './machine.js';
import type { VictimOptions } from './protocol.js';
import { Refused, Victim, VictimGone, type Spawning } from './victim-process.js';
import type { StepsInput } from './workflows.js';

/** Of the machine and of the run: what every case needs. */
export interface Workshop {
  readonly machine: Machine;
  readonly library: string;
}

/** Who is asked: one victim, or several of which any may answer. */
export type Target = Pick<Victim, 'call' | 'isGone'>;

export type LoadShape = (random: SeededRandom) => StepsInput;

export interface Boot {
  readonly storagePath: string;
  readonly options?: Partial<VictimOptions>;
  readonly wrapper?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly program?: string;
}

/** Short runs, long ones, some that wait for signals, some that sleep: about half of the open ones are in the middle of something. */
export const MIXED: LoadShape = (random) => ({
  steps: 1 + random.int(12),
  padBytes: random.chance(0.2) ? random.int(3_000) : random.int(200),
  sleepMs: random.chance(0.2) ? 1 + random.int(300) : 0,
  signals: random.chance(0.4) ? 1 + random.int(3) : 0,
});

/** Small flushes: crashes meet them often. */
export const SMALL_FLUSHES = { stateFlushEntriesMax: 150, compactionKeepEntries: 50 };

/** What kills here is no body: one that three kills in a row have met (those at a start, at its first syncs, do so now and then) is none that is to be kept from running (R20). */
const LIMITS = { crashSuspectLimit: 0 };

const VERIFIED_AT_ONCE = 16;
const OTHERS_VERIFIED_MAX = 150;
const RESULT_TIMEOUT_MS = 20_000;
const SENDS_MAX = 5;
const DESCRIBED_SHARE = 0.25;

export class Torture {
  readonly ledger = new Ledger();
  /** Errors with which calls were refused: after a fault of the disk they are expected, otherwise not. */
  readonly refusals: Refused[] = [];
  /** Of the runs that are started from now on; 0: the cluster's default. */
  version = 1;
  readonly effectsPath: string;
  private readonly held = new Set<RunRecord>();
  private readonly voided = new Set<Target>();
  private readonly history = new HistoryRecorder<WorkflowInput, WorkflowOutput>();
  /** Y3. By request. */
  private readonly calls = new Map<string, number>();
  private nextRun = 0;
  private readonly index = new EffectsIndex();
  /** Of the effects file: bytes that were read, and the beginning of a line whose end had not come. */
  private readonly read = { bytes: 0, rest: '' };

  constructor(
    private readonly workshop: Workshop,
    readonly random: SeededRandom,
    private readonly name: string,
  ) {
    this.effectsPath = join(workshop.machine.newFolder(`${name}-effects`), 'effects');
    writeFileSync(this.effectsPath, '');
  }

  /** A victim on the disk, not yet ready. */
  boot({ storagePath, options, wrapper, environment, program }: Boot): Victim {
    const spawning: Spawning = {
      ...this.workshop,
      options: {
        nodeId: 1,
        storagePath,
        effectsPath: this.effectsPath,
        raft: SMALL_FLUSHES,
        ...options,
        limits: { ...LIMITS, ...options?.limits },
      },
      onEvent: (event) => {
        if (!this.voided.has(victim)) this.ledger.happened(event);
      },
      ...(wrapper === undefined ? {} : { wrapper }),
      ...(environment === undefined ? {} : { environment }),
      ...(program === undefined ? {} : { program }),
    };
    const victim: Victim = new Victim(spawning);
    return victim;
  }

  /** As boot(), but loaded it waits for its begin(), which then takes no longer than the node itself. */
  prepare(boot: Boot): Victim {
    return this.boot({ ...boot, options: { ...boot.options, isHeld: true } });
  }

  /** Leaves the run where it is until everything is brought to its end. */
  hold(record: RunRecord): void {
    this.held.add(record);
  }

  /** Y2. */
  void(victim: Victim): void {
    this.voided.add(victim);
  }

  /** Keeps `lanes` runs going, the open ones first, until the victim is gone, refuses, or `stop` is called. */
  load(victim: Target, lanes: number, shape: LoadShape = MIXED): { readonly stop: () => Promise<void>; readonly over: Promise<void> } {
    const order = { isStopped: false };
    const backlog = this.ledger.unfinished().filter((record) => !this.held.has(record));
    const lane = async (): Promise<void> => {
      while (!order.isStopped && !victim.isGone) {
        const record = backlog.shift() ?? this.intend(shape(this.random));
        if (!(await this.drive(victim, record))) return;
      }
    };
    const over = Promise.all(Array.from({ length: lanes }, lane)).then(() => undefined);
    return {
      over,
      stop: async () => {
        order.isStopped = true;
        await over;
      },
    };
  }

  /** Brings every open run to its result; what does not get there is stuck. */
  async finishAll(victim: Target, lanes = 64): Promise<Problem[]> {
    const backlog = this.ledger.unfinished();
    const lane = async (): Promise<void> => {
      for (let record = backlog.shift(); record !== undefined; record = backlog.shift()) if (!(await this.drive(victim, record))) return;
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return this.ledger.unfinished().map((record) => ({
      kind: 'stuck' as const,
      text: `${record.workflowId} has no result (${this.refusals.at(-1)?.message ?? 'no error'})`,
    }));
  }

  /**
   * Reads the histories of the runs and compares; `touched`: those with news since they were last verified, and some of the others. `refused` takes
   * the errors of histories that are not given; without it, the first one ends it.
   */
  async verify(victim: Target, which: 'all' | 'touched', refused?: Refused[]): Promise<Problem[]> {
    const others = Math.min(0.02, OTHERS_VERIFIED_MAX / this.ledger.runs.size);
    const records = [...this.ledger.runs.values()].filter(({ isTouched }) => which === 'all' || isTouched || this.random.chance(others));
    /** As it was known before it was read: what is acknowledged meanwhile may be missing. */
    const histories = new Map<RunRecord, string | null>();
    const lane = async (): Promise<void> => {
      for (let record = records.pop(); record !== undefined; record = records.pop()) {
        // Before it is read: what is reported meanwhile counts as news for the next time.
        record.isTouched = false;
        const known: RunRecord = { ...record, signals: record.signals.map((signal) => ({ ...signal })), events: new Map(record.events) };
        try {
          histories.set(known, await this.historyOf(victim, record.workflowId));
        } catch (error) {
          if (refused === undefined || !(error instanceof Refused)) throw error;
          refused.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: VERIFIED_AT_ONCE }, lane));
    const { effects, problems } = this.lookAtEffects(); // after the histories: the runs go on meanwhile
    problems.push(...this.ledger.contradictions.splice(0));
    for (const [known, history] of histories) problems.push(...checkRun(known, history, effects));
    if (which === 'all') problems.push(...checkList(this.ledger, await listOf(victim)));
    return problems;
  }

  /** Whether the victim lists what was acknowledged, of all clusters. */
  async verifyList(victim: Target): Promise<Problem[]> {
    return checkList(this.ledger, await listOf(victim));
  }

  /** All that bodies did until now; problems that were not told before. Each line of the file is read once: it grows to tens of megabytes. */
  lookAtEffects(): { readonly effects: Effects; readonly problems: Problem[] } {
    const file = openSync(this.effectsPath, 'r');
    try {
      const bytes = Buffer.alloc(fstatSync(file).size - this.read.bytes);
      const count = readSync(file, bytes, 0, bytes.length, this.read.bytes);
      this.read.bytes += count;
      const lines = (this.read.rest + bytes.toString('latin1', 0, count)).split('\n');
      this.read.rest = lines.pop()!;
      for (const line of lines) this.index.add(line);
    } finally {
      closeSync(file);
    }
    return { effects: this.index.effects, problems: this.index.problems.splice(0) };
  }

  /** JSON lines; null: there is no such run. */
  async historyOf(victim: Target, workflowId: string): Promise<string | null> {
    try {
      return (await victim.call({ op: 'history', workflowId })) as string;
    } catch (error) {
      if (error instanceof Refused && error.code === 'WORKFLOW_NOT_FOUND') return null;
      throw error;
    }
  }

  intend(input: StepsInput): RunRecord {
    const workflowId = `${this.name}-${++this.nextRun}`;
    const signals = Array.from({ length: input.signals }, (_, n) => ({ requestId: this.random.uuid(), payload: `${workflowId}/${n}` }));
    return this.ledger.intend(workflowId, this.random.uuid(), input, signals);
  }

  /** Goes on with a run wherever it stands. False: this victim answers no more. */
  async drive(victim: Target, record: RunRecord): Promise<boolean> {
    try {
      const { workflowId, requestId } = record;
      if (!record.isStarted) await this.start(victim, record);
      if (this.random.chance(DESCRIBED_SHARE)) await this.describe(victim, workflowId);
      await Promise.all(record.signals.filter(({ acknowledged }) => !acknowledged).map((signal) => this.signal(victim, record, signal)));
      const call = this.invoke(workflowId, 'result', `${requestId} result`);
      const result = await this.send(victim, () => victim.call({ op: 'result', workflowId, timeoutMs: RESULT_TIMEOUT_MS }));
      if (!this.voided.has(victim)) {
        this.history.returned(call, 'closed');
        this.ledger.finished(record, result);
      }
      if (this.random.chance(DESCRIBED_SHARE)) await this.describe(victim, workflowId);
      return true;
    } catch (error) {
      if (error instanceof Refused) this.refusals.push(error);
      else if (!(error instanceof VictimGone)) throw error;
      return false;
    }
  }

  /** Rejects with what the victim refused it with, or with VictimGone. */
  async start(victim: Target, record: RunRecord): Promise<void> {
    const { workflowId, requestId, input } = record;
    const { version } = this;
    const call = this.invoke(workflowId, 'start', requestId);
    const { runId } = (await this.send(victim, () => victim.call({ op: 'start', workflowId, requestId, input, version }))) as {
      runId: string;
    };
    if (this.voided.has(victim)) return;
    this.history.returned(call, runId);
    this.ledger.started(record, runId);
  }

  private async signal(victim: Target, record: RunRecord, signal: SignalRecord): Promise<void> {
    const { requestId, payload } = signal;
    const call = this.invoke(record.workflowId, 'signal', requestId);
    await this.send(victim, () => victim.call({ op: 'signal', workflowId: record.workflowId, requestId, payload }));
    if (this.voided.has(victim)) return;
    this.history.returned(call, 'recorded');
    this.ledger.signalled(record, signal);
  }

  /** Y3. */
  private invoke(workflowId: string, call: WorkflowInput['call'], request: string): number {
    let id = this.calls.get(request);
    if (id === undefined) {
      if (call === 'start') this.history.invoke('its end', { workflowId, call: 'end' });
      this.calls.set(request, (id = this.history.invoke(request, { workflowId, call })));
    }
    return id;
  }

  private async describe(victim: Target, workflowId: string): Promise<void> {
    const call = this.history.invoke('description', { workflowId, call: 'describe' });
    try {
      const { status } = (await victim.call({ op: 'describe', workflowId })) as { readonly status: string };
      if (!this.voided.has(victim)) return this.history.returned(call, status === 'running' || status === 'blocked' ? 'open' : 'closed');
    } catch (error) {
      if (!(error instanceof Refused || error instanceof VictimGone)) throw error;
    }
    this.history.hadNoEffect(call);
  }

  /** The calls of each workflow id have an order that explains every answer (P6). Of several nodes: whichever was asked. */
  checkHistory(): { readonly calls: number; readonly problems: readonly string[] } {
    const verdict = checkByKey(workflowModel, this.history.operations, ({ workflowId }) => workflowId);
    return { calls: this.history.size, problems: verdict.verdict === 'linearizable' ? [] : [explain(verdict)] };
  }

  /** An unknown outcome is asked for again, with the same request id. */
  private async send(victim: Target, call: () => Promise<unknown>): Promise<unknown> {
    for (let sends = 1; ; sends++) {
      try {
        return await call();
      } catch (error) {
        const again = error instanceof Refused && ['OUTCOME_UNKNOWN', 'OVERLOADED', 'NO_LEADER'].includes(error.code);
        if (!again || sends === SENDS_MAX || victim.isGone) throw error;
      }
    }
  }
}

async function listOf(victim: Target): Promise<Array<{ readonly workflowId: string; readonly runId: string }>> {
  const items: Array<{ readonly workflowId: string; readonly runId: string }> = [];
  for (let cursor: string | undefined; ;) {
    const page = (await victim.call({ op: 'list', limit: 500, ...(cursor === undefined ? {} : { cursor }) })) as {
      readonly items: typeof items;
      readonly next: string | null;
    };
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}
