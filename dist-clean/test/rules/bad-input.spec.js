var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * Every line of bad input at the level of the service, on three real nodes in virtual time: the code, a message that names the thing and
 * the remedy, nothing half-applied, and a node that goes on. Over HTTP: test/e2e/bad-input.spec.ts.
 */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { ERROR_CODES, RaftoralError } from '../../lib/errors/index.js';
import { context } from '../../lib/workflow/context.js';
import { DEFAULT_LIMITS } from '../../lib/workflow/command.js';
import { definitionOf } from '../support/definition.js';
import { WorkflowCluster } from '../support/workflow-cluster.js';
const MIB = 1024 * 1024;
let cluster;
let node;
let escaped = null;
const caught = [];
let Echo = class Echo {
    async run(input) {
        return this.same(input);
    }
    async same(value) {
        return value;
    }
};
__decorate([
    Checkpoint('same'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", Promise)
], Echo.prototype, "same", null);
Echo = __decorate([
    Workflow('echo', 1)
], Echo);
let Waits = class Waits {
    heard = null;
    async run() {
        this.heard = await context().waitForSignal('go');
        return this.heard;
    }
    last(argument = null) {
        return [this.heard, argument];
    }
    push(list) {
        return list.push(9);
    }
};
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", Object)
], Waits.prototype, "last", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Array]),
    __metadata("design:returntype", Number)
], Waits.prototype, "push", null);
Waits = __decorate([
    Workflow('waits', 1)
], Waits);
class StockError extends Error {
    name = 'StockError';
    code = 'NO_STOCK';
}
/** Does what it is told not to. */
let Misuse = class Misuse {
    async run(what) {
        if (what === 'throw')
            throw new StockError('item 7 is sold out', { cause: new TypeError('count is 0') });
        if (what === 'foreign')
            await new Promise((resolve) => setTimeout(resolve, 50));
        if (what === 'value')
            return this.effect(() => ({ order: { lines: [1, new Map()] } }));
        if (what === 'large')
            return this.effect(() => 'x'.repeat(MIB));
        if (what === 'compute')
            return this.effect(() => this.mark());
        escaped = this; // eslint-disable-line @typescript-eslint/no-this-alias -- the test needs the instance after its run
        return 'over';
    }
    async mark() {
        return 1;
    }
    async effect(body) {
        return body();
    }
};
__decorate([
    Checkpoint('mark'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], Misuse.prototype, "mark", null);
__decorate([
    CheckpointCompute('effect', { retry: { maxAttempts: 5, initialDelay: '1s' } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Function]),
    __metadata("design:returntype", Promise)
], Misuse.prototype, "effect", null);
Misuse = __decorate([
    Workflow('misuse', 1)
], Misuse);
/** Arguments of effect() are functions, which no digest can hold: the computes above go by context(). */
Object.defineProperty(Misuse.prototype, 'effect', {
    value: (body) => context().compute('effect', body, { retry: { maxAttempts: 5, initialDelay: '1s' } }),
});
beforeEach(async () => {
    escaped = null;
    caught.length = 0;
    cluster = await WorkflowCluster.start({
        workflows: [definitionOf(Echo), definitionOf(Waits), definitionOf(Misuse)],
        tuning: { queueLengthMax: 20 },
    });
    node = cluster.follower;
});
/** Whatever was refused: each node goes on, all hold the same, and nothing but the good runs is there. */
afterEach(async () => {
    for (const other of cluster.alive) {
        const workflowId = `after-${other.id}`;
        await settled(other.service.start('echo', { on: other.id }, { workflowId }));
        expect(await settled(other.service.result({ workflowId }))).toEqual({ on: other.id });
    }
    await cluster.time.advance(2_000);
    const [first, ...rest] = cluster.alive.map((other) => Buffer.from(other.state.snapshot()).toString('base64'));
    for (const other of rest)
        expect(other === first).toBe(true);
    cluster.stop();
});
const settled = (promise) => cluster.settled(promise);
/** The call rejects with the code, and a message that says each of these. */
async function refused(call, code, ...says) {
    const error = await settled(call.then(() => null, (reason) => reason));
    expect(error).toBeInstanceOf(RaftoralError);
    expect(error.code).toBe(code);
    for (const said of says)
        expect(error.message).toMatch(said);
    return error;
}
/** The call is refused before anything of it is in the log: no entry, no run. */
async function refusedAtOnce(call, code, ...says) {
    const before = cluster.leader.group.status().lastIndex;
    const error = await refused(call(), code, ...says);
    await cluster.time.advance(20);
    expect(cluster.leader.group.status().lastIndex).toBe(before);
    return error;
}
const start = (name, input, workflowId = 'w') => node.service.start(name, input, { workflowId });
it('Bad input: unknown workflow', async () => {
    const error = await refusedAtOnce(() => start('ecco', 1), 'UNKNOWN_WORKFLOW', "'ecco'", "registered are 'echo' (1)");
    expect(error.requestId).toEqual(expect.any(String));
});
it('Bad input: unknown version', () => refusedAtOnce(() => node.service.start('echo', 1, { version: 2 }), 'UNKNOWN_WORKFLOW', "'echo' version 2", "'echo' (1)"));
it('Bad input: missing input', () => refusedAtOnce(() => start('echo', undefined), 'MISSING_INPUT', "'echo' version 1", /pass it as the second argument of start\(\)/));
it('Bad input: oversized input, at N−1, N and N+1 of the default limit of 1 MiB', async () => {
    expect(DEFAULT_LIMITS.payloadBytesMax).toBe(MIB);
    const text = (bytes) => 'x'.repeat(bytes - 2);
    for (const bytes of [MIB - 1, MIB]) {
        await settled(start('echo', text(bytes), `n${bytes}`));
        expect(await settled(node.service.result({ workflowId: `n${bytes}` }))).toBe(text(bytes));
    }
    await refusedAtOnce(() => start('echo', text(MIB + 1)), 'PAYLOAD_TOO_LARGE', "'echo'", `${MIB + 1} bytes`, `limit is ${MIB}`, /reference.*limits\.payloadBytesMax/);
    await settled(start('waits', undefined));
    await refusedAtOnce(() => node.service.signal({ workflowId: 'w' }, 'go', text(MIB + 1)), 'PAYLOAD_TOO_LARGE', "'go'", `${MIB + 1} bytes`);
    expect(cluster.leader.state.current('w').history.events()).toHaveLength(1);
});
it('Bad input: an oversized value inside a workflow is the failure of its operation', async () => {
    await settled(start('misuse', 'large'));
    const error = await refused(node.service.result({ workflowId: 'w' }), 'WORKFLOW_FAILED');
    expect(error.cause).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringMatching(/'effect'.*reference/) });
});
it.each([
    ['NaN', { order: { rates: [1, Number.NaN] } }, 'order.rates[1]'],
    ['BigInt', { order: { total: 10n } }, 'order.total'],
    ['Map', { order: { lines: [new Map()] } }, 'order.lines[0]'],
    ['Date', { order: { placed: new Date(0) } }, 'order.placed'],
    ['function', { order: { done: () => 1 } }, 'order.done'],
    ['undefined in an array', { order: { lines: [1, undefined] } }, 'order.lines[1]'],
])('Bad input: values that don’t survive JSON, with the path inside the value: %s', async (_what, value, path) => {
    await refusedAtOnce(() => start('echo', value), 'NOT_SERIALIZABLE', 'input', path);
    await settled(start('waits', undefined));
    await refusedAtOnce(() => node.service.signal({ workflowId: 'w' }, 'go', value), 'NOT_SERIALIZABLE', "'go'", path);
    await refusedAtOnce(() => node.service.query({ workflowId: 'w' }, 'last', [value]), 'NOT_SERIALIZABLE', "'last'", path);
});
it('Bad input: values that don’t survive JSON, with the path inside the value: from a body, it is the failure of its operation, not tried again', async () => {
    await settled(start('misuse', 'value'));
    const startMs = cluster.time.nowMs;
    const error = await refused(node.service.result({ workflowId: 'w' }), 'WORKFLOW_FAILED');
    expect(error.cause).toMatchObject({ code: 'NOT_SERIALIZABLE', message: expect.stringMatching(/'effect'.*order\.lines\[1\]/) });
    expect(cluster.time.nowMs - startMs).toBeLessThan(500);
});
it('R7: arguments and answers of a query are fresh on both sides', async () => {
    await settled(start('waits', undefined));
    const argument = { list: [1] };
    const [, got] = (await settled(node.service.query({ workflowId: 'w' }, 'last', [argument])));
    expect(got).toEqual(argument);
    expect(got.list).not.toBe(argument.list);
    expect(await settled(node.service.query({ workflowId: 'w' }, 'push', [argument.list]))).toBe(2);
    expect(argument).toEqual({ list: [1] }); // what the code does to its arguments is its own matter
    expect(await settled(node.service.query({ workflowId: 'w' }, 'last', [undefined]))).toEqual([null, null]); // its default, as in any call
});
it.each([
    ['', /1 to 256 bytes|empty/],
    ['x'.repeat(257), /256 bytes/],
    ['é'.repeat(129), /258 bytes.*256/],
    ['a\u0000b', /control character/],
    ['a\u0085b', /control character/],
    ['\ud800', /surrogate/],
    [7, /not a text/],
])('Bad input: invalid workflow id %j', async (workflowId, why) => {
    const { service } = node;
    const ref = { workflowId };
    const calls = [
        () => service.start('echo', 1, { workflowId }),
        () => service.signal(ref, 'go', 1),
        () => service.cancel(ref),
        () => service.terminate(ref),
        () => service.reset(ref),
        () => service.query(ref, 'last', []),
        () => service.describe(ref),
        () => service.explain(ref),
        () => service.history(ref),
        () => service.result(ref),
    ];
    for (const call of calls)
        await refusedAtOnce(call, 'INVALID_WORKFLOW_ID', why);
});
it('Bad input: unknown id in a query', async () => {
    for (const consistency of ['linearizable', 'local']) {
        await refusedAtOnce(() => node.service.query({ workflowId: 'nobody' }, 'last', [], { consistency }), 'WORKFLOW_NOT_FOUND', "'nobody'", /retention/);
    }
    await settled(start('waits', undefined));
    await refusedAtOnce(() => node.service.query({ workflowId: 'w', runId: 'other' }, 'last', []), 'WORKFLOW_NOT_FOUND', "'w'", 'other');
});
it('Bad input: unknown name in a query', async () => {
    await settled(start('waits', undefined));
    await refusedAtOnce(() => node.service.query({ workflowId: 'w' }, 'first', []), 'UNKNOWN_QUERY', "'first'", "it has 'last', 'push'");
    expect(await settled(node.service.query({ workflowId: 'w' }, 'last', []))).toEqual([null, null]);
});
it('Bad input: a query on a closed run', async () => {
    await settled(start('waits', undefined));
    await settled(node.service.signal({ workflowId: 'w' }, 'go', 'x'));
    expect(await settled(node.service.result({ workflowId: 'w' }))).toBe('x');
    for (const consistency of ['linearizable', 'local']) {
        await refusedAtOnce(() => node.service.query({ workflowId: 'w' }, 'last', [], { consistency }), 'WORKFLOW_CLOSED', "'w'", /result\(\) or describe\(\)/);
    }
});
it('Bad input: an error thrown by user code', async () => {
    await settled(start('misuse', 'throw'));
    for (const other of cluster.alive) {
        const error = await refused(other.service.result({ workflowId: 'w' }), 'WORKFLOW_FAILED', "'w'", 'item 7 is sold out');
        expect(error.cause).toMatchObject({
            name: 'StockError',
            code: 'NO_STOCK',
            message: 'item 7 is sold out',
            cause: { name: 'TypeError', message: 'count is 0' },
        });
    }
    for (const other of cluster.alive)
        expect(other.reports).toEqual([]);
});
it('Bad input: a foreign await', async () => {
    await settled(start('misuse', 'foreign'));
    await refused(node.service.result({ workflowId: 'w' }), 'WORKFLOW_BLOCKED', "'w'", /foreign-await/, /compute\(\).*sleep\(\)/);
    expect(cluster.leader.state.current('w')).toMatchObject({ outcome: null, status: 'blocked' });
    await new Promise((resolve) => setTimeout(resolve, 100)); // the foreign promise resolves, and moves nothing
    const { length } = cluster.leader.state.current('w').history;
    await cluster.time.advance(1_000);
    expect(cluster.leader.state.current('w').history.events()).toHaveLength(length);
});
it('Bad input: a checkpoint called outside a run', async () => {
    await refusedAtOnce(() => new Misuse().mark(), 'OUTSIDE_RUN', /mark/, /WorkflowClient\.start\(\)/);
    expect(() => context()).toThrow(expect.objectContaining({ code: 'OUTSIDE_RUN' }));
});
it('Bad input: a checkpoint called in a compute body', async () => {
    await settled(start('misuse', 'compute'));
    const error = await refused(node.service.result({ workflowId: 'w' }), 'WORKFLOW_FAILED');
    expect(error.cause).toMatchObject({ code: 'INSIDE_COMPUTE', message: expect.stringMatching(/mark.*pass the value in/) });
});
it('Bad input: a checkpoint called after its run ended', async () => {
    await settled(start('misuse', 'escape'));
    expect(await settled(node.service.result({ workflowId: 'w' }))).toBe('over');
    await cluster.time.advance(100);
    await refusedAtOnce(() => escaped.mark(), 'RUN_ENDED', /mark/, "'w'", /await every operation before run\(\) returns/);
});
it('Bad input: a full queue', async () => {
    const leader = cluster.leader;
    const others = cluster.alive.filter((other) => other !== leader).map((other) => other.id);
    cluster.network.partition([leader.id], others);
    const queued = Array.from({ length: 20 }, (_, i) => leader.service.start('echo', i, { workflowId: `q${i}`, requestId: `r${i}`, timeoutMs: 60_000 }));
    await cluster.time.advance(1);
    const error = await refused(leader.service.start('echo', 20, { workflowId: 'q20' }), 'OVERLOADED', 'queueLengthMax', '20 commands', /slow down, or raise it/);
    expect(error).toMatchObject({ retryable: true, requestId: expect.any(String), details: { limit: 'proposals.queueLengthMax' } });
    cluster.network.heal();
    for (const answer of await settled(Promise.allSettled(queued)))
        expect(answer.status).toBe('fulfilled'); // nothing that was taken is lost
    for (let i = 0; i < 20; i++)
        expect(await settled(leader.service.result({ workflowId: `q${i}` }))).toBe(i);
    await refusedAtOnce(() => leader.service.describe({ workflowId: 'q20' }), 'WORKFLOW_NOT_FOUND'); // nor is what was refused done
});
it('Bad input: no quorum', async () => {
    const others = cluster.alive.filter((other) => other !== node).map((other) => other.id);
    await settled(start('waits', undefined));
    cluster.network.partition([node.id], others);
    await cluster.time.advance(5_000); // it has noticed that nobody leads it
    const write = await refused(node.service.start('echo', 1, { workflowId: 'none', timeoutMs: 500 }), 'NO_LEADER', /nothing was sent/, /majority/);
    expect(write).toMatchObject({ retryable: true, requestId: expect.any(String) });
    await refused(node.service.query({ workflowId: 'w' }, 'last', [], { timeoutMs: 500 }), 'NO_LEADER', /retry, and see which nodes are down/);
    expect(await settled(node.service.query({ workflowId: 'w' }, 'last', [], { consistency: 'local' }))).toEqual([null, null]);
    cluster.network.heal();
    await cluster.time.advance(2_000);
    await refused(node.service.describe({ workflowId: 'none' }), 'WORKFLOW_NOT_FOUND'); // refused is not done later
});
it('Bad input: no quorum, noticed too late: OUTCOME_UNKNOWN, and the same requestId gives the one outcome', async () => {
    const leader = cluster.leader;
    cluster.network.partition([leader.id], cluster.alive.filter((other) => other !== leader).map((other) => other.id));
    const sent = leader.service.signal({ workflowId: 'w' }, 'go', 1, { requestId: 'mine', timeoutMs: 300 });
    expect(await refused(sent, 'OUTCOME_UNKNOWN', /same requestId/)).toMatchObject({ requestId: 'mine', retryable: true });
    cluster.network.heal();
    await cluster.time.advance(3_000);
    await settled(start('waits', undefined));
    await refused(leader.service.signal({ workflowId: 'nobody' }, 'go', 1), 'WORKFLOW_NOT_FOUND', "'nobody'");
});
it('Bad input: every code that is met here has its status and its remedy in the table', () => {
    const statuses = {
        UNKNOWN_WORKFLOW: 404,
        MISSING_INPUT: 400,
        PAYLOAD_TOO_LARGE: 413,
        NOT_SERIALIZABLE: 400,
        INVALID_WORKFLOW_ID: 400,
        WORKFLOW_NOT_FOUND: 404,
        UNKNOWN_QUERY: 404,
        WORKFLOW_CLOSED: 409,
        WORKFLOW_FAILED: 500,
        WORKFLOW_BLOCKED: 503,
        OVERLOADED: 429,
        NO_LEADER: 503,
        OUTCOME_UNKNOWN: 504,
    };
    for (const [code, status] of Object.entries(statuses)) {
        expect([code, ERROR_CODES[code].httpStatus]).toEqual([code, status]);
    }
});
//# sourceMappingURL=bad-input.spec.js.map