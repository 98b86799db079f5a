/** What an order looks like on its way in and out. */
export interface OrderInput {
    readonly orderId: string;
    readonly itemId: string;
    readonly quantity: number;
    /** The order rests so long before anything is reserved; durable, like every sleep. */
    readonly restSeconds?: number;
}
export interface OrderOutput {
    readonly orderId: string;
    readonly status: 'confirmed' | 'out_of_stock';
}
/** The engine's id of the workflow that processes an order: one order, one workflow, however often it is posted. */
export declare function workflowIdOf(orderId: string): string;
