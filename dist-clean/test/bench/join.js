/**
 * Bench: a node without anything joins three whose state is large (--mib 100): how long until it is a voter, and what commits of the others take
 * meanwhile, against the same load without it. Each node in a process of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, round } from './measure.js';
import { inDataFolder } from './node.js';
import { NodeProcesses } from './node-processes.js';
import { probe, probeMeasures } from './probes.js';
const NODES = 3;
const JOINER = NODES + 1;
const FILL_BATCH = 500;
const LOAD_CLIENTS = 8;
/** A state flush that is under way ends within. */
const SETTLE_MS = 3_000;
/** Load is measured for so long without the joining. */
const CALM_MS = 10_000;
export async function run(options) {
    return inDataFolder(options, async (folder) => {
        const probes = [await probe(folder)];
        const processes = await NodeProcesses.start({ folder, nodes: NODES, transport: options.transport, spare: 1 });
        try {
            const leader = processes.node(await processes.leaderId());
            let stateBytes = 0;
            for (let at = 0; stateBytes < options.bytes; at++) {
                stateBytes = await leader.ask('fill', { prefix: `fill-${at}`, count: FILL_BATCH });
                process.stderr.write(`filled ${Math.round(stateBytes / 1024 / 1024)} MiB\r`);
            }
            process.stderr.write('\n');
            await sleep(SETTLE_MS);
            probes.push(await probe(folder));
            const calm = await loadedWhile(leader, () => sleep(CALM_MS));
            let joinMs = 0;
            let caughtUpMs = 0;
            const joining = await loadedWhile(leader, async () => {
                const began = performance.now();
                await processes.boot(JOINER, true);
                await leader.ask('addLearner', JOINER);
                await promoted(leader, JOINER);
                caughtUpMs = performance.now() - began;
                await processes.node(JOINER).ask('ready');
                joinMs = performance.now() - began;
            });
            probes.push(await probe(folder));
            const row = (name, took) => ({
                bench: 'join',
                case: name,
                transport: options.transport,
                commits: took.length,
                p50_ms: round(percentile(took, 0.5)),
                p99_ms: round(percentile(took, 0.99)),
                max_ms: round(took[took.length - 1] ?? Number.NaN),
            });
            return [
                ...probeMeasures('join', probes),
                row('commits without a join', calm),
                row('commits during it', joining),
                {
                    bench: 'join',
                    state_mib: Math.round(stateBytes / 1024 / 1024),
                    start_to_voter_ms: Math.round(caughtUpMs),
                    start_to_first_run_ms: Math.round(joinMs),
                    p99_times: round(percentile(joining, 0.99) / percentile(calm, 0.99)),
                },
            ];
        }
        finally {
            await processes.stop();
        }
    });
}
/** Runs of one step on this node, a few at once, while `work` goes on; what each took, ms, ascending. */
async function loadedWhile(worker, work) {
    await worker.ask('beginLoad', LOAD_CLIENTS);
    try {
        await work();
    }
    finally {
        await sleep(0);
    }
    return worker.ask('endLoad');
}
/** It is refused until the learner has caught up. */
async function promoted(worker, node) {
    for (;;) {
        try {
            await worker.ask('promote', node);
            return;
        }
        catch (error) {
            if (!String(error).includes('MEMBERSHIP_REFUSED') && !String(error).includes('caught up'))
                throw error;
            await sleep(50);
        }
    }
}
//# sourceMappingURL=join.js.map