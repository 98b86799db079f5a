/**
 * Bench: one workflow of many sequential durable computes of 200 bytes: what a step costs, in bare commits of the same disk, and whether the last
 * steps cost what the first did. The steps are counted between the bodies of the first and the last.
 */
import { mean, percentile, round } from './measure.js';
import { bootCluster, inDataFolder, inFlight } from './node.js';
import { commitsUs, probe, probeMeasures } from './probes.js';
import { Steps, watch } from './workflows.js';
const WARM_UP_STEPS = 10;
export async function run(options) {
    return inDataFolder(options, async (folder) => {
        const cluster = await bootCluster(folder, options);
        // As much as the peers have behind them when they get there.
        await inFlight(4, options.warmUp + options.sequential + options.workflows, () => cluster.client.execute(Steps, { steps: WARM_UP_STEPS }));
        const before = await probe(folder, 1_000);
        const at = new Float64Array(options.steps);
        watch.onBody = (step) => {
            if (at[step] === 0)
                at[step] = performance.now();
        };
        await cluster.client.execute(Steps, { steps: options.steps });
        watch.onBody = null;
        const probes = [before, await probe(folder, 1_000)];
        await cluster.close();
        const last = options.steps - 1;
        const tenth = Math.min(100, Math.floor(options.steps / 10));
        const between = (from, to) => (at[to] - at[from]) * 1_000;
        const each = Float64Array.from({ length: last }, (_, i) => between(i, i + 1)).sort();
        const bare = commitsUs(probes);
        const inCommits = options.storage === 'memory'
            ? {}
            : {
                mean_in_bare_commits: round(mean(each) / mean(bare)),
                p50_in_bare_commits: round(percentile(each, 0.5) / percentile(bare, 0.5)),
            };
        return [
            ...(options.storage === 'sqlite' ? probeMeasures('w1000', probes) : []),
            {
                bench: 'w1000',
                nodes: options.nodes,
                storage: options.storage,
                steps: options.steps,
                mean_us: round(mean(each)),
                p50_us: round(percentile(each, 0.5)),
                p99_us: round(percentile(each, 0.99)),
                steps_per_s: round(1e6 / mean(each)),
                ...inCommits,
                ...medianOfHundreds(at),
                last_hundred_per_first: round(between(last - tenth, last) / between(0, tenth)),
            },
        ];
    });
}
/** Means are at the mercy of one stall among a hundred steps; medians are not. */
function medianOfHundreds(at) {
    const hundred = Math.min(100, Math.floor(at.length / 10));
    const medianUs = (from) => percentile(Float64Array.from({ length: hundred }, (_, i) => (at[from + i + 1] - at[from + i]) * 1_000).sort(), 0.5);
    const first = medianUs(0);
    const last = medianUs(at.length - 1 - hundred);
    return { first_hundred_p50_us: round(first), last_hundred_p50_us: round(last) };
}
//# sourceMappingURL=w1000.js.map