/**
 * One move of slots, step by step, at the leader of its source. Owned by SlotMover, which has the rules.
 *
 *   IMPORT_BEGIN at the target → histories copied ahead → FREEZE_SLOTS at the source → what has come since, and all heads → ACTIVATE_IMPORT at the target → DROP_SLOTS
 *   to end without effect: ABORT_IMPORT at the target → UNFREEZE_SLOTS
 *
 * S1. Each step may be taken again, by another mover too. A failure of any kind begins from the top: what is there already is answered so, and is not sent twice by this mover's
 *     successor but as what the target skips.
 */
import type { Clock } from '../../cluster/clock.js';
import type { RaftGroup } from '../../cluster/group.js';
import { RaftoralError } from '../../errors/index.js';
import { encodeCommand } from '../command-codec.js';
import { CommandKind, type SlotMoveCommand } from '../command.js';
import type { ImportItem } from '../import-item.js';
import type { CommandAnswer } from '../state.js';
import { exportedOf, type WorkflowStateMachine } from '../state-machine.js';
import { SlotExporter, StateReplaced } from './exporter.js';
import { fateOfMove, type MoveFate } from './move-fate.js';
import type { MoveOrder, MovePhase, MoveReport } from './move-port.js';

export interface MoverTuning {
  /** Of one part, about, bytes. */
  readonly partBytesMax: number;
  /** O4, ms. */
  readonly freezeMsMax: number;
  /** Of one command to the target, ms. */
  readonly requestTimeoutMs: number;
  /** After a failure, ms. */
  readonly retryAfterMs: number;
}

export const DEFAULT_MOVER_TUNING: MoverTuning = {
  partBytesMax: 256 * 1024,
  freezeMsMax: 5_000,
  requestTimeoutMs: 2_000,
  retryAfterMs: 200,
};

export interface HostedCluster {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateMachine;
}

/** What a move needs of the mover that owns it. */
export interface MoveHost {
  readonly clock: Clock;
  readonly tuning: MoverTuning;
  toTarget(order: MoveOrder, command: SlotMoveCommand): Promise<MoveFate>;
}

/** Events of open runs that may be left to send in the pause. */
const LAG_EVENTS_MAX = 256;
const ROUNDS_MAX = 8;
/** Who asks how far it is waits for an answer at most so long. */
const NEWS_AFTER_MS = 1_000;

type Decision = 'activated' | 'aborted';

/** The work ends here: this node does not lead the source any more, or the mover was stopped. */
class NotOurs extends Error {}

export class SlotMove {
  private phase: MovePhase = 'copying';
  private isFinished = false;
  private problem = '';
  private frozenAt = 0;
  private pauseMs = 0;
  private isStopped = false;
  private isRunning = false;
  private askers: Array<() => void> = [];

  constructor(
    private readonly mover: MoveHost,
    private readonly cluster: HostedCluster,
    private newest: MoveOrder,
  ) {}

  get order(): MoveOrder {
    return this.newest;
  }

  get report(): MoveReport {
    const { phase, isFinished, problem, pauseMs } = this;
    return { phase, isFinished, problem, pauseMs };
  }

  /** Nothing is done any more. */
  get isOver(): boolean {
    return !this.isRunning;
  }

  /** The same order, as management has it now. */
  ordered(order: MoveOrder): void {
    this.newest = order;
  }

  stop(): void {
    this.isStopped = true;
    this.tell();
  }

  /** Resolves when there is something new to report, or after a while. */
  whenNews(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.mover.clock.setTimer(NEWS_AFTER_MS, resolve, { unref: true });
      this.askers.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private enter(phase: MovePhase): void {
    this.phase = phase;
    this.tell();
  }

  private tell(): void {
    const { askers } = this;
    this.askers = [];
    for (const asker of askers) asker();
  }

  /** Until it is finished, or not ours. Never rejects. */
  async run(): Promise<void> {
    this.isRunning = true;
    while (this.isOurs && !this.isFinished) {
      try {
        const decision = await this.decide();
        await this.conclude(decision);
      } catch (error) {
        if (error instanceof NotOurs) break;
        if (!(error instanceof StateReplaced)) this.problem = error instanceof Error ? error.message : String(error);
        this.tell();
        if (this.isOurs) await this.pause();
      }
    }
    this.isRunning = false;
    this.tell();
  }

  private get isOurs(): boolean {
    return !this.isStopped && this.cluster.group.isLeader;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => this.mover.clock.setTimer(this.mover.tuning.retryAfterMs, resolve, { unref: true }));
  }

  /** Frozen for too long, or told to. */
  private get isToEnd(): boolean {
    const { tuning, clock } = this.mover;
    return this.newest.isAborting || (this.frozenAt !== 0 && clock.monotonic() - this.frozenAt > tuning.freezeMsMax);
  }

