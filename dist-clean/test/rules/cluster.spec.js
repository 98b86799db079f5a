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
 * Rules that show only over a real leader, a real majority and real loss (R6, R15, R17, R18, R22, R25, R26, R38–R40).
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { context } from '../../lib/workflow/context.js';
import { EventKind } from '../../lib/workflow/event.js';
import { definitionOf } from '../support/definition.js';
import { WorkflowCluster } from '../support/workflow-cluster.js';
let cluster;
afterEach(() => cluster?.stop());
const ref = { workflowId: 'w' };
const failures = [];
let bodies = [];
/** Ten checkpoints when told to begin, then a compute, then a wait. */
let Steps = class Steps {
    node;
    done = 0;
    constructor(node) {
        this.node = node;
    }
    async run() {
        await context().waitForSignal('begin');
        for (let i = 1; i <= 10; i++) {
            this.done = await this.step(i).catch((error) => {
                failures.push(error.message);
                throw error;
            });
        }
        const owner = await context().compute('effect', () => {
            bodies.push(this.node);
            return this.node;
        });
        return [owner, await context().waitForSignal('end')];
    }
    async step(i) {
        return i;
    }
    steps() {
        return this.done;
    }
};
__decorate([
    Checkpoint('step'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Number]),
    __metadata("design:returntype", Promise)
], Steps.prototype, "step", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Number)
], Steps.prototype, "steps", null);
Steps = __decorate([
    Workflow('steps', 1),
    __metadata("design:paramtypes", [Number])
], Steps);
async function start(options = {}) {
    failures.length = 0;
    bodies = [];
    cluster = await WorkflowCluster.start({ workflows: (id) => [definitionOf(Steps, id)], ...options });
}
const others = (id) => [...cluster.nodes.keys()].filter((other) => other !== id);
const codeOf = (promise) => promise.then(() => 'no error', (error) => error.code);
describe('R15: where a run lives, and how fast its owner hears', () => {
    it('R15: the starter owns it by default, and a remote owner hears of each commit at once: ten checkpoints take no time and no tick', async () => {
        await start();
        const { follower } = cluster;
        await cluster.settled(follower.service.start('steps', undefined, ref));
        expect(follower.state.current('w').owner).toBe(follower.id);
        const startMs = cluster.time.nowMs;
        await cluster.settled(follower.service.signal(ref, 'begin', null));
        const isDone = () => cluster.alive.every((node) => node.state.current('w').history.length >= 13);
        expect(await cluster.time.runUntil(isDone, 1000)).toBe(true);
        expect(cluster.time.nowMs).toBe(startMs);
        expect(bodies).toEqual([follower.id]);
    });
});
describe('without a majority', () => {
    it('R6, R38: an operation of a cut-off owner neither settles nor fails; it goes on after the network healed, once', async () => {
        await start();
        const owner = cluster.follower;
        await cluster.settled(owner.service.start('steps', undefined, ref));
        const rest = others(owner.id);
        await cluster.settled(owner.service.signal(ref, 'begin', null));
        cluster.network.partition([owner.id], rest);
        await cluster.time.advance(0);
        const before = owner.state.current('w').history.length;
        await cluster.time.advance(120_000);
        expect(failures).toEqual([]);
        expect(owner.state.current('w').history.length).toBe(before);
        cluster.network.heal();
        await cluster.time.advance(5_000);
        await cluster.settled(cluster.leader.service.signal(ref, 'end', 'bye'));
        const result = (await cluster.settled(cluster.leader.service.result(ref)));
        expect(result[1]).toBe('bye');
        expect(failures).toEqual([]);
        await cluster.time.advance(1_000);
        for (const node of cluster.alive) {
            expect(node.reports).toEqual([]);
            expect(node.state
                .current('w')
                .history.events()
                .filter((event) => event.kind === EventKind.CHECKPOINT)).toHaveLength(10);
            expect(node.state.current('w').outcome).toBe('completed');
        }
    });
    it('R25: a linearizable query on a cut-off node is NO_LEADER at its deadline, a local one shows what was applied here', async () => {
        await start();
        const away = cluster.leader;
        await cluster.settled(away.service.start('steps', undefined, ref));
        cluster.network.partition([away.id], others(away.id));
        const asked = codeOf(away.service.query(ref, 'steps', [], { timeoutMs: 3_000 }));
        expect(await cluster.settled(away.service.query(ref, 'steps', [], { consistency: 'local' }))).toBe(0);
        const rest = cluster.alive.filter((node) => node !== away);
        await cluster.time.runUntil(() => rest.some((node) => node.group.isLeader), 10_000);
        const leader = rest.find((node) => node.group.isLeader);
        await cluster.settled(leader.service.signal(ref, 'begin', null));
        await cluster.time.advance(500);
        expect(await cluster.settled(leader.service.query(ref, 'steps', []))).toBe(10);
        expect(await cluster.settled(asked)).toBe('NO_LEADER');
        cluster.network.heal();
        expect(await cluster.settled(away.service.query(ref, 'steps', []))).toBe(10); // never the 0 that it held
    });
    it('R38, R26: a start whose answer was lost is OUTCOME_UNKNOWN with its requestId; sent again with it, there is one run', async () => {
        await start();
        const leader = cluster.leader;
        cluster.network.partition([leader.id], others(leader.id));
        const lost = leader.service.start('steps', undefined, { workflowId: 'w', requestId: 'mine', timeoutMs: 2_000 });
        await expect(cluster.settled(lost)).rejects.toMatchObject({
            code: 'OUTCOME_UNKNOWN',
            requestId: 'mine',
            message: expect.stringContaining('same requestId'),
        });
        cluster.network.heal();
        await cluster.time.advance(3_000);
        const first = await cluster.settled(cluster.leader.service.start('steps', undefined, { workflowId: 'w', requestId: 'mine' }));
        const again = await cluster.settled(leader.service.start('steps', undefined, { workflowId: 'w', requestId: 'mine' }));
        expect(again.runId).toBe(first.runId);
        for (const node of cluster.alive)
            expect(node.state.openRunCount).toBe(1);
    });
    it('R17, R22: a paused owner that comes back late finds its run elsewhere: its body is fenced, its result dropped, nothing happens twice', async () => {
        await start();
        const owner = cluster.follower;
        await cluster.settled(owner.service.start('steps', undefined, ref));
        await cluster.settled(owner.service.signal(ref, 'begin', null));
        owner.virtual.pause();
        await cluster.time.advance(10_000);
        const heir = cluster.leader;
        expect(heir.state.current('w')).toMatchObject({ epoch: 2 });
        expect(heir.state.current('w').owner).not.toBe(owner.id);
        owner.virtual.resume();
        await cluster.time.advance(5_000);
        await cluster.settled(heir.service.signal(ref, 'end', 'bye'));
        await cluster.time.advance(1_000);
        const histories = cluster.alive.map((node) => node.state.current('w').history.events());
        expect(histories[1]).toEqual(histories[0]);
        expect(histories[2]).toEqual(histories[0]);
        expect(histories[0].filter((event) => event.kind === EventKind.CHECKPOINT)).toHaveLength(10);
        expect(histories[0].filter((event) => event.kind === EventKind.COMPUTE_RESULT)).toHaveLength(1);
        for (const node of cluster.alive)
            expect(node.reports).toEqual([]);
    });
});
describe('time and membership', () => {
    it('R26: in a group that was silent for longer than the retention of requests a command is taken, not expired', async () => {
        await start();
        await cluster.time.advance(1_800_000);
        const { follower } = cluster;
        const { runId } = await cluster.settled(follower.service.start('steps', undefined, ref));
        expect(follower.state.current('w').runId).toBe(runId);
    });
    it('R24: timers fire after the leader died, in a group that slept', async () => {
        let Nap = class Nap {
            async run() {
                const before = context().now();
                await context().sleep('2h');
                return context().now() - before;
            }
        };
        Nap = __decorate([
            Workflow('nap', 1)
        ], Nap);
        await start({ workflows: [definitionOf(Nap)] });
        await cluster.settled(cluster.leader.service.start('nap', undefined, ref));
        await cluster.time.advance(3_600_000);
        expect(cluster.leader.group.status().hibernating).toBe(true);
        cluster.crash(cluster.leader.id);
        await cluster.time.advance(3_600_000 - 2_000);
        const node = cluster.alive[0];
        expect(node.state.current('w').outcome).toBeNull();
        await cluster.time.advance(4_000);
        expect(node.state.current('w').outcome).toBe('completed');
        expect(JSON.parse(Buffer.from(node.state.current('w').result).toString())).toBeGreaterThanOrEqual(7_200_000);
    });
    it('R39: the death of a node that owns runs wakes a group that sleeps, and they have another owner soon', async () => {
        await start();
        const owner = cluster.follower;
        await cluster.settled(owner.service.start('steps', undefined, ref));
        const isAsleep = () => cluster.alive.every((node) => node.group.status().hibernating);
        expect(await cluster.time.runUntil(isAsleep, 60_000)).toBe(true);
        const startMs = cluster.time.nowMs;
        cluster.crash(owner.id);
        const leader = cluster.leader;
        expect(await cluster.time.runUntil(() => leader.state.current('w').owner !== owner.id, 5_000)).toBe(true);
        expect(cluster.time.nowMs - startMs).toBeLessThan(1_000);
        expect(leader.state.current('w').history.last()).toMatchObject({ kind: EventKind.OWNER_CHANGED, cause: 'down' });
    });
    it('R39, R16: a member that is removed stops its runs and rejects its waiters; the others take its runs over at that index', async () => {
        await start();
        const gone = cluster.follower;
        await cluster.settled(gone.service.start('steps', undefined, ref));
        const waiter = codeOf(gone.service.result(ref));
        await cluster.settled(cluster.leader.group.remove(gone.id));
        await cluster.time.advance(2_000);
        expect(await cluster.settled(waiter)).toBe('NOT_MEMBER');
        expect(gone.runtime.table.residentCount).toBe(0);
        expect(await cluster.settled(codeOf(gone.service.start('steps', undefined, { workflowId: 'x' })))).toBe('NOT_MEMBER');
        const leader = cluster.leader;
        expect(leader.state.current('w')).toMatchObject({ epoch: 2, status: 'running' });
        expect(leader.state.current('w').history.last()).toMatchObject({ kind: EventKind.OWNER_CHANGED, cause: 'membership' });
        await cluster.settled(leader.service.signal(ref, 'begin', null));
        await cluster.settled(leader.service.signal(ref, 'end', 1));
        expect(await cluster.settled(leader.service.result(ref))).toEqual([leader.state.current('w').owner, 1]);
    });
});
//# sourceMappingURL=cluster.spec.js.map