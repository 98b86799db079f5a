/**
 * npm run simulate -- --seed N | --seeds A..B [--profile calm|network|disk|membership] [--tenant workflow|kv] [--jobs N] [--json] [--verbose]
 *
 * Runs seeds, several at a time in threads of their own (a seed knows nothing of the others); every tenth is run twice, and both runs must have the same trace hash. A seed that fails prints one line
 * with the command that replays it. Ends with `N passed, N failed`; exit code 1 if any failed. Over many seeds every kind of fault of the profile must
 * have struck, else that is a failure too: a fault that never happens proves nothing.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { PROFILE_NAMES, REQUIRED_FAULTS } from './profile.js';
import { runSeed, TENANT_NAMES } from './run-seed.js';
const USAGE = 'usage: npm run simulate -- --seed N | --seeds A..B [--profile calm|network|disk|membership] [--tenant workflow|kv] [--jobs N] [--json] [--verbose]';
const JOURNAL_LINES = 20_000;
/** One seed in so many is run twice. */
const TWICE_EVERY = 10;
const JOBS_MAX = 8;
/** A thread takes a while to warm up: fewer seeds than this each are not worth one. */
const SEEDS_PER_JOB_MIN = 20;
/** From so many seeds on every kind of fault must have struck. */
const ALL_FAULTS_FROM_SEEDS = 100;
function readRequest() {
    const { values } = parseArgs({
        options: {
            seed: { type: 'string' },
            seeds: { type: 'string' },
            profile: { type: 'string', default: 'network' },
            tenant: { type: 'string', default: 'workflow' },
            jobs: { type: 'string', default: `${Math.min(availableParallelism(), JOBS_MAX)}` },
            json: { type: 'boolean', default: false },
            verbose: { type: 'boolean', default: false },
        },
    });
    const range = values.seeds === undefined ? [values.seed, values.seed] : values.seeds.split('..');
    const [first, last] = range.map(Number);
    const isRange = range.length === 2 && Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 0 && first <= last;
    if (!isRange)
        throw new Error(`--seed takes a whole number, --seeds A..B two of them\n${USAGE}`);
    const profile = PROFILE_NAMES.find((name) => name === values.profile);
    if (profile === undefined)
        throw new Error(`there is no profile '${values.profile}'\n${USAGE}`);
    const tenant = TENANT_NAMES.find((name) => name === values.tenant);
    if (tenant === undefined)
        throw new Error(`there is no tenant '${values.tenant}'\n${USAGE}`);
    const wanted = Number(values.jobs);
    if (!Number.isSafeInteger(wanted) || wanted < 1)
        throw new Error(`--jobs takes a whole number from 1\n${USAGE}`);
    const jobs = Math.max(1, Math.min(wanted, Math.floor((last - first + 1) / SEEDS_PER_JOB_MIN)));
    return { first: first, last: last, profile, tenant, jobs, json: values.json, verbose: values.verbose };
}
async function runChecked(seed, request) {
    const options = { seed, profile: request.profile, tenant: request.tenant, journalLines: request.verbose ? JOURNAL_LINES : 0 };
    const report = await runSeed(options);
    if (!report.passed || seed % TWICE_EVERY !== 0)
        return report;
    const again = await runSeed(options);
    if (again.hash === report.hash)
        return report;
    return { ...report, passed: false, failure: `two runs of one seed differ: trace ${report.hash}, then ${again.hash}` };
}
function print(report, request) {
    const { journal, ...facts } = report;
    if (request.verbose && journal !== '')
        process.stdout.write(`${journal}\n`);
    if (request.json)
        process.stdout.write(`${JSON.stringify(facts)}\n`);
    else if (request.verbose || request.first === request.last)
        process.stdout.write(`${describe(report)}\n`);
    if (report.passed || request.json)
        return;
    const replay = `npm run simulate -- --seed ${report.seed} --profile ${report.profile} --tenant ${request.tenant} --verbose`;
    process.stdout.write(`seed ${report.seed} failed: ${(report.failure ?? '').split('\n')[0]}; replay: ${replay}\n`);
    if (request.verbose)
        process.stdout.write(`${report.failure}\n`);
}
function describe(report) {
    const list = (counts) => Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ');
    const size = `${report.nodes} nodes, ${report.virtualMs} virtual ms, ${report.tasks} tasks, ${report.entries} entries`;
    return `seed ${report.seed} ${report.passed ? 'passed' : 'FAILED'}: ${size}; faults: ${list(report.faults)}; done: ${list(report.work)}; trace ${report.hash}`;
}
async function main() {
    const request = readRequest();
    const started = performance.now();
    let passed = 0;
    let failed = 0;
    const faults = new Map();
    const take = (report) => {
        print(report, request);
        for (const [name, count] of Object.entries(report.faults))
            faults.set(name, (faults.get(name) ?? 0) + count);
        if (report.passed)
            passed++;
        else
            failed++;
    };
    if (request.jobs > 1)
        await runInThreads(request, take);
    else
        for (let seed = request.first; seed <= request.last; seed++)
            take(await runChecked(seed, request));
    const seconds = (performance.now() - started) / 1000;
    const missing = REQUIRED_FAULTS[request.profile].filter((name) => (faults.get(name) ?? 0) === 0);
    const isProof = passed + failed < ALL_FAULTS_FROM_SEEDS || missing.length === 0;
    if (!request.json)
        process.stdout.write(`faults: ${[...faults].map(([name, count]) => `${count} ${name}`).join(', ')}\n`);
    if (!isProof)
        process.stdout.write(`these faults never struck in ${passed + failed} seeds: ${missing.join(', ')}\n`);
    if (!request.json)
        process.stdout.write(`${((passed + failed) / seconds).toFixed(1)} seeds/s, profile ${request.profile}\n`);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    process.exitCode = failed === 0 && isProof ? 0 : 1;
}
/** Each thread asks for a seed when it is free; reports are taken in the order of seeds. */
async function runInThreads(request, take) {
    const reports = new Map();
    let nextSeed = request.first;
    let nextTaken = request.first;
    const threads = Array.from({ length: request.jobs }, async () => {
        const worker = new Worker(new URL(import.meta.url), { workerData: request });
        await new Promise((resolve, reject) => {
            const feed = () => {
                if (nextSeed <= request.last)
                    worker.postMessage(nextSeed++);
                else
                    resolve();
            };
            worker.on('error', reject);
            worker.on('exit', (code) => reject(new Error(`a thread ended by itself with code ${code}`)));
            worker.on('message', (report) => {
                reports.set(report.seed, report);
                for (let ready = reports.get(nextTaken); ready !== undefined; ready = reports.get(nextTaken)) {
                    reports.delete(nextTaken++);
                    take(ready);
                }
                feed();
            });
            feed();
        });
        await worker.terminate();
    });
    await Promise.all(threads);
}
function serve(request) {
    parentPort.on('message', (seed) => {
        void runChecked(seed, request).then((report) => parentPort.postMessage(report));
    });
}
if (isMainThread) {
    main().catch((error) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 2;
    });
}
else
    serve(workerData);
//# sourceMappingURL=main.js.map