/**
 * Registers on the group alone, without workflows: what the Raft shell promises by itself.
 *
 * K1. An acknowledged put is never lost, and is applied once, however often it was sent.
 * K2. Linearizable reads are linearizable (P6): a read sees every write that was acknowledged, and everything that any read saw, before it began; and in the end
 *     there is one order of all puts and reads that explains every answer.
 */
import type { RaftGroup } from '../../lib/cluster/group.js';
import { KvMachine, type PutResult } from './kv-machine.js';
import type { Sabotage, Tenancy, Tenant, TenantContext, World } from './world.js';
export interface KvService {
    readonly group: RaftGroup<PutResult>;
    readonly machine: KvMachine;
}
export declare class KvTenant implements Tenant<KvService> {
    private readonly sabotage;
    constructor(sabotage?: Sabotage);
    reference(): KvMachine;
    install(context: TenantContext): Tenancy<KvService>;
}
export declare class KvClients {
    private readonly world;
    puts: number;
    reads: number;
    /** Keys whose history was too hard to decide. */
    undecided: number;
    private readonly history;
    /** Version that every read from now on must see, by key. */
    private readonly floor;
    private readonly acknowledged;
    private stopping;
    constructor(world: World<KvService>);
    /** Resolves when every client has had an answer to its last call, after stop(). */
    run(): Promise<void>;
    stop(): void;
    /** K1, on a node that has applied everything. */
    verify(machine: KvMachine): void;
    /** K2, once all clients have ended. */
    verifyHistory(): void;
    private client;
    private put;
    private read;
    private see;
}
