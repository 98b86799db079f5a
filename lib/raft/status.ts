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

export function basicStatusOf(core: RaftCore): BasicStatus {
  return {
    id: core.id,
    term: core.term,
    vote: core.vote,
    commit: core.log.committed,
    applied: core.log.applied,
    lead: core.lead,
    role: core.role,
    transferee: core.transferee,
  };
}

export function statusOf(core: RaftCore): Status {
  const peers = core.role === Role.Leader ? core.tracker.peers : [];
  return {
    ...basicStatusOf(core),
    confState: core.tracker.confState,
    peers: peers.map((peer) => {
      const isPaused = peer.isPaused();
      return {
        id: peer.id,
        state: peer.state,
        match: peer.match,
        next: peer.next,
        isLearner: peer.isLearner,
        recentActive: peer.recentActive,
        pendingSnapshot: peer.pendingSnapshot,
        inflightCount: peer.inflights.count,
        inflightBytes: peer.inflights.bytes,
        inflightFull: peer.inflights.isFull(),
        isPaused: () => isPaused,
      };
    }),
  };
}
