/**
 * A state machine without rows, as a state store wants it: its group part is its snapshot, and there is nothing else.
 *
 * Y1. apply, membership and restore pass through; the index of the last of them is the index of a cut.
 * Tests: whole-rows.spec.ts.
 */
import type { ConfState } from '../raft/index.js';
import type { RowStateMachine, StateCut, StateImage, StateMachine, StatePosition, StateSource, StoredState } from '../state-machine/index.js';
/** The state machine itself, if it has rows. */
export declare function withRows<Result>(stateMachine: StateMachine<Result>): RowStateMachine<Result>;
/** Nothing but a group part, at a position. */
export declare class WholeImage implements StateImage {
    readonly position: StatePosition;
    readonly group: Uint8Array;
    readonly runCount = 0;
    constructor(position: StatePosition, group: Uint8Array);
    get bytesAbout(): number;
    next(): Promise<null>;
    again(): StateImage;
    close(): Promise<void>;
}
export declare class WholeRows<Result> implements RowStateMachine<Result> {
    private readonly inner;
    private index;
    constructor(inner: StateMachine<Result>);
    apply(index: number, term: number, frame: Uint8Array): Result;
    check(frame: Uint8Array): void;
    applyMembership(index: number, membership: ConfState): void;
    snapshot(): Uint8Array;
    restore(index: number, bytes: Uint8Array): void;
    cut(): StateCut;
    load(stored: StoredState, _source: StateSource): void;
    prefetch(): null;
    rowsOf(position: StatePosition, bytes: Uint8Array): StateImage;
    expectRows(): void;
    bytesOf(image: StateImage): Promise<Uint8Array>;
}
/** What is stored of a group that was never stored. */
export declare function nothingStored(confState: ConfState): StoredState;
