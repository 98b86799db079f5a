export interface HeapItem {
    heapIndex: number;
}
export declare class IndexedHeap<T extends HeapItem> {
    private readonly before;
    private readonly items;
    /** @param before true when `a` comes before `b`. */
    constructor(before: (a: T, b: T) => boolean);
    get size(): number;
    peek(): T | undefined;
    push(item: T): void;
    remove(item: T): void;
    /** The first items in order, while `accept` answers true, at most `limit`. Touches O(limit) items. */
    firstWhile(accept: (item: T) => boolean, limit: number): T[];
    private up;
    private down;
    private addTo;
    private takeFirst;
}
