/**
 * What a member says of itself, and what a leader says of members: hello, node-down, first limits, codec level.
 *
 * U1. Level-triggered: what the state shows is compared with what is so, after each batch; nothing depends on one event being seen.
 * U2. At most one proposal of a kind is under way; it is compared again when it was applied, and made again after a failure.
 * U4. A draining node hands its runs over, spread over those that can take them, at most `HANDED_OVER_AT_ONCE` unanswered: other commands get through.
 * U3. A node that is alive and finds itself marked down, or absent, says hello again (R13).
 * Tests: test/workflow/residency.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import { type GroupLimits } from './command.js';
import type { CommandAnswer, WorkflowStateView } from './state.js';
import type { WorkflowRegistry } from './registry.js';
export interface MemberDutiesOptions {
    readonly group: RaftGroup<CommandAnswer>;
    readonly state: WorkflowStateView;
    readonly registry: WorkflowRegistry;
    readonly clock: Clock;
    readonly incarnation: number;
    readonly buildId: string;
    /** Highest level that this build can apply (R31). */
    readonly codecLevelMax: number;
    readonly limits: Partial<GroupLimits>;
}
export declare class MemberDuties {
    private readonly options;
    private draining;
    /** Runs to be handed over, and those whose change of owner is under way. */
    private readonly toHandOver;
    private handingOver;
    private stopped;
    private readonly underWay;
    private retry;
    private readonly workflows;
    constructor(options: MemberDutiesOptions);
    /** After a batch was applied, and whenever leadership, membership or liveness changed. */
    review(): void;
    /** A drain came to nothing: the node takes runs again. */
    resume(): void;
    /** Tells the group that this node takes no more runs, and hands its own over to others that can. */
    drain(): void;
    private handOver;
    private reviewAsLeader;
    private proposeLimits;
    private proposeCodecLevel;
    private isMember;
    /** A higher incarnation is another process under this id: this one can not speak over it. */
    private outdated;
    private hello;
    private propose;
    /** No leader, an outcome that is not known, or a refusal: it is compared again after a pause. */
    private failed;
    stop(): void;
}
