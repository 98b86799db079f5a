/**
 * Port: what the forwarding of calls needs of the node and of the topology. Types only; the face implements it over RaftHost and the management
 * cluster.
 */
import type { RequestHandler } from '../cluster/group.js';
import type { TopologyView } from '../management/state.js';
import type { RoutingTable } from './routing-table.js';

/** Requests between nodes that concern no group (RaftHost). */
export interface NodeCalls {
  readonly nodeId: number;
  /** Rejects with what the other node answered, or with OUTCOME_UNKNOWN after `timeoutMs` or when the node is down. */
  request(to: number, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /** A method has one handler. */
  handle(method: string, handler: RequestHandler): void;
}

/** Where clusters and slots are, as far as this node has heard. It may be out of date: the clusters themselves refuse what is not theirs. */
export interface RoutingSource {
  /** null: nothing is known yet. */
  table(): RoutingTable | null;
  /** Resolves when a table above that version is there, or when no newer one is to be had for now; whoever waits bounds the wait. Never rejects. */
  refresh(above: number): Promise<void>;
}

/** The topology on a member of the management cluster; ManagementService is one. */
export interface TopologySource {
  readonly topology: TopologyView;
  /** Called after each change. Answers how to stop it. */
  onTopology(listener: (version: number) => void): () => void;
}
