/**
 * Keeps the peer table true: pings whom it has told nothing for a while, answers pings, and looks who is silent (R39, R23).
 *
 * K1. A peer gets a frame at least every heartbeat interval; with other traffic none is added, but for one ping a second that compares clocks.
 * K2. A broken connection is probed at once; without a sign of life within the grace time, or when the probe finds nobody listening, the peer is
 *     down.
 */
import { type Envelope, type PingEnvelope } from '../transport/transport.js';
import type { Clock } from './clock.js';
import type { DeadlineHeap, DeadlineItem } from './deadline-heap.js';
import type { RaftHostTuning } from './host-options.js';
import type { PeerTable } from './peer-table.js';
export interface PeerWatchOptions {
    readonly clock: Clock;
    readonly tuning: RaftHostTuning;
    readonly peers: PeerTable;
    readonly deadlines: DeadlineHeap;
    send(to: number, envelope: Envelope): void;
}
export declare class PeerWatch implements DeadlineItem {
    private readonly options;
    /** When the first suspect's grace ends. */
    dueAt: number;
    heapIndex: number;
    constructor(options: PeerWatchOptions);
    tick(): void;
    disconnected(id: number): void;
    refused(id: number): void;
    onDue(): void;
    receive(from: number, envelope: PingEnvelope): void;
    private ping;
}
