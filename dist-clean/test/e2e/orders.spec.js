/** sample/01-orders, run as its users run it, on free ports and with fewer orders. */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OrderCluster, PortTakenError } from '../../sample/01-orders/cluster.js';
import { auditBooks, runFeed } from '../../sample/01-orders/feed-run.js';
import { generateOrders } from '../../sample/01-orders/generate-orders.js';
import { readOrders } from '../../sample/01-orders/orders-file.js';
import { Warehouse } from '../../sample/01-orders/warehouse.js';
let cluster = null;
const folders = [];
async function boot(dataPath) {
    cluster = await OrderCluster.boot([0, 0, 0], dataPath);
    return cluster;
}
async function call(url, init) {
    const response = await fetch(url, init);
    return { status: response.status, body: await response.json() };
}
function order(orderId, itemId, quantity, restSeconds) {
    const body = JSON.stringify({ orderId, itemId, quantity, restSeconds });
    return { method: 'POST', headers: { 'content-type': 'application/json' }, body };
}
/** A node answers 503 until the three have a leader. */
async function post(url, init) {
    for (;;) {
        const { status, body } = await call(`${url}/orders`, init);
        if (status === 202)
            return body;
        if (status !== 503 && status !== 404)
            throw new Error(`${status} ${JSON.stringify(body)}`);
        await new Promise((resolve) => void setTimeout(resolve, 20));
    }
}
afterEach(async () => {
    await cluster?.close();
    cluster = null;
    for (const folder of folders.splice(0))
        rmSync(folder, { recursive: true, force: true });
});
describe('sample/01-orders', () => {
    it('an order given to one node is answered by all, and its events are streamed', async () => {
        const { nodes } = await boot();
        const [first, second, third] = nodes.map((node) => node.url);
        expect(await post(first, order('a-1', 'hammer', 2))).toMatchObject({ orderId: 'a-1', workflowId: 'order-a-1' });
        expect((await call(`${second}/orders/a-1?wait=5000`)).body).toMatchObject({ orderId: 'a-1', status: 'confirmed', owner: 1 });
        const stream = await fetch(`${third}/orders/a-1/events`);
        expect(stream.headers.get('content-type')).toMatch(/text\/event-stream/);
        const text = await stream.text(); // it ends with the run
        expect([...text.matchAll(/^event: (.+)$/gm)].map(([, kind]) => kind)).toEqual([
            'started',
            'checkpoint',
            'compute-result',
            'checkpoint',
            'finished',
        ]);
        const later = await (await fetch(`${third}/orders/a-1/events`, { headers: { 'last-event-id': '4' } })).text();
        expect([...later.matchAll(/^event: (.+)$/gm)].map(([, kind]) => kind)).toEqual(['finished']);
        expect((await call(`${first}/health`)).body).toMatchObject({
            status: 'ok',
            details: { alive: { status: 'up' }, ready: { status: 'up' } },
        });
    });
    it('orders that can not be filled end as what they are, and the same order twice is one order', async () => {
        const { nodes, warehouse } = await boot();
        const [first, second] = nodes.map((node) => node.url);
        const one = await post(first, order('b-1', 'anvil', 10_000));
        const two = await post(second, order('b-1', 'anvil', 10_000));
        expect(two.runId).toBe(one.runId);
        await post(second, order('b-2', 'unicorn', 1));
        await post(second, order('b-50', 'easel', 1)); // turned away once, then retried
        expect((await call(`${second}/orders/b-1?wait=5000`)).body.status).toBe('out_of_stock');
        expect((await call(`${first}/orders/b-2?wait=5000`)).body).toMatchObject({ status: 'failed', error: "there is no item 'unicorn'" });
        expect((await call(`${first}/orders/b-50?wait=5000`)).body.status).toBe('confirmed');
        expect(warehouse
            .entries()
            .map(({ orderId }) => orderId)
            .sort()).toEqual(['b-1', 'b-2', 'b-50']);
    });
    it('what is wrong with a request is said: 400, 404, 409', async () => {
        const { nodes } = await boot();
        const [url] = nodes.map((node) => node.url);
        await post(url, order('c-1', 'file', 1));
        expect((await call(`${url}/orders`, order('', 'file', 1))).status).toBe(400);
        expect((await call(`${url}/orders`, order('c-2', 'file', 0))).status).toBe(400);
        expect((await call(`${url}/orders/c-1?wait=soon`)).status).toBe(400);
        expect(await call(`${url}/orders/nowhere`)).toMatchObject({ status: 404, body: { code: 'WORKFLOW_NOT_FOUND' } });
        expect(await call(`${url}/orders/nowhere/events`)).toMatchObject({ status: 404, body: { code: 'WORKFLOW_NOT_FOUND' } });
        expect(await call(`${url}/orders`, order('c-1', 'file', 2))).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    });
    it('P1 P3: the node that owns a third is killed halfway; nothing is lost, nothing is decided twice', async () => {
        const running = await boot();
        const orders = readOrders().slice(0, 240);
        const report = await runFeed(running, orders, { concurrency: 48 });
        expect(report.findings).toEqual([]);
        expect({ lost: report.lost, decidedTwice: report.decidedTwice }).toEqual({ lost: 0, decidedTwice: 0 });
        expect(report.confirmed + report.outOfStock + report.failed).toBe(orders.length);
        expect(report.failed).toBe(orders.filter(({ itemId }) => itemId.startsWith('unicorn')).length);
        expect(running.nodes.map(({ nodeId }) => nodeId)).toEqual([2, 3]);
        // Owned by the dead node, decided by another: asked again with the same key, answered from the books.
        expect(report.openOnCrashedNode).toBeGreaterThan(0);
        const view = (await call(`${running.nodes[0].url}/orders/0001`)).body;
        expect(view.status).toMatch(/confirmed|out_of_stock/);
    });
    it('P1: all three are stopped and started again on their folder: every order is there, and the open one goes on', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'raftoral-orders-'));
        folders.push(folder);
        const before = await boot(folder);
        await post(before.nodes[0].url, order('ended', 'hammer', 2));
        expect((await call(`${before.nodes[1].url}/orders/ended?wait=10000`)).body).toMatchObject({ status: 'confirmed' });
        await post(before.nodes[2].url, order('open', 'hammer', 3, 3));
        await before.close();
        const { nodes, warehouse } = await boot(folder);
        const [first, second, third] = nodes.map((node) => node.url);
        // The same order again, once there is a leader: it attaches to the run that is there.
        await post(first, order('ended', 'hammer', 2));
        expect((await call(`${third}/orders/ended`)).body).toMatchObject({ orderId: 'ended', status: 'confirmed' });
        expect((await call(`${second}/orders/open?wait=20000`)).body).toMatchObject({ orderId: 'open', status: 'confirmed' });
        expect(warehouse.entries().map(({ orderId }) => orderId)).toEqual(['ended', 'open']);
    });
    it('a port that is taken is told, and nothing stays behind', async () => {
        const blocker = createServer().listen(0);
        const { port } = blocker.address();
        await expect(OrderCluster.boot([0, port, 0])).rejects.toThrow(PortTakenError);
        await new Promise((resolve) => blocker.close(resolve));
    });
    it('orders.json is what its generator makes', () => {
        expect(readOrders()).toEqual(generateOrders());
        expect(new Set(readOrders().map(({ orderId }) => orderId)).size).toBe(1_000);
    });
    it('the audit finds what it is there for', () => {
        const warehouse = new Warehouse();
        const orders = [
            { orderId: '1', itemId: 'file', quantity: 1 },
            { orderId: '2', itemId: 'file', quantity: 1 },
            { orderId: '3', itemId: 'file', quantity: 1 },
        ];
        for (const idempotencyKey of ['k1', 'k2', 'k2'])
            warehouse.reserve({ ...orders[0], idempotencyKey });
        warehouse.reserve({ ...orders[1], idempotencyKey: 'k3' });
        const ends = new Map([
            ['1', { status: 'confirmed' }],
            ['2', { status: 'out_of_stock' }],
            ['3', { status: 'confirmed' }],
        ]);
        expect(auditBooks(warehouse, orders, ends)).toEqual({
            decidedTwice: 2,
            repeats: 1,
            findings: [
                expect.stringMatching(/^order 1: .*2 reservations/),
                expect.stringMatching(/^order 2: .*told out_of_stock/),
                expect.stringMatching(/^order 3: .*know nothing/),
            ],
        });
        const short = { entries: () => warehouse.entries(), stockOf: (itemId) => warehouse.stockOf(itemId) - 1 };
        expect(auditBooks(short, [], new Map()).findings.length).toBe(8);
    });
});
//# sourceMappingURL=orders.spec.js.map