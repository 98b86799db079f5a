/** A case of the fault tests, and what all cases do with a victim. */
import type { SeededRandom } from '../../lib/testing/index.js';
import type { Report } from './report.js';
import type { Torture, Workshop } from './torture.js';
import { Refused, type Victim } from './victim-process.js';
export interface CaseContext extends Workshop {
    readonly random: SeededRandom;
    readonly report: Report;
    readonly kills: number;
    readonly cuts: number;
    /** Rounds of each case of the network. */
    readonly rounds: number;
}
export interface FaultCase {
    readonly name: string;
    readonly what: string;
    run(context: CaseContext): Promise<void>;
}
export declare function sleep(ms: number): Promise<void>;
/** Waits until the node is ready; throws with its log if it does not get there. */
export declare function untilReady(victim: Victim): Promise<void>;
/** The error with which the node refuses to start; null if it starts, and then it is killed. */
export declare function bootRefusal(victim: Victim): Promise<Refused | null>;
/** Adds what the victim synced to the counts, and lets go of its control block. */
export declare function countAndClose({ report }: CaseContext, ...victims: readonly Victim[]): void;
/** Resolves with what stopped the node; with null when nothing did within the time. */
export declare function untilFailed(victim: Victim, withinMs: number): Promise<string | null>;
/** A node that stopped acknowledges nothing: each kind of write is refused. The codes. */
export declare function codesOfWrites(victim: Victim, torture: Torture): Promise<string[]>;
/** The last of a case: every open run gets its result, everything is verified, the node stops in good order, and a next start still has it all. */
export declare function settle(context: CaseContext, torture: Torture, boot: () => Victim): Promise<void>;
