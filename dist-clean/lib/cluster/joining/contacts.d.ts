/**
 * Whom a process can ask: its seeds, resolved again each time, and every address that it was told of.
 *
 * C1. The own address is never among them.
 * C2. In an order drawn anew each time, so that many who join do not all ask the same one first.
 * C3. At most LEARNED_MAX addresses are remembered; the oldest goes first.
 * Tests: contacts.spec.ts.
 */
import type { NetworkTransport, NodeAddress } from '../../transport/network-transport-port.js';
import type { Random } from '../random.js';
/** One `host:port` → those that its name stands for now; throws if it stands for none. */
export type ResolveAddress = (address: string) => Promise<readonly string[]>;
export interface ContactsOptions {
    readonly network: Pick<NetworkTransport, 'advertised' | 'addresses' | 'learnAddresses'>;
    readonly seeds: readonly string[];
    readonly random: Random;
    readonly resolve?: ResolveAddress;
}
export declare class Contacts {
    private readonly options;
    private readonly learned;
    /** Seeds whose name stood for nothing at the last attempt, and why. */
    readonly unresolved: Map<string, string>;
    constructor(options: ContactsOptions);
    learn(addresses: readonly string[]): void;
    learnNodes(nodes: readonly NodeAddress[]): void;
    /** Those that were learned and those of the address book; without the seeds' names. */
    known(): string[];
    all(): Promise<string[]>;
    private resolve;
}
