var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
/**
 * Every line of what can be wrong with a call, over HTTP: a RaftoralError with a stable code, a message that names thing and remedy, the
 * fitting status; nothing is lost or half-applied, and the node goes on.
 */
import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Checkpoint, CheckpointCompute, context, InProcessNetwork, RaftoralExceptionFilter, RaftoralHealthIndicator, RaftoralModule, RaftoralNode, Workflow, WorkflowClient, workflowRef, WorkflowQuery, } from '../../lib/index.js';
const MIB = 1_048_576;
/** What a test makes the bodies do. */
const hooks = { escaped: null, compute: () => 'done' };
let Echo = class Echo {
    length = 0;
    async run(input) {
        this.length = await this.measure(input.text);
        return this.length;
    }
    async measure(text) {
        return text.length;
    }
    current() {
        return this.length;
    }
};
__decorate([
    Checkpoint('measure'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Echo.prototype, "measure", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Number)
], Echo.prototype, "current", null);
Echo = __decorate([
    Workflow('echo', 1)
], Echo);
let Misuse = class Misuse {
    async run(how) {
        hooks.escaped = this;
        if (how === 'throw')
            throw new TypeError('the customer has no address');
        if (how === 'wait')
            await context().sleep('1h');
        if (how === 'foreign')
            await new Promise((resolve) => void setTimeout(resolve, 5));
        if (how === 'compute')
            return this.compute();
        return { recorded: await this.record('ok') };
    }
    async record(value) {
        return value;
    }
    async compute() {
        return hooks.compute();
    }
    broken() {
        throw new Error('this query is broken');
    }
};
__decorate([
    Checkpoint('record'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Misuse.prototype, "record", null);
__decorate([
    CheckpointCompute('compute'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], Misuse.prototype, "compute", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", String)
], Misuse.prototype, "broken", null);
Misuse = __decorate([
    Workflow('misuse', 1)
], Misuse);
/** Values that JSON.stringify loses or refuses; HTTP can not carry them, so the controller makes them. */
const UNSERIALIZABLE = {
    date: { order: { placed: new Date(0) } },
    map: { order: { items: [1, new Map()] } },
    bigint: { order: { total: 10n } },
    nan: { order: { rates: [0.5, Number.NaN] } },
    function: { order: { callback: () => 1 } },
};
const CYCLE = { order: {} };
CYCLE['order']['self'] = CYCLE;
UNSERIALIZABLE['cycle'] = CYCLE;
let Api = class Api {
    client;
    constructor(client) {
        this.client = client;
    }
    start(name, body) {
        const { version, ...options } = body.options ?? {};
        return this.client.start(workflowRef(name, version), body.input, options);
    }
    unserializable(kind) {
        return this.client.start(workflowRef('echo', 1), UNSERIALIZABLE[kind]);
    }
    result(id, timeout) {
        return this.client.getHandle(Misuse, id).result(timeout === undefined ? {} : { timeoutMs: Number(timeout) });
    }
    query(id, query) {
        return this.client.getHandle(workflowRef('any'), id).query(query);
    }
    async signal(id, signal, body) {
        await this.client.getHandle(workflowRef('any'), id).signal(signal, body.payload);
    }
    outside() {
        return new Echo().measure('x');
    }
    afterTheEnd() {
        return hooks.escaped.record('late');
    }
};
__decorate([
    Post('start/:name'),
    __param(0, Param('name')),
    __param(1, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", void 0)
], Api.prototype, "start", null);
__decorate([
    Post('unserializable/:kind'),
    __param(0, Param('kind')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", void 0)
], Api.prototype, "unserializable", null);
__decorate([
    Get('result/:id'),
    __param(0, Param('id')),
    __param(1, Query('timeout')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String]),
    __metadata("design:returntype", void 0)
], Api.prototype, "result", null);
__decorate([
    Get('query/:id/:query'),
    __param(0, Param('id')),
    __param(1, Param('query')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String]),
    __metadata("design:returntype", void 0)
], Api.prototype, "query", null);
__decorate([
    Post('signal/:id/:signal'),
    __param(0, Param('id')),
    __param(1, Param('signal')),
    __param(2, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String, Object]),
    __metadata("design:returntype", Promise)
], Api.prototype, "signal", null);
__decorate([
    Post('outside'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], Api.prototype, "outside", null);
__decorate([
    Post('after-the-end'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], Api.prototype, "afterTheEnd", null);
Api = __decorate([
    Controller(),
    __metadata("design:paramtypes", [WorkflowClient])
], Api);
class Node {
    app;
    url;
    constructor(app, url) {
        this.app = app;
        this.url = url;
    }
    static async boot(options) {
        let Root = class Root {
        };
        Root = __decorate([
            Module({ imports: [RaftoralModule.forRoot({ raft: { tickMs: 10 }, ...options })], controllers: [Api], providers: [Echo, Misuse] })
        ], Root);
        const app = (await Test.createTestingModule({ imports: [Root] }).compile()).createNestApplication({
            logger: false,
        });
        app.useBodyParser('json', { limit: '5mb' });
        app.useGlobalFilters(new RaftoralExceptionFilter());
        await app.listen(0, '127.0.0.1');
        return new Node(app, await app.getUrl());
    }
    async ready() {
        const health = this.app.get(RaftoralHealthIndicator);
        while ((await health.isReady())['raftoral'].status !== 'up')
            await new Promise((resolve) => void setTimeout(resolve, 10));
        return this;
    }
    async call(method, path, body = {}) {
        const init = method === 'GET' ? {} : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
        const response = await fetch(`${this.url}/${path}`, init);
        const text = await response.text();
        return { status: response.status, body: text === '' ? undefined : JSON.parse(text), retryAfter: response.headers.get('retry-after') };
    }
    /** The call is refused with this status and code; answers the body. */
    async refused(status, code, method, path, body) {
        const answer = await this.call(method, path, body);
        expect({ status: answer.status, code: answer.body.code, statusCode: answer.body.statusCode }).toEqual({
            status,
            code,
            statusCode: status,
        });
        expect(answer.body.message.length).toBeGreaterThan(20);
        return answer.body;
    }
}
describe('bad input', () => {
    let node;
    beforeAll(async () => {
        node = await (await Node.boot({ node: { id: 1 }, cluster: { members: [1] } })).ready();
    });
    afterAll(async () => node.app.close());
    // Whatever was refused: the node goes on, and a good call works.
    afterEach(async () => {
        hooks.compute = () => 'done';
        const { status, body } = await node.call('POST', 'start/echo', { input: { text: 'abc' } });
        expect(status).toBe(201);
        expect(await node.call('GET', `result/${body.workflowId}`)).toMatchObject({ status: 200, body: 3 });
    });
    const openRuns = () => node.app.get(RaftoralNode).state.openRunCount + node.app.get(RaftoralNode).state.closedRunCount;
    /** Nothing was started by the refused call. */
    async function startsNothing(refused) {
        const before = openRuns();
        await refused();
        expect(openRuns()).toBe(before);
    }
    it('unknown workflow: 404', () => startsNothing(async () => {
        const { message } = await node.refused(404, 'UNKNOWN_WORKFLOW', 'POST', 'start/ecko', { input: { text: 'x' } });
        expect(message).toMatch(/ecko/);
    }));
    it('unknown version: 404', () => startsNothing(async () => {
        const { message } = await node.refused(404, 'UNKNOWN_WORKFLOW', 'POST', 'start/echo', {
            input: { text: 'x' },
            options: { version: 9 },
        });
        expect(message).toMatch(/echo.*9/);
    }));
    it('missing input: 400', () => startsNothing(() => node.refused(400, 'MISSING_INPUT', 'POST', 'start/echo', {})));
    it('oversized input: the limit of 1 MiB holds at N−1, N and N+1 bytes: 413', async () => {
        const overhead = JSON.stringify({ text: '' }).length;
        const inputOf = (bytes) => ({ input: { text: 'x'.repeat(bytes - overhead) } });
        for (const bytes of [MIB - 1, MIB]) {
            const { status, body } = await node.call('POST', 'start/echo', inputOf(bytes));
            expect(status).toBe(201);
            expect(await node.call('GET', `result/${body.workflowId}`)).toMatchObject({ status: 200, body: bytes - overhead });
        }
        await startsNothing(async () => {
            const { message } = await node.refused(413, 'PAYLOAD_TOO_LARGE', 'POST', 'start/echo', inputOf(MIB + 1));
            expect(message).toMatch(/1048576|1,048,576/);
        });
    });
    it.each([
        ['date', 'order.placed'],
        ['map', 'order.items[1]'],
        ['bigint', 'order.total'],
        ['nan', 'order.rates[1]'],
        ['function', 'order.callback'],
        ['cycle', 'order.self'],
    ])('values that do not survive JSON: %s, with the path inside the value: 400', (kind, path) => startsNothing(async () => {
        const { message } = await node.refused(400, 'NOT_SERIALIZABLE', 'POST', `unserializable/${kind}`);
        expect(message).toContain(path);
    }));
    it.each([
        ['', 'empty'],
        ['x'.repeat(257), 'too long'],
        ['a\u0000b', 'control character'],
        ['\ud800', 'lone surrogate'],
        [5, 'no text'],
    ])('invalid workflow id: %j (%s): 400', (workflowId) => startsNothing(() => node.refused(400, 'INVALID_WORKFLOW_ID', 'POST', 'start/echo', { input: { text: 'x' }, options: { workflowId } })));
    it('the longest workflow id, of 256 bytes, is good', async () => {
        const workflowId = 'é'.repeat(128);
        expect(await node.call('POST', 'start/echo', { input: { text: 'x' }, options: { workflowId } })).toMatchObject({
            status: 201,
            body: { workflowId },
        });
    });
    it('unknown id in a query, a signal and a result: 404', async () => {
        const { message } = await node.refused(404, 'WORKFLOW_NOT_FOUND', 'GET', 'query/nowhere/current');
        expect(message).toMatch(/nowhere/);
        await node.refused(404, 'WORKFLOW_NOT_FOUND', 'POST', 'signal/nowhere/go');
        await node.refused(404, 'WORKFLOW_NOT_FOUND', 'GET', 'result/nowhere');
    });
    it('an unknown query name: 404, and a query that throws: 500', async () => {
        await node.call('POST', 'start/misuse', { input: 'wait', options: { workflowId: 'waits' } });
        const { message } = await node.refused(404, 'UNKNOWN_QUERY', 'GET', 'query/waits/nothing');
        expect(message).toMatch(/nothing/);
        expect((await node.refused(500, 'QUERY_FAILED', 'GET', 'query/waits/broken')).message).toMatch(/broken/);
    });
    it('a query and a signal on a closed run: 409', async () => {
        const { body } = await node.call('POST', 'start/echo', { input: { text: 'x' }, options: { workflowId: 'closed' } });
        await node.call('GET', `result/${body.workflowId}`);
        await node.refused(409, 'WORKFLOW_CLOSED', 'GET', 'query/closed/current');
        await node.refused(409, 'WORKFLOW_CLOSED', 'POST', 'signal/closed/go');
    });
    it('an id that exists: 409, ALREADY_EXISTS for the same input, CONFLICT for another, and attach gives the run', async () => {
        const start = (text, onExisting) => ({
            input: { text },
            options: { workflowId: 'taken', ...(onExisting === undefined ? {} : { onExisting }) },
        });
        const { body } = await node.call('POST', 'start/echo', start('x'));
        expect((await node.refused(409, 'ALREADY_EXISTS', 'POST', 'start/echo', start('x'))).message).toMatch(/taken/);
        await node.refused(409, 'CONFLICT', 'POST', 'start/echo', start('y'));
        await node.refused(409, 'CONFLICT', 'POST', 'start/echo', start('y', 'attach'));
        expect(await node.call('POST', 'start/echo', start('x', 'attach'))).toMatchObject({ status: 201, body: { runId: body.runId } });
    });
    it('an error thrown by user code: 500, with its message', async () => {
        const { body } = await node.call('POST', 'start/misuse', { input: 'throw' });
        const { message } = await node.refused(500, 'WORKFLOW_FAILED', 'GET', `result/${body.workflowId}`);
        expect(message).toMatch(/the customer has no address/);
    });
    it('a foreign await: the run stops and says what to use instead', async () => {
        const { body } = await node.call('POST', 'start/misuse', { input: 'foreign' });
        const handle = node.app.get(WorkflowClient).getHandle(Misuse, body.workflowId);
        let explanation = await handle.explain();
        // The window in which the code awaited something else may still be open.
        while (explanation.status === 'running')
            explanation = await handle.explain();
        expect(explanation).toMatchObject({ status: 'blocked' });
        expect(JSON.stringify(explanation)).toMatch(/foreign-await/);
        expect(JSON.stringify(explanation)).toMatch(/sleep/);
        await handle.terminate();
    });
    it('a checkpoint called outside a run: OUTSIDE_RUN', () => node.refused(500, 'OUTSIDE_RUN', 'POST', 'outside'));
    it('a checkpoint called in a compute body: INSIDE_COMPUTE', async () => {
        hooks.compute = () => hooks.escaped.record('inside');
        const { body } = await node.call('POST', 'start/misuse', { input: 'compute' });
        const { message } = await node.refused(500, 'WORKFLOW_FAILED', 'GET', `result/${body.workflowId}`);
        expect(message).toMatch(/compute/);
        const described = await node.app.get(WorkflowClient).getHandle(Misuse, body.workflowId).describe();
        expect(JSON.stringify(described.error)).toMatch(/INSIDE_COMPUTE/);
    });
    it('a checkpoint called after its run ended: RUN_ENDED', async () => {
        const { body } = await node.call('POST', 'start/misuse', { input: 'fine' });
        expect(await node.call('GET', `result/${body.workflowId}`)).toMatchObject({ status: 200 });
        await node.refused(500, 'RUN_ENDED', 'POST', 'after-the-end');
    });
    it.each([
        { onExisting: 'replace' },
        { version: 0 },
        { version: '1' },
        { requestId: '' },
        { requestId: 5 },
        { timeoutMs: -1 },
        { timeoutMs: 'soon' },
    ])('an option with a wrong value, %j: 400, with its name', (options) => startsNothing(async () => {
        const { details } = await node.refused(400, 'INVALID_ARGUMENT', 'POST', 'start/echo', { input: { text: 'x' }, options });
        expect(details['argument']).toBe(Object.keys(options)[0]);
    }));
});
describe('bad input: the cluster', () => {
    const nodes = [];
    afterEach(async () => {
        for (const { app } of nodes.splice(0))
            await app.close();
    });
    const boot = async (network, members, ids, options = {}) => {
        for (const id of ids)
            nodes.push(await Node.boot({ node: { id }, cluster: { members }, network, shutdown: { drainTimeoutMs: 0 }, ...options }));
    };
    const leader = () => nodes.find(({ app }) => app.get(RaftoralNode).group.isLeader);
    it('no quorum: 503, and nothing was sent', async () => {
        await boot(new InProcessNetwork(), [1, 2, 3], [1]);
        const { retryable } = await nodes[0].refused(503, 'NO_LEADER', 'POST', 'start/echo', {
            input: { text: 'x' },
            options: { timeoutMs: 100, version: 1 },
        });
        expect(retryable).toBe(true);
    });
    it('a deadline whose outcome is not known: 504 with the requestId; sent again with it, the answer is the same, and nothing is done twice', async () => {
        const network = new InProcessNetwork();
        await boot(network, [1, 2, 3], [1, 2, 3]);
        for (const node of nodes)
            await node.ready();
        const old = leader();
        const oldId = old.app.get(RaftoralNode).nodeId;
        const others = [1, 2, 3].filter((id) => id !== oldId);
        network.partition([oldId], others);
        const start = (requestId) => ({
            input: { text: 'abc' },
            options: { workflowId: 'once', timeoutMs: 60, ...(requestId === undefined ? {} : { requestId }) },
        });
        const { requestId, retryable } = await old.refused(504, 'OUTCOME_UNKNOWN', 'POST', 'start/echo', start());
        expect(requestId).toMatch(/./);
        expect(retryable).toBe(true);
        network.heal();
        for (const node of nodes)
            await node.ready();
        const again = { ...start(requestId), options: { ...start(requestId).options, timeoutMs: 10_000 } };
        const first = await old.call('POST', 'start/echo', again);
        expect(first.status).toBe(201);
        const second = await nodes.find((node) => node !== old).call('POST', 'start/echo', again);
        expect(second).toMatchObject({ status: 201, body: { runId: first.body.runId } });
        const { items } = await old.app.get(WorkflowClient).list();
        expect(items.map(({ workflowId }) => workflowId)).toEqual(['once']);
    });
    it('a full queue: 429, with Retry-After, and the queue is answered all the same', async () => {
        const network = new InProcessNetwork();
        await boot(network, [1, 2, 3], [1, 2, 3], { proposals: { queueLengthMax: 4 } });
        for (const node of nodes)
            await node.ready();
        const node = leader();
        const nodeId = node.app.get(RaftoralNode).nodeId;
        network.partition([nodeId], [1, 2, 3].filter((id) => id !== nodeId));
        const start = (index) => node.call('POST', 'start/echo', { input: { text: 'abc' }, options: { workflowId: `queued-${index}`, timeoutMs: 300 } });
        const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => start(index)));
        const codes = answers.map(({ body }) => body.code);
        const overloaded = answers.filter(({ status }) => status === 429);
        expect(overloaded.length).toBeGreaterThanOrEqual(8);
        expect(overloaded.every(({ body, retryAfter }) => body.retryable === true && retryAfter === '1')).toBe(true);
        expect(codes.every((code) => code === 'OVERLOADED' || code === 'OUTCOME_UNKNOWN' || code === 'NO_LEADER')).toBe(true);
        network.heal();
        for (const other of nodes)
            await other.ready();
        expect((await node.call('POST', 'start/echo', { input: { text: 'abc' }, options: { workflowId: 'after' } })).status).toBe(201);
        expect(await node.call('GET', 'result/after')).toMatchObject({ status: 200, body: 3 });
    });
});
//# sourceMappingURL=bad-input.spec.js.map