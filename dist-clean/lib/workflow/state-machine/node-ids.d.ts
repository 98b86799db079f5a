/** Codec level from which on they are part of the state. */
export declare const NODE_IDS_LEVEL = 2;
export declare const RESERVATIONS_MAX = 1024;
export declare const REMOVED_MAX = 4096;
export interface Reservation {
    readonly nodeId: number;
    /** Log time. */
    readonly atMs: number;
}
export declare class NodeIds {
    private highestId;
    /** In the order in which they were given out. */
    private readonly byToken;
    private readonly removed;
    /** 0: none was ever used. */
    get highest(): number;
    raise(node: number): void;
    /** 0: there is none left. */
    reserve(token: string, above: number, nowMs: number): number;
    reservedBy(token: string): number | undefined;
    membersChanged(before: readonly number[], now: readonly number[]): void;
    wasRemoved(node: number): boolean;
    reservations(): IterableIterator<[string, Reservation]>;
    /** Ascending. */
    removedIds(): number[];
    restoreReservation(token: string, reservation: Reservation): void;
    restoreRemoved(node: number): void;
    private forget;
}
