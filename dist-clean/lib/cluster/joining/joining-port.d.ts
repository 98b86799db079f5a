import type { Clock } from '../clock.js';
import type { RaftGroup } from '../group.js';
export interface NodeIdentity {
    readonly deployment: string;
    readonly nodeId: number;
}
export declare const NODE_HELLO = "node.hello";
export declare const BOOTSTRAP_VOTE = "bootstrap.vote";
export declare const BOOTSTRAP_OUTCOME = "bootstrap.outcome";
export declare const JOIN_RESERVE = "join.reserve";
export declare const JOIN_ADMIT = "join.admit";
export declare const JOIN_STANDING = "join.standing";
/** fresh: no identity · joining: an identity, no member yet · member. */
export type NodeStage = 'fresh' | 'joining' | 'member';
/** The group of a member, as those who join need it. The face makes it of group and state machine. */
export interface JoinedGroup {
    readonly group: RaftGroup;
    /** An id above `above` and above every one that was ever used; the same for the same token. */
    reserve(token: string, above: number, timeoutMs: number): Promise<number>;
    wasRemoved(nodeId: number): boolean;
}
export type CallBody = Readonly<Record<string, unknown>>;
/** Throws INVALID_ARGUMENT that names call and field. */
export declare class CallReader {
    private readonly method;
    private readonly body;
    constructor(method: string, body: CallBody);
    /** A uuid, or ''. */
    id(field: string): string;
    address(field: string): string;
    addresses(field: string): readonly string[];
    integer(field: string, min?: number, max?: number): number;
    flag(field: string): boolean;
    choice<T extends string>(field: string, of: readonly T[]): T;
    private text;
    private wrong;
}
/** Ends the waiting of everything that joins when the node stops. */
export declare class JoiningStop {
    private readonly clock;
    private readonly pauses;
    private stopped;
    constructor(clock: Clock);
    get isStopped(): boolean;
    stop(): void;
    throwIfStopped(): void;
    /** Rejects with SHUTTING_DOWN once the node stops. */
    pause(ms: number): Promise<void>;
}
