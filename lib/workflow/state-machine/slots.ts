/**
 * Slots of a group: {slot → state, slotEpoch} (R40, R41). Pure.
 *
 * T1. A group that has frozen or imports a slot is not its owner; at most one group owns a slot, ever (docs/adr/0063).
 */
import type { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import { SLOT_COUNT, type SlotRange } from '../slot.js';

/** `FROZEN`: at the source of a move, from freeze to drop. `IMPORTING`: at its target, until that is decided. */
export const SlotState = { ABSENT: 0, OWNED: 1, FROZEN: 2, IMPORTING: 3 } as const;
export type SlotState = (typeof SlotState)[keyof typeof SlotState];

/** The group that owns every slot of a new deployment; 0 is the management cluster, which owns none. */
export const FIRST_EXECUTION_GROUP = 1;

export class SlotTable {
  readonly states = new Uint8Array(SLOT_COUNT);
  /** Raised by each move of the slot. */
  readonly epochs = new Float64Array(SLOT_COUNT);
  /** The group that a slot went to, or is going to; 0: not known here. */
  readonly movedTo = new Int32Array(SLOT_COUNT);

  static initial(groupId: number): SlotTable {
    const table = new SlotTable();
    if (groupId === FIRST_EXECUTION_GROUP) {
      table.states.fill(SlotState.OWNED);
      table.epochs.fill(1);
    }
    return table;
  }

  owns(slot: number): boolean {
    return this.states[slot] === SlotState.OWNED;
  }

  /** It has what there is of the slot, though it may be frozen: a look at it is right as of some moment. */
  shows(slot: number): boolean {
    const state = this.states[slot];
    return state === SlotState.OWNED || state === SlotState.FROZEN;
  }

  isImporting(slot: number): boolean {
    return this.states[slot] === SlotState.IMPORTING;
  }

  isFrozen(slot: number): boolean {
    return this.states[slot] === SlotState.FROZEN;
  }

  all(ranges: readonly SlotRange[], state: SlotState): boolean {
    return ranges.every(({ first, count }) => this.states.subarray(first, first + count).every((one) => one === state));
  }

  set(ranges: readonly SlotRange[], state: SlotState, movedTo = 0): void {
    for (const { first, count } of ranges) {
      this.states.fill(state, first, first + count);
      this.movedTo.fill(movedTo, first, first + count);
    }
  }

  epochMax(ranges: readonly SlotRange[]): number {
    let max = 0;
    for (const { first, count } of ranges) for (const epoch of this.epochs.subarray(first, first + count)) max = Math.max(max, epoch);
    return max;
  }

  setEpoch(ranges: readonly SlotRange[], epoch: number): void {
    for (const { first, count } of ranges) this.epochs.fill(epoch, first, first + count);
  }
}

export function writeRanges(writer: BinaryWriter, ranges: readonly SlotRange[]): void {
  writer.uint(ranges.length, 'ranges');
  for (const { first, count } of ranges) {
    writer.uint(first, 'range.first');
    writer.uintFrom(1, count, 'range.count');
  }
}

/** At least one; ascending, apart from each other, within the slots that there are. */
export function readRanges(reader: BinaryReader): readonly SlotRange[] {
  const ranges: SlotRange[] = [];
  let end = 0;
  for (let left = reader.count('ranges', 2, SLOT_COUNT); left > 0; left--) {
    const first = reader.uint('range.first');
    const count = reader.uintFrom(1, 'range.count');
    if (first < end || first + count > SLOT_COUNT) reader.fail('ranges', `slots ${first} to ${first + count - 1} do not follow ${end - 1}`);
    end = first + count;
    ranges.push({ first, count });
  }
  if (ranges.length === 0) reader.fail('ranges', 'there are none');
  return ranges;
}
