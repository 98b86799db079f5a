/**
 * Live events as RxJS streams: of all clusters on this node, of one cluster, of one workflow.
 *
 * E1. Streams are what this node applies, in its order; each subscriber reads by its own cursor and gets `gap` when it is
 *     slow (R43). all$ and cluster$ begin at the subscription, workflow$ at the run's first event.
 */
import { defer, map, merge } from 'rxjs';
import { viewStreamItem } from './event-view.js';
export class RaftoralEvents {
    forwarder;
    /** Live events of every run of every cluster that this node hosts. */
    all$ = defer(() => merge(...this.forwarder.hosted().map((service) => service.events$))).pipe(map(viewStreamItem));
    constructor(forwarder) {
        this.forwarder = forwarder;
    }
    /** Live events of one cluster. */
    cluster$(clusterId) {
        return defer(() => this.forwarder.forCluster(clusterId).events$).pipe(map(viewStreamItem));
    }
    /** Events of one run from wseq `after` + 1 on, then live; completes after `finished`. */
    workflow$(workflowId, options = {}) {
        const ref = options.runId === undefined ? { workflowId } : { workflowId, runId: options.runId };
        return defer(() => this.forwarder.forWorkflow(workflowId).runEvents(ref, options.after)).pipe(map(viewStreamItem));
    }
}
//# sourceMappingURL=raftoral-events.js.map