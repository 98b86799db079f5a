/** DESIGN §4: 100 MB of state go from one node to another over real files, and neither side holds more of it than a few parts. */
import { afterEach, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RaftHost } from '../../lib/cluster/raft-host.js';
import { SystemClock } from '../../lib/cluster/clock.js';
import { EventLoopScheduler } from '../../lib/cluster/scheduler.js';
import { HardState, NO_BYTES, Snapshot } from '../../lib/raft/index.js';
import { SqliteRaftStorage } from '../../lib/storage/typeorm/sqlite-storage.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { runRow } from '../../lib/testing/storage-suite-model.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { frame } from '../support/raft-cluster.js';
const MIB = 1024 * 1024;
const DEPLOYMENT = '11111111-2222-4333-8444-555555555555';
const ROW_BYTES = 50_000;
const RUNS = 1_600;
/** One run whose history alone is more than the bound. */
const LONG_ROWS = 800;
const STATE_BYTES = (RUNS + LONG_ROWS) * ROW_BYTES;
const GROWTH_BYTES_MAX = 32 * MIB;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const folders = [];
const hosts = [];
afterEach(async () => {
    for (const host of hosts.splice(0))
        await host.stop();
    for (const folder of folders.splice(0))
        rmSync(folder, { recursive: true, force: true });
});
function folder() {
    const path = mkdtempSync(join(tmpdir(), 'raftoral-snapshot-'));
    folders.push(path);
    return path;
}
/** Closed runs, which a node keeps on disk only, and a history that no slice can hold. */
function bigImage(position) {
    const rowOf = (order, wseq) => {
        return { order, fromWseq: wseq, toWseq: wseq, events: Buffer.alloc(ROW_BYTES, `${order} ${wseq} `) };
    };
    let order = 0;
    let wseq = 0;
    return {
        position,
        group: NO_BYTES,
        runCount: RUNS + 1,
        bytesAbout: STATE_BYTES,
        next: async () => {
            if (order < RUNS) {
                order++;
                return { runs: [runRow(order, { closedMs: 10 + order, events: 1 })], history: [rowOf(order, 1)], requests: [], closed: [] };
            }
            if (wseq === LONG_ROWS)
                return null;
            const runs = wseq === 0 ? [runRow(RUNS + 1, { closedMs: 9999, events: LONG_ROWS })] : [];
            return { runs, history: [rowOf(RUNS + 1, ++wseq)], requests: [], closed: [] };
        },
        again: () => {
            throw new Error('written once');
        },
        close: async () => undefined,
    };
}
/** Its rows are on disk, and it knows nothing of them. */
class Indifferent {
    applied = 0;
    loads = 0;
    index = 0;
    apply(index) {
        this.index = index;
        this.applied++;
        return null;
    }
    applyMembership(index) {
        this.index = Math.max(this.index, index);
    }
    snapshot() {
        throw new Error('nobody needs the whole of it');
    }
    restore() {
        throw new Error('nobody needs the whole of it');
    }
    rowsOf() {
        throw new Error('nobody needs the whole of it');
    }
    bytesOf() {
        throw new Error('nobody needs the whole of it');
    }
    expectRows() {
        // Whatever they are.
    }
    cut() {
        return {
            index: this.index,
            group: NO_BYTES,
            requests: [],
            closed: [],
            requestsExpiredMs: 0,
            sweptMs: 0,
            next: () => null,
            done: () => undefined,
        };
    }
    load(stored) {
        this.loads++;
        this.index = stored.position.index;
    }
    prefetch() {
        return null;
    }
}
async function host(nodeId, path, network) {
    const made = new RaftHost({
        nodeId,
        deployment: DEPLOYMENT,
        incarnation: 1,
        clock: new SystemClock(),
        scheduler: new EventLoopScheduler(),
        random: new SeededRandom(nodeId, 'host'),
        storage: new SqliteRaftStorage({ path }),
        transport: network.createTransport(),
        tuning: { snapshotBytesPerSecondMax: 0 },
    });
    await made.start();
    hosts.push(made);
    return made;
}
function show(text) {
    if (process.env['RAFTORAL_SHOW'] !== undefined)
        process.stderr.write(`${(performance.now() / 1000).toFixed(1)} s: ${text}\n`);
}
async function until(condition, each) {
    for (let i = 0; i < 20_000 && !condition(); i++) {
        each();
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (!condition())
        throw new Error('it did not come about in time');
}
it('a node with 120 MB of state brings another one up to date: what both hold of it in memory stays below 32 MiB, and commits go on', async () => {
    expect(STATE_BYTES).toBeGreaterThan(100 * MIB);
    const confState = { voters: [1], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
    const position = { index: 10, term: 1, confState };
    const first = folder();
    const filled = new SqliteRaftStorage({ path: first });
    await filled.open({ deployment: DEPLOYMENT, nodeId: 1, incarnation: 1 });
    await filled.state.replace(1, position, bigImage(position));
    const reset = new Snapshot(position.index, position.term, confState, NO_BYTES);
    await filled.write([{ groupId: 1, hardState: new HardState(1, 0, position.index), entries: [], reset, mustSync: true }]);
    await filled.close();
    const network = new InProcessNetwork({ encodeFrames: true });
    const machines = [new Indifferent(), new Indifferent()];
    const second = folder();
    const leader = (await (await host(1, first, network)).createGroup({ groupId: 1, stateMachine: machines[0], members: [1] }));
    const late = (await (await host(2, second, network)).createGroup({ groupId: 1, stateMachine: machines[1], join: true }));
    await until(() => leader.isLeader, () => undefined);
    show('filled');
    collect();
    const before = process.memoryUsage();
    let peak = 0;
    let mostSpooled = 0;
    let commits = 0;
    let turns = 0;
    const sample = () => {
        // What is garbage does not count, and to collect it takes longer than all the rest.
        if (turns++ % 10 !== 0)
            return;
        collect();
        const { heapUsed, external } = process.memoryUsage();
        peak = Math.max(peak, heapUsed + external);
        mostSpooled = Math.max(mostSpooled, late.status().snapshots[0]?.bytes ?? 0);
        void leader.propose(frame('meanwhile')).then(() => commits++);
    };
    await leader.addLearner(2);
    await until(() => late.appliedIndex >= position.index && late.appliedIndex >= leader.appliedIndex - 5, sample);
    show('sent');
    const growth = peak - before.heapUsed - before.external;
    show(`grew by ${(growth / MIB).toFixed(1)} MiB, ${commits} commits meanwhile`);
    expect(mostSpooled).toBeGreaterThan(STATE_BYTES / 2);
    expect(growth).toBeLessThan(GROWTH_BYTES_MAX);
    expect(commits).toBeGreaterThan(3);
    expect(machines[1].loads).toBe(2);
    expect(readdirSync(second).filter((name) => name.endsWith('.part'))).toEqual([]);
    // All of it is there.
    const stop = hosts.splice(0);
    for (const each of stop)
        await each.stop();
    const storage = new SqliteRaftStorage({ path: second });
    await storage.open({ deployment: DEPLOYMENT, nodeId: 2, incarnation: 1 });
    const image = await storage.state.image(1);
    let bytes = 0;
    for (let slice = await image.next(); slice !== null; slice = await image.next()) {
        for (const { events } of slice.history)
            bytes += events.length;
        expect(slice.history.reduce((sum, { events }) => sum + events.length, 0)).toBeLessThanOrEqual(MIB);
    }
    await image.close();
    await storage.close();
    expect(bytes).toBe(STATE_BYTES);
}, 900_000);
//# sourceMappingURL=snapshot-memory.spec.js.map