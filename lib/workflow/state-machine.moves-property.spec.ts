import { describe, expect, it } from '@jest/globals';
import { MoveGroup, RunWitness, fate } from '../../test/support/move-world.js';
import { xorshift } from '../../test/support/workflow-chaos.js';
import { CommandKind, type WorkflowCommand } from './command.js';
import { EventKind } from './event.js';
import type { ImportItem } from './import-item.js';
import { slotOf, type SlotRange } from './slot.js';
import { SlotExporter } from './slot-move/exporter.js';
import { exportedOf } from './state-machine.js';
import type { CommandAnswer } from './state.js';

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);
const MOVES = 6;
const WORKFLOW_IDS = Array.from({ length: 60 }, (_, i) => `wf-${i}`);
/** Of one move. */
const ATTEMPTS_MAX = 40;

/** Moves between two groups, one after the other, with a mover that is lost again and again, and commands that come twice and late. */
class Moving {
  readonly witness = new RunWitness();
  readonly groups: readonly [MoveGroup, MoveGroup];
  readonly outcomes = { activated: 0, aborted: 0, lostMovers: 0 };
  /** Answers that were given to a requestId: with the command, until its expiry. */
  private readonly late: Array<{ readonly group: MoveGroup; readonly command: WorkflowCommand }> = [];

  constructor(private readonly random: () => number) {
    this.groups = [new MoveGroup(1, random, this.witness), new MoveGroup(2, random, this.witness)];
  }

  below(bound: number): number {
    return this.random() % bound;
  }

  async live(): Promise<void> {
    for (const group of this.groups) await group.live(this.below(12));
    // At most one group owns a slot.
    for (const workflowId of WORKFLOW_IDS) {
      const owners = this.groups.filter((group) => group.memory.ownsSlotOf(workflowId));
      if (owners.length > 1) this.witness.problems.push(`two groups own the slot of ${workflowId}`);
    }
    if (this.late.length > 0 && this.below(3) === 0) {
      const { group, command } = this.late[this.below(this.late.length)]!;
      await group.send(command);
    }
  }

  private async send(group: MoveGroup, command: WorkflowCommand): Promise<CommandAnswer> {
    const answer = await group.send(command);
    this.late.push({ group, command });
    if (this.late.length > 30) this.late.shift();
    if (this.below(4) === 0) expect(await group.send(command)).toEqual(answer);
    return answer;
  }

  /** One move to its end; the mover may be lost after any step, and the next one begins anew with what the logs have. */
  async move(moveId: number): Promise<void> {
    const [source, target] = this.sides();
    const beginning = { moveId, ranges: this.ranges(source), oldestMoveId: moveId };
    const isToAbort = this.below(4) === 0;
    for (let tries = 0; ; tries++) {
      expect(tries).toBeLessThan(ATTEMPTS_MAX);
      const outcome = await this.attempt(source, target, beginning, isToAbort && tries > 0, tries > 12);
      if (outcome === null) continue;
      this.outcomes[outcome]++;
      return;
    }
  }

  /** The source owns something. */
  private sides(): readonly [MoveGroup, MoveGroup] {
    const [one, other] = this.below(2) === 0 ? this.groups : ([this.groups[1], this.groups[0]] as const);
    return this.owned(one).length > 0 ? [one, other] : [other, one];
  }

  private owned(group: MoveGroup): number[] {
    const slots = WORKFLOW_IDS.filter((id) => group.memory.ownsSlotOf(id));
    return [...new Set(slots.map(slotOf))].sort((a, b) => a - b);
  }

  /** At least one slot. */
  private ranges(source: MoveGroup): SlotRange[] {
    const owned = this.owned(source);
    const some = owned.filter(() => this.below(2) === 0);
    return (some.length > 0 ? some : owned).map((first) => ({ first, count: 1 }));
  }

