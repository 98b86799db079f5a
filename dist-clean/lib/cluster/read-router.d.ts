/**
 * Linearizable read points (P6, R25). One per group and node.
 *
 * D1. Reads that gather until a flush share one round of the core; each round, and each repetition of one, has a context of its own, over restarts too.
 * D2. A read resolves once its index is applied here: with an index that was committed when the call was made, or later.
 * D3. A lost round is repeated, at a change of leadership at once, until the deadline: NO_LEADER then. A read changes nothing, so its outcome is
 *     never unknown.
 * D4. At most `queueLengthMax` reads wait: OVERLOADED.
 * Tests: test/cluster/reads-and-requests.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type ReadState } from '../raft/index.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { ProposeOptions } from './group.js';
import type { RouterContext } from './proposal-router.js';
declare class Read implements DeadlineItem {
    private readonly router;
    readonly dueAt: number;
    readonly resolve: (index: number) => void;
    readonly reject: (error: Error) => void;
    heapIndex: number;
    isSettled: boolean;
    index: number;
    constructor(router: ReadRouter, dueAt: number, resolve: (index: number) => void, reject: (error: Error) => void);
    onDue(): void;
}
export declare class ReadRouter {
    private readonly context;
    private queue;
    private readonly rounds;
    /** Confirmed, waiting for the state machine. */
    private confirmed;
    private lastContext;
    private liveCount;
    private closedBy;
    constructor(context: RouterContext);
    get isIdle(): boolean;
    /** Reads that are kept, settled ones too. */
    get held(): number;
    read(options: ProposeOptions | undefined): Promise<number>;
    flush(): void;
    onReadState(state: ReadState): void;
    /** The state machine has applied up to `index`. */
    applied(index: number): void;
    leadershipChanged(): void;
    tick(): void;
    close(error: RaftoralError): void;
    expire(read: Read): void;
    private repeat;
    private resolve;
    private fail;
    private settle;
}
export {};
