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
 * How workflow code is executed: windows, operations, values (R1–R9).
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { context } from '../../lib/workflow/context.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { EventKind } from '../../lib/workflow/event.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster } from '../support/local-cluster.js';
let cluster;
afterEach(() => cluster?.stop());
async function run(target, name, input, options = {}) {
    cluster = await LocalCluster.start(3, { workflows: [definitionOf(target)], ...options });
    const { service } = cluster.node(1);
    const { runId } = await service.start(name, input, { workflowId: 'w' });
    const result = service.result({ workflowId: 'w', runId }, { timeoutMs: 36_000_000 });
    result.catch(() => undefined);
    await cluster.settle();
    return result;
}
function historyOf(node) {
    return cluster.node(node).state.current('w').history.events();
}
/** Jest keeps the events of the process away from what it runs, so R6 is shown in a process of its own. */
function runCareless(...args) {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const file = 'test/support/careless-workflow.ts';
    return new Promise((resolve) => {
        execFile(process.execPath, ['--import', './test/support/typescript-hooks.mjs', file, ...args], { cwd: root, env: {} }, (error, stdout) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout }));
    });
}
it('R1: a run id is minted with the start command and is no log index', async () => {
    let Plain = class Plain {
        async run() {
            return context().info.runId;
        }
    };
    Plain = __decorate([
        Workflow('plain', 1)
    ], Plain);
    const runId = await run(Plain, 'plain', undefined);
    expect(runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    const start = cluster.commands().find((command) => command.kind === CommandKind.START);
    expect('runId' in start && start.runId).toBe(runId);
});
it('R2: branches A→X and B→X take their results in the order of the one history, also on a replica that joins late', async () => {
    let letAGo = () => undefined;
    const aMayGo = new Promise((resolve) => (letAGo = resolve));
    let Branches = class Branches {
        seen = [];
        async run() {
            await Promise.all([this.branch('a'), this.branch('b')]);
            await context().waitForSignal('end');
        }
        async branch(name) {
            await this.first(name);
            this.seen.push(`${name}1`);
            this.seen.push(await this.shared(name));
        }
        async first(name) {
            if (name === 'a')
                await aMayGo; // b is first, and gets its second result before
            return name;
        }
        async shared(name) {
            return `x-${name}`;
        }
        order() {
            return this.seen;
        }
    };
    __decorate([
        CheckpointCompute('first'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [String]),
        __metadata("design:returntype", Promise)
    ], Branches.prototype, "first", null);
    __decorate([
        CheckpointCompute('x'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [String]),
        __metadata("design:returntype", Promise)
    ], Branches.prototype, "shared", null);
    __decorate([
        WorkflowQuery(),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Array)
    ], Branches.prototype, "order", null);
    Branches = __decorate([
        Workflow('branches', 1)
    ], Branches);
    cluster = await LocalCluster.start(3, { workflows: [definitionOf(Branches)] });
    const late = cluster.node(3);
    late.paused = true;
    await cluster.node(1).service.start('branches', undefined, { workflowId: 'w' });
    await cluster.settle();
    letAGo();
    await cluster.settle();
    expect(historyOf(1)).toHaveLength(5);
    late.paused = false; // all events of the run arrive in one batch
    late.wake();
    await cluster.settle();
    expect(late.reports).toEqual([]);
    for (const node of cluster.nodes.values())
        expect(await node.service.query({ workflowId: 'w' }, 'order', [])).toEqual(['b1', 'x-b', 'a1', 'x-a']);
});
it('R3: one event per run and turn: what an event set going has drained before the next is delivered', async () => {
    const traces = [];
    let Windows = class Windows {
        async run() {
            const trace = [];
            traces.push(trace);
            const deep = async (name) => {
                await this.mark(name);
                for (let i = 0; i < 20; i++)
                    await Promise.resolve();
                await new Promise((resolve) => process.nextTick(resolve));
                trace.push(name);
            };
            await Promise.all([deep('a'), deep('b'), deep('c')]);
        }
        async mark(name) {
            return name;
        }
    };
    __decorate([
        Checkpoint('mark'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [String]),
        __metadata("design:returntype", Promise)
    ], Windows.prototype, "mark", null);
    Windows = __decorate([
        Workflow('windows', 1)
    ], Windows);
    await run(Windows, 'windows', undefined);
    await cluster.settle();
    expect(traces).toEqual([
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
    ]);
});
it('R4: a run that waits for something that is not in the log is stopped with FOREIGN_AWAIT, and told what to use', async () => {
    let Foreign = class Foreign {
        async run() {
            await new Promise((resolve) => setTimeout(resolve, 25));
            return 'never';
        }
    };
    Foreign = __decorate([
        Workflow('foreign', 1)
    ], Foreign);
    await expect(run(Foreign, 'foreign', undefined)).rejects.toMatchObject({
        code: 'WORKFLOW_BLOCKED',
        message: expect.stringMatching(/foreign-await.*context\(\)\.sleep\(\)/s),
    });
    await cluster.settle();
    expect(cluster.node(2).state.current('w')).toMatchObject({ status: 'blocked', blockedReason: 'declined', outcome: null });
});
it('R4: an operation called when no event is handled is refused with FOREIGN_AWAIT and stops the run', async () => {
    const refusals = [];
    let ForeignCall = class ForeignCall {
        async run() {
            setTimeout(() => void this.mark().catch((error) => refusals.push(error.code)), 25);
            await context().waitForSignal('go');
        }
        async mark() {
            return 'x';
        }
    };
    __decorate([
        Checkpoint('mark'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], ForeignCall.prototype, "mark", null);
    ForeignCall = __decorate([
        Workflow('foreign-call', 1)
    ], ForeignCall);
    void run(ForeignCall, 'foreign-call', undefined).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await cluster.settle();
    expect(refusals).toEqual(['FOREIGN_AWAIT', 'FOREIGN_AWAIT', 'FOREIGN_AWAIT']);
    expect(cluster
        .node(1)
        .state.current('w')
        .declined.map((decline) => decline.reason)).toEqual(['foreign-await', 'foreign-await', 'foreign-await']);
    expect(cluster.commands().some((command) => command.kind === CommandKind.CHECKPOINT)).toBe(false);
});
it('R5: an operation is (key, occurrence) with the position of its call and a digest of its arguments', async () => {
    let Operations = class Operations {
        async run() {
            await Promise.all([this.mark({ b: 1, a: 2 }), this.mark({ a: 2, b: 1 }), this.mark('other')]);
            await this.mark('other');
        }
        async mark(_value) {
            return 1;
        }
    };
    __decorate([
        Checkpoint('mark'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [Object]),
        __metadata("design:returntype", Promise)
    ], Operations.prototype, "mark", null);
    Operations = __decorate([
        Workflow('operations', 1)
    ], Operations);
    await run(Operations, 'operations', undefined);
    const events = historyOf(2).filter((event) => event.kind === EventKind.CHECKPOINT);
    expect(events.map(({ key, occurrence, position }) => [key, occurrence, position.wseq, position.ordinal])).toEqual([
        ['mark', 1, 1, 0],
        ['mark', 2, 1, 1],
        ['mark', 3, 1, 2],
        ['mark', 4, 4, 0],
    ]);
    expect(events[0].argumentsDigest).toBe(events[1].argumentsDigest);
    expect(events[2].argumentsDigest).not.toBe(events[0].argumentsDigest);
});
it('R6: a failure that nobody awaits, or awaits late, stops no process and is attributed to its run', async () => {
    const { code, output } = await runCareless();
    expect(code).toBe(0);
    const { outcome, result, reports } = JSON.parse(output);
    expect(outcome).toBe('completed');
    expect(result).toContain('late');
    expect(reports).toHaveLength(3);
    for (const ofNode of reports)
        expect(ofNode).toEqual([{ type: 'rejection', workflowId: 'w', text: expect.stringContaining('never handled') }]);
});
it('R6: a rejection of other code ends the process as it would without the engine', async () => {
    const { code, output } = await runCareless('foreign');
    expect(code).toBe(1);
    expect(output).not.toContain('still here');
});
it('R7: all replicas, the owner too, get fresh decodes of the committed bytes', async () => {
    const objects = [];
    let Values = class Values {
        async run(input) {
            input.list.push(3);
            const made = { when: '2026-01-01', z: -0, a: { deep: true } };
            const back = (await this.make(made));
            objects.push(back, made);
            back.a.deep = false;
            return [input, made, back];
        }
        async make(value) {
            return value;
        }
    };
    __decorate([
        Checkpoint('make'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [Object]),
        __metadata("design:returntype", Promise)
    ], Values.prototype, "make", null);
    Values = __decorate([
        Workflow('values', 1)
    ], Values);
    const input = { list: [1, 2] };
    expect(await run(Values, 'values', input)).toEqual([
        { list: [1, 2, 3] },
        { when: '2026-01-01', z: 0, a: { deep: true } },
        { when: '2026-01-01', z: 0, a: { deep: false } },
    ]);
    await cluster.settle();
    expect(input.list).toEqual([1, 2]);
    expect(new Set(objects).size).toBe(6);
});
it('R8: the body of a checkpoint runs on each replica at the call, and may neither await nor call an operation', async () => {
    let bodies = 0;
    let Pure = class Pure {
        async run(kind) {
            if (kind === 'nested')
                return this.nested().catch((error) => error.code);
            return this.slow();
        }
        async nested() {
            bodies++;
            return this.inner();
        }
        async inner() {
            return 'x';
        }
        async slow() {
            await new Promise((resolve) => setTimeout(resolve, 25));
            return 'x';
        }
    };
    __decorate([
        Checkpoint('nested'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Pure.prototype, "nested", null);
    __decorate([
        Checkpoint('inner'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Pure.prototype, "inner", null);
    __decorate([
        Checkpoint('slow'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Pure.prototype, "slow", null);
    Pure = __decorate([
        Workflow('pure', 1)
    ], Pure);
    expect(await run(Pure, 'pure', 'nested')).toBe('INSIDE_COMPUTE');
    await cluster.settle();
    expect(bodies).toBe(3);
    cluster.stop();
    await expect(run(Pure, 'pure', 'slow')).rejects.toMatchObject({
        message: expect.stringContaining('the body of a @Checkpoint method awaited something'),
    });
});
it('R8: update() works on the preceding set or update in call order, committed or not; get() gives what is committed', async () => {
    let Variable = class Variable {
        async run() {
            const counter = context().checkpoint('counter', 10);
            const before = counter.get();
            const calls = [counter.update((n) => n + 1), counter.update((n) => n * 2), counter.set(5), counter.update((n) => n - 1)];
            const during = counter.get();
            const values = await Promise.all(calls);
            const failed = await counter
                .update(() => {
                throw new TypeError('no');
            })
                .catch((error) => `${error.name}: ${error.message}`);
            return { before, during, values, after: counter.get(), failed, again: await counter.update((n) => n + 1) };
        }
    };
    Variable = __decorate([
        Workflow('variable', 1)
    ], Variable);
    expect(await run(Variable, 'variable', undefined)).toEqual({
        before: 10,
        during: 10,
        values: [11, 22, 5, 4],
        after: 4,
        failed: 'TypeError: no',
        again: 5,
    });
});
it('R9: hasCheckpoint is false for a run that new code began, by an event that all settle by', async () => {
    let Has = class Has {
        async run() {
            return context().hasCheckpoint('old-step');
        }
    };
    Has = __decorate([
        Workflow('has', 1)
    ], Has);
    expect(await run(Has, 'has', undefined)).toBe(false);
    expect(historyOf(3).some((event) => event.kind === EventKind.CHECKPOINT && event.key === '$has/old-step')).toBe(true);
});
it('R9: code of another build learns from the history ahead whether older code wrote the key, without an event', async () => {
    class Old {
        async run() {
            await this.step();
            return (await context().waitForSignal('go')) + '-old';
        }
        async step() {
            return 'x';
        }
    }
    __decorate([
        Checkpoint('old-step'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Old.prototype, "step", null);
    class New {
        async run() {
            if (await context().hasCheckpoint('old-step'))
                await this.step();
            else
                await this.better();
            return (await context().waitForSignal('go')) + '-old';
        }
        async step() {
            return 'x';
        }
        async better() {
            return 'y';
        }
    }
    __decorate([
        Checkpoint('old-step'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], New.prototype, "step", null);
    __decorate([
        Checkpoint('better'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], New.prototype, "better", null);
    Workflow('changed', 1)(Old);
    Workflow('changed', 1)(New);
    cluster = await LocalCluster.start(3, (id) => ({ workflows: [definitionOf(id === 1 ? Old : New)], buildId: id === 1 ? 'old' : 'new' }));
    const fresh = cluster.node(3);
    fresh.paused = true; // it replays what the old owner wrote
    await cluster.node(1).service.start('changed', undefined, { workflowId: 'w' });
    await cluster.settle();
    fresh.paused = false;
    fresh.wake();
    await cluster.settle();
    expect(fresh.reports).toEqual([]);
    expect(fresh.runtime.table.get(fresh.state.current('w').runId).awaiting()).toMatchObject([{ kind: 'signal' }]);
    expect(historyOf(3).filter((event) => event.kind === EventKind.CHECKPOINT)).toHaveLength(1);
});
it('R23: now() is the log time of the event, random() and uuid() are functions of the run and a counter', async () => {
    const seen = [];
    let Chance = class Chance {
        async run() {
            const c = context();
            seen.push([c.now(), c.random(), c.random(), c.uuid(), c.uuid()]);
            await c.sleep('1h');
            seen.push([c.now(), c.random()]);
        }
    };
    Chance = __decorate([
        Workflow('chance', 1)
    ], Chance);
    void run(Chance, 'chance', undefined);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await cluster.advance(3_600_000);
    expect(seen).toHaveLength(6);
    expect(new Set(seen.slice(0, 3).map((value) => JSON.stringify(value))).size).toBe(1);
    expect(new Set(seen.slice(3).map((value) => JSON.stringify(value))).size).toBe(1);
    const [first, second] = [seen[0], seen[3]];
    expect(second[0] - first[0]).toBeGreaterThanOrEqual(3_600_000);
    expect(new Set([first[1], first[2], second[1]]).size).toBe(3);
    expect(first[3]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(first[4]).not.toBe(first[3]);
});
it('R30: a value that JSON refuses is committed as the failure of its operation, or at the end of the run', async () => {
    let Unserializable = class Unserializable {
        async run(kind) {
            if (kind === 'result')
                return { list: [1, new Map()] };
            const codes = [];
            for (const call of [() => this.value(), () => this.effect(), () => context().checkpoint('v').set(Number.NaN)]) {
                await call().catch((error) => codes.push(error.code));
            }
            return codes;
        }
        async value() {
            return { amount: 10n };
        }
        async effect() {
            return [() => 1];
        }
    };
    __decorate([
        Checkpoint('value'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Unserializable.prototype, "value", null);
    __decorate([
        CheckpointCompute('effect'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", []),
        __metadata("design:returntype", Promise)
    ], Unserializable.prototype, "effect", null);
    Unserializable = __decorate([
        Workflow('unserializable', 1)
    ], Unserializable);
    expect(await run(Unserializable, 'unserializable', 'operations')).toEqual(['NOT_SERIALIZABLE', 'NOT_SERIALIZABLE', 'NOT_SERIALIZABLE']);
    cluster.stop();
    await expect(run(Unserializable, 'unserializable', 'result')).rejects.toMatchObject({
        code: 'WORKFLOW_FAILED',
        cause: { code: 'NOT_SERIALIZABLE', message: expect.stringContaining('list[1] is a Map') },
    });
});
it('R30: an oversized value is the failure of its operation or of the run on every replica, at N+1 and not at N', async () => {
    const max = 4096;
    let Oversized = class Oversized {
        async run({ kind, length }) {
            const text = 'x'.repeat(length - 2); // two quotes
            if (kind === 'result')
                return text;
            const value = await (kind === 'value' ? this.value(length) : this.effect(length)).catch((error) => error.code);
            return value === text ? 'fits' : value;
        }
        async value(length) {
            return 'x'.repeat(length - 2);
        }
        async effect(length) {
            return 'x'.repeat(length - 2);
        }
    };
    __decorate([
        Checkpoint('value'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [Number]),
        __metadata("design:returntype", Promise)
    ], Oversized.prototype, "value", null);
    __decorate([
        CheckpointCompute('effect'),
        __metadata("design:type", Function),
        __metadata("design:paramtypes", [Number]),
        __metadata("design:returntype", Promise)
    ], Oversized.prototype, "effect", null);
    Oversized = __decorate([
        Workflow('oversized', 1)
    ], Oversized);
    const limits = { payloadBytesMax: max };
    for (const kind of ['value', 'effect']) {
        for (const [length, answer] of [
            [max - 1, 'fits'],
            [max, 'fits'],
            [max + 1, 'PAYLOAD_TOO_LARGE'],
        ]) {
            expect(await run(Oversized, 'oversized', { kind, length }, { limits })).toBe(answer);
            for (const node of cluster.nodes.values())
                expect(node.reports).toEqual([]);
            cluster.stop();
        }
    }
    expect(await run(Oversized, 'oversized', { kind: 'result', length: max }, { limits })).toHaveLength(max - 2);
    cluster.stop();
    await expect(run(Oversized, 'oversized', { kind: 'result', length: max + 1 }, { limits })).rejects.toMatchObject({
        cause: { code: 'PAYLOAD_TOO_LARGE' },
    });
    for (const node of cluster.nodes.values())
        expect(node.reports).toEqual([]);
});
//# sourceMappingURL=execution.spec.js.map