var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * Reads of runs that are on disk: results, descriptions, histories, lists, streams (R27, R28, R43).
 */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { context } from '../../lib/workflow/context.js';
import { definitionOf } from '../support/definition.js';
import { LocalCluster } from '../support/local-cluster.js';
import { RowStore } from '../support/row-store.js';
let cluster;
let node;
afterEach(() => cluster?.stop());
/** Ends with the payload of 'end', fails with that of 'fail', continues as new with that of 'next'. */
let Ends = class Ends {
    async run(input) {
        const end = await context().waitForSignal('end');
        if (end === 'next')
            await context().continueAsNew(`${input}+`);
        if (end === 'fail')
            throw new RangeError('bad end');
        return `${input}:${end}`;
    }
};
Ends = __decorate([
    Workflow('ends', 1)
], Ends);
const ref = (id) => ({ workflowId: id });
beforeEach(async () => {
    const confState = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
    cluster = await LocalCluster.start(3, () => ({
        workflows: [definitionOf(Ends)],
        store: new RowStore({ index: 0, term: 0, confState }),
        residentRunsMax: 2,
    }));
    node = cluster.node(2);
});
async function ended(id, end = 'x') {
    const { runId } = await node.service.start('ends', id, ref(id));
    await node.service.signal(ref(id), 'end', end);
    await cluster.settle();
    return runId;
}
async function flushed() {
    await cluster.settle();
    for (const each of cluster.nodes.values())
        each.flush();
}
it('R27: a closed run that left memory is read until its retention ends, and is not there after the sweep', async () => {
    const runId = await ended('w');
    const history = await node.service.history(ref('w'));
    const described = await node.service.describe(ref('w'));
    await flushed();
    expect(node.state.current('w')).toBeUndefined();
    await cluster.advance(23 * 3_600_000);
    for (const by of [ref('w'), { workflowId: 'w', runId }]) {
        expect(await node.service.result(by)).toBe('w:x');
        expect(await node.service.describe(by)).toEqual(described);
        expect(await node.service.explain(by)).toMatchObject({ runId, summary: 'The run has ended: completed.' });
        expect(await node.service.history(by)).toBe(history);
        await expect(node.service.query(by, 'anything', [])).rejects.toMatchObject({ code: 'WORKFLOW_CLOSED' });
        await expect(node.service.signal(by, 'end', 1)).rejects.toMatchObject({ code: 'WORKFLOW_CLOSED' });
    }
    await expect(node.service.result({ workflowId: 'other', runId })).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' });
    await cluster.advance(2 * 3_600_000);
    for (const call of [node.service.result(ref('w')), node.service.history(ref('w'))])
        await expect(call).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' });
});
it('R27: result() follows a chain of continueAsNew through runs that left memory, and rejects with the cause of a failed one', async () => {
    const { runId } = await node.service.start('ends', 'c', ref('c'));
    for (let i = 0; i < 3; i++) {
        await node.service.signal(ref('c'), 'end', 'next');
        await flushed();
    }
    const waiting = node.service.result({ workflowId: 'c', runId });
    await cluster.settle();
    await node.service.signal(ref('c'), 'end', 'over');
    expect(await waiting).toBe('c+++:over');
    await ended('f', 'fail');
    await flushed();
    expect(await node.service.result({ workflowId: 'c', runId })).toBe('c+++:over');
    await expect(node.service.result(ref('f'))).rejects.toMatchObject({
        code: 'WORKFLOW_FAILED',
        cause: { name: 'RangeError', message: 'bad end' },
    });
});
it('who waits for a result is answered when the run ends and leaves memory at once', async () => {
    await node.service.start('ends', 'w', ref('w'));
    const result = node.service.result(ref('w'));
    await flushed();
    await node.service.signal(ref('w'), 'end', 'x');
    await flushed();
    expect(await result).toBe('w:x');
});
async function pages(filter, between = () => Promise.resolve()) {
    const found = [];
    let cursor;
    for (let count = 0; count === 0 || cursor !== undefined; count++) {
        const page = await cluster.node((count % 3) + 1).service.list({ ...filter, limit: 7, cursor });
        expect(page.items.length).toBeLessThanOrEqual(7);
        found.push(...page.items);
        cursor = page.next ?? undefined;
        await between();
    }
    return found;
}
it('R43: list() merges memory and disk by (start, runId), page by page, on whatever replica, whatever each has flushed', async () => {
    const startedAt = new Map();
    for (let i = 0; i < 40; i++) {
        await node.service.start('ends', `${i}`, ref(`w${i}`));
        if (i % 3 === 0)
            await cluster.advance(1);
        if (i % 2 === 0)
            await node.service.signal(ref(`w${i}`), 'end', i % 4 === 0 ? 'fail' : 'x');
        await cluster.settle();
        startedAt.set(`w${i}`, (await node.service.describe(ref(`w${i}`))).startedAt);
        if (i % 10 === 9)
            cluster.node(1 + (i % 3)).flush();
    }
    await flushed();
    await ended('late');
    const all = await pages({});
    const key = (run) => `${run.startedAt} ${run.runId}`;
    expect(all.map(key)).toEqual(all.map(key).sort());
    expect(new Set(all.map((run) => run.workflowId))).toEqual(new Set([...startedAt.keys(), 'late']));
    expect(all).toHaveLength(41);
    const failed = await pages({ status: 'failed' });
    expect(failed).toEqual(all.filter((run) => run.status === 'failed'));
    expect(failed).toHaveLength(10);
    for (const run of failed)
        expect(run.error).toMatchObject({ name: 'RangeError', message: 'bad end' });
    expect(await pages({ status: ['running', 'completed'] })).toEqual(all.filter((run) => run.status !== 'failed'));
    expect(await pages({ name: 'none' })).toEqual([]);
    expect(await pages({ version: 1 })).toEqual(all);
    const after = new Date(startedAt.get('w10'));
    const before = new Date(startedAt.get('w30'));
    const between = all.filter((run) => run.startedAt > after.toISOString() && run.startedAt < before.toISOString());
    expect(between.length).toBeGreaterThan(10);
    expect(await pages({ startedAfter: after, startedBefore: before })).toEqual(between);
});
it('R43: runs that end and leave memory between pages and during them are told once', async () => {
    for (let i = 0; i < 30; i++)
        await node.service.start('ends', `${i}`, ref(`w${i}`));
    await cluster.settle();
    let next = 29;
    const found = await pages({}, async () => {
        for (let i = 0; i < 3; i++)
            await node.service.signal(ref(`w${next--}`), 'end', 'x');
        void flushed(); // goes on while the next page is read
    });
    expect(found.map((run) => run.workflowId).sort()).toEqual(Array.from({ length: 30 }, (_, i) => `w${i}`).sort());
});
/** The wseqs of the events of a run from a cursor on, once they have ended. */
function watch(id, after, runId) {
    return new Promise((resolve, reject) => {
        const seen = [];
        node.service.runEvents({ workflowId: id, runId }, after).subscribe({
            next: (item) => seen.push(item.type === 'event' ? item.wseq : Number.NaN),
            complete: () => resolve(seen),
            error: reject,
        });
    });
}
it('R43: the stream of a run that left memory is read from disk, from its cursor on', async () => {
    const runId = await ended('w');
    await flushed();
    expect(await watch('w', 0)).toEqual([1, 2, 3]);
    expect(await watch('w', 1, runId)).toEqual([2, 3]);
    expect(await watch('w', 3)).toEqual([]);
    node.source.failure = new RaftoralError('STORAGE_DAMAGED', 'a row is damaged');
    await expect(watch('w', 0)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
});
it('R43: a stream that reads from disk while events arrive, and while they leave memory again, tells each once and in order', async () => {
    await node.service.start('ends', 'w', ref('w'));
    for (let i = 0; i < 5; i++)
        await node.service.signal(ref('w'), 'ignored', i);
    await cluster.settle();
    for (const id of ['a', 'b', 'c'])
        await node.service.start('ends', id, ref(id)); // they take the room: nobody here holds the history of w
    await flushed();
    expect(node.state.current('w').history.firstInMemory).toBe(7);
    node.source.shut();
    const watching = [watch('w', 0), watch('w', 4)];
    for (let i = 0; i < 3; i++) {
        await node.service.signal(ref('w'), 'ignored', i);
        await flushed();
    }
    node.source.open();
    await cluster.settle();
    await node.service.signal(ref('w'), 'end', 'x');
    await flushed();
    const length = (await node.service.describe(ref('w'))).events;
    const all = Array.from({ length }, (_, i) => i + 1);
    expect(await Promise.all(watching)).toEqual([all, all.slice(4)]);
});
//# sourceMappingURL=reads-disk.spec.js.map