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
export type RaftoralHealthResult<Key extends string> = Record<Key, { readonly status: 'up' | 'down' } & Record<string, unknown>>;

export interface HealthThresholds {
  /** A turn of the loop that takes longer is not alive, ms. */
  readonly loopDelayMsMax: number;
  /** Committed entries that may wait to be applied. */
  readonly applyLagEntriesMax: number;
}

export class RaftoralHealthIndicator {
  constructor(
    private readonly node: NodeStatusSource,
    private readonly clock: Clock,
    private readonly scheduler: Scheduler,
    private readonly thresholds: HealthThresholds,
  ) {}

  /** Liveness. Answers within `loopDelayMsMax`, or as soon as the loop moves again. */
  async isAlive<Key extends string = 'raftoral'>(key = 'raftoral' as Key): Promise<RaftoralHealthResult<Key>> {
    const loopDelayMs = Math.round(await this.measureTurn());
    const { nodeId, running, failure, progress } = this.node.nodeStatus();
    const problem =
      failure ??
      (running || progress !== null ? null : 'the node does not run') ??
      (loopDelayMs > this.thresholds.loopDelayMsMax ? `a turn of the event loop took ${loopDelayMs} ms` : null);
    return result(key, problem, { nodeId, loopDelayMs });
  }

  /** Readiness. */
  async isReady<Key extends string = 'raftoral'>(key = 'raftoral' as Key): Promise<RaftoralHealthResult<Key>> {
    const { nodeId, running, failure, progress, live, groups, alarm, isDivided } = this.node.nodeStatus();
    let problem =
      failure ??
      (progress === null ? null : `the node ${progress}`) ??
      (running ? null : 'the node does not run') ??
      (isDivided ? alarm : null);
    const details = groups.map(({ groupId, role, leaderId, term, commitIndex, appliedIndex, membership }) => {
      const applyLag = commitIndex - appliedIndex;
      const heard = membership.voters.filter((voter) => live.includes(voter)).length;
      if (leaderId === 0 && heard * 2 <= membership.voters.length && membership.voters.length > 0)
        problem ??= `cluster ${groupId} has no quorum: ${heard} of ${membership.voters.length} voters are heard here`;
      else if (leaderId === 0) problem ??= `cluster ${groupId} has no leader that this node knows of`;
      else if (applyLag > this.thresholds.applyLagEntriesMax) problem ??= `cluster ${groupId} is ${applyLag} entries behind on this node`;
      return { clusterId: groupId, role, leader: leaderId, term, applyLag };
    });
    return result(key, problem, { nodeId, clusters: details, ...(alarm === null ? {} : { alarm }) });
  }

  private async measureTurn(): Promise<number> {
    const started = this.clock.monotonic();
    await new Promise<void>((resolve) => {
      const timer = this.clock.setTimer(this.thresholds.loopDelayMsMax + 1, resolve, { unref: true });
      this.scheduler.turn(() => {
        timer.cancel();
        resolve();
      });
    });
    return this.clock.monotonic() - started;
  }
}

function result<Key extends string>(key: Key, problem: string | null, details: Record<string, unknown>): RaftoralHealthResult<Key> {
  const value = problem === null ? { status: 'up' as const, ...details } : { status: 'down' as const, message: problem, ...details };
  return { [key]: value } as RaftoralHealthResult<Key>;
}
