/**
 * A list that a turn fills and empties again and again, without allocating: two arrays that take turns.
 *
 * L1. take() hands out everything added since the last take(); what is added meanwhile waits for the next one.
 * L2. The array of take() is valid until the next but one take(); its first `taken` items count. Items beyond are leftovers.
 */
export declare class TurnList<Item> {
    count: number;
    taken: number;
    private items;
    private spare;
    push(item: Item): void;
    take(): readonly Item[];
    /** Forgets everything, leftovers too. */
    clear(): void;
}
