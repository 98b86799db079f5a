/**
 * Port: how a node stands, for those who watch it (health, metrics). Read only, local, never waits for another node.
 */
import type { GroupStatus } from './group.js';

export interface NodeStatus {
  readonly nodeId: number;
  /** False before the start and after the stop. */
  readonly running: boolean;
  /** What stopped this node or one of its groups; null while all is well. */
  readonly failure: string | null;
  /** What it is at while it starts or joins a cluster, in one sentence; null once it is there. */
  readonly progress: string | null;
  /** What a person must look at though the node goes on; null while there is nothing. */
  readonly alarm: string | null;
  /** A group refuses commands because its replicas differ. */
  readonly isDivided: boolean;
  /** Nodes that this one hears, itself included. */
  readonly live: readonly number[];
  readonly groups: readonly GroupStatus[];
}

export interface NodeStatusSource {
  nodeStatus(): NodeStatus;
}
