/**
 * A cluster in virtual time: its processes, its network, and the hands that boot, kill and replace nodes. Knows nothing of what the
 * group replicates: that is the tenant's matter.
 *
 * W1. A node that keeps everything in memory and crashed never comes back. A new one with the next id is booted and replaces it by the
 *     group's own membership calls (R42). A node with a disk starts again on it, under its old id; if its files are damaged, it is replaced.
 * W2. At any time a majority of the voters holds what it ever stored: in memory, it is alive and has been since it was promoted; on disk, no
 *     bit of it was flipped. crash() and damage() are called only where that stays so (P1 speaks of no more).
 * W3. A node that leaves is removed by the group's own membership calls, and its process ends for good some time later. At least one node stays.
 * W4. Everything is drawn from streams of the seed, by label.
 */
import type { RaftGroup } from '../../lib/cluster/group.js';
import type { RaftNode } from '../../lib/cluster/raft-node.js';
import type { StateMachine } from '../../lib/state-machine/index.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SimulatedDiskStorage, type StorageSabotage } from '../../lib/testing/simulated-disk-storage.js';
import { SimulatedNetwork } from '../../lib/testing/simulated-network.js';
import { TraceHash } from '../../lib/testing/trace-hash.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { GroupOracle, type FinalNode } from './group-oracle.js';
import { Journal } from './journal.js';
import { NodeDisks } from './disks.js';
import { type ProfileName, type SeedPlan } from './profile.js';
/** Wraps the state machine of a node in one with a fault. */
export type Sabotage = (nodeId: number, machine: StateMachine<unknown>) => StateMachine<unknown>;
/** What runs on top of the group of a node. */
export interface Tenant<Service> {
    /** Called once per node, before its host starts. */
    install(context: TenantContext): Tenancy<Service>;
    /** A machine that is never stopped and holds everything in memory: what the others are compared with where they have disks. */
    reference(): StateMachine<unknown>;
    /** The process of the node has died. */
    died?(nodeId: number): void;
}
export interface Tenancy<Service> {
    readonly machine: StateMachine<unknown>;
    /** Virtual ms until the machine's next timer, Infinity for none. */
    readonly nextDeadlineMs?: () => number;
    /** `incarnation`: of this start of the process, as its storage knows it. */
    start(group: RaftGroup, incarnation: number): Service;
}
export interface WorldOptions {
    readonly seed: number;
    readonly profile: ProfileName;
    /** For named scenarios: what the seed is not to draw. */
    readonly plan?: Partial<SeedPlan>;
    /** Lines of the journal that are kept. Default 0. */
    readonly journalLines?: number;
    /** For tests of the simulator itself: a storage with a fault of its own. */
    readonly storageSabotage?: StorageSabotage;
}
export interface TenantContext {
    readonly nodeId: number;
    readonly virtual: VirtualNode;
    readonly random: SeededRandom;
    readonly world: World<unknown>;
}
export interface SimulatedNode<Service> {
    readonly id: number;
    readonly virtual: VirtualNode;
    readonly group: RaftNode;
    readonly machine: StateMachine<unknown>;
    readonly service: Service;
    /** null: everything is in memory. */
    readonly storage: SimulatedDiskStorage | null;
}
export declare class World<Service> {
    private readonly tenant;
    readonly time: VirtualTime;
    readonly plan: SeedPlan;
    readonly trace: TraceHash;
    readonly oracle: GroupOracle;
    readonly network: SimulatedNetwork;
    readonly journal: Journal;
    readonly random: SeededRandom;
    /** Clients, the operator and the nemesis live in this process, which never fails. */
    readonly outside: VirtualNode;
    /** Live nodes by id. */
    readonly nodes: Map<number, SimulatedNode<Service>>;
    /** Crashed, and not yet out of the membership. */
    readonly lost: Set<number>;
    readonly disks: NodeDisks;
    readonly counts: {
        restarts: number;
        damageFound: number;
        stoppedByStorage: number;
        refusedStarts: number;
    };
    /** A node has the state of a received snapshot on its disk, and its log is not reset to it yet. */
    onReplaced: ((id: number) => void) | null;
    private nextId;
    private joining;
    /** Nodes that join or leave just now. */
    readonly changing: Set<number>;
    /** Members once all changes under way are done. */
    private membersToBe;
    private readonly membershipCounts;
    /** Processes that are starting, and how to end them. */
    private readonly starting;
    private readonly storages;
    private readonly replacing;
    private readonly starts;
    private readonly firstMembers;
    /** Nodes that are on their way up again. */
    private recovering;
    private readonly storageSabotage;
    constructor({ seed, profile, plan, journalLines, storageSabotage }: WorldOptions, tenant: Tenant<Service>);
    boot(): Promise<void>;
    get live(): ReadonlyArray<SimulatedNode<Service>>;
    get leader(): SimulatedNode<Service> | undefined;
    get isWhole(): boolean;
    /** True if one more disk may rot: fewer than half of them have, and none is being replaced. */
    get mayDamage(): boolean;
    /** One of the live nodes, once there is one. */
    pickLive(random: SeededRandom): Promise<SimulatedNode<Service>>;
    /** One leader is followed by all, and all have applied all that it has: its own first entry, and what it found in its log. */
    get isSettled(): boolean;
    /** True if one more node may die: a majority of the original voters survives, also while a replacement is under way. */
    get mayCrash(): boolean;
    crash(id: number): void;
    /** What the disks did, and what became of it; how far the membership went. */
    get diskFaults(): Readonly<Record<string, number>>;
    /** Ends the process of a node with a disk, up or starting; `power-cut` takes the unsynced part of its disk along. */
    stop(id: number, how: 'kill' | 'power-cut'): void;
    /** Every node that is up, starting, or down and to start again. */
    get ids(): readonly number[];
    /** Flips a bit on the disk of a node that is down. False if there was nothing to damage. */
    damage(id: number, random: SeededRandom): boolean;
    /** Power is lost everywhere, at once, and comes back; for the end of a run. Resolves when all nodes are up again, or replaced. */
    loseAllPower(): Promise<void>;
    /**
     * All processes end at one moment, between two flushes. What a machine had not flushed yet is flushed then, by another process on the same disk: the
     * snapshot is that of its state, by way of the disk.
     */
    finalSnapshots(): Promise<FinalNode[]>;
    private snapshotByDisk;
    /** Starts a node with a disk again. Resolves when it is up, or replaced because its disk was damaged, or stopped by others while it started. */
    restart(id: number, afterMs: number): Promise<void>;
    /** Resolves when `lostId` is out of the membership and a new node is a voter in its place. */
    replace(lostId: number): Promise<void>;
    /** A new node becomes a voter. Resolves when it is one; null if there are as many members as may be. */
    grow(): Promise<void> | null;
    /** A member leaves, dead or alive. Resolves when its process has ended; null if it is the last, or on its way in or out. */
    shrink(id: number): Promise<void> | null;
    /** A new node takes the place of a member, dead or alive. */
    swap(id: number): Promise<void> | null;
    private change;
    private bootNewcomer;
    /** Of a node that has been removed: it may run on for a while (R39), or be started once more, but never comes back. */
    private end;
    sleep(ms: number): Promise<void>;
    /** Rejects when `promise` has not settled within `ms`, as when the process that made it has died. */
    within<T>(promise: Promise<T>, ms: number): Promise<T>;
    private remove;
    /** An operator who asks any node, again and again, until the change shows on a majority. */
    private untilMember;
    /** D1 of the disks decides what may refuse. */
    private tryToStart;
    private giveUp;
    /** The process ends, as its supervisor sees to, and starts again. */
    private storageFailed;
    /** False if the process was ended while it started. Rejects with what its storage refuses. */
    private bootNode;
    private endProcess;
}
