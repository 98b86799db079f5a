/**
 * The replicas compare themselves: the leader asks now and then, each member hashes its state in slices and answers by a command, and people are told what came
 * of it (docs/adr/0053). The verdict is not made here but in apply (state-machine/state-check.ts).
 *
 * V1. Nothing wakes an idle group: the leader looks only after a batch was applied, and asks when `everyMs` of log time and `entriesMin` entries lie behind the last check.
 * V2. A hash never holds the loop for longer than about a slice. It belongs to the index of its check; a newer check, a snapshot or the end of the group drop it.
 * V3. While no majority agrees, the leader asks again whenever the voters have changed: that is how a repaired group goes on.
 * V4. A check that is open gets the time to be decided: the next one, which would replace it, waits for its outcome, but not for longer than `openMsMax` of log
 *     time (a voter that went past its index never answers), nor for voters that are none any more. Otherwise checks that are asked for faster than they are answered
 *     would never come to a verdict (docs/adr/0071).
 * Tests: test/workflow/state-check.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import type { Scheduler } from '../cluster/scheduler.js';
import { encodeCommand } from './command-codec.js';
import { CommandKind, STATE_CHECK_LEVEL } from './command.js';
import type { StateCheckEvent } from './service.js';
import type { CommandAnswer, StateCheckView, StateWalk, WorkflowStateView } from './state.js';

/** Runs or answers between two looks at the clock. */
const TAKEN_AT_ONCE = 64;

export interface StateCheckOptions {
  /** Log time between two checks at least, ms; 0 = none is asked for. Default 600,000. */
  readonly everyMs?: number;
  /** Entries between two checks at least. Default 1,000. */
  readonly entriesMin?: number;
  /** Log time for which an open check holds back the next one at most, ms. Default 60,000. */
  readonly openMsMax?: number;
}

export interface StateCheckServiceOptions extends StateCheckOptions {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateView;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly sliceMs: number;
  /** Replicas differ, or agree again. */
  readonly alarm: (event: StateCheckEvent) => void;
}

export class StateCheckService {
  private readonly everyMs: number;
  private readonly entriesMin: number;
  private readonly openMsMax: number;
  private walk: StateWalk | null = null;
  private isAsking = false;
  private isStopped = false;
  private seenRevision = -1;
  private seen: StateCheckView | null = null;
  private said = '';

  constructor(private readonly options: StateCheckServiceOptions) {
    this.everyMs = options.everyMs ?? 600_000;
    this.entriesMin = options.entriesMin ?? 1_000;
    this.openMsMax = options.openMsMax ?? 60_000;
  }

  /** After a batch was applied, and whenever leadership or membership changed. */
  review(): void {
    if (this.isStopped) return;
    const { state, group } = this.options;
    const walk = state.stateWalk;
    if (walk !== null && walk !== this.walk) this.begin(walk);
    if (state.stateCheckRevision !== this.seenRevision) this.look();
    if (group.isLeader && this.isDue()) this.ask();
  }

  /** Asks for a check now, from whichever node: resolves when it is applied here. */
  async check(): Promise<void> {
    const { group, state } = this.options;
    const { result } = await group.propose(encodeCommand({ kind: CommandKind.STATE_CHECK }, state.codecLevel));
    if (!result.ok && !result.ignored) throw new Error(result.message);
  }

  stop(): void {
    this.isStopped = true;
    this.walk = null;
  }

  private isDue(): boolean {
    const { state, group } = this.options;
    const { seen } = this;
    if (this.everyMs === 0 || this.isAsking || seen === null || state.codecLevel < STATE_CHECK_LEVEL) return false;
    const ageMs = state.logTimeMs - seen.atMs;
    const isSameVoters = seen.voters.join() === state.voters.join();
    // V4. Index 0: there was none.
    if (seen.index !== 0 && seen.outcome === 'open' && isSameVoters && ageMs < this.openMsMax) return false;
    const isLate = ageMs >= this.everyMs;
    if (!seen.isRefusing) return isLate && group.appliedIndex - seen.index >= this.entriesMin;
    return isLate || (group.membership.votersOutgoing.length === 0 && !isSameVoters);
  }

  private ask(): void {
    this.isAsking = true;
    this.check().then(
      () => (this.isAsking = false),
      // No leader, or an outcome that is not known: looked at again after the next batch.
      () => (this.isAsking = false),
    );
  }

  private begin(walk: StateWalk): void {
    const isUnderWay = this.walk !== null;
    this.walk = walk;
    if (!isUnderWay) this.options.scheduler.turn(this.slice);
  }

  private readonly slice = (): void => {
    const { walk } = this;
    if (walk === null || this.isStopped) return;
    const { clock, scheduler, sliceMs, state } = this.options;
    if (state.stateWalk !== walk) {
      this.walk = null;
      return this.review();
    }
    const untilMs = clock.monotonic() + sliceMs;
    while (!walk.next(TAKEN_AT_ONCE)) if (clock.monotonic() >= untilMs) return scheduler.turn(this.slice);
    this.walk = null;
    this.report(walk);
  };

  private report({ index, parts }: StateWalk): void {
    const { group, state } = this.options;
    const node = group.nodeId;
    const isSettled = (): boolean => {
      const { index: asked, reported } = state.stateCheck;
      return asked !== index || reported.includes(node);
    };
    if (!isSettled()) group.submit(encodeCommand({ kind: CommandKind.STATE_HASH, node, index, parts }, state.codecLevel), isSettled);
  }

  private look(): void {
    const { state, group, alarm } = this.options;
    this.seenRevision = state.stateCheckRevision;
    const seen = (this.seen = state.stateCheck);
    const problem = seen.problem ?? '';
    // That another check has begun is no all-clear: it comes with its outcome.
    if (problem === this.said || (problem === '' && seen.outcome !== 'agreed')) return;
    this.said = problem;
    const { groupId: clusterId, nodeId: node } = group;
    const { diverged } = seen;
    if (problem !== '') return alarm({ type: kindOf(seen), clusterId, node, index: seen.index, diverged, parts: [], message: problem });
    const message = `the replicas agree again, at index ${seen.agreedIndex}`;
    alarm({ type: 'agreed', clusterId, node, index: seen.agreedIndex, diverged, parts: [], message });
  }
}

/** In the order of the sentence that people are told (state-machine/state-check.ts). */
function kindOf({ isRefusing, diverged }: StateCheckView): StateCheckEvent['type'] {
  if (isRefusing) return 'refusing';
  return diverged.length > 0 ? 'diverged' : 'undecided';
}
