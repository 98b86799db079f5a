/**
 * Membership calls and leadership transfer, on any node of a group: carried out by the leader, one change at a time.
 *
 * M1. A call resolves once its change is applied on the leader (a joint one: left again) and on the calling node.
 * M2. A call whose request was lost is repeated until its deadline; a repetition that finds its outcome standing is a success.
 * M3. The leader does not remove itself: it hands over, and the next leader removes it. If nobody else could lead, its replacement becomes a voter
 *     first.
 * Tests: test/cluster/membership.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type RawNode } from '../raft/index.js';
import type { HostServices } from './host-services.js';
import { type MembershipOperation } from './membership-rules.js';
export declare const MEMBERSHIP_METHOD = "raft.membership";
export interface MembershipContext {
    readonly groupId: number;
    readonly host: HostServices;
    readonly raw: RawNode;
    readonly isOver: RaftoralError | null;
    isDown(node: number): boolean;
    wantFlush(): void;
    changed(): void;
    waitApplied(index: number): Promise<void>;
}
export declare class MembershipCalls {
    private readonly context;
    /** On the leader: the change under way. */
    private change;
    private transferTo;
    private readonly waits;
    constructor(context: MembershipContext);
    get hasChange(): boolean;
    get isIdle(): boolean;
    /** From any node. */
    run(operation: MembershipOperation): Promise<void>;
    private waitApplied;
    /** The leader's part of run(); answers the index at which the membership stands. */
    handle(body: Uint8Array): Promise<Uint8Array>;
    transferLeadership(to: number): Promise<void>;
    /** In a turn. */
    flush(): void;
    /** A conf change entry, or any other at the place of one, was applied. */
    applied(index: number, term: number): void;
    leadershipChanged(): void;
    tick(): void;
    close(error: RaftoralError): void;
    private runHere;
    private begin;
    /** Always throws: NOT_LEADER once another node leads. */
    private handOver;
    private ask;
    private propose;
    private view;
    private refused;
    private end;
    private wait;
    private wake;
    private finishWait;
    private throwIfOver;
}
/** The voter, other than the leader, whose log is the longest; 0 if none is alive. */
export declare function bestHeir(raw: RawNode, isLive: (node: number) => boolean): number;
