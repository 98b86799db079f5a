/**
 * Live events as RxJS streams: of all clusters on this node, of one cluster, of one workflow; and whether the replicas are alike.
 *
 * E1. Streams are what this node applies, in its order; each subscriber reads by its own cursor and gets `gap` when it is
 *     slow (R43). all$ and cluster$ begin at the subscription, workflow$ at the run's first event.
 *     all$, cluster$ and stateChecks$ are of what this node hosts; workflow$ also of a run elsewhere, where the node has routes.
 *     all$ and cluster$ tell an event once. What a replica knew as committed when it was opened is the past: neither a node that starts again nor one that is
 *     drained and comes back tells it, though it applies it once more. What came to pass meanwhile is told as it is applied; what a snapshot brings is a `gap`
 *     for runs that this replica had the code of, and nothing for others (R36). Who must miss nothing reads workflow$, or the history.
 * E2. all$ and stateChecks$ may be subscribed to at any time, also before the node has started: they complete when the node ends. The others need the
 *     cluster (NOT_MEMBER).
 * E3. stateChecks$ begins with what stands: who subscribes after the alarm hears of it too.
 */
import { defer, map, mergeMap, type Observable } from 'rxjs';
import type { StateCheckEvent } from '../workflow/service.js';
import { viewStreamItem, type WorkflowEventStream } from './event-view.js';
import type { RequestForwarder } from './request-forwarder.js';

export class RaftoralEvents {
  /** Live events of every run of every cluster that this node hosts. */
  readonly all$: WorkflowEventStream = defer(() => this.forwarder.services$).pipe(
    mergeMap((service) => service.events$),
    map(viewStreamItem),
  );

  /**
   * Replicas of a cluster that this node hosts differ (STATE_DIVERGED), or agree again: who stopped, whether commands are refused. What to do then is in
   * docs/OPERATIONS.md. Silent as long as all is well.
   */
  readonly stateChecks$: Observable<StateCheckEvent> = defer(() => this.forwarder.services$).pipe(
    mergeMap((service) => service.stateChecks$),
  );

  constructor(private readonly forwarder: RequestForwarder) {}

  /** Live events of one cluster. */
  cluster$(clusterId: number): WorkflowEventStream {
    return defer(() => this.forwarder.forCluster(clusterId).events$).pipe(map(viewStreamItem));
  }

  /** Events of one run from wseq `after` + 1 on, then live; completes after `finished`. */
  workflow$(workflowId: string, options: { readonly runId?: string; readonly after?: number } = {}): WorkflowEventStream {
    const ref = options.runId === undefined ? { workflowId } : { workflowId, runId: options.runId };
    return defer(() => this.forwarder.forWorkflow(workflowId).runEvents(ref, options.after)).pipe(map(viewStreamItem));
  }
}
