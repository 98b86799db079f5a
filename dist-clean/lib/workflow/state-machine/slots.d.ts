export declare const SlotState: {
    readonly ABSENT: 0;
    readonly OWNED: 1;
};
export type SlotState = (typeof SlotState)[keyof typeof SlotState];
/** The group that owns every slot of a new deployment; 0 is the management cluster, which owns none. */
export declare const FIRST_EXECUTION_GROUP = 1;
export declare class SlotTable {
    readonly states: Uint8Array<ArrayBuffer>;
    /** Raised by each move of the slot. */
    readonly epochs: Float64Array<ArrayBuffer>;
    static initial(groupId: number): SlotTable;
    owns(slot: number): boolean;
}
