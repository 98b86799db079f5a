/**
 * Committed entries that wait for what the state machine has to fetch before it applies them (R27). Only with a state store.
 *
 * Q1. Messages are applied in order, each as a whole; none overtakes one that waits.
 * Q2. Between a fetch and the entries that it was made for nothing else is fetched or applied.
 * Q3. A snapshot that is about to be installed covers all that waits: drop() hands it back, and what is being fetched is waited for, not used.
 * Bound: the core hands out no more than its limit of bytes before they are applied.
 * Tests: apply-queue.spec.ts, test/cluster/stored-state.spec.ts.
 */
import { type Message } from '../raft/index.js';
export declare class ApplyQueue {
    private readonly prefetch;
    /** Asks for a turn, in which next() is to be called. */
    private readonly resume;
    private readonly failed;
    private waiting;
    /** Of the first one, or of one that was dropped. Never rejects. */
    private fetching;
    private isFetched;
    constructor(prefetch: (frames: readonly Uint8Array[]) => Promise<void> | null, 
    /** Asks for a turn, in which next() is to be called. */
    resume: () => void, failed: (error: unknown) => void);
    get isEmpty(): boolean;
    push(message: Message): void;
    /** In a turn: the next message that may be applied now. */
    next(): Message | null;
    /** What waits, and waits no more. */
    drop(): readonly Message[];
    /** Resolves when nothing is being fetched; null: nothing is. */
    get settled(): Promise<void> | null;
    private follow;
}
