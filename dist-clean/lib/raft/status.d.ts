/**
 * What a node knows of itself and, as leader, of its peers. Pure data, copied at the moment of the call.
 */
import type { RaftCore } from './core.js';
import type { ProgressState } from './progress.js';
import type { ProgressTrace } from './trace.js';
import { Role, type ConfState } from './types.js';
export interface PeerStatus extends ProgressTrace {
    readonly id: number;
    readonly state: ProgressState;
    readonly inflightBytes: number;
}
export interface BasicStatus {
    readonly id: number;
    readonly term: number;
    readonly vote: number;
    readonly commit: number;
    readonly applied: number;
    readonly lead: number;
    readonly role: Role;
    /** Target of the transfer in progress, or 0. */
    readonly transferee: number;
}
export interface Status extends BasicStatus {
    readonly confState: ConfState;
    /** Ascending by id; empty unless this node is the leader. */
    readonly peers: readonly PeerStatus[];
}
export declare function basicStatusOf(core: RaftCore): BasicStatus;
export declare function statusOf(core: RaftCore): Status;
