import type { RaftNode } from '../../lib/cluster/raft-node.js';
import type { StateMachine } from '../../lib/state-machine/index.js';
import { SimulatedDiskStorage, type StorageSabotage } from '../../lib/testing/simulated-disk-storage.js';
import type { SimulatedDisk } from '../../lib/testing/simulated-disk.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import type { VirtualNode } from '../../lib/testing/virtual-time.js';
import type { Transport } from '../../lib/transport/transport.js';
import type { GroupOracle } from './group-oracle.js';
import type { Journal } from './journal.js';
import type { SeedPlan } from './profile.js';
export declare const DEPLOYMENT = "6f2b1c1e-52a0-4c0f-9a53-3a6c0d7a1e90";
export declare const GROUP_ID = 1;
export interface BootOptions {
    readonly nodeId: number;
    readonly virtual: VirtualNode;
    readonly random: SeededRandom;
    readonly transport: Transport;
    readonly machine: StateMachine<unknown>;
    /** The first membership; null: waits to be added. */
    readonly members: readonly number[] | null;
    readonly nextDeadlineMs?: () => number;
    readonly plan: SeedPlan;
    /** null: memory. */
    readonly disk: SimulatedDisk | null;
    readonly sabotage?: StorageSabotage;
    readonly onStorage: (storage: SimulatedDiskStorage) => void;
    readonly onReplaced: () => void;
    readonly onStorageFailed: (error: Error) => void;
    readonly journal: Journal;
    readonly oracle: GroupOracle;
}
export interface BootedHost {
    readonly group: RaftNode;
    readonly storage: SimulatedDiskStorage | null;
    readonly incarnation: number;
}
/** Rejects with what the storage refuses. */
export declare function bootHost(options: BootOptions): Promise<BootedHost>;
