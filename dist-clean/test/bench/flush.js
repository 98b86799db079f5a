/**
 * Bench: what a flush of state does to the commits beside it: workflows of ten steps with many in flight, each step one commit. Nodes that never flush
 * take turns with nodes as they are by default, because the disk drifts. A step belongs to a flush if any part of it fell into one; the deletion of
 * compacted rows comes behind a flush, and so among the other steps of such a node.
 */
import { join } from 'node:path';
import { RAFTORAL_STORAGE } from '../../lib/index.js';
import { percentile, round } from './measure.js';
import { bootNode, firstStart, inDataFolder, inFlight } from './node.js';
import { probe, probeMeasures } from './probes.js';
import { Steps, watch } from './workflows.js';
const STEPS = 10;
const WARM_UP_WORKFLOWS = 2_000;
const ROUNDS = 2;
/** Bounds that no bench reaches. */
const NEVER = { stateFlushEntriesMax: 2 ** 31, stateFlushBytesMax: 2 ** 40 };
export async function run(options) {
    return inDataFolder(options, async (folder) => {
        const never = { beside: [], without: [], flushes: [], seconds: 0 };
        const byDefault = { beside: [], without: [], flushes: [], seconds: 0 };
        const probes = [await probe(folder)];
        for (let at = 0; at < ROUNDS; at++) {
            await load(join(folder, `never-${at}`), NEVER, options, never);
            probes.push(await probe(folder));
            await load(join(folder, `default-${at}`), {}, options, byDefault);
            probes.push(await probe(folder));
        }
        return [...probeMeasures('flush', probes), ...compare(options, never, byDefault)];
    });
}
async function load(path, raft, { clients, workflows }, seen) {
    const { app, client } = await bootNode(path, 'sqlite', { raft });
    await firstStart(client);
    const flushes = watchFlushes(app.get(RAFTORAL_STORAGE));
    const one = () => client.execute(Steps, { steps: STEPS });
    await inFlight(clients, WARM_UP_WORKFLOWS, one);
    flushes.length = 0;
    const steps = [];
    watch.onStep = (tookMs) => {
        const toMs = performance.now();
        steps.push({ fromMs: toMs - tookMs, toMs });
    };
    const began = performance.now();
    await inFlight(clients, Math.ceil(workflows / ROUNDS), one);
    seen.seconds += (performance.now() - began) / 1_000;
    watch.onStep = null;
    await app.close();
    for (const step of steps) {
        const isBeside = flushes.some(({ fromMs, toMs }) => step.fromMs < toMs && step.toMs > fromMs);
        (isBeside ? seen.beside : seen.without).push(step.toMs - step.fromMs);
    }
    for (const { fromMs, toMs } of flushes)
        seen.flushes.push(toMs - fromMs);
}
/** Notes when each flush ran, from its call until it was durable. */
function watchFlushes(storage) {
    const spans = [];
    const { state } = storage;
    if (state === null)
        throw new Error('this storage has no rows of state');
    const flush = state.flush.bind(state);
    state.flush = async (...args) => {
        const fromMs = performance.now();
        await flush(...args);
        spans.push({ fromMs, toMs: performance.now() });
    };
    return spans;
}
function compare({ clients, workflows }, never, byDefault) {
    const line = (name, took) => {
        const sorted = Float64Array.from(took).sort();
        const at = (share) => round(percentile(sorted, share));
        return { bench: 'flush', case: name, clients, steps: took.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) };
    };
    const alone = line('steps of nodes that never flush', never.without);
    const between = line('steps while no flush ran', byDefault.without);
    const beside = line('steps while one ran', byDefault.beside);
    const flushMs = Float64Array.from(byDefault.flushes).sort();
    return [
        alone,
        between,
        beside,
        {
            bench: 'flush',
            case: 'in all',
            flushes: flushMs.length,
            flush_p50_ms: round(percentile(flushMs, 0.5)),
            share_of_time: round(flushMs.reduce((a, b) => a + b, 0) / 1_000 / byDefault.seconds),
            workflows_per_s_never: round(workflows / never.seconds),
            workflows_per_s: round(workflows / byDefault.seconds),
            p99_ratio: round(beside.p99_ms / alone.p99_ms),
        },
    ];
}
//# sourceMappingURL=flush.js.map