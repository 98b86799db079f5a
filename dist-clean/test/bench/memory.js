/**
 * Memory of a process: what its heap holds after a collection, and what the kernel counts for it.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const MIB = 1024 * 1024;
/** Collections until what is held alive by finished promises and finalizers is gone too. */
const COLLECTIONS = 4;
/** Of this process, started with --expose-gc. */
export async function heldMemory() {
    const { gc } = globalThis;
    if (gc === undefined)
        throw new Error('memory is measured after a collection: start node with --expose-gc');
    for (let i = 0; i < COLLECTIONS; i++) {
        gc();
        await sleep(100);
    }
    const { heapUsed, external } = process.memoryUsage();
    return { heldBytes: heapUsed + external, ...memoryOf(process.pid) };
}
/** As the kernel counts it; NaN where it does not say. */
export function memoryOf(pid) {
    let text;
    try {
        text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    }
    catch {
        return { rssBytes: Number.NaN, pssBytes: Number.NaN }; // not Linux, or the process has ended
    }
    const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
    return { rssBytes: bytes('Rss'), pssBytes: bytes('Pss') };
}
export function mib(bytes) {
    return Math.round((bytes / MIB) * 10) / 10;
}
//# sourceMappingURL=memory.js.map