/**
 * Live events as RxJS streams: of all clusters on this node, of one cluster, of one workflow.
 *
 * E1. Streams are what this node applies, in its order; each subscriber reads by its own cursor and gets `gap` when it is
 *     slow (R43). all$ and cluster$ begin at the subscription, workflow$ at the run's first event.
 * E2. all$ may be subscribed to at any time, also before the node has started: it completes when the node ends. The others need the cluster (NOT_MEMBER).
 */
import { defer, map, mergeMap } from 'rxjs';
import { viewStreamItem, type WorkflowEventStream } from './event-view.js';
import type { RequestForwarder } from './request-forwarder.js';

export class RaftoralEvents {
  /** Live events of every run of every cluster that this node hosts. */
  readonly all$: WorkflowEventStream = defer(() => this.forwarder.services$).pipe(
    mergeMap((service) => service.events$),
    map(viewStreamItem),
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
