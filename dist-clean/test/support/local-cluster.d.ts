/**
 * Several nodes that apply one shared list of entries, without Raft: what tests of the workflow runtime need of a group, and no more.
 * Frames go through the real codec and the real state machine, on each node its own; an entry is applied in a later macrotask.
 */
import type { Applied, GroupListener, GroupStatus, NodeId, ProposeOptions, RaftGroup, RequestHandler } from '../../lib/cluster/group.js';
import type { ConfState } from '../../lib/raft/index.js';
import type { GroupLimits, WorkflowCommand } from '../../lib/workflow/command.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import type { RunIdentity } from '../../lib/workflow/run-environment.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
import { GatedSource } from './gated-source.js';
import { ManualClock } from './manual-clock.js';
import { RowStore } from './row-store.js';
interface Entry {
    readonly frame: Uint8Array;
    readonly membership: ConfState | null;
}
export interface LocalNodeOptions {
    readonly workflows?: readonly WorkflowDefinition[];
    readonly buildId?: string;
    readonly residentRunsMax?: number;
    readonly residentBytesMax?: number;
    /** Its state is stored in rows, in this store: what is in it is loaded first. */
    readonly store?: RowStore;
    readonly limits?: Partial<GroupLimits>;
    readonly incarnation?: number;
    readonly sliceMs?: number;
}
export interface Report {
    readonly type: 'diverged' | 'stopped' | 'rejection' | 'warning';
    readonly run: RunIdentity | null;
    readonly text: string;
}
export declare class LocalCluster {
    readonly clock: ManualClock;
    readonly entries: Entry[];
    readonly nodes: Map<number, LocalNode>;
    leaderId: NodeId;
    voters: NodeId[];
    private constructor();
    static start(count: number, options: LocalNodeOptions | ((node: NodeId) => LocalNodeOptions)): Promise<LocalCluster>;
    membership(): ConfState;
    add(id: NodeId, options: LocalNodeOptions, from?: {
        readonly index: number;
        readonly snapshot: Uint8Array;
    }): LocalNode;
    node(id: NodeId): LocalNode;
    append(frame: Uint8Array, membership?: ConfState | null): number;
    /** Every command in the log, decoded. */
    commands(): WorkflowCommand[];
    /** The node is gone without a word; the leader learns of it by its silence. */
    crash(id: NodeId): Promise<void>;
    /** Runs until nothing moves any more at this time. */
    settle(): Promise<void>;
    advance(ms: number): Promise<void>;
    stop(): void;
}
export declare class LocalNode implements RaftGroup<CommandAnswer> {
    private readonly cluster;
    readonly nodeId: NodeId;
    readonly options: LocalNodeOptions;
    readonly groupId = 1;
    longStalls: number;
    alive: boolean;
    /** Applies nothing while true: a replica that lags. */
    paused: boolean;
    appliedIndex: number;
    readonly state: WorkflowStateMachine;
    readonly runtime: WorkflowRuntime;
    readonly service: WorkflowRuntimeService;
    readonly reports: Report[];
    /** Reads of its rows; null without a store. */
    readonly source: GatedSource | null;
    private readonly listeners;
    private readonly handlers;
    private readonly waiting;
    private readonly scheduler;
    private scheduled;
    private prefetching;
    constructor(cluster: LocalCluster, nodeId: NodeId, options: LocalNodeOptions, from?: {
        readonly index: number;
        readonly snapshot: Uint8Array;
    });
    get id(): NodeId;
    get isLeader(): boolean;
    get leaderId(): NodeId;
    readonly term = 1;
    get membership(): ConfState;
    status(): GroupStatus;
    propose(frame: Uint8Array, _options?: ProposeOptions): Promise<Applied<CommandAnswer>>;
    submit(frame: Uint8Array): void;
    readIndex(): Promise<number>;
    waitApplied(index: number): Promise<void>;
    request(to: NodeId, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
    handle(method: string, handler: RequestHandler): void;
    subscribe(listener: GroupListener): () => void;
    tell(call: (listener: GroupListener) => void): void;
    livePeers(): readonly NodeId[];
    addLearner(): Promise<void>;
    promote(): Promise<void>;
    remove(): Promise<void>;
    replace(): Promise<void>;
    transferLeadership(): Promise<void>;
    /** Everything that was applied becomes durable: closed runs, and histories that nobody holds, leave memory. */
    flush(): void;
    private position;
    /** Takes a snapshot of another node in place of entries that it never saw (R36). */
    install(from: LocalNode): void;
    /** The same for a node with a store, from another without. */
    installStored(from: LocalNode): Promise<void>;
    private restored;
    wake(): void;
    private applyAll;
    private applyUpTo;
}
export {};
