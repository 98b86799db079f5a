/** The engine's id of the workflow that processes an order: one order, one workflow, however often it is posted. */
export function workflowIdOf(orderId) {
    return `order-${orderId}`;
}
//# sourceMappingURL=order.js.map