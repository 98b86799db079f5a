/**
 * What the compiler must infer and must refuse at WorkflowClient and WorkflowHandle. Never run: compiled by `tsc` and by
 * types.spec.ts, where an unused @ts-expect-error is an error, so that a check which was lost is seen.
 */
import { type WorkflowClient, type WorkflowHandle } from '../../lib/index.js';
interface OrderInput {
    readonly orderId: string;
    readonly quantity: number;
}
interface OrderOutput {
    readonly orderId: string;
    readonly status: 'confirmed' | 'out_of_stock';
}
interface Service {
    reserve(): Promise<boolean>;
}
declare class ProcessOrder {
    private readonly service;
    private status;
    private secret;
    constructor(service: Service);
    run(order: OrderInput): Promise<OrderOutput>;
    recordStatus(status: string): Promise<string>;
    currentStatus(): string;
    itemsAbove(limit: number): readonly number[];
    page(offset?: number): number;
    addressChanged(address: {
        readonly street: string;
    }): void;
    nudge(): void;
    rush(hours: number): Promise<void>;
    protected internal(): string;
}
declare class Sweep {
    run(): Promise<number>;
}
declare module '../../lib/index.js' {
    interface WorkflowTypes {
        process_order: typeof ProcessOrder;
        sweep: typeof Sweep;
    }
}
export declare function startInfersFromTheClass(client: WorkflowClient): Promise<void>;
export declare function startWithoutInput(client: WorkflowClient): Promise<void>;
export declare function startByReference(client: WorkflowClient): Promise<void>;
export declare function startByDeclaredName(client: WorkflowClient): Promise<void>;
export declare function queriesAreTheSyncMethods(client: WorkflowClient): Promise<void>;
export declare function signalsAreTheVoidMethods(client: WorkflowClient): Promise<void>;
export declare function eventsAreTyped(handle: WorkflowHandle<typeof ProcessOrder>): void;
export {};
