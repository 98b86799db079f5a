import type { SeededRandom } from '../../lib/testing/index.js';
import type { Machine } from './machine.js';
import type { NetworkSections, Request, SaidStatus } from './protocol.js';
import type { Target, Torture } from './torture.js';
import { type Victim } from './victim-process.js';
export declare const PEER_SECRET = "the peers of a cluster under torture";
export interface FleetOptions {
    readonly machine: Machine;
    readonly torture: Torture;
    readonly random: SeededRandom;
    readonly name: string;
    readonly members: readonly FleetMember[];
    readonly transport?: 'grpc' | 'http';
    /** Default: a secret. */
    readonly security?: NetworkSections['security'];
    readonly raft?: NetworkSections['raft'];
}
export interface FleetMember {
    /** `host:port` on which it listens. */
    readonly listen: string;
    /** Where the others reach it. Default: `listen`. */
    readonly advertise?: string;
    readonly wrapper?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
}
export declare class Fleet implements Target {
    private readonly options;
    readonly isGone = false;
    private readonly seats;
    private readonly seeds;
    private readonly dead;
    constructor(options: FleetOptions);
    get size(): number;
    /** Victims that run, in any state. */
    get victims(): readonly Victim[];
    /** Every process that there ever was. */
    get all(): readonly Victim[];
    get log(): string;
    victim(index: number): Victim;
    /** Boots those that do not run, at once. Resolves when all are ready. */
    bootAll(): Promise<void>;
    /** Not ready yet. */
    boot(index: number): Victim;
    ready(): Promise<void>;
    /** kill -9 of these, at once. */
    kill(...indexes: readonly number[]): Promise<void>;
    /** SIGSTOP. What it was asked before waits for it. */
    pause(index: number): void;
    resume(index: number): void;
    /** E1. */
    call(request: Request): Promise<unknown>;
    /** Of those that answer. */
    statuses(): Promise<Array<SaidStatus & {
        readonly index: number;
    }>>;
    /** The seat of who leads, as a majority sees it; null if no majority does. */
    leader(): Promise<number | null>;
    /** Resolves when one leader is followed by all; throws when that takes too long. */
    follow(): Promise<void>;
    /** Resolves when one leader is followed by all, and all have applied the same; throws when that takes too long. Under load use follow(). */
    agree(haveAppliedAll?: boolean): Promise<void>;
}
/** Ports on the loopback interface that were free a moment ago. */
export declare function freePorts(count: number): Promise<number[]>;
