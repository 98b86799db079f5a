/**
 * Bench: a workflow of ten sequential durable computes of 200 bytes, by a Nest application: from start() to its result. One at a time, and many in
 * flight. All of the production path but HTTP; with --nodes 3 all of them in one process, each with files of its own.
 */
import { memoryOf, mib } from './memory.js';
import { percentile, round } from './measure.js';
import { bootCluster, inDataFolder, inFlight } from './node.js';
import { probe, probeMeasures } from './probes.js';
import { Steps } from './workflows.js';
const STEPS = 10;
export async function run(options) {
    return inDataFolder(options, async (folder) => {
        const probes = [await probe(folder)];
        const cluster = await bootCluster(folder, options);
        const one = () => cluster.client.execute(Steps, { steps: STEPS });
        const head = { bench: 'w10', nodes: options.nodes, storage: options.storage };
        for (let i = 0; i < options.warmUp; i++)
            await one();
        const alone = await inFlight(1, options.sequential, one);
        probes.push(await probe(folder));
        const began = performance.now();
        const together = await inFlight(options.clients, options.workflows, one);
        const seconds = (performance.now() - began) / 1_000;
        const pssMib = mib(memoryOf(process.pid).pssBytes);
        probes.push(await probe(folder));
        await cluster.close();
        const shown = (sorted) => ({ p50_ms: round(percentile(sorted, 0.5)), p99_ms: round(percentile(sorted, 0.99)) });
        const rate = (count) => ({ workflows_per_s: round(count), steps_per_s: round(count * STEPS) });
        return [
            ...(options.storage === 'sqlite' ? probeMeasures('w10', probes) : []),
            {
                ...head,
                clients: 1,
                workflows: options.sequential,
                ...shown(alone),
                ...rate(1_000 / (alone.reduce((a, b) => a + b, 0) / alone.length)),
                pss_mib: '',
            },
            {
                ...head,
                clients: options.clients,
                workflows: options.workflows,
                ...shown(together),
                ...rate(options.workflows / seconds),
                pss_mib: pssMib,
            },
        ];
    });
}
//# sourceMappingURL=w10.js.map