/**
 * Slots of a group: {slot → state, slotEpoch} (R40). Pure.
 */
import { SLOT_COUNT } from '../slot.js';
export const SlotState = { ABSENT: 0, OWNED: 1 };
/** The group that owns every slot of a new deployment; 0 is the management cluster, which owns none. */
export const FIRST_EXECUTION_GROUP = 1;
export class SlotTable {
    states = new Uint8Array(SLOT_COUNT);
    /** Raised by each move of the slot. */
    epochs = new Float64Array(SLOT_COUNT);
    static initial(groupId) {
        const table = new SlotTable();
        if (groupId === FIRST_EXECUTION_GROUP) {
            table.states.fill(SlotState.OWNED);
            table.epochs.fill(1);
        }
        return table;
    }
    owns(slot) {
        return this.states[slot] === SlotState.OWNED;
    }
}
//# sourceMappingURL=slots.js.map