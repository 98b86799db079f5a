import type { Clock } from './clock.js';
import type { ClusterRouter } from './cluster-router.js';
import type { HostedGroup } from './host-services.js';
import type { PeerWatch } from './peer-watch.js';
import type { RequestRouter } from './request-router.js';
import type { TurnTrigger } from './turn-trigger.js';
import type { WritePipeline } from './write-pipeline.js';
export interface TurnLoopOptions {
    readonly clock: Clock;
    readonly router: ClusterRouter;
    readonly pipeline: WritePipeline<HostedGroup>;
    readonly requests: RequestRouter;
    readonly peerWatch: PeerWatch;
    readonly trigger: TurnTrigger;
    readonly groups: ReadonlyMap<number, HostedGroup>;
    readonly roundsMax: number;
    readonly isVolatile: boolean;
    /** False: a frame of an earlier process of its node, to be dropped. */
    heard(from: number, incarnation: number, now: number): boolean;
    soon(callback: () => void): void;
    beforeTurn(): void;
    afterTick(): void;
    afterTurn(): void;
}
export declare class TurnLoop {
    private readonly options;
    isInTurn: boolean;
    /** Monotonic clock at the begin of the turn. */
    now: number;
    private isStopped;
    private ticksDue;
    /** A leader applied commands in this turn: their proposers hear of it when the turn is over. */
    private hasAnswered;
    /** Some of them had been proposed elsewhere. */
    private hasForeign;
    /** Macrotasks that notices still wait. */
    private noticeTurns;
    private readonly dirty;
    private readonly flushing;
    private readonly gathered;
    private readonly notifying;
    private readonly appending;
    private readonly appends;
    private readonly applying;
    constructor(options: TurnLoopOptions);
    markDirty(group: HostedGroup): void;
    wantFlush(group: HostedGroup): void;
    /** Nothing gathers for the next macrotask, nothing is being written. */
    get isQuiet(): boolean;
    gatherFlush(group: HostedGroup): void;
    wantNotify(group: HostedGroup): void;
    /** Out of a turn. */
    wantApply(group: HostedGroup): void;
    /** Runs a turn with these ticks, now. */
    tick(ticks: number): void;
    /** Makes sure that a turn comes, unless one is running. */
    ask(): void;
    stop(): void;
    /** One turn. Does nothing when called from inside one. */
    run(isMacrotask: boolean): void;
    /** What the turn has for others leaves now, or soon (U5). */
    private leave;
    private flush;
    private readonly flushAfterAnswers;
    private round;
    private hasWork;
    private deliver;
    private dispatch;
    private dispatchToGroup;
    private deliverWritten;
    private tickGroups;
    private flushGroups;
    private gatherGroups;
    private writeGroups;
    private appended;
    private applyGroups;
    private notifyAll;
    private takeGathered;
}
