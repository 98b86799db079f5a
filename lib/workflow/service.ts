/**
 * Port: everything that can be asked of one execution cluster on one node. WorkflowRuntime implements it; the client and
 * (later) the transports that serve clients use nothing else of this wing.
 *
 * Inputs, results, payloads and query arguments are plain values here: the service makes them canonical (R7) and decodes afresh.
 * Every writing call takes an optional requestId (minted when absent) and rejects with RaftoralErrors that carry it.
 */
import type { EventStream, StreamOptions } from '../cluster/event-bus.js';
import type { RaftoralError } from '../errors/index.js';
import type { ParentRef } from './command.js';
import type { BlockedReason, ErrorRecord, RunEvent, RunStatus } from './event.js';

export interface CallOptions {
  /** ms; default the option requestTimeoutMs. */
  readonly timeoutMs?: number;
}

export interface WriteOptions extends CallOptions {
  readonly requestId?: string;
}

export interface StartOptions extends WriteOptions {
  /** Minted when absent. */
  readonly workflowId?: string;
  /** Default: the registered default version (DESIGN §6). */
  readonly version?: number;
  /** What to do when the id exists with the same name and input. Default 'reject'. */
  readonly onExisting?: 'reject' | 'attach';
  /** Where it begins, when neither workflowId nor requestId is given and the deployment has several clusters. Default: the option of the module. */
  readonly placement?: PlacementPolicy;
}

/**
 * `round-robin`: each cluster in turn. `least-loaded`: the one with the fewest open workflows, as far as this node has heard. `local-first`: one that this node
 * hosts. An object: one whose metadata has all of these labels. Where no cluster is as wanted, each in turn.
 */
export type PlacementPolicy = 'round-robin' | 'least-loaded' | 'local-first' | { readonly labels: Readonly<Record<string, string>> };

/** Of a write that another node forwarded here. */
export interface ForwardedWrite {
  /** R26: fixed before the first send, log time of the cluster, ms. Default: log time now + requestRetentionMs. */
  readonly expiryMs?: number;
}

/** Of a start whose caller waits for the result, too. */
export interface AwaitedStart {
  /** If the start goes to another node, and the run ends within so many ms, its result comes with the answer and saves a second way there and back. */
  readonly resultWithinMs?: number;
}

/** Of a child workflow. */
export interface StartChildOptions extends CallOptions {
  readonly workflowId: string;
  /** Who starts it: its token is the requestId. */
  readonly parent: ParentRef;
  readonly version?: number;
}

/** `ended`: the run is closed, or it is not there any more. `settled`: the operation has an outcome. Both stay so. */
export type OperationStanding = 'open' | 'settled' | 'ended';

/** Who answers for a workflow id, wherever it lives. Throws NOT_MEMBER and what else passes. */
export type ServiceOf = (
  workflowId: string,
) => Pick<WorkflowService, 'startChild' | 'operationStanding' | 'describe' | 'result' | 'signal' | 'cancel'>;

export interface StartAnswer {
  readonly workflowId: string;
  readonly runId: string;
  /** True when the call attached to a run that was there. */
  readonly existing: boolean;
  readonly requestId: string;
  /** Where it was asked for (AwaitedStart), the run is elsewhere, and it ended soon: what it returned. */
  readonly ended?: { readonly value: unknown };
}

/** `runId` absent: the current run of the id at the time of the call. */
export interface RunRef {
  readonly workflowId: string;
  readonly runId?: string;
}

export interface QueryOptions extends CallOptions {
  /** Default 'linearizable'. */
  readonly consistency?: 'linearizable' | 'local';
}

export interface RunDescription {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly status: RunStatus;
  readonly blockedReason: BlockedReason | null;
  readonly owner: number;
  readonly epoch: number;
  readonly startedAt: string; // ISO 8601
  readonly closedAt: string | null;
  readonly events: number;
  readonly error: ErrorRecord | null;
  readonly cancelRequested: boolean;
  /** Of a child: who started it. */
  readonly parent?: RunRef;
}

/** What a person needs who asks why a run does not move. Local to the answering node but for `replicas`. */
export interface RunExplanation extends RunDescription {
  /** One sentence. */
  readonly summary: string;
  /** What the code waits for on the answering node, in call order. */
  readonly awaiting: ReadonlyArray<{
    readonly kind: string;
    readonly key: string;
    readonly occurrence: number;
    readonly sinceWseq: number;
    readonly attempt?: number;
    /** Of kind `child`: what it is. */
    readonly child?: { readonly name: string; readonly workflowId: string };
    readonly dueAt?: string;
  }>;
  readonly replicas: ReadonlyArray<{
    readonly node: number;
    readonly alive: boolean;
    readonly runsCode: boolean;
    readonly consumedWseq: number | null;
    readonly stopped: string | null;
  }>;
  readonly declined: ReadonlyArray<{ readonly node: number; readonly reason: string; readonly message: string }>;
  readonly cluster: {
    readonly clusterId: number;
    readonly leader: number;
    readonly term: number;
    readonly voters: readonly number[];
    readonly live: readonly number[];
    readonly hasQuorum: boolean;
  };
}

