import type { SeededRandom } from '../../lib/testing/index.js';
import { Ledger, type Problem, type RunRecord } from './ledger.js';
import type { Machine } from './machine.js';
import type { VictimOptions } from './protocol.js';
import { Refused, Victim } from './victim-process.js';
import type { StepsInput } from './workflows.js';
/** Of the machine and of the run: what every case needs. */
export interface Workshop {
    readonly machine: Machine;
    readonly library: string;
}
/** Who is asked: one victim, or several of which any may answer. */
export type Target = Pick<Victim, 'call' | 'isGone'>;
export type LoadShape = (random: SeededRandom) => StepsInput;
export interface Boot {
    readonly storagePath: string;
    readonly options?: Partial<VictimOptions>;
    readonly wrapper?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
}
/** Short runs, long ones, some that wait for signals, some that sleep: about half of the open ones are in the middle of something. */
export declare const MIXED: LoadShape;
/** Small flushes: crashes meet them often. */
export declare const SMALL_FLUSHES: {
    stateFlushEntriesMax: number;
    compactionKeepEntries: number;
};
export declare class Torture {
    private readonly workshop;
    readonly random: SeededRandom;
    private readonly name;
    readonly ledger: Ledger;
    /** Errors with which calls were refused: after a fault of the disk they are expected, otherwise not. */
    readonly refusals: Refused[];
    private readonly effectsPath;
    private readonly held;
    private readonly voided;
    private readonly history;
    /** Y3. By request. */
    private readonly calls;
    private nextRun;
    constructor(workshop: Workshop, random: SeededRandom, name: string);
    /** A victim on the disk, not yet ready. */
    boot({ storagePath, options, wrapper, environment }: Boot): Victim;
    /** Leaves the run where it is until everything is brought to its end. */
    hold(record: RunRecord): void;
    /** Y2. */
    void(victim: Victim): void;
    /** Keeps `lanes` runs going, the open ones first, until the victim is gone, refuses, or `stop` is called. */
    load(victim: Target, lanes: number, shape?: LoadShape): {
        readonly stop: () => Promise<void>;
        readonly over: Promise<void>;
    };
    /** Brings every open run to its result; what does not get there is stuck. */
    finishAll(victim: Target, lanes?: number): Promise<Problem[]>;
    /**
     * Reads the histories of the runs and compares; `touched`: those with news since they were last verified, and some of the others. `refused` takes
     * the errors of histories that are not given; without it, the first one ends it.
     */
    verify(victim: Target, which: 'all' | 'touched', refused?: Refused[]): Promise<Problem[]>;
    intend(input: StepsInput): RunRecord;
    /** Goes on with a run wherever it stands. False: this victim answers no more. */
    drive(victim: Target, record: RunRecord): Promise<boolean>;
    private signal;
    /** Y3. */
    private invoke;
    private describe;
    /** The calls of each workflow id have an order that explains every answer (P6). Of several nodes: whichever was asked. */
    checkHistory(): {
        readonly calls: number;
        readonly problems: readonly string[];
    };
    /** An unknown outcome is asked for again, with the same request id. */
    private send;
}
