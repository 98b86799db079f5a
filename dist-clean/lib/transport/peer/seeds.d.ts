import type { TransportClock, TransportRandom } from '../machine-port.js';
import type { DialOutcome } from './link.js';
import type { PeerTuning } from './tuning.js';
export interface SeedsOwner {
    readonly clock: TransportClock;
    readonly random: TransportRandom;
    readonly tuning: PeerTuning;
    /** One seed → `host:port` of everything behind it. */
    resolve(seed: string): Promise<readonly string[]>;
    dial(address: string, done: (outcome: DialOutcome) => void): void;
    /** A node is connected there already, or it is this one. */
    isKnown(address: string): boolean;
    problem(seed: string, text: string): void;
}
export declare class Seeds {
    private readonly owner;
    private seeds;
    private isRunning;
    constructor(owner: SeedsOwner);
    /** Replaces the list; those that stay keep where they are. */
    set(texts: readonly string[]): void;
    /** Resolves when each was tried once. */
    begin(): Promise<void>;
    stop(): void;
    private round;
    /** null: a node is there; else what is wrong. */
    private tryAddress;
    private delayMs;
}
/** Everything that a name stands for now. A name with one address stays a name: a certificate may be for it. */
export declare function resolveByDns(address: string): Promise<readonly string[]>;
