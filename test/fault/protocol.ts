/** What driver and victim say to each other: lines of JSON on stdin and stdout. Types only. */
import type { RaftoralModuleOptions, WorkflowEventView } from '../../lib/index.js';
import type { StepsInput } from './workflows.js';

/** Sections of the module's options by which a victim is one of several; as they are. */
export type NetworkSections = Pick<
  RaftoralModuleOptions,
  'cluster' | 'transport' | 'security' | 'requestTimeoutMs' | 'shutdown' | 'raft' | 'management'
>;

export interface VictimOptions {
  /** Of a node alone; one of several gets its id from its cluster. */
  readonly nodeId: number;
  readonly network?: NetworkSections;
  readonly join?: boolean;
  /** null: memory storage. */
  readonly storagePath: string | null;
  readonly rejoinEmpty?: boolean;
  readonly effectsPath: string;
  /** Sections of the module's options, as they are. */
  readonly raft?: Readonly<Record<string, number>>;
  readonly limits?: Readonly<Record<string, number>>;
  readonly runs?: Readonly<Record<string, number>>;
  /** What a careless build would do: SQLite is told NORMAL wherever the engine says FULL. */
  readonly synchronousNormal?: boolean;
  /** It waits, loaded, for a line before it begins: what it takes to load is not a part of what is tested. */
  readonly isHeld?: boolean;
  /** Keeps so much for good at every request: a leak, for those who look for leaks. */
  readonly leakBytes?: number;
  /** Versions of the workflow that it has. Default: 1. */
  readonly versions?: readonly number[];
}

export type Request =
  | {
      readonly op: 'start';
      readonly workflowId: string;
      readonly requestId: string;
      readonly input: StepsInput;
      /** Absent: 1; 0: whichever version the cluster has as its default. */
      readonly version?: number;
    }
  | { readonly op: 'signal'; readonly workflowId: string; readonly requestId: string; readonly payload: string }
  | { readonly op: 'result'; readonly workflowId: string; readonly timeoutMs: number }
  | { readonly op: 'describe' | 'history'; readonly workflowId: string }
  | { readonly op: 'list'; readonly cursor?: string; readonly limit: number }
  /** `decidedOn`: version of the topology that whoever asks has seen. */
  | { readonly op: 'create-cluster'; readonly members: readonly number[]; readonly decidedOn: number }
  | { readonly op: 'retire-cluster'; readonly clusterId: number; readonly decidedOn: number }
  | { readonly op: 'status' | 'sample' | 'topology' | 'stop' };

export interface SaidError {
  readonly code: string;
  readonly message: string;
}

/** An event that this node has applied: committed, and so acknowledged. */
export interface SaidEvent {
  readonly workflowId: string;
  readonly runId: string;
  readonly event: WorkflowEventView;
}

export interface SaidStatus {
  readonly nodeId: number;
  readonly role: string;
  readonly leaderId: number;
  readonly term: number;
  readonly appliedIndex: number;
  readonly voters: readonly number[];
  readonly failure: string | null;
  readonly aliveMs: number;
  readonly alive: boolean;
  readonly synchronousReplaced: number;
  /** Of the group; 0 before it is known. */
  readonly codecLevel: number;
}

/** Two layers, as one node has them. */
export interface SaidTopology {
  readonly nodeId: number;
  readonly failure: string | null;
  /** Version of the topology that it has applied; 0: it has heard of none. */
  readonly version: number;
  /** Clusters that it leads; 0 is that of the management. */
  readonly leads: readonly number[];
  /** Execution clusters that it hosts. */
  readonly hosts: readonly number[];
  readonly nodes: ReadonlyArray<{ readonly nodeId: number; readonly state: string }>;
  readonly clusters: ReadonlyArray<{
    readonly clusterId: number;
    readonly state: string;
    readonly members: ReadonlyArray<{ readonly nodeId: number; readonly state: string }>;
    readonly slots: number;
    readonly slotTarget: number;
  }>;
  readonly moves: ReadonlyArray<{ readonly moveId: number; readonly from: number; readonly to: number; readonly phase: string }>;
}

/** Of the process, at a moment. */
export interface SaidSample {
  /** Heap and what it holds outside, after a collection. */
  readonly heldBytes: number;
  readonly rssBytes: number;
  /** Event loop, since the last sample. */
  readonly loopDelayMsP99: number;
  readonly loopDelayMsMax: number;
}

export type Line =
  | { readonly ready: true }
  | { readonly failed: SaidError }
  | { readonly event: SaidEvent }
  | { readonly gap: number }
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: SaidError };
