/**
 * `npm run soak -- --minutes N [--seed S] [--json] [--leak BYTES]`: three processes over gRPC with files, clients, random faults; memory, descriptors, folders and the
 * event loop sampled; every run's history compared with what was acknowledged. Linux, gcc; as root power is cut, too (else it says that it is not).
 *
 * Fails when anything acknowledged is lost, doubled or altered, when the nodes do not find together again, or when a figure grows beyond its bound after the warm-up
 * (figures.ts). Ends with `N passed, N failed`; exit code 1 if anything failed. --json: samples and result as JSON lines on stdout, the rest on stderr.
 * --leak: the nodes keep so many bytes at every request, and the soak must fail.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../lib/testing/index.js';
import { sleep } from '../fault/fault-case.js';
import { Fleet, freePorts } from '../fault/fleet.js';
import { Machine } from '../fault/machine.js';
import { enterNamespace, isInsideNamespace, namespaceMissing } from '../fault/mount-namespace.js';
import { PowerSupply } from '../fault/power.js';
import type { SaidSample } from '../fault/protocol.js';
import { Report } from '../fault/report.js';
import { compileShim } from '../fault/shim.js';
import { Torture } from '../fault/torture.js';
import { Refused, VictimGone } from '../fault/victim-process.js';
import { ELDER, Faults } from './faults.js';
import { Figures, descriptorsOf, folderMib, toMib, type Verdict } from './figures.js';
import { SoakLoad } from './load.js';
import { TcpLinks } from './tcp-links.js';

const NODES = 3;
const LANES = 12;
const SAMPLE_EVERY_MS = 5_000;
const SHOWN_EVERY = 6;
/** Short, so that what is retained reaches its size within the warm-up; a run is compared within seconds of its end. */
const LIMITS = { retentionMs: 60_000, requestRetentionMs: 60_000 };
const WARM_UP_SHARE = 0.3;
const WARM_UP_MS_MIN = 2.5 * LIMITS.retentionMs;
/** Open over the last kill of all. */
const HELD_RUNS = 20;
/** For power cuts. */
const TOOLS = ['mkfs.ext4', 'mount', 'umount', 'fsfreeze', 'unshare', 'setpriv'];

interface NodeSample {
  readonly node: number;
  readonly pid: number;
  readonly heap_mib: number;
  readonly rss_mib: number;
  readonly descriptors: number;
  readonly disk_mib: number;
  readonly loop_p99_ms: number;
  readonly loop_max_ms: number;
}

const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
    leak: { type: 'string' },
  },
});

