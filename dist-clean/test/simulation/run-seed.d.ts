import type { ProfileName } from './profile.js';
import { World, type Sabotage, type WorldOptions } from './world.js';
export declare const TENANT_NAMES: readonly ["workflow", "kv"];
export type TenantName = (typeof TENANT_NAMES)[number];
export interface SeedOptions extends WorldOptions {
    /** What the group replicates. */
    readonly tenant: TenantName;
    /** For tests of the simulator itself: a state machine with a fault of its own, to see that the oracle notices. */
    readonly sabotage?: Sabotage;
}
export interface SeedReport {
    readonly seed: number;
    readonly profile: ProfileName;
    readonly passed: boolean;
    /** What went wrong; null if nothing. */
    readonly failure: string | null;
    /** Equal for two runs of one seed. */
    readonly hash: string;
    readonly nodes: number;
    readonly virtualMs: number;
    readonly tasks: number;
    readonly entries: number;
    readonly faults: Readonly<Record<string, number>>;
    readonly work: Readonly<Record<string, number>>;
    readonly journal: string;
}
/** A tenant with its clients, as the script of a seed drives them. */
export interface Workload {
    readonly world: World<unknown>;
    /** Resolves when all clients have an answer to their last call, after stop(). */
    run(): Promise<void>;
    stop(): void;
    /** Everything that was begun has ended as it must; asked when all nodes have applied everything. Throws a Violation. */
    verify(): Promise<void>;
    readonly counts: Readonly<Record<string, number>>;
    dispose(): void;
}
export declare function runSeed(options: SeedOptions): Promise<SeedReport>;