  private async decide(): Promise<Decision> {
    const { moveId, ranges, from, to, oldestMoveId } = this.newest;
    if (this.isToEnd) return this.abort();
    const begun = await this.atTarget({ kind: CommandKind.IMPORT_BEGIN, moveId, from, ranges, oldestMoveId });
    if (begun === 'activated' || begun === 'aborted') return begun;
    if (begun !== 'done') throw refusal(begun, `cluster ${to}`);
    const exporter = new SlotExporter(this.cluster.state, ranges, this.mover.tuning.partBytesMax);
    let decision = await this.send(exporter, exporter.ahead());
    for (let round = 0; decision === null && exporter.lag > LAG_EVENTS_MAX && round < ROUNDS_MAX; round++) {
      decision = await this.send(exporter, exporter.more());
    }
    if (decision !== null) return decision;
    const frozen = await this.atSource({ kind: CommandKind.FREEZE_SLOTS, moveId, to, ranges, oldestMoveId });
    if (frozen === 'activated' || frozen === 'aborted') return frozen;
    if (frozen !== 'done') throw refusal(frozen, `cluster ${from}`);
    if (this.frozenAt === 0) this.frozenAt = this.mover.clock.monotonic();
    this.enter('frozen');
    decision = await this.send(exporter, exporter.rest());
    if (decision !== null) return decision;
    this.enter('imported');
    return this.activate(exporter);
  }

  /** Null: nothing was decided meanwhile. */
  private async send(exporter: SlotExporter, parts: AsyncGenerator<readonly ImportItem[]>): Promise<Decision | null> {
    const { moveId } = this.newest;
    for await (const items of parts) {
      if (this.isToEnd) return this.abort();
      const fate = await this.atTarget({ kind: CommandKind.IMPORT_PART, moveId, logTimeMs: exporter.logTimeMs, items });
      if (fate === 'activated' || fate === 'aborted') return fate;
      if (fate !== 'done') throw refusal(fate, `cluster ${this.newest.to}`);
    }
    return null;
  }

  private async activate(exporter: SlotExporter): Promise<Decision> {
    const { moveId, ranges } = this.newest;
    if (this.isToEnd) return this.abort();
    const slotEpoch = exportedOf(this.cluster.state).state.slots.epochMax(ranges);
    const { openRuns, logTimeMs } = exporter;
    const fate = await this.atTarget({ kind: CommandKind.ACTIVATE_IMPORT, moveId, logTimeMs, slotEpoch, openRuns });
    if (fate === 'done' || fate === 'activated') return 'activated';
    if (fate === 'aborted') return 'aborted';
    throw refusal(fate, `cluster ${this.newest.to}`);
  }

  private async abort(): Promise<Decision> {
    const { moveId, from } = this.newest;
    const fate = await this.atTarget({ kind: CommandKind.ABORT_IMPORT, moveId, from });
    if (fate === 'done' || fate === 'aborted') return 'aborted';
    if (fate === 'activated') return 'activated';
    throw refusal(fate, `cluster ${this.newest.to}`);
  }

  /** O3 of mover.ts. */
  private async conclude(decision: Decision): Promise<void> {
    const { moveId } = this.newest;
    this.enter(decision);
    if (this.frozenAt !== 0 && this.pauseMs === 0) this.pauseMs = this.mover.clock.monotonic() - this.frozenAt;
    const fate = await (decision === 'activated' ? this.atSource({ kind: CommandKind.DROP_SLOTS, moveId }) : this.unfreeze());
    // That is forgotten.
    if (fate !== 'done' && fate !== 'over') throw refusal(fate, `cluster ${this.newest.from}`);
    this.problem = '';
    this.isFinished = true;
    this.tell();
  }

  /** Where nothing is frozen, the freeze of an earlier mover may still be on its way, and nobody would undo it: the source's log decides against it, too. */
  private async unfreeze(): Promise<MoveFate> {
    const { moveId, from } = this.newest;
    let fate = await this.atSource({ kind: CommandKind.UNFREEZE_SLOTS, moveId });
    if (fate === 'over') fate = await this.atSource({ kind: CommandKind.ABORT_IMPORT, moveId, from });
    return fate === 'aborted' ? 'done' : fate;
  }

  private async atSource(command: SlotMoveCommand): Promise<MoveFate> {
    this.check();
    const { group, state } = this.cluster;
    const { result } = await group.propose(encodeCommand(command, state.codecLevel), { deadlineMs: this.mover.tuning.requestTimeoutMs });
    return fateOfMove(result);
  }

  private async atTarget(command: SlotMoveCommand): Promise<MoveFate> {
    this.check();
    return this.mover.toTarget(this.newest, command);
  }

  private check(): void {
    if (!this.isOurs) throw new NotOurs();
  }
}

function refusal(fate: MoveFate, where: string): RaftoralError {
  const why: Readonly<Record<MoveFate, string>> = {
    done: '',
    activated: 'the move was activated',
    aborted: 'the move was aborted',
    over: 'the move is over there',
    elsewhere: 'a slot of the move is not where it was to be',
    gap: 'something is missing there; all is sent again',
    incomplete: 'not all open runs are there; all is sent again',
    'not-yet': 'a member there runs an older build or has not said hello since its start, or the replicas differ; it is tried again',
  };
  return new RaftoralError('MEMBERSHIP_REFUSED', `${where} refuses a step of the move: ${why[fate]}`);
}
