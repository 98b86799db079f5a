/**
 * Bench: what runs cost that do nothing. Memory above that of an empty node in the same run of the bench, each node in a process of its own, after a
 * collection; and how long such a node takes to start.
 *
 *   open    runs that wait for a signal: in the process that started them, and in one that started later
 *   closed  runs that ended: in a process that started later. Made by the state machine and the store alone, of the recorded commands of a real run
 *           (fill.ts); with --real by a node, in which case the process that ran them is measured too.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildNode } from './child.js';
import { fill, sizeOf } from './fill.js';
import { mib } from './memory.js';
import { inDataFolder } from './node.js';
import { record } from './recording.js';
/** So that an empty node, too, has its code compiled and its pools filled. */
const WARM_UP = 100;
/** A state flush that is under way ends within. */
const SETTLE_MS = 3_000;
export async function run(options) {
    return inDataFolder(options, async (folder) => {
        const measures = [];
        let empty = null;
        const note = (name, runs, { memory, readyMs }, path) => {
            empty ??= memory;
            measures.push({
                bench: 'idle',
                case: name,
                runs,
                held_mib: mib(memory.heldBytes),
                above_empty_mib: mib(memory.heldBytes - empty.heldBytes),
                rss_mib: mib(memory.rssBytes),
                pss_mib: mib(memory.pssBytes),
                pss_above_empty_mib: mib(memory.pssBytes - empty.pssBytes),
                start_to_ready_ms: Math.round(readyMs),
                state_db_mib: existsSync(path) ? mib(sizeOf(join(path, 'state.db'))) : 0,
            });
        };
        const nothing = join(folder, 'empty');
        note('empty node', 0, await see(nothing), nothing);
        note('empty node, started again', 0, await see(nothing), nothing);
        const open = join(folder, 'open');
        note('open, in the process that started them', options.open, await see(open, (node) => node.open(options.open)), open);
        note('open, started again', options.open, await see(open), open);
        const closed = join(folder, 'closed');
        if (options.real) {
            note('closed by a node, in the same process', options.closed, await see(closed, (node) => node.close(options.closed)), closed);
        }
        else {
            const begin = performance.now();
            await fill(closed, [{ run: await record({ steps: 0, wait: false }), name: 'closed', count: options.closed }]);
            process.stderr.write(`filled with ${options.closed} closed runs in ${Math.round((performance.now() - begin) / 1_000)} s\n`);
        }
        note(options.real ? 'closed by a node, started again' : 'closed, generated, started again', options.closed, await see(closed), closed);
        return measures;
    });
}
async function see(path, prepare) {
    const node = await ChildNode.start({ path, known: 'open-0' });
    await node.complete(WARM_UP);
    await prepare?.(node);
    await sleep(SETTLE_MS);
    const memory = await node.memory();
    await node.stop();
    return { memory, readyMs: node.started.readyMs };
}
//# sourceMappingURL=idle.js.map