/**
 * Bench: what groups cost that do nothing: a hundred on each of three processes, asleep. Processor time of each process, and its syncs, counted where it
 * asks the system for them (test/fault/shim.c, by LD_PRELOAD: needs gcc).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_FILES, compileShim, ShimControl } from '../fault/shim.js';
import { round } from './measure.js';
import { inDataFolder } from './node.js';
import { probe, probeMeasures } from './probes.js';
import { RaftProcesses } from './raft-child.js';
import { folderOf } from './worker.js';
const ASLEEP_MS_MAX = 60_000;
/** What follows the last group's falling asleep. */
const SETTLE_MS = 3_000;
export async function run(options) {
    return inDataFolder(options, async (folder) => {
        const probes = [await probe(folder)];
        const library = compileShim({ folder });
        const controls = Array.from({ length: options.nodes }, (_, at) => new ShimControl(join(folder, `control-${at + 1}`)));
        const preloaded = (nodeId) => {
            const path = folderOf(folder, nodeId);
            mkdirSync(path, { recursive: true });
            return { env: { LD_PRELOAD: library, FAULT_SHIM_CONTROL: controls[nodeId - 1].path, FAULT_SHIM_FOLDER: path } };
        };
        const { nodes, groups, transport } = options;
        const processes = await RaftProcesses.start({ folder, nodes, groups, transport }, preloaded);
        try {
            const bootSyncs = controls.map((control) => control.count('syncs', ALL_FILES));
            if (bootSyncs.some((count) => count === 0))
                throw new Error('no sync of the start was counted: the shim does not see this process');
            await asleep(processes.workers, groups);
            await sleep(SETTLE_MS);
            const before = await Promise.all(processes.workers.map((worker, at) => take(worker, controls[at])));
            const beganMs = performance.now();
            await sleep(options.seconds * 1_000);
            const tookMs = performance.now() - beganMs;
            const after = await Promise.all(processes.workers.map((worker, at) => take(worker, controls[at])));
            const rows = processes.workers.map((_, at) => {
                const [first, last] = [before[at], after[at]];
                return {
                    bench: 'idle',
                    process: at + 1,
                    transport,
                    groups,
                    asleep: true,
                    seconds: round(tookMs / 1_000),
                    cpu_percent: round(((last.cpuMs - first.cpuMs) / tookMs) * 100),
                    syncs: last.syncs - first.syncs,
                    writes: last.writes - first.writes,
                    frames_sent_per_s: round(((last.frames - first.frames) / tookMs) * 1_000),
                    syncs_of_the_start: bootSyncs[at],
                };
            });
            return [...probeMeasures('idle', probes), ...rows];
        }
        finally {
            await processes.stop();
            for (const control of controls)
                control.close();
        }
    });
}
async function asleep(workers, groups) {
    const until = Date.now() + ASLEEP_MS_MAX;
    for (;;) {
        const counts = await Promise.all(workers.map((worker) => worker.ask('asleep')));
        if (counts.every((count) => count === groups))
            return;
        if (Date.now() > until)
            throw new Error(`after ${ASLEEP_MS_MAX} ms ${counts.join(', ')} of ${groups} groups sleep`);
        await sleep(100);
    }
}
async function take(worker, control) {
    const { network } = await worker.ask('status');
    const syncs = control.count('syncs', ALL_FILES);
    return { cpuMs: await worker.ask('cpu'), syncs, writes: control.count('writes', ALL_FILES), frames: network.framesSent };
}
//# sourceMappingURL=idle-processes.js.map