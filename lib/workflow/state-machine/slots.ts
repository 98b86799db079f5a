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

/** One number for each slot. Until one of them is another than 0 it takes no memory: most groups of a node of many know one state, and no move. */
class SlotNumbers<Numbers extends Uint8Array | Float64Array | Int32Array> {
  private isShared = true;

  /** @param zeroes shared by all that have no other number; nobody writes to it. */
  constructor(
    private numbers: Numbers,
    private readonly copy: (zeroes: Numbers) => Numbers,
  ) {}

  get all(): ArrayLike<number> {
    return this.numbers;
  }

  fill(value: number, first: number, end: number): void {
    if (this.isShared) {
      if (value === 0) return;
      this.numbers = this.copy(this.numbers);
      this.isShared = false;
    }
    this.numbers.fill(value, first, end);
  }
}

const NO_STATES = new Uint8Array(SLOT_COUNT);
const NO_EPOCHS = new Float64Array(SLOT_COUNT);
const NO_TARGETS = new Int32Array(SLOT_COUNT);

export class SlotTable {
  private readonly ofStates = new SlotNumbers(NO_STATES, (zeroes) => zeroes.slice());
  private readonly ofEpochs = new SlotNumbers(NO_EPOCHS, (zeroes) => zeroes.slice());
  private readonly ofTargets = new SlotNumbers(NO_TARGETS, (zeroes) => zeroes.slice());

  static initial(groupId: number): SlotTable {
    const table = new SlotTable();
    if (groupId === FIRST_EXECUTION_GROUP) table.fill(0, SLOT_COUNT, SlotState.OWNED, 1);
    return table;
  }

  get states(): ArrayLike<number> {
    return this.ofStates.all;
  }

  /** Raised by each move of the slot. */
  get epochs(): ArrayLike<number> {
    return this.ofEpochs.all;
  }

  /** The group that a slot went to, or is going to; 0: not known here. */
  get movedTo(): ArrayLike<number> {
    return this.ofTargets.all;
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
    const { states } = this;
    for (const { first, count } of ranges) for (let slot = first; slot < first + count; slot++) if (states[slot] !== state) return false;
    return true;
  }

  set(ranges: readonly SlotRange[], state: SlotState, movedTo = 0): void {
    for (const { first, count } of ranges) {
      this.ofStates.fill(state, first, first + count);
      this.ofTargets.fill(movedTo, first, first + count);
    }
  }

  epochMax(ranges: readonly SlotRange[]): number {
    const { epochs } = this;
    let max = 0;
    for (const { first, count } of ranges) for (let slot = first; slot < first + count; slot++) max = Math.max(max, epochs[slot]!);
    return max;
  }

  setEpoch(ranges: readonly SlotRange[], epoch: number): void {
    for (const { first, count } of ranges) this.ofEpochs.fill(epoch, first, first + count);
  }

  /** As they are read. */
  fill(first: number, count: number, state: number, epoch: number): void {
    this.ofStates.fill(state, first, first + count);
    this.ofEpochs.fill(epoch, first, first + count);
  }

  fillMovedTo(first: number, count: number, movedTo: number): void {
    this.ofTargets.fill(movedTo, first, first + count);
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
