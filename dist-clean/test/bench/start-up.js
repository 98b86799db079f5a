/**
 * Bench: how long a node takes to start that has much state: half of it open runs with long histories, half closed runs of ten steps, made by fill.ts.
 * Ready means: a linearizable read was answered, and a start accepted. A cold start has no page of the files in memory (root only).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildNode } from './child.js';
import { fill } from './fill.js';
import { mib } from './memory.js';
import { inDataFolder } from './node.js';
import { probe, probeMeasures } from './probes.js';
import { record } from './recording.js';
const OPEN_STEPS = 1_000;
const CLOSED_STEPS = 10;
export async function run(options) {
    return inDataFolder(options, async (folder) => {
        const path = join(folder, 'filled');
        const began = performance.now();
        const filled = await fill(path, [
            { run: await record({ steps: OPEN_STEPS, wait: true }), name: 'open', untilBytes: options.bytes / 2 },
            { run: await record({ steps: CLOSED_STEPS, wait: false }), name: 'closed', untilBytes: options.bytes },
        ]);
        process.stderr.write(`filled ${mib(filled.stateBytes)} MiB in ${Math.round((performance.now() - began) / 1_000)} s\n`);
        const [open, closed] = filled.runs;
        const measures = [];
        const probes = [await probe(folder)];
        const start = async (name, place, signalled) => {
            const node = await ChildNode.start({ path: place, known: 'open-1' });
            const { loadedMs, bootstrapMs, firstReadMs, firstStartMs, readyMs } = node.started;
            const whole = Math.round;
            const resumed = signalled === null ? null : await node.signal(signalled);
            measures.push({
                bench: 'start-up',
                case: name,
                state_mib: place === path ? mib(filled.stateBytes) : 0,
                open_runs: place === path ? open : 0,
                closed_runs: place === path ? closed : 0,
                modules_loaded_ms: whole(loadedMs),
                bootstrap_ms: whole(bootstrapMs),
                first_read_ms: whole(firstReadMs),
                first_start_ms: whole(firstStartMs),
                bootstrap_to_ready_ms: whole(readyMs - loadedMs),
                process_to_ready_ms: whole(readyMs),
                signal_of_idle_run_to_result_ms: resumed === null ? '' : whole(resumed),
            });
            await node.stop();
        };
        const empty = join(folder, 'empty');
        await start('first start, no files', empty, null);
        await start('no state', empty, null);
        const isCold = dropPageCache();
        await start(isCold ? 'cold' : 'warm (the page cache could not be dropped)', path, 'open-0');
        for (let i = 1; i <= 3; i++)
            await start('warm', path, `open-${i}`);
        probes.push(await probe(folder));
        return [...probeMeasures('start-up', probes), ...measures];
    });
}
/** Linux, as root; false elsewhere. */
function dropPageCache() {
    try {
        writeFileSync('/proc/sys/vm/drop_caches', '3');
        return true;
    }
    catch {
        return false; // not allowed, or not there: the caller says so
    }
}
//# sourceMappingURL=start-up.js.map