import type { StateStore } from '../storage/storage.js';
export interface StateStoreHarness {
    /** A store with nothing in it, open. */
    create(): Promise<StateStoreFixture>;
}
export interface StateStoreFixture {
    readonly store: StateStore;
    /**
     * The store as it would be found, opened anew, if the process had been killed at this moment. Has copied what it needs when it returns its promise,
     * not when that resolves: the store goes on writing.
     */
    crashCopy(): Promise<StateStoreFixture>;
    /** Closes it and opens it again. */
    reopen(): Promise<StateStoreFixture>;
    dispose(): Promise<void>;
}
export interface StateStoreCase {
    readonly name: string;
    readonly run: () => Promise<void>;
}
/** The cases, over stores that `harness` makes. */
export declare function stateStoreSuite(harness: StateStoreHarness): StateStoreCase[];
