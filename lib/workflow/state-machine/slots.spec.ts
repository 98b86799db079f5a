import { describe, expect, it } from '@jest/globals';
import { SLOT_COUNT } from '../slot.js';
import { SlotState, SlotTable } from './slots.js';

const EVERY = [{ first: 0, count: SLOT_COUNT }];
const SOME = [
  { first: 3, count: 2 },
  { first: 4095, count: 1 },
];
const numbers = (table: SlotTable): readonly (readonly number[])[] =>
  [table.states, table.epochs, table.movedTo].map((all) => Array.from(all));

describe('slots of a group', () => {
  it('a new one owns every slot if it is the first, and none else', () => {
    const first = SlotTable.initial(1);
    expect([first.all(EVERY, SlotState.OWNED), first.epochMax(EVERY)]).toEqual([true, 1]);
    const other = SlotTable.initial(2);
    expect([other.all(EVERY, SlotState.ABSENT), other.epochMax(EVERY), other.owns(7), other.shows(7)]).toEqual([true, 0, false, false]);
  });

  it('what one has changed no other has', () => {
    const [changed, untouched] = [SlotTable.initial(2), SlotTable.initial(3)];
    const before = numbers(untouched);
    changed.set(SOME, SlotState.FROZEN, 9);
    changed.setEpoch(SOME, 4);
    changed.fill(100, 50, SlotState.OWNED, 6);
    changed.fillMovedTo(200, 50, 8);
    expect([changed.isFrozen(4), changed.isFrozen(5), changed.movedTo[4095], changed.epochs[3], changed.epochMax(EVERY)]).toEqual([
      true,
      false,
      9,
      4,
      6,
    ]);
    expect([changed.owns(149), changed.owns(150), changed.movedTo[249], changed.movedTo[250]]).toEqual([true, false, 8, 0]);
    expect(numbers(untouched)).toEqual(before);
    expect(numbers(SlotTable.initial(4))).toEqual(before);
  });

  it('goes back to what it was', () => {
    const table = SlotTable.initial(2);
    const before = numbers(table);
    table.set(SOME, SlotState.IMPORTING, 5);
    table.setEpoch(SOME, 2);
    expect([table.all(SOME, SlotState.IMPORTING), table.all(EVERY, SlotState.IMPORTING), table.isImporting(3)]).toEqual([
      true,
      false,
      true,
    ]);
    table.set(SOME, SlotState.ABSENT);
    table.setEpoch(SOME, 0);
    expect(numbers(table)).toEqual(before);
  });
});
