/**
 * Carries moves of slots out, on the node that leads their source; and takes the target's commands to its group (R41, docs/adr/0063).
 *
 * O1. It holds nothing that matters: what was decided stands in the logs of source and target. Whoever leads the source next begins anew with the same order.
 * O2. Orders come again and again (the leader of management asks until the move is finished): the first begins the work, the others are answered with how far it is.
 * O3. The source drops its slots, or unfreezes them, only on the word of the target's log.
 * O4. Frozen for longer than `freezeMsMax`, it asks the target's log to decide against the move: that bounds the pause, as far as the target can be reached.
 * O5. On a node that does not lead the source it stops by itself.
 * Tests: ../../../test/workflow/slot-moves.spec.ts.
 */
import type { Clock } from '../../cluster/clock.js';
import { RaftoralError } from '../../errors/index.js';
import { BinaryReader, BinaryWriter, COMMAND_KIND_OFFSET } from '../../state-machine/index.js';
import { bytesOfText, textOfBytes } from '../canonical-json.js';
import { decodeCommand, encodeCommand, levelOf } from '../command-codec.js';
import { CODEC_LEVEL_MAX, CommandKind, MOVES_LEVEL, type SlotMoveCommand } from '../command.js';
import { fateOfMove, type MoveFate } from './move-fate.js';
import { DEFAULT_MOVER_TUNING, SlotMove, type HostedCluster, type MoveHost, type MoverTuning } from './move.js';
import { IMPORT_METHOD, MOVE_METHOD, decodeOrder, encodeReport, type MoveNode } from './move-port.js';

/** Commands that a mover elsewhere may send to a target. */
const TARGET_KINDS: ReadonlySet<number> = new Set([
  CommandKind.IMPORT_BEGIN,
  CommandKind.IMPORT_PART,
  CommandKind.ACTIVATE_IMPORT,
  CommandKind.ABORT_IMPORT,
]);

export class SlotMover implements MoveHost {
  readonly tuning: MoverTuning;
  private readonly moves = new Map<number, SlotMove>();
  private isStopped = false;

  constructor(
    readonly node: MoveNode,
    readonly clock: Clock,
    /** Execution clusters that the node hosts now; null: not this one. */
    private readonly clusterOf: (clusterId: number) => HostedCluster | null,
    tuning: Partial<MoverTuning> = {},
  ) {
    this.tuning = { ...DEFAULT_MOVER_TUNING, ...tuning };
    node.handle(MOVE_METHOD, (_from, body) => this.ordered(body));
    node.handle(IMPORT_METHOD, (_from, body, remainingMs) => this.carriedOut(body, remainingMs));
  }

  stop(): void {
    this.isStopped = true;
    for (const moveId of [...this.moves.keys()]) this.forget(moveId);
  }

  /** Rejects with NOT_MEMBER where the node does not lead the source. */
  private async ordered(body: Uint8Array): Promise<Uint8Array> {
    const order = decodeOrder(body);
    const cluster = this.clusterOf(order.from);
    if (this.isStopped || cluster === null || !cluster.group.isLeader) {
      const leaderId = cluster?.group.leaderId ?? 0;
      const message = `node ${this.node.nodeId} does not lead cluster ${order.from}${leaderId === 0 ? '' : `; node ${leaderId} does`}`;
      throw new RaftoralError('NOT_MEMBER', message, { details: { leaderId } });
    }
    let move = this.moves.get(order.moveId);
    if (move === undefined || move.isOver) {
      // Moves that are finished are asked about no more.
      for (const [moveId, other] of this.moves) if (other.isOver && moveId < order.oldestMoveId) this.moves.delete(moveId);
      if (move === undefined || !move.report.isFinished) {
        move = new SlotMove(this, cluster, order);
        this.moves.set(order.moveId, move);
        void move.run();
      }
    }
    move.ordered(order);
    const { phase, isFinished, problem } = move.report;
    if (order.knownPhase !== undefined && !isFinished && problem === '' && (phase === order.knownPhase || order.isAborting))
      await move.whenNews();
    return encodeReport(move.report);
  }

  private forget(moveId: number): void {
    this.moves.get(moveId)?.stop();
    this.moves.delete(moveId);
  }

  /** To the target, wherever it is. Rejects with what came of the last node that was asked. */
  async toTarget(order: { readonly to: number; readonly targets: readonly number[] }, command: SlotMoveCommand): Promise<MoveFate> {
    const writer = new BinaryWriter();
    writer.uint(order.to, 'clusterId');
    // The group at the other end says whether its level allows it.
    writer.bytes(encodeCommand(command, Number.MAX_SAFE_INTEGER));
    const body = writer.finish();
    let last: unknown = new RaftoralError('NOT_MEMBER', `no node is known to host cluster ${order.to}`);
    for (const target of order.targets) {
      try {
        const { requestTimeoutMs } = this.tuning;
        const answer =
          target === this.node.nodeId
            ? await this.carriedOut(body, requestTimeoutMs)
            : await this.node.request(target, IMPORT_METHOD, body, requestTimeoutMs);
        return textOfBytes(answer) as MoveFate;
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  /** A command of a mover for a group that is hosted here: proposed, through its leader. */
  private async carriedOut(body: Uint8Array, remainingMs: number): Promise<Uint8Array> {
    const reader = new BinaryReader('command of a mover').open(body);
    const clusterId = reader.uint('clusterId');
    const frame = reader.bytes('command').slice();
    reader.end();
    const cluster = this.clusterOf(clusterId);
    if (cluster === null)
      throw new RaftoralError('NOT_MEMBER', `node ${this.node.nodeId} hosts no cluster ${clusterId}; ask one that does`);
    if (!TARGET_KINDS.has(frame[COMMAND_KIND_OFFSET]!)) reader.fail('command', 'it is none that a mover sends');
    const { codecLevel } = cluster.state;
    // Of the parts, those with children need more than the others (B3 of command-codec.ts).
    if (codecLevel < MOVES_LEVEL || (codecLevel < CODEC_LEVEL_MAX && levelOf(decodeCommand(frame)) > codecLevel))
      return bytesOfText('not-yet');
    const { result } = await cluster.group.propose(frame, { deadlineMs: Math.max(1, remainingMs) });
    return bytesOfText(fateOfMove(result));
  }
}
