/**
 * Requests between nodes about a group, and their answers. Owns: the calls without an answer yet.
 *
 * W1. A call settles once: by its answer, its deadline, or the loss of the peer. The last two are OUTCOME_UNKNOWN.
 * W2. At most `requestsInFlightMax` calls wait; one more is OVERLOADED, and nothing was sent.
 * W3. A late or repeated answer is ignored; so is one from a node that was not asked.
 * Tests: test/cluster/reads-and-requests.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type Envelope, type RequestEnvelope, type ResponseEnvelope } from '../transport/transport.js';
import type { Clock } from './clock.js';
import type { DeadlineHeap, DeadlineItem } from './deadline-heap.js';
import type { RequestHandler } from './group.js';
export interface OutgoingRequest {
    readonly groupId: number;
    readonly to: number;
    readonly method: string;
    readonly body: Uint8Array;
    readonly timeoutMs: number;
}
declare class Call implements DeadlineItem {
    readonly router: RequestRouter;
    readonly callId: number;
    readonly request: OutgoingRequest;
    readonly dueAt: number;
    readonly resolve: (body: Uint8Array) => void;
    readonly reject: (error: Error) => void;
    heapIndex: number;
    constructor(router: RequestRouter, callId: number, request: OutgoingRequest, dueAt: number, resolve: (body: Uint8Array) => void, reject: (error: Error) => void);
    onDue(): void;
}
export declare class RequestRouter {
    private readonly clock;
    private readonly deadlines;
    private readonly inFlightMax;
    private readonly send;
    private readonly calls;
    private lastCallId;
    constructor(clock: Clock, deadlines: DeadlineHeap, inFlightMax: number, send: (to: number, envelope: Envelope) => void);
    get inFlight(): number;
    /** Before the first call: no number at or below is given. */
    begin(firstCallId: number): void;
    request(request: OutgoingRequest): Promise<Uint8Array>;
    /** Sends a request that wants no answer. */
    tell(to: number, groupId: number, method: string, body: Uint8Array): void;
    /** Runs the handler and sends its answer. */
    answer(from: number, envelope: RequestEnvelope, handler: RequestHandler | undefined): void;
    onResponse(from: number, envelope: ResponseEnvelope): void;
    peerDown(peer: number): void;
    expire(call: Call): void;
    /** No answer is awaited any more; with an error, every call is told. */
    stop(error: RaftoralError | null): void;
    private fail;
    private forget;
}
export {};
