/** HTTP: any node answers for any order. */
import { type MessageEvent } from '@nestjs/common';
import { type Observable } from 'rxjs';
import { WorkflowClient } from '../../lib/index.js';
export interface OrderView {
    readonly orderId: string;
    /** What the order's workflow says while it runs; then how it ended. */
    readonly status: string;
    readonly workflowId: string;
    readonly runId: string;
    /** The node that owns the run. */
    readonly owner: number;
    readonly error?: string;
}
export declare class OrdersController {
    private readonly workflows;
    constructor(workflows: WorkflowClient);
    /** Accepts an order: once this has answered, the order is never lost. The same order posted again is the same workflow. */
    create(body: unknown, requestId?: string): Promise<{
        orderId: string;
        workflowId: string;
        runId: string;
    }>;
    /** How the order stands. `?wait=ms` waits that long for it to end. */
    find(orderId: string, wait?: string): Promise<OrderView>;
    /** Everything that happens to the order, as server-sent events, from the beginning (or from Last-Event-ID) to its end. */
    events(orderId: string, lastEventId?: string): Promise<Observable<MessageEvent>>;
    private view;
    private waitForEnd;
}
