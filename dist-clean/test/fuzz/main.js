/**
 * npm run fuzz -- [--inputs N] [--seed S] [--target NAME] | --target NAME --input HEX
 *
 * Gives N inputs (default 1,000,000) to the decoders that see the network, in shares by their weights. Each must be accepted, or refused with a typed error
 * that the target may give; in bounded time; and memory must be where it was when a target ends. A fault prints the input and the command that repeats
 * it. Ends with `N passed, N failed`, counted in targets; exit code 1 if any failed.
 */
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { Mutator } from './mutator.js';
import { createTargets, isRefusal } from './targets.js';
const USAGE = 'usage: npm run fuzz -- [--inputs N] [--seed S] [--target NAME] | --target NAME --input HEX';
/** What a target may keep for good, after collection. */
const GROWTH_BYTES_MAX = 24 * 1024 * 1024;
/** What it may use meanwhile, between two collections. */
const PEAK_BYTES_MAX = 768 * 1024 * 1024;
/** One input; generous, since the machine may be busy. */
const INPUT_MS_MAX = 5_000;
const LOOK_EVERY_INPUTS = 4_096;
const PROGRESS_EVERY_MS = 5_000;
function usedBytes() {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
}
async function collected() {
    // Buffers are freed a turn after their owners.
    for (let i = 0; i < 3; i++) {
        globalThis.gc();
        await new Promise((resolve) => setImmediate(resolve));
    }
    return usedBytes();
}
/** null: all is well with this input. */
function lookAt(target, input) {
    try {
        target.look(input);
        return 'accepted';
    }
    catch (error) {
        if (isRefusal(target, error))
            return 'refused';
        return error instanceof Error ? error : new Error(String(error));
    }
}
function faultText(target, input, why) {
    const hex = Buffer.from(input).toString('hex');
    return `${why}\n  repeat: npm run fuzz -- --target ${target.name} --input ${hex === '' ? "''" : hex}`;
}
/** Errors have no stacks during a run: most inputs end in one. A fault is made again to get its own. */
function withStack(target, input, fault) {
    Error.stackTraceLimit = 30;
    const again = lookAt(target, input.slice());
    Error.stackTraceLimit = 0;
    return again instanceof Error ? (again.stack ?? again.message) : `${fault.message} (not when it came a second time)`;
}
async function run(target, inputs, seed) {
    const mutator = new Mutator(new SeededRandom(seed, target.name), target.corpus);
    const beganMs = performance.now();
    const counts = { accepted: 0, refused: 0 };
    let progressMs = beganMs;
    let before = 0;
    // Code, caches and bounded tables are there after the first part; from then on nothing may grow.
    const warm = Math.min(Math.floor(inputs / 4), 20_000);
    const report = (done, fault, growthBytes) => ({
        inputs: done,
        ...counts,
        fault,
        growthBytes,
        ms: performance.now() - beganMs,
    });
    for (let i = 0; i < inputs; i++) {
        if (i === warm)
            before = await collected();
        const input = mutator.next();
        const kept = input.slice();
        const startMs = performance.now();
        const outcome = lookAt(target, input);
        if (outcome instanceof Error)
            return report(i + 1, faultText(target, kept, withStack(target, kept, outcome)), 0);
        const tookMs = performance.now() - startMs;
        if (tookMs > INPUT_MS_MAX)
            return report(i + 1, faultText(target, kept, `one input took ${Math.round(tookMs)} ms`), 0);
        counts[outcome]++;
        if (i % LOOK_EVERY_INPUTS !== 0)
            continue;
        const used = usedBytes();
        if (used > PEAK_BYTES_MAX)
            return report(i + 1, `${Math.round(used / 2 ** 20)} MiB are in use after input ${i}`, 0);
        // Answers of calls and the like come in turns of their own.
        await new Promise((resolve) => setImmediate(resolve));
        if (performance.now() - progressMs > PROGRESS_EVERY_MS) {
            progressMs = performance.now();
            process.stdout.write(`${target.name}: ${i} of ${inputs}\n`);
        }
    }
    const growthBytes = (await collected()) - before;
    const grown = growthBytes > GROWTH_BYTES_MAX ? `${Math.round(growthBytes / 2 ** 20)} MiB were kept after ${inputs} inputs` : null;
    return report(inputs, grown, growthBytes);
}
function repeat(target, hex) {
    const outcome = lookAt(target, Uint8Array.from(Buffer.from(hex, 'hex')));
    process.stdout.write(outcome instanceof Error ? `FAULT: ${outcome.stack}\n0 passed, 1 failed\n` : `${outcome}\n1 passed, 0 failed\n`);
    return outcome instanceof Error ? 1 : 0;
}
async function main() {
    const { values } = parseArgs({
        options: {
            inputs: { type: 'string', default: '1000000' },
            seed: { type: 'string', default: '1' },
            target: { type: 'string' },
            input: { type: 'string' },
        },
    });
    const inputs = Number(values.inputs);
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed))
        throw new Error(`--inputs and --seed take whole numbers\n${USAGE}`);
    if (globalThis.gc === undefined)
        throw new Error('memory is measured after collection: run it with node --expose-gc, as npm run fuzz does');
    const all = createTargets();
    const targets = values.target === undefined ? all : all.filter(({ name }) => name === values.target);
    if (targets.length === 0)
        throw new Error(`there is no target '${values.target}'; there are ${all.map(({ name }) => name).join(', ')}\n${USAGE}`);
    await new Promise((resolve) => setImmediate(resolve)); // what a target starts has started
    if (values.input !== undefined)
        return repeat(targets[0], values.input);
    Error.stackTraceLimit = 0;
    const weights = targets.reduce((sum, { weight }) => sum + weight, 0);
    let failed = 0;
    let total = 0;
    for (const target of targets) {
        const report = await run(target, Math.ceil((inputs * target.weight) / weights), seed);
        total += report.inputs;
        const { accepted, refused, growthBytes, ms } = report;
        const figures = `${report.inputs} inputs, ${accepted} accepted, ${refused} refused, ${(ms / 1000).toFixed(1)} s, ${(growthBytes / 2 ** 20).toFixed(1)} MiB kept`;
        process.stdout.write(`${target.name}: ${figures}\n`);
        if (report.fault === null)
            continue;
        failed++;
        process.stdout.write(`${target.name} FAILED (seed ${seed}): ${report.fault}\n`);
    }
    process.stdout.write(`${total} inputs, seed ${seed}\n${targets.length - failed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
}
process.exitCode = await main();
//# sourceMappingURL=main.js.map