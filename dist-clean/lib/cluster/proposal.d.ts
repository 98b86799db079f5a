/**
 * One command on its way, and the list of those whose place in the log is known. Owned by ProposalRouter.
 *
 * O1. A proposal settles once. `isSettled` proposals may still stand in a list; whoever meets one there skips it.
 * O2. PlacedList is ascending by index.
 */
import type { DeadlineItem } from './deadline-heap.js';
import type { Applied } from './group.js';
export interface ProposalOwner<Result> {
    expire(proposal: Proposal<Result>): void;
}
export declare class Proposal<Result> implements DeadlineItem {
    private readonly owner;
    readonly frame: Uint8Array;
    dueAt: number;
    readonly requestId: string | undefined;
    readonly resolve: ((applied: Applied<Result>) => void) | null;
    readonly reject: ((error: Error) => void) | null;
    readonly cancelled: (() => boolean) | null;
    heapIndex: number;
    isSettled: boolean;
    /** Sends whose outcome is not known. Above 0, nobody may claim that it did not take effect. */
    unknownSends: number;
    hasBeenSent: boolean;
    index: number;
    term: number;
    /** `resolve` null: a command of the engine, sent again for ever (submit). */
    constructor(owner: ProposalOwner<Result>, frame: Uint8Array, dueAt: number, requestId: string | undefined, resolve: ((applied: Applied<Result>) => void) | null, reject: ((error: Error) => void) | null, cancelled: (() => boolean) | null);
    onDue(): void;
}
export declare class PlacedList<Result> {
    private items;
    private head;
    get length(): number;
    /** Index of the first, Infinity if there is none. */
    get firstIndex(): number;
    add(proposal: Proposal<Result>): void;
    shift(): Proposal<Result>;
    /** Removes and returns everything. */
    drain(): Proposal<Result>[];
}
