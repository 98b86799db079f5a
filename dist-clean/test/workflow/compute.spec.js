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
 * Compute bodies: the owner runs them, attempts are committed (R8, R18, R20–R22).
 */
import { afterEach, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { context, idempotencyKey } from '../../lib/workflow/context.js';
import { NonRetryableError } from '../../lib/workflow/error-record.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster } from '../support/local-cluster.js';
let cluster;
afterEach(() => cluster?.stop());
/** One compute with retries; the body is told on which node it runs. */
let Effect = class Effect {
    node;
    body;
    constructor(node, body) {
        this.node = node;
        this.body = body;
    }
    async run() {
        try {
            return await this.effect();
        }
        catch (error) {
            const { code, message, cause } = error;
            return { code, message, cause: cause?.message };
        }
    }
    async effect() {
        const { info, abortSignal } = context();
        return this.body({ node: this.node, attempt: info.attempt, key: idempotencyKey(), signal: abortSignal });
    }
};
__decorate([
    CheckpointCompute('effect', { timeout: '5s', retry: { maxAttempts: 3, initialDelay: '1s', factor: 2 } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Promise)
], Effect.prototype, "effect", null);
Effect = __decorate([
    Workflow('effect', 1),
    __metadata("design:paramtypes", [Number, Function])
], Effect);
async function start(body, options = {}) {
    cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(Effect, id, body)], ...options }));
    await cluster.node(2).service.start('effect', undefined, { workflowId: 'w' });
    await cluster.settle();
}
function commandsOf(kind) {
    return cluster.commands().filter((command) => command.kind === kind);
}
const status = (node) => cluster.node(node).state.current('w').status;
const resultOf = (node) => JSON.parse(Buffer.from(cluster.node(node).state.current('w').result).toString());
it('R8: the body runs on the owner alone, and its result is given to all', async () => {
    const nodes = [];
    await start(({ node }) => {
        nodes.push(node);
        return { from: node };
    });
    expect(nodes).toEqual([2]);
    expect(resultOf(3)).toEqual({ from: 2 });
});
it('R21: a failed attempt is committed, the next starts when its replicated timer fires, with the same idempotency key', async () => {
    const seen = [];
    await start(({ attempt, key }) => {
        seen.push([attempt, key]);
        if (attempt < 3)
            throw new Error(`attempt ${attempt}`);
        return 'done';
    });
    expect(seen).toHaveLength(1);
    await cluster.advance(900);
    expect(seen).toHaveLength(1);
    await cluster.advance(200);
    expect(seen).toHaveLength(2);
    await cluster.advance(1800);
    expect(seen).toHaveLength(2); // the second backoff is 2 s
    await cluster.advance(200);
    expect(seen.map(([attempt]) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(seen.map(([, key]) => key)).size).toBe(1);
    expect(seen[0][1]).toMatch(/^[0-9a-f]{64}$/);
    expect(commandsOf(CommandKind.ATTEMPT_FAILED).map(({ attempt, retryDelayMs, error }) => [attempt, retryDelayMs, error.message])).toEqual([
        [1, 1000, 'attempt 1'],
        [2, 2000, 'attempt 2'],
    ]);
    expect(resultOf(1)).toBe('done');
});
it('R21: the failure of the last attempt, or a NonRetryableError, is the failure of the operation, with its cause', async () => {
    await start(() => {
        throw new NonRetryableError('card refused');
    });
    expect(resultOf(1)).toEqual({
        code: 'COMPUTE_FAILED',
        message: expect.stringContaining('attempt 1 of 3: card refused'),
        cause: 'card refused',
    });
    cluster.stop();
    await start(({ attempt }) => Promise.reject(new Error(`no ${attempt}`)));
    await cluster.advance(10_000);
    expect(resultOf(1)).toEqual({ code: 'COMPUTE_FAILED', message: expect.stringContaining('attempt 3 of 3: no 3'), cause: 'no 3' });
});
it('R21: attempts and backoff survive the owner', async () => {
    const seen = [];
    await start(({ node, attempt }) => {
        seen.push([node, attempt]);
        if (attempt < 3)
            throw new Error('again');
        return 'done';
    });
    await cluster.crash(2);
    await cluster.advance(900);
    expect(seen).toEqual([[2, 1]]); // the backoff goes on
    await cluster.advance(200);
    await cluster.advance(2500);
    expect(seen).toHaveLength(3);
    expect(seen[1][1]).toBe(2);
    expect(seen[2][1]).toBe(3);
    expect([1, 3]).toContain(seen[2][0]);
    expect(resultOf(seen[2][0])).toBe('done');
});
it('R21: a time-out is a failed attempt: the signal fires, the late result is dropped, the next attempt waits for the old body', async () => {
    const seen = [];
    let finishFirst = () => undefined;
    await start(({ attempt, signal }) => {
        const call = { attempt };
        seen.push(call);
        if (attempt > 1)
            return 'second';
        signal.addEventListener('abort', () => (call.reason = signal.reason.reason));
        return new Promise((resolve) => (finishFirst = resolve));
    });
    await cluster.advance(5000);
    expect(seen).toEqual([{ attempt: 1, reason: 'timeout' }]);
    expect(commandsOf(CommandKind.ATTEMPT_FAILED)).toMatchObject([{ attempt: 1, error: { code: 'COMPUTE_TIMEOUT' } }]);
    await cluster.advance(2000);
    expect(seen).toHaveLength(1); // its timer fired, but the old body still runs
    finishFirst('late');
    await cluster.settle();
    expect(seen).toHaveLength(2);
    expect(resultOf(1)).toBe('second');
});
it('R20: an owner by the death of another commits attempt-started before it starts a body', async () => {
    const seen = [];
    const startedWhenRun = [];
    await start(({ node }) => {
        seen.push(node);
        startedWhenRun.push(commandsOf(CommandKind.ATTEMPT_STARTED).length);
        return node === 2 ? new Promise(() => undefined) : `by ${node}`;
    });
    await cluster.crash(2);
    expect(seen).toEqual([2, 1]);
    expect(startedWhenRun).toEqual([0, 1]); // node 2 owned it from the start; node 1 got it by a death
    expect(resultOf(3)).toBe('by 1');
});
it('R20: after three owners that died without progress the run is blocked as a crash suspect, and a reset lets it run again', async () => {
    const deaths = [];
    cluster = await LocalCluster.start(5, (id) => ({
        workflows: [
            definitionOf(Effect, id, ({ node }) => {
                deaths.push(node);
                return deaths.length <= 4 ? new Promise(() => undefined) : `by ${node}`;
            }),
        ],
    }));
    await cluster.node(5).service.start('effect', undefined, { workflowId: 'w' });
    await cluster.settle();
    for (let i = 0; i < 4; i++) {
        expect(deaths).toHaveLength(i + 1);
        await cluster.crash(deaths[i]);
    }
    const last = [...cluster.nodes.values()].find((node) => node.alive);
    expect(last.state.current('w')).toMatchObject({ status: 'blocked', blockedReason: 'crash-suspect' });
    await last.service.reset({ workflowId: 'w' });
    await cluster.settle();
    expect(resultOf(last.id)).toBe(`by ${last.id}`);
});
it('R18, R22: bodies of an older epoch get fenced, and what they bring is dropped', async () => {
    const reasons = [];
    let finishOld = () => undefined;
    await start(({ node, signal }) => {
        if (node !== 2)
            return `by ${node}`;
        signal.addEventListener('abort', () => reasons.push(signal.reason.reason));
        return new Promise((resolve) => (finishOld = resolve));
    });
    const run = cluster.node(2).state.current('w');
    cluster.node(1).runtime.submit({ kind: CommandKind.CHANGE_OWNER, runId: run.runId, expectedEpoch: run.epoch, to: 3 });
    await cluster.settle();
    expect(reasons).toEqual(['fenced']);
    finishOld('old');
    await cluster.settle();
    expect(resultOf(1)).toBe('by 3');
    expect(commandsOf(CommandKind.COMPUTE_RESULT)).toHaveLength(1);
});
it('R22: the same node begins a new attempt only after its old body settled, or the grace time passed', async () => {
    for (const settles of [true, false]) {
        const starts = [];
        let finishOld = () => undefined;
        await start(({ node }) => {
            starts.push(node);
            if (node === 3)
                return new Promise(() => undefined);
            return starts.length > 2 ? 'new' : new Promise((resolve) => (finishOld = resolve));
        });
        const { runId } = cluster.node(2).state.current('w');
        for (const [expectedEpoch, to] of [
            [1, 3],
            [2, 2],
        ]) {
            cluster.node(1).runtime.submit({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch, to });
            await cluster.settle();
        }
        expect(starts).toEqual([2, 3]);
        if (settles)
            finishOld('old');
        await cluster.advance(settles ? 0 : 9_000);
        if (!settles) {
            expect(starts).toEqual([2, 3]);
            await cluster.advance(1_500);
        }
        expect(starts).toEqual([2, 3, 2]);
        expect(resultOf(1)).toBe('new');
        cluster.stop();
    }
});
it('R8: in a compute body `this` is read-only, services that fields hold are not, and operations are refused', async () => {
    class Inventory {
        #calls = 0;
        reserve() {
            return ++this.#calls;
        }
    }
    let Guard = class Guard {
        inventory;
        field = 'before';
        constructor(inventory) {
            this.inventory = inventory;
        }
        async run() {
            const codes = [];
            for (const call of [() => this.assigns(), () => this.calls(), () => context().compute('inline', () => this.mark())]) {
                await call().catch((error) => codes.push(error.code));
            }
            return [codes, this.field, await this.uses()];
        }
        async assigns() {
            this.field = 'after';
        }
        async calls() {
            return this.mark();
        }
        async uses() {
            return this.inventory.reserve();
        }
        async mark() {
            return 'x';
        }
    };
    __decorate([
        CheckpointCompute('assigns', { retry: { maxAttempts: 5 } }),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Guard.prototype, "assigns", null);
    __decorate([
        CheckpointCompute('calls', { retry: { maxAttempts: 5 } }),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Guard.prototype, "calls", null);
    __decorate([
        CheckpointCompute('uses'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Guard.prototype, "uses", null);
    __decorate([
        Checkpoint('mark'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Guard.prototype, "mark", null);
    Guard = __decorate([
        Workflow('guard', 1),
        __metadata("design:paramtypes", [Inventory])
    ], Guard);
    cluster = await LocalCluster.start(3, { workflows: [definitionOf(Guard, new Inventory())] });
    await cluster.node(1).service.start('guard', undefined, { workflowId: 'w' });
    await cluster.settle();
    expect(resultOf(2)).toEqual([['READ_ONLY_THIS', 'INSIDE_COMPUTE', 'INSIDE_COMPUTE'], 'before', 1]);
});
it('R8: a class with #private members runs its bodies on the instance, and an assignment is found and undone', async () => {
    let Hidden = class Hidden {
        #secret = 7;
        field = 'before';
        async run() {
            const code = await this.assigns().catch((error) => error.code);
            return [code, this.field, await this.reads()];
        }
        async assigns() {
            this.field = 'after';
        }
        async reads() {
            return this.#secret;
        }
    };
    __decorate([
        CheckpointCompute('assigns'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Hidden.prototype, "assigns", null);
    __decorate([
        CheckpointCompute('reads'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Hidden.prototype, "reads", null);
    Hidden = __decorate([
        Workflow('hidden', 1)
    ], Hidden);
    cluster = await LocalCluster.start(1, { workflows: [definitionOf(Hidden)] });
    await cluster.node(1).service.start('hidden', undefined, { workflowId: 'w' });
    await cluster.settle();
    expect(resultOf(1)).toEqual(['READ_ONLY_THIS', 'before', 7]);
});
it('R29: operations that are not awaited at return are abandoned, and their bodies aborted', async () => {
    const reasons = [];
    let Leaves = class Leaves {
        async run() {
            void this.long();
            await this.mark();
            return 'done';
        }
        async long() {
            const { abortSignal } = context();
            await new Promise((resolve) => abortSignal.addEventListener('abort', resolve));
            reasons.push(abortSignal.reason.reason);
        }
        async mark() {
            return new Promise((resolve) => setTimeout(() => resolve(1), 5));
        }
    };
    __decorate([
        CheckpointCompute('long'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Leaves.prototype, "long", null);
    __decorate([
        CheckpointCompute('mark'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Leaves.prototype, "mark", null);
    Leaves = __decorate([
        Workflow('leaves', 1)
    ], Leaves);
    cluster = await LocalCluster.start(3, { workflows: [definitionOf(Leaves)] });
    await cluster.node(1).service.start('leaves', undefined, { workflowId: 'w' });
    await new Promise((resolve) => setTimeout(resolve, 40));
    await cluster.settle();
    expect(status(3)).toBe('completed');
    expect(reasons).toEqual(['abandoned']);
    for (const node of cluster.nodes.values())
        expect(node.reports).toEqual([]);
});
//# sourceMappingURL=compute.spec.js.map