/**
 * Moves of slots that a group takes part in, and what it has decided of them (R41, docs/adr/0063). Part of the state from MOVES_LEVEL on; empty below. Pure.
 *
 * D1. A move is decided once at each side. What was decided is remembered until no move with so low an id is under way any more: a repetition has the same answer,
 *     and a command that was late begins nothing.
 */
import type { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import { SLOT_COUNT, type SlotRange } from '../slot.js';
import { readRanges, writeRanges, type SlotTable } from './slots.js';

/** In the order of their numbers on disk: append only. */
const PHASES = ['frozen', 'dropped', 'unfrozen', 'importing', 'activated', 'aborted'] as const;
/** The first three at the source, the others at the target. */
export type GroupMovePhase = (typeof PHASES)[number];

export interface GroupMove {
  readonly moveId: number;
  /** The other side. */
  readonly peer: number;
  /** Empty once it is decided. */
  readonly ranges: readonly SlotRange[];
  readonly phase: GroupMovePhase;
}

/** At most so many are under way or remembered: management bounds them far below. */
export const GROUP_MOVES_MAX = 65_536;

export class GroupMoves {
  private readonly byId = new Map<number, GroupMove>();
  /** Moves below are over. */
  oldest = 0;

  get size(): number {
    return this.byId.size;
  }

  find(moveId: number): GroupMove | undefined {
    return this.byId.get(moveId);
  }

  put(move: GroupMove): void {
    this.byId.set(move.moveId, move);
  }

  /** Ascending by id. */
  list(): GroupMove[] {
    return [...this.byId.values()].sort((a, b) => a.moveId - b.moveId);
  }

  /** What was decided of moves below is forgotten; one that is not decided here stays. */
  forgetBelow(moveId: number): void {
    if (moveId <= this.oldest) return;
    this.oldest = moveId;
    for (const move of this.list()) {
      if (move.moveId >= moveId) return;
      if (move.phase !== 'frozen' && move.phase !== 'importing') this.byId.delete(move.moveId);
    }
  }
}

export function writeMoves(writer: BinaryWriter, moves: GroupMoves, slots: SlotTable): void {
  writer.uint(moves.oldest, 'moves.oldest');
  const list = moves.list();
  writer.uint(list.length, 'moves');
  for (const { moveId, peer, ranges, phase } of list) {
    writer.uint(moveId, 'moveId');
    writer.uint(peer, 'move.peer');
    writer.u8(PHASES.indexOf(phase));
    if (phase === 'frozen' || phase === 'importing') writeRanges(writer, ranges);
  }
  for (let slot = 0; slot < SLOT_COUNT;) {
    let end = slot + 1;
    while (end < SLOT_COUNT && slots.movedTo[end] === slots.movedTo[slot]) end++;
    writer.uint(slots.movedTo[slot]!, 'movedTo');
    writer.uint(end - slot, 'slots');
    slot = end;
  }
}

export function readMoves(reader: BinaryReader, moves: GroupMoves, slots: SlotTable): void {
  moves.oldest = reader.uint('moves.oldest');
  for (let left = reader.count('moves', 3, GROUP_MOVES_MAX); left > 0; left--) {
    const moveId = reader.uintFrom(1, 'moveId');
    if (moves.find(moveId) !== undefined) reader.fail('moveId', `move ${moveId} stands here twice`);
    const peer = reader.uint('move.peer');
    const number = reader.u8('move.phase');
    const phase = PHASES[number] ?? reader.fail('move.phase', `${number} stands for nothing`);
    moves.put({ moveId, peer, phase, ranges: phase === 'frozen' || phase === 'importing' ? readRanges(reader) : [] });
  }
  for (let slot = 0; slot < SLOT_COUNT;) {
    const movedTo = reader.uint('movedTo');
    const length = reader.uintFrom(1, 'slots');
    if (movedTo > 2 ** 31 - 1) reader.fail('movedTo', `${movedTo} is no cluster`);
    if (slot + length > SLOT_COUNT) reader.fail('slots', `${slot + length} are more than ${SLOT_COUNT}`);
    slots.fillMovedTo(slot, length, movedTo);
    slot += length;
  }
}
