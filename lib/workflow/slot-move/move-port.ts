/**
 * Port: what moving slots needs of the node that it runs in, and what is said of a move between nodes (R41). Types, and their bytes.
 */
import type { RequestHandler } from '../../cluster/group.js';
import { RaftoralError } from '../../errors/index.js';
import { bytesOfText, canonicalText, decodeCanonical } from '../canonical-json.js';
import type { SlotRange } from '../slot.js';

/** Sent by the leader of management to the node that leads the source. */
export const MOVE_METHOD = 'workflow.move';
/** Sent by the mover to a node that hosts the target. */
export const IMPORT_METHOD = 'workflow.import';

export interface MoveNode {
  readonly nodeId: number;
  request(to: number, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  handle(method: string, handler: RequestHandler): void;
}

export interface MoveOrder {
  readonly moveId: number;
  readonly from: number;
  readonly to: number;
  readonly ranges: readonly SlotRange[];
  /** Nodes that host the target, the one that leads it first, if that is known. */
  readonly targets: readonly number[];
  /** Lowest move that is under way anywhere. */
  readonly oldestMoveId: number;
  /** The move is to end without effect, if the target's log has not activated it. */
  readonly isAborting: boolean;
  /** What the one who asks knows: the answer comes when there is something new, or after a while. Absent: at once. */
  readonly knownPhase?: MovePhase | 'aborting';
}

/** How far a move is known to be, as management counts it (its MovePhase). */
export type MovePhase = 'copying' | 'frozen' | 'imported' | 'activated' | 'aborted';

export interface MoveReport {
  readonly phase: MovePhase;
  /** The source has dropped the slots, or unfrozen them. */
  readonly isFinished: boolean;
  /** Why it does not go on, for people; empty: nothing is known to be wrong. */
  readonly problem: string;
  /** From the freeze to the decision, ms; 0 while it is not decided. */
  readonly pauseMs: number;
}

export function encodeOrder(order: MoveOrder): Uint8Array {
  return bytesOfText(canonicalText(order, 'the order of a move'));
}

/** Throws INVALID_ARGUMENT. */
export function decodeOrder(body: Uint8Array): MoveOrder {
  const order = decodeCanonical(body) as Partial<MoveOrder> | null;
  const isId = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
  const isRange = (range: unknown): boolean => isId((range as SlotRange).count) && Number.isSafeInteger((range as SlotRange).first);
  if (
    order === null ||
    typeof order !== 'object' ||
    ![order.moveId, order.from, order.to, order.oldestMoveId].every(isId) ||
    !Array.isArray(order.ranges) ||
    !order.ranges.every(isRange) ||
    !Array.isArray(order.targets) ||
    !order.targets.every(isId) ||
    typeof order.isAborting !== 'boolean'
  )
    throw new RaftoralError('INVALID_ARGUMENT', 'these bytes are no order of a move');
  return order as MoveOrder;
}

export function encodeReport(report: MoveReport): Uint8Array {
  return bytesOfText(canonicalText(report, 'the report of a move'));
}

export function decodeReport(body: Uint8Array): MoveReport {
  return decodeCanonical(body) as MoveReport;
}
