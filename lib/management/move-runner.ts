/**
 * Has moves of slots carried out, on the node that leads cluster 0 (R41): asks the node that leads the source, and records how far its logs and the target's are.
 *
 * V1. Nothing is remembered but who led a source last: what was begun stands in the topology, so another leader goes on.
 * V2. One question at a time for each move. Its answer comes when there is something new to say, or after a while; what it says is proposed in the order of the phases.
 * V3. A mover that ended a move by itself (frozen for too long) has the abort recorded first, as if it had been asked for.
 * Tests: move-runner.spec.ts, test/management/slot-moves.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import type { Logger } from '../cluster/logger.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { encodeTopologyCommand } from './command-codec.js';
import { TopologyKind, type MovePhase, type TopologyCommand } from './command.js';
import type { ManagementNode } from './node-port.js';
import { decodeMoveReport, encodeMoveOrder, type MoveReport } from './request-codec.js';
import type { MoveView, TopologyAnswer, TopologyView } from './state.js';

/** Answered by whoever leads the source (lib/workflow/slot-move). */
export const MOVE_METHOD = 'workflow.move';

/** The other side answers sooner. */
const ASK_TIMEOUT_MS = 3_000;
const RETRY_AFTER_MS = 250;
const PROPOSE_TIMEOUT_MS = 10_000;

export interface MoveRunnerParts {
  readonly node: Pick<ManagementNode, 'request'>;
  readonly group: RaftGroup<TopologyAnswer>;
  readonly topology: () => TopologyView;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class MoveRunner {
  private readonly attended = new Set<number>();
  private readonly leaders = new Map<number, number>();
  private readonly problems = new Map<number, string>();
  private isStopped = false;

  constructor(private readonly parts: MoveRunnerParts) {}

  /** The topology, or who leads it, has changed. */
  ask(): void {
    if (!this.isLeading) return;
    for (const moveId of this.parts.topology().moves.keys()) {
      if (this.attended.has(moveId)) continue;
      this.attended.add(moveId);
      void this.attend(moveId).finally(() => this.attended.delete(moveId));
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private get isLeading(): boolean {
    return !this.isStopped && this.parts.group.isLeader;
  }

  /** Until the move is finished, or another node leads. Never rejects. */
  private async attend(moveId: number): Promise<void> {
    for (let move = this.find(moveId); move !== undefined && this.isLeading; move = this.find(moveId)) {
      try {
        const report = await this.report(move);
        this.note(moveId, report.problem);
        const commands = recordOf(moveId, move.phase, report);
        for (const command of commands) await this.propose(command);
        // A mover that began anew says less than is known, and at once.
        if (commands.length === 0) await this.pause();
      } catch (error) {
        this.note(moveId, isRaftoralError(error) ? `${error.code}: ${error.message}` : String(error));
        await this.pause();
      }
    }
    this.problems.delete(moveId);
  }

  private find(moveId: number): MoveView | undefined {
    return this.parts.topology().moves.get(moveId);
  }

  private async report(move: MoveView): Promise<MoveReport> {
    const { moveId, from, to, ranges, phase } = move;
    const topology = this.parts.topology();
    const body = encodeMoveOrder({
      moveId,
      from,
      to,
      ranges,
      targets: membersOf(topology, to),
      oldestMoveId: Math.min(...topology.moves.keys()),
      isAborting: phase === 'aborting',
      knownPhase: phase,
    });
    let last: unknown = new RaftoralError('NOT_MEMBER', `no member of cluster ${from} is known`);
    const known = this.leaders.get(from);
    const candidates = membersOf(topology, from);
    if (known !== undefined && candidates.includes(known)) candidates.unshift(known);
    for (const node of new Set(candidates)) {
      try {
        const report = decodeMoveReport(await this.parts.node.request(node, MOVE_METHOD, body, ASK_TIMEOUT_MS));
        this.leaders.set(from, node);
        return report;
      } catch (error) {
        last = error;
      }
    }
    this.leaders.delete(from);
    throw last;
  }

  private async propose(command: TopologyCommand): Promise<void> {
    const { group, topology } = this.parts;
    const { result } = await group.propose(encodeTopologyCommand(command, topology().codecLevel), { deadlineMs: PROPOSE_TIMEOUT_MS });
    if (!result.ok) throw new RaftoralError(result.code, result.message);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => this.parts.clock.setTimer(RETRY_AFTER_MS, resolve, { unref: true }));
  }

  /** Said once. */
  private note(moveId: number, problem: string): void {
    if ((this.problems.get(moveId) ?? '') === problem) return;
    this.problems.set(moveId, problem);
    if (problem !== '' && this.isLeading) this.parts.logger.log('warn', `move ${moveId} of slots does not go on: ${problem}`);
  }
}

/** Those that have their place in it, first. */
function membersOf(topology: TopologyView, clusterId: number): number[] {
  const members = topology.clusters.get(clusterId)?.members ?? [];
  const isDown = (node: number): boolean => topology.nodes.get(node)?.state === 'down';
  const voters = members.filter(({ state }) => state !== 'joining').map(({ node }) => node);
  return voters.sort((a, b) => Number(isDown(a)) - Number(isDown(b)));
}

const FORWARD: readonly MovePhase[] = ['copying', 'frozen', 'imported', 'activated'];

/** What is to be recorded, in this order, so that the topology says what was reported. */
export function recordOf(
  moveId: number,
  known: MovePhase,
  { phase, isFinished }: Pick<MoveReport, 'phase' | 'isFinished'>,
): TopologyCommand[] {
  const advance = (to: MovePhase): TopologyCommand => ({ kind: TopologyKind.ADVANCE_MOVE, moveId, phase: to });
  const commands: TopologyCommand[] = [];
  if (phase === 'aborted') {
    if (FORWARD.slice(0, 3).includes(known)) commands.push({ kind: TopologyKind.ABORT_MOVE, moveId });
    if (known !== 'aborted') commands.push(advance('aborted'));
  } else if (known === 'aborting') {
    if (phase === 'activated') commands.push(advance('activated'));
  } else if (known !== 'aborted') {
    for (const next of FORWARD.slice(FORWARD.indexOf(known) + 1, FORWARD.indexOf(phase) + 1)) commands.push(advance(next));
  }
  if (isFinished) commands.push({ kind: TopologyKind.FINISH_MOVE, moveId });
  return commands;
}
