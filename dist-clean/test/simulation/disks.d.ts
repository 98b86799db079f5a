/**
 * The disks of all nodes of a world: each outlives the processes that run on it, until its node is replaced.
 *
 * D1. A storage error has an excuse, or is a violation: a failed sync, a full disk, a flipped bit, on this very disk and of this very kind.
 */
import type { RaftoralErrorCode } from '../../lib/errors/index.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SimulatedDisk, type DiskFaultCounts } from '../../lib/testing/simulated-disk.js';
import type { TraceHash } from '../../lib/testing/trace-hash.js';
import type { VirtualTime } from '../../lib/testing/virtual-time.js';
import type { SeedPlan } from './profile.js';
export declare class NodeDisks {
    private readonly plan;
    private readonly time;
    private readonly random;
    private readonly trace;
    /** Nodes on whose disk a bit was flipped, until they are replaced: fewer than half at any time (P1 speaks of no more). */
    readonly damaged: Set<number>;
    private readonly disks;
    constructor(plan: SeedPlan, time: VirtualTime, random: SeededRandom, trace: TraceHash);
    of(nodeId: number): SimulatedDisk;
    /** D1. */
    excuses(nodeId: number, code: RaftoralErrorCode): boolean;
    heal(): void;
    get counts(): DiskFaultCounts;
}
