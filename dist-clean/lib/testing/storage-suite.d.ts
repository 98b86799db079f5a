/**
 * What every adapter of the RaftStorage port must do, as named cases that any test runner can run:
 *
 *   for (const { name, run } of storageSuite(harness)) it(name, run);
 *
 * The log half is in storage-suite-log.ts, that of the state store in storage-suite-state.ts.
 */
import type { RaftStorageFixture } from './storage-suite-crash.js';
import { type StorageCase } from './storage-suite-log.js';
import { type StateStoreHarness } from './storage-suite-state.js';
export interface StorageHarness {
    /** A storage with nothing in it, open. */
    create(): Promise<RaftStorageFixture>;
    /** Its content survives the process: reopen() and crashCopy() are asked for. */
    readonly isLasting: boolean;
    /** Its state store, apart from the log that it belongs to; absent: it keeps whole snapshots. */
    readonly states?: StateStoreHarness;
}
/** The cases, over storages that `harness` makes. */
export declare function storageSuite(harness: StorageHarness): StorageCase[];
