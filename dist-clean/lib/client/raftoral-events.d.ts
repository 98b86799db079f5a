import { type WorkflowEventStream } from './event-view.js';
import type { RequestForwarder } from './request-forwarder.js';
export declare class RaftoralEvents {
    private readonly forwarder;
    /** Live events of every run of every cluster that this node hosts. */
    readonly all$: WorkflowEventStream;
    constructor(forwarder: RequestForwarder);
    /** Live events of one cluster. */
    cluster$(clusterId: number): WorkflowEventStream;
    /** Events of one run from wseq `after` + 1 on, then live; completes after `finished`. */
    workflow$(workflowId: string, options?: {
        readonly runId?: string;
        readonly after?: number;
    }): WorkflowEventStream;
}
