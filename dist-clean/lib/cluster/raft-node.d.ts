import type { ConfState } from '../raft/index.js';
import type { GroupEngine } from './group-engine.js';
import type { Applied, GroupListener, GroupStatus, ProposeOptions, RaftGroup, RequestHandler } from './group.js';
export declare class RaftNode<Result = unknown> implements RaftGroup<Result> {
    private readonly engine;
    readonly groupId: number;
    readonly nodeId: number;
    /** Made by RaftHost.createGroup(). */
    constructor(engine: GroupEngine<Result>);
    get isLeader(): boolean;
    get leaderId(): number;
    get term(): number;
    get appliedIndex(): number;
    get membership(): ConfState;
    propose(frame: Uint8Array, options?: ProposeOptions): Promise<Applied<Result>>;
    submit(frame: Uint8Array, cancelled?: () => boolean): void;
    readIndex(options?: ProposeOptions): Promise<number>;
    waitApplied(index: number): Promise<void>;
    request(to: number, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
    handle(method: string, handler: RequestHandler): void;
    get longStalls(): number;
    subscribe(listener: GroupListener): () => void;
    livePeers(): readonly number[];
    addLearner(node: number): Promise<void>;
    promote(node: number): Promise<void>;
    remove(node: number): Promise<void>;
    /**
     * Puts `replacement` in the place of `lost` (R42: a node on volatile storage comes back under a new id): adds it as a learner, waits
     * until it has caught up, then promotes it and removes the lost one in one joint change.
     */
    replace(lost: number, replacement: number): Promise<void>;
    transferLeadership(to: number): Promise<void>;
    status(): GroupStatus;
    /** Before a shutdown: another node leads sooner than its election timeout would let it. Resolves in any case. */
    handOver(): Promise<void>;
    private stopping;
}
