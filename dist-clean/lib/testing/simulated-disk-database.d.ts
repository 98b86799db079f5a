import { RaftoralError } from '../errors/index.js';
import type { SeededRandom } from './seeded-random.js';
import { type SimulatedDisk } from './simulated-disk.js';
import type { VirtualNode } from './virtual-time.js';
/** One row: put, or deleted. */
export interface RowChange {
    readonly table: string;
    readonly key: string;
    /** null: deleted. */
    readonly value: Uint8Array | null;
}
export interface SimulatedDatabaseOptions {
    readonly disk: SimulatedDisk;
    readonly process: VirtualNode;
    /** Of the file. */
    readonly name: string;
    /** Frames in the log after which a commit is followed by a checkpoint. */
    readonly checkpointFrames: number;
    readonly random: SeededRandom;
    /** For tests of the simulator: commits are reported before they are synced. */
    readonly answersBeforeSync?: boolean;
}
export type Table = ReadonlyMap<string, Uint8Array>;
export declare class SimulatedDatabase {
    private readonly options;
    private readonly tables;
    private readonly log;
    private generation;
    private frames;
    private chain;
    private failure;
    private queue;
    private constructor();
    /** Rejects with STORAGE_DAMAGED, STORAGE_FULL or STORAGE_FAILED. */
    static open(options: SimulatedDatabaseOptions): Promise<SimulatedDatabase>;
    /** Damages the bytes of one row, or now and then the structure, of the image in use. False if there is none yet. */
    static damage(disk: SimulatedDisk, name: string, random: SeededRandom): boolean;
    get tableNames(): readonly string[];
    table(name: string): Table;
    /** Resolves when it is durable; the tables show it from then on. Commits are carried out in the order of the calls. */
    commit(changes: readonly RowChange[]): Promise<void>;
    /** Everything that follows fails with `error`. */
    poison(error: RaftoralError): void;
    private write;
    private appendFrames;
    /** B3. */
    private checkpoint;
    private writeLogHeader;
    private recover;
    private take;
    private guarded;
}
/** A row with a checksum over its place and its bytes. */
export declare function packRow(table: string, key: string, row: object): RowChange;
/** Throws STORAGE_DAMAGED. */
export declare function unpackRow<Row>(table: string, key: string, value: Uint8Array): Row;
