/**
 * Health of a node for @nestjs/terminus: two questions, because they have two remedies.
 *
 * H1. Alive: the event loop takes turns, and nothing has stopped the node. `down` means: restart the process.
 * H2. Ready: the node is a member of its cluster, every group has a leader, and has applied what it knows to be committed. `down` means: send the
 *     requests elsewhere for now. A node that joins, or is alone in its side of a partition, is alive and not ready.
 * H3. Terminus is not imported: its result is a plain object, and applications without terminus can ask too.
 */
import type { Clock } from '../cluster/clock.js';
import type { Scheduler } from '../cluster/scheduler.js';
import type { NodeStatusSource } from '../cluster/status-port.js';
/** The shape of terminus' HealthIndicatorResult. */
export type RaftoralHealthResult<Key extends string> = Record<Key, {
    readonly status: 'up' | 'down';
} & Record<string, unknown>>;
export interface HealthThresholds {
    /** A turn of the loop that takes longer is not alive, ms. */
    readonly loopDelayMsMax: number;
    /** Committed entries that may wait to be applied. */
    readonly applyLagEntriesMax: number;
}
export declare class RaftoralHealthIndicator {
    private readonly node;
    private readonly clock;
    private readonly scheduler;
    private readonly thresholds;
    constructor(node: NodeStatusSource, clock: Clock, scheduler: Scheduler, thresholds: HealthThresholds);
    /** Liveness. Answers within `loopDelayMsMax`, or as soon as the loop moves again. */
    isAlive<Key extends string = 'raftoral'>(key?: Key): Promise<RaftoralHealthResult<Key>>;
    /** Readiness. */
    isReady<Key extends string = 'raftoral'>(key?: Key): Promise<RaftoralHealthResult<Key>>;
    private measureTurn;
}
