/**
 * What a host says of itself: for health, metrics and people. Types only.
 */
import type { RouterStatistics } from './cluster-router.js';
import type { GroupStatus } from './group.js';
export interface PeerHealth {
    readonly id: number;
    readonly isDown: boolean;
    readonly silentMs: number;
    /** Own clock minus the peer's, ms; null until it is known. */
    readonly clockAheadMs: number | null;
}
export interface HostStatus {
    readonly nodeId: number;
    readonly state: 'new' | 'running' | 'stopping' | 'stopped';
    /** How late the last tick was, and the worst one: the event loop of this process stood still for so long. */
    readonly loopLagMs: number;
    readonly loopLagMsMax: number;
    readonly stalls: number;
    /** Those that were long enough for others to take over what this node led and owned. */
    readonly longStalls: number;
    readonly writesInFlight: number;
    readonly requestsInFlight: number;
    readonly network: Readonly<RouterStatistics>;
    /** What stopped this node: its storage failed. null: it runs. */
    readonly failure: string | null;
    /** The last thing that a person should look at; the node may be well again. */
    readonly alarm: string | null;
    readonly peers: readonly PeerHealth[];
    readonly groups: readonly GroupStatus[];
}