export interface ListFilter {
  readonly name?: string;
  readonly version?: number;
  readonly status?: RunStatus | readonly RunStatus[];
  readonly startedAfter?: Date;
  readonly startedBefore?: Date;
  /** Page size, 1–1000; default 100. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
  readonly consistency?: 'linearizable' | 'local';
}

export type CountFilter = Omit<ListFilter, 'limit' | 'cursor'>;

/** A cluster that could not be asked: its runs are missing. */
export interface MissingCluster {
  readonly clusterId: number;
  readonly error: RaftoralError;
}

export interface ListPage {
  readonly items: readonly RunDescription[];
  /** null on the last page. */
  readonly next: string | null;
  /** Of several clusters: those whose runs are missing on this page. Absent when none is. When none answers, the call itself is rejected. */
  readonly incomplete?: readonly MissingCluster[];
}

export interface RunCount {
  readonly count: number;
  /** As of ListPage: the count is without them. */
  readonly incomplete?: readonly MissingCluster[];
}

/** How a cluster stands on a node: for other nodes that forward calls to it. */
export interface ClusterStanding {
  /** 0: none known. */
  readonly leaderId: number;
  /** The later of log time and clock, ms. */
  readonly logTimeMs: number;
  readonly requestRetentionMs: number;
}

/** An event as a subscriber sees it (R43). The cursor is (runId, wseq), never a log index. */
export type WorkflowStreamItem =
  | { readonly type: 'event'; readonly workflowId: string; readonly runId: string; readonly wseq: number; readonly event: RunEvent }
  /** Events from..to were dropped for this subscriber, because it was slow: read them from history(). */
  | { readonly type: 'gap'; readonly workflowId: string; readonly runId: string; readonly from: number; readonly to: number }
  /** Local to one replica: its code behaved otherwise than what was committed (P7). */
  | {
      readonly type: 'diverged';
      readonly workflowId: string;
      readonly runId: string;
      readonly node: number;
      readonly wseq: number;
      readonly method: string;
      readonly committed: string;
      readonly computed: string;
    };

/** What a node learns of the replicas of a cluster that it hosts, as they compare themselves (docs/adr/0053). Local to that node. */
export interface StateCheckEvent {
  /**
   * undecided: replicas differ, and too few have answered to tell which is right. diverged: those of the nodes `diverged` differ from that of a majority, and
   * have stopped. halted: the replica of this very node is one of them; nothing of the cluster comes after it. refusing: no majority agrees, and commands are
   * refused with STATE_DIVERGED. agreed: nothing of this is so any more.
   */
  readonly type: 'undecided' | 'diverged' | 'halted' | 'refusing' | 'agreed';
  readonly clusterId: number;
  /** Who says so. */
  readonly node: number;
  /** Of the log: there the states were compared. */
  readonly index: number;
  /** Members that were found to differ from a majority; ascending. */
  readonly diverged: readonly number[];
  /** Of `halted`: the parts of the state that differ. Else none. */
  readonly parts: readonly string[];
  /** One sentence for people. */
  readonly message: string;
}

/** Of runEvents(). */
export interface RunEventsOptions extends StreamOptions {
  /** Where the part of this replica in the cluster ends before the run does: true, the stream fails with why; else it completes. */
  readonly failsWith?: (ended: RaftoralError) => boolean;
}

export interface WorkflowService {
  readonly clusterId: number;
  readonly nodeId: number;
  start(name: string, input: unknown, options?: StartOptions & ForwardedWrite & AwaitedStart): Promise<StartAnswer>;
  /** Starts a child, or finds the one that an earlier call of the same parent started. The engine's own: see child-calls.ts. */
  startChild(name: string, input: unknown, options: StartChildOptions & ForwardedWrite): Promise<StartAnswer>;
  /** Whether a run still waits for an operation: asked by the groups of its children. */
  operationStanding(
    run: { readonly workflowId: string; readonly runId: string },
    key: string,
    occurrence: number,
  ): Promise<OperationStanding>;
  /** Resolves with the decoded result once the run has ended (following continueAsNew), else rejects: WORKFLOW_FAILED, WORKFLOW_CANCELLED, WORKFLOW_TERMINATED. No deadline unless timeoutMs is given. */
  result(ref: RunRef, options?: CallOptions): Promise<unknown>;
  query(ref: RunRef, query: string, args: readonly unknown[], options?: QueryOptions): Promise<unknown>;
  /** Resolves when the signal is recorded (R29), not when it is handled. */
  signal(ref: RunRef, signal: string, payload: unknown, options?: WriteOptions & ForwardedWrite): Promise<void>;
  cancel(ref: RunRef, reason?: string, options?: WriteOptions & ForwardedWrite): Promise<void>;
  terminate(ref: RunRef, options?: WriteOptions & ForwardedWrite): Promise<void>;
  reset(ref: RunRef, options?: WriteOptions & ForwardedWrite): Promise<void>;
  describe(ref: RunRef, options?: QueryOptions): Promise<RunDescription>;
  explain(ref: RunRef, options?: QueryOptions): Promise<RunExplanation>;
  /** History as versioned JSON lines: a header line, then one line per event. */
  history(ref: RunRef, options?: QueryOptions): Promise<string>;
  list(filter?: ListFilter): Promise<ListPage>;
  /** Runs that match, open and retained. */
  count(filter?: CountFilter): Promise<number>;
  standing(): ClusterStanding;
  /** Events of one run from wseq `after` + 1 on, then live; completes after `finished`. */
  runEvents(ref: RunRef, after?: number, options?: RunEventsOptions): EventStream<WorkflowStreamItem>;
  /** Live events of all runs of this cluster on this node. */
  readonly events$: EventStream<WorkflowStreamItem>;
  /** What stands of the comparison of the replicas, if anything is wrong, then each change of it. Completes when the cluster ends on this node. */
  readonly stateChecks$: EventStream<StateCheckEvent>;
  /** events$ for a subscriber that consumes at its own pace. */
  events(options: StreamOptions): EventStream<WorkflowStreamItem>;
}
