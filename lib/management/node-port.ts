/**
 * Port: what the management of a deployment needs of the node that it runs in. Types only; the face implements it over RaftHost.
 */
import type { RaftGroup, RequestHandler } from '../cluster/group.js';

/** An execution group that this node hosts now, with what the cluster manager wants to know of it. */
export interface HostedExecutionGroup {
  readonly group: RaftGroup;
  readonly openWorkflows: number;
  /** Workflows that were ever started in this group, as this replica has applied it: only differences count, and a restart may begin anew. */
  readonly startsTotal: number;
}

export interface ManagementNode {
  readonly nodeId: number;
  /** Uuid. */
  readonly deployment: string;
  /** Of this start of the process. */
  readonly incarnation: number;
  /** Rejects with what the other node answered, or with OUTCOME_UNKNOWN after `timeoutMs`. */
  request(to: number, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /** Never blocks, never throws; what can not be sent is lost. */
  tell(to: number, method: string, body: Uint8Array): void;
  /** Answers requests that concern this node; a method has one handler. */
  handle(method: string, handler: RequestHandler): void;
  groups(): readonly HostedExecutionGroup[];
}
