/**
 * What the compiler must infer and must refuse at WorkflowClient and WorkflowHandle. Never run: compiled by `tsc` and by
 * types.spec.ts, where an unused @ts-expect-error is an error, so that a check which was lost is seen.
 */
import { queryRef, signalRef, workflowRef, } from '../../lib/index.js';
/** Compiles only where both types are the same, `any` told from everything else. */
function expectType() {
    return () => undefined;
}
class ProcessOrder {
    service;
    status = 'new';
    secret = 0;
    constructor(service) {
        this.service = service;
    }
    async run(order) {
        await this.service.reserve();
        this.secret += order.quantity;
        return { orderId: order.orderId, status: 'confirmed' };
    }
    async recordStatus(status) {
        return status;
    }
    currentStatus() {
        return this.status;
    }
    itemsAbove(limit) {
        return [limit, this.secret];
    }
    page(offset) {
        return offset ?? 0;
    }
    addressChanged(address) {
        this.status = address.street;
    }
    nudge() {
        this.status = 'nudged';
    }
    async rush(hours) {
        this.status = `rush ${hours}`;
    }
    internal() {
        return this.status;
    }
}
class Sweep {
    async run() {
        return 1;
    }
}
class Report {
    async run(options) {
        return options?.since ?? '';
    }
}
export async function startInfersFromTheClass(client) {
    const handle = await client.start(ProcessOrder, { orderId: 'a', quantity: 1 }, { workflowId: 'order-a', requestId: 'r', onExisting: 'attach' });
    expectType()(handle);
    expectType()(handle.runId);
    const asHandle = handle;
    expectType()(await asHandle.result());
    expectType()(await client.execute(ProcessOrder, { orderId: 'a', quantity: 1 }, { resultTimeoutMs: 5 }));
    // @ts-expect-error the input has the wrong type
    await client.start(ProcessOrder, { orderId: 'a', quantity: 'one' });
    // @ts-expect-error a part of the input is missing
    await client.start(ProcessOrder, { orderId: 'a' });
    // @ts-expect-error the input is missing
    await client.start(ProcessOrder);
    // @ts-expect-error the input is missing
    await client.execute(ProcessOrder);
    // @ts-expect-error an unknown option
    await client.start(ProcessOrder, { orderId: 'a', quantity: 1 }, { workflowID: 'x' });
    // @ts-expect-error an option of the wrong kind
    await client.start(ProcessOrder, { orderId: 'a', quantity: 1 }, { onExisting: 'replace' });
    // @ts-expect-error a class without run() is no workflow
    await client.start(Date, 1);
    // @ts-expect-error there is no { name, version } form
    await client.start({ name: 'process_order', version: 1 }, { orderId: 'a', quantity: 1 });
}
export async function startWithoutInput(client) {
    expectType()(await client.execute(Sweep));
    await client.start(Sweep, undefined, { workflowId: 'sweep' });
    // @ts-expect-error run() takes no input
    await client.start(Sweep, { since: 'x' });
    await client.start(Report);
    await client.start(Report, { since: 'x' });
    // @ts-expect-error the input has the wrong type
    await client.start(Report, { since: 1 });
}
export async function startByReference(client) {
    const order = workflowRef('process_order', 1);
    const handle = await client.start(order, { orderId: 'a', quantity: 1 });
    expectType()(await handle.result());
    expectType()(await handle.query('anything', { args: [1] }));
    await handle.signal('anything', { free: true });
    // @ts-expect-error the input has the wrong type
    await client.start(order, { orderId: 1, quantity: 1 });
    // @ts-expect-error the input is missing
    await client.start(order);
    const full = workflowRef('process_order', 1);
    const typed = await client.start(full, { orderId: 'a', quantity: 1 });
    expectType()(await typed.query('currentStatus'));
    // @ts-expect-error unknown query
    await typed.query('nothing');
    // @ts-expect-error the input is missing
    await client.start(full);
    await client.start(workflowRef('nightly'));
    // @ts-expect-error it takes no input
    await client.start(workflowRef('nightly'), 5);
}
export async function startByDeclaredName(client) {
    expectType()(await client.execute('process_order', { orderId: 'a', quantity: 1 }));
    await client.start('sweep');
    const handle = client.getHandle('process_order', 'order-a');
    expectType()(await handle.query('itemsAbove', { args: [5] }));
    // @ts-expect-error no workflow of this name is declared
    await client.start('proces_order', { orderId: 'a', quantity: 1 });
    // @ts-expect-error the input has the wrong type
    await client.start('process_order', { orderId: 'a' });
}
export async function queriesAreTheSyncMethods(client) {
    const handle = client.getHandle(ProcessOrder, 'order-a', 'run-1');
    expectType()(handle.runId);
    expectType()(await handle.query('currentStatus'));
    expectType()(await handle.query('currentStatus', { consistency: 'local' }));
    expectType()(await handle.query('itemsAbove', { args: [3], consistency: 'linearizable' }));
    expectType()(await handle.query('page'));
    expectType()(await handle.query('page', { args: [3] }));
    expectType()(await handle.query(queryRef('dynamic'), { args: [3] }));
    // @ts-expect-error unknown query
    await handle.query('currentStat');
    // @ts-expect-error run is not a query
    await handle.query('run');
    // @ts-expect-error a checkpoint is not a query
    await handle.query('recordStatus');
    // @ts-expect-error a signal is not a query
    await handle.query('nudge');
    // @ts-expect-error a protected method is not a query
    await handle.query('internal');
    // @ts-expect-error the argument is missing
    await handle.query('itemsAbove');
    // @ts-expect-error the argument has the wrong type
    await handle.query('itemsAbove', { args: ['3'] });
    // @ts-expect-error unknown consistency
    await handle.query('currentStatus', { consistency: 'eventual' });
    // @ts-expect-error the argument of the reference is missing
    await handle.query(queryRef('dynamic'));
}
export async function signalsAreTheVoidMethods(client) {
    const handle = client.getHandle(ProcessOrder, 'order-a');
    await handle.signal('addressChanged', { street: 'x' }, { requestId: 'r' });
    await handle.signal('nudge');
    await handle.signal('rush', 5);
    await handle.signal('nudge', undefined, { requestId: 'r' });
    await handle.signal(signalRef('paid'), { amount: 3 });
    await handle.signal(signalRef('go'));
    // @ts-expect-error the payload has the wrong type
    await handle.signal('addressChanged', { street: 5 });
    // @ts-expect-error the payload is missing
    await handle.signal('addressChanged');
    // @ts-expect-error this signal takes no payload
    await handle.signal('nudge', { street: 'x' });
    // @ts-expect-error unknown signal
    await handle.signal('adressChanged', { street: 'x' });
    // @ts-expect-error the payload has the wrong type
    await handle.signal('rush', 'soon');
    // @ts-expect-error run is not a signal
    await handle.signal('run', { orderId: 'a', quantity: 1 });
    // @ts-expect-error a checkpoint that returns something is not a signal
    await handle.signal('recordStatus', 'x');
    // @ts-expect-error a query is not a signal
    await handle.signal('currentStatus');
    // @ts-expect-error the payload of the reference has the wrong type
    await handle.signal(signalRef('paid'), { amount: '3' });
}
export function eventsAreTyped(handle) {
    handle.events$.subscribe((item) => {
        expectType()(item);
        if (item.type === 'event' && item.event.kind === 'checkpoint')
            expectType()(item.event.key);
        if (item.type === 'gap')
            expectType()(item.from);
        // @ts-expect-error no such kind of event
        if (item.type === 'event' && item.event.kind === 'nothing')
            return;
    });
}
//# sourceMappingURL=client.types.js.map