  /** Null: it is to begin anew. */
  private async attempt(
    source: MoveGroup,
    target: MoveGroup,
    { moveId, ranges, oldestMoveId }: { readonly moveId: number; readonly ranges: readonly SlotRange[]; readonly oldestMoveId: number },
    isToAbort: boolean,
    isLucky: boolean,
  ): Promise<'activated' | 'aborted' | null> {
    // A replica of either kind leads. Where another took its place, its process ended, and the mover with it.
    const replica = this.below(2) === 0 ? source.memory : source.stored;
    const isGone = (): boolean => replica !== source.memory && replica !== source.stored;
    const isLost = (): boolean => {
      if (!isGone() && (isLucky || this.below(12) > 0)) return false;
      this.outcomes.lostMovers++;
      return true;
    };
    const from = source.groupId;
    const to = target.groupId;
    if (isToAbort) {
      const answer = await this.send(target, { kind: CommandKind.ABORT_IMPORT, moveId, from });
      if (isLost()) return null;
      if (fate(answer) === 'ok') {
        const ended = await this.send(source, { kind: CommandKind.UNFREEZE_SLOTS, moveId });
        expect(['ok', 'ignored: the move is over, or never began here']).toContain(fate(ended));
        return 'aborted';
      }
    }
    let answer = await this.send(target, { kind: CommandKind.IMPORT_BEGIN, moveId, from, ranges, oldestMoveId });
    expect(fate(answer)).toBe('ok');
    const exporter = new SlotExporter(replica, ranges, 200 + this.below(3000));
    /** Runs of which something came when the target had them as closed ones, from an earlier time. */
    const skipped = new Set<string>();
    let isFrozen = false;
    const parts = async (some: AsyncGenerator<readonly ImportItem[]>): Promise<boolean> => {
      for await (const items of some) {
        const { runs } = exportedOf(target.memory).state;
        for (const runId of runIdsOf(items)) {
          this.witness.travelled.add(runId);
          if (runs.get(runId)?.isOpen === false) skipped.add(runId);
        }
        const sent = await this.send(target, partOf({ moveId, logTimeMs: exporter.logTimeMs }, ...items));
        if (fate(sent) === 'ignored: something before it has not come') {
          this.checkGap(target, items, skipped);
          // What this mover leaves for the pause is new to the target.
          expect(isFrozen).toBe(false);
          return false;
        }
        if (fate(sent) !== 'ok') expect(fate(sent)).toBe('ignored: the move was activated');
        await this.live();
        if (isLost()) return false;
      }
      return true;
    };
    try {
      if (!(await parts(exporter.ahead()))) return null;
      if (this.below(2) === 0 && !(await parts(exporter.more()))) return null;
      answer = await this.send(source, { kind: CommandKind.FREEZE_SLOTS, moveId, to, ranges, oldestMoveId });
      if (fate(answer) === 'ignored: the move was activated') return 'activated';
      expect(fate(answer)).toBe('ok');
      isFrozen = true;
      await this.live();
      if (isLost()) return null;
      if (!(await parts(exporter.rest()))) return null;
    } catch (error) {
      // What was being read is swept.
      if (error instanceof Error && error.name === 'StateReplaced') return null;
      throw error;
    }
    const { openRuns, logTimeMs } = exporter;
    answer = await this.send(target, { kind: CommandKind.ACTIVATE_IMPORT, moveId, logTimeMs, slotEpoch: 9, openRuns });
    expect(fate(answer)).toBe('ok');
    await this.live();
    if (isLost()) return null;
    expect(fate(await this.send(source, { kind: CommandKind.DROP_SLOTS, moveId }))).toBe('ok');
    return 'activated';
  }

  /** Nothing is missing but of runs that the target had whole, and has swept since parts of them came: all else of the part is there. */
  private checkGap(target: MoveGroup, items: readonly ImportItem[], skipped: ReadonlySet<string>): void {
    const { runs } = exportedOf(target.memory).state;
    const missing = new Set<string>();
    for (const item of items) {
      if (item.type === 'answer') continue;
      const runId = item.type === 'events' ? item.run.runId : item.runId;
      const last = item.type === 'events' ? item.events.at(-1)!.wseq : item.events;
      if ((runs.get(runId)?.history.length ?? 0) < last) missing.add(runId);
    }
    expect(missing.size).toBeGreaterThan(0);
    for (const runId of missing) expect([runId, skipped.has(runId), runs.get(runId)?.isOpen ?? true]).toEqual([runId, true, true]);
  }
}

function runIdsOf(items: readonly ImportItem[]): string[] {
  return items.flatMap((item) => (item.type === 'events' ? [item.run.runId] : []));
}

function partOf(head: { readonly moveId: number; readonly logTimeMs: number }, ...items: readonly ImportItem[]): WorkflowCommand {
  return { kind: CommandKind.IMPORT_PART, ...head, items };
}

const total = { activated: 0, aborted: 0, lostMovers: 0 };

describe('moves of slots under random commands', () => {
  it.each(SEEDS)(
    'R41, P2, P4, P5: whatever mover is lost, a run has one history, in one group at a time; replicas in memory and in rows agree (seed %d)',
    async (seed) => {
      const moving = new Moving(xorshift(seed * 7919));
      for (const group of moving.groups) await group.begin();
      for (let i = 0; i < 15; i++) await moving.live();
      for (let moveId = 1; moveId <= MOVES; moveId++) {
        await moving.move(moveId);
        for (let i = 0; i < 8; i++) await moving.live();
        for (const group of moving.groups) await group.checkCurrent(WORKFLOW_IDS);
      }
      expect(moving.witness.problems).toEqual([]);
      expect(moving.outcomes.activated + moving.outcomes.aborted).toBe(MOVES);
      for (const name of Object.keys(total) as Array<keyof typeof total>) total[name] += moving.outcomes[name];
      // Every run that somebody shows has all of its history there; open ones are shown by one group, and none is missing.
      const shown = new Map<string, number>();
      for (const group of moving.groups) {
        for (const run of group.memory.allRuns()) {
          expect(await group.history(run.workflowId, run.runId)).toEqual(moving.witness.histories.get(run.runId));
          if (run.closedMs === 0) shown.set(run.runId, (shown.get(run.runId) ?? 0) + 1);
        }
      }
      for (const [runId, history] of moving.witness.histories) {
        if (history.at(-1)!.kind !== EventKind.FINISHED) expect([runId, shown.get(runId)]).toEqual([runId, 1]);
      }
    },
    60_000,
  );

  it('the moves above ended either way, and lost movers', () => {
    expect(Math.min(...Object.values(total))).toBeGreaterThan(0);
  });
});