function number(name: 'minutes' | 'seed' | 'leak', otherwise: number): number {
  const value = given[name] === undefined ? otherwise : Number(given[name]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} ${given[name]}: a number is wanted`);
  return value;
}

class Soak {
  private readonly figures = new Figures();
  private readonly beganMs = performance.now();
  private samples = 0;
  private isOver = false;

  constructor(
    private readonly fleet: Fleet,
    private readonly report: Report,
  ) {}

  get elapsedMs(): number {
    return performance.now() - this.beganMs;
  }

  /** Until end(). */
  async sampleAll(): Promise<void> {
    while (!this.isOver) {
      const taken = (await Promise.all(Array.from({ length: NODES }, (_, index) => this.sample(index)))).filter(
        (sample) => sample !== null,
      );
      if (given.json)
        process.stdout.write(taken.map((sample) => `${JSON.stringify({ sample, s: Math.round(this.elapsedMs / 1000) })}\n`).join(''));
      if (this.samples++ % SHOWN_EVERY === 0) this.show(taken);
      await sleep(SAMPLE_EVERY_MS);
    }
  }

  end(): void {
    this.isOver = true;
  }

  judge(warmUpMs: number): Verdict[] {
    return this.figures.judge(warmUpMs).filter(({ node, figure }) => node === ELDER + 1 || figure === 'disk_mib');
  }

  /** null: nobody answers there now. */
  private async sample(index: number): Promise<NodeSample | null> {
    const { fleet, figures } = this;
    const victim = fleet.victims.find((each) => each === fleet.victim(index));
    if (victim === undefined || !victim.isReady) return null;
    try {
      const answered = (await Promise.race([victim.call({ op: 'sample' }), sleep(2 * SAMPLE_EVERY_MS)])) as SaidSample | undefined;
      if (answered === undefined) return null;
      const node = index + 1;
      const taken = {
        heap_mib: toMib(answered.heldBytes),
        rss_mib: toMib(answered.rssBytes),
        descriptors: descriptorsOf(victim.pid),
        disk_mib: folderMib(fleet.storagePath(index)),
      };
      for (const figure of Object.keys(taken) as Array<keyof typeof taken>) figures.note(node, figure, this.elapsedMs, taken[figure]);
      return { node, pid: victim.pid, ...taken, loop_p99_ms: answered.loopDelayMsP99, loop_max_ms: answered.loopDelayMsMax };
    } catch (error) {
      if (error instanceof VictimGone || error instanceof Refused) return null;
      if (victim.isGone) return null; // its files went with it
      throw error;
    }
  }

  private show(samples: readonly NodeSample[]): void {
    const seconds = Math.round(this.elapsedMs / 1000);
    for (const { node, heap_mib, rss_mib, descriptors, disk_mib, loop_p99_ms, loop_max_ms } of samples)
      this.report.say(
        `${String(seconds).padStart(6)} s  node ${node}  heap ${heap_mib.toFixed(1)} MiB  rss ${rss_mib.toFixed(0)} MiB  descriptors ${descriptors}  disk ${disk_mib.toFixed(1)} MiB  loop p99 ${loop_p99_ms.toFixed(0)} ms, max ${loop_max_ms.toFixed(0)} ms`,
      );
  }
}

async function main(): Promise<number> {
  const minutes = number('minutes', 10);
  const seed = number('seed', Date.now() % 1_000_000);
  const leakBytes = number('leak', 0);
  const random = new SeededRandom(seed, 'soak');
  const report = new Report((text) => void (given.json ? process.stderr : process.stdout).write(text));
  const machine = new Machine();
  report.say(`seed ${seed}, ${minutes} minutes`);
  report.begin('soak', 'three processes, clients, random faults; memory, descriptors and folders are watched');
  const torture = new Torture({ machine, library: compileShim(machine) }, random.fork('runs'), 'soak');
  const targets = await freePorts(NODES);
  let fleet: Fleet | null = null;
  const pids = (): number[] => Array.from({ length: NODES }, (_, index) => fleet?.pidOf(index) ?? -1);
  const { links, ports } = await TcpLinks.open(targets, pids);
  const supplies = new Map<number, PowerSupply>();
  for (let index = 0; isInsideNamespace() && index < NODES; index++) if (index !== ELDER) supplies.set(index, new PowerSupply(machine));
  const members = targets.map((port, index) => {
    const supply = supplies.get(index);
    const addresses = { listen: `127.0.0.1:${port}`, advertise: `127.0.0.1:${ports[index]!}` };
    return supply === undefined ? addresses : { ...addresses, storagePath: () => join(supply.path, 'node') };
  });
  const first = { options: { limits: LIMITS, ...(leakBytes === 0 ? {} : { leakBytes }) } };
  fleet = new Fleet({ machine, torture, random: random.fork('fleet'), name: 'soak', members, first });
  const load = new SoakLoad(torture, fleet, random.fork('load'));
  const faults = new Faults({ fleet, links, random: random.fork('faults'), report, supplies });
  try {
    await fleet.bootAll();
    const soak = new Soak(fleet, report);
    load.start(LANES);
    const sampling = soak.sampleAll();
    const lasts = minutes * 60_000;
    while (soak.elapsedMs < lasts) {
      await sleep(500 + random.int(4_000));
      await faults.next();
    }
    soak.end();
    await sampling;
    await settle(report, torture, fleet, load);
    judge(report, soak.judge(Math.max(WARM_UP_MS_MIN, lasts * WARM_UP_SHARE)), faults, load);
  } catch (error) {
    report.check('the soak ran to its end', false, error instanceof Error ? String(error.stack) : String(error), fleet.log);
  }
  for (const victim of fleet.victims) await victim.kill();
  await links.close();
  load.close();
  for (const supply of supplies.values()) supply.release();
  machine.releaseAll();
  report.add(torture.ledger.acknowledged);
  report.end();
  if (given.json) process.stdout.write(`${JSON.stringify({ passed: report.passed, failed: report.failed })}\n`);
  return report.failed === 0 && report.passed > 0 ? 0 : 1;
}

/** What was open ends; all die at once, with runs open, and those go on. */
async function settle(report: Report, torture: Torture, fleet: Fleet, load: SoakLoad): Promise<void> {
  await load.stop();
  await load.finish();
  await fleet.agree();
  for (let n = 0; n < HELD_RUNS; n++) await torture.start(fleet, torture.intend({ steps: 3, padBytes: 100, sleepMs: 0, signals: 2 }));
  report.kills += fleet.size;
  await fleet.kill(...Array.from({ length: fleet.size }, (_, index) => index));
  await fleet.bootAll();
  await load.finish();
  const failures = (await fleet.statuses()).flatMap(({ failure }) => failure ?? []);
  report.check('no node has stopped', failures.length === 0, ...failures);
  const listed = ((await fleet.call({ op: 'list', limit: 500 })) as { readonly items: ReadonlyArray<{ readonly status: string }> }).items;
  report.check(
    'no run is left open',
    listed.every(({ status }) => status === 'completed'),
  );
  report.clean('what was acknowledged was there, once and unaltered, and went on', load.problems, fleet.log);
  const { calls, problems } = torture.checkHistory();
  report.check(`${calls} calls have an order that explains every answer`, problems.length === 0, ...problems);
  report.check('nothing was refused', torture.refusals.length === 0, ...torture.refusals.slice(0, 5).map(({ message }) => message));
}

function judge(report: Report, verdicts: readonly Verdict[], faults: Faults, load: SoakLoad): void {
  report.say(`histories compared: ${load.compared}`);
  report.say(
    `faults: ${Object.entries(faults.counts)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
  );
  for (const { node, figure, samples, median, max, growth, bound, isBounded } of verdicts) {
    const text = `node ${node} ${figure}: median ${median.toFixed(1)}, max ${max.toFixed(1)}, growth ${growth.toFixed(1)} of at most ${bound.toFixed(1)} (${samples} samples)`;
    if (given.json)
      process.stdout.write(`${JSON.stringify({ verdict: { node, figure, samples, median, max, growth, bound, isBounded } })}\n`);
    report.say(isBounded === null ? `${text}: not judged, too few samples after the warm-up` : text);
    if (isBounded !== null) report.check(`${figure} of node ${node} is bounded`, isBounded, text);
  }
}

const why = namespaceMissing(TOOLS);
if (why !== null) process.stderr.write(`no power is cut: ${why}\n`);
if (why === null && !isInsideNamespace()) enterNamespace(fileURLToPath(import.meta.url));
else process.exit(await main());
