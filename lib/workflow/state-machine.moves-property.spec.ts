import { describe, expect, it } from '@jest/globals';
import { MoveGroup, RunWitness, fate } from '../../test/support/move-world.js';
import { xorshift } from '../../test/support/workflow-chaos.js';
import { CommandKind, type WorkflowCommand } from './command.js';
import { EventKind } from './event.js';
import { slotOf, type SlotRange } from './slot.js';
import { SlotExporter } from './slot-move/exporter.js';
import type { CommandAnswer } from './state.js';

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);
const MOVES = 6;

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
    for (let i = 0; i < 60; i++) {
      const owners = this.groups.filter((group) => group.memory.ownsSlotOf(`wf-${i}`));
      if (owners.length > 1) this.witness.problems.push(`two groups own the slot of wf-${i}`);
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
    const [source, target] = this.below(2) === 0 ? this.groups : ([this.groups[1], this.groups[0]] as const);
    const ranges = this.ranges(source);
    if (ranges.length === 0) return;
    const beginning = { moveId, ranges, oldestMoveId: moveId };
    const isToAbort = this.below(4) === 0;
    for (let tries = 0; ; tries++) {
      if (tries > 0) this.outcomes.lostMovers++;
      const outcome = await this.attempt(source, target, beginning, isToAbort && tries > 0, tries > 12);
      if (outcome === null) continue;
      this.outcomes[outcome]++;
      return;
    }
  }

  private ranges(source: MoveGroup): SlotRange[] {
    const ranges: SlotRange[] = [];
    for (let i = 0; i < 60; i++) {
      const slot = slotOf(`wf-${i}`);
      if (source.memory.ownsSlotOf(`wf-${i}`) && this.below(2) === 0) ranges.push({ first: slot, count: 1 });
    }
    const unique = [...new Map(ranges.map((range) => [range.first, range])).values()];
    return unique.sort((a, b) => a.first - b.first);
  }

  /** Null: the mover was lost. */
  private async attempt(
    source: MoveGroup,
    target: MoveGroup,
    { moveId, ranges, oldestMoveId }: { readonly moveId: number; readonly ranges: readonly SlotRange[]; readonly oldestMoveId: number },
    isToAbort: boolean,
    isLucky: boolean,
  ): Promise<'activated' | 'aborted' | null> {
    const isLost = (): boolean => !isLucky && this.below(12) === 0;
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
    // A replica of either kind leads.
    const exporter = new SlotExporter(this.below(2) === 0 ? source.memory : source.stored, ranges, 200 + this.below(3000));
    const parts = async (some: AsyncGenerator<readonly Parameters<typeof partOf>[1][]>): Promise<boolean> => {
      for await (const items of some) {
        const sent = await this.send(target, partOf({ moveId, logTimeMs: exporter.logTimeMs }, ...items));
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
      await this.live();
      if (isLost()) return null;
      if (!(await parts(exporter.rest()))) return null;
    } catch (error) {
      // A replica that was restarted, or got a snapshot, while it was read.
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
}

function partOf(
  head: { readonly moveId: number; readonly logTimeMs: number },
  ...items: Extract<WorkflowCommand, { kind: 44 }>['items'][number][]
): WorkflowCommand {
  return { kind: CommandKind.IMPORT_PART, ...head, items };
}

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
      }
      expect(moving.witness.problems).toEqual([]);
      expect(moving.outcomes.activated + moving.outcomes.aborted).toBeGreaterThan(2);
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
});
