/**
 * Rolling upgrades, and back, under load: between two builds of the engine, and between two versions of the workflow. From a build of an earlier commit,
 * where the clone has it, and from one whose codec level is lower.
 *
 * J1. One node after the other changes. While a voter lacks version 2, or the level, new runs are of version 1, and the group's level stays.
 * J2. Before the level is raised a node may go back; after it the old build refuses to start, by name, and the new one goes on with the same files.
 * J3. A run of version 1 goes on where that version is; where nobody has it, it is blocked, and goes on when somebody has it again (R15, R19).
 */
import { buildOfLowerLevel, buildOfOlderCommit, THIS_BUILD, type Build } from './builds.js';
import { bootRefusal, countAndClose, sleep, type CaseContext, type FaultCase } from './fault-case.js';
import { Fleet, freePorts, type Dress } from './fleet.js';
import { settleFleet } from './fleet-case.js';
import type { RunRecord } from './ledger.js';
import type { Machine } from './machine.js';
import { Torture } from './torture.js';
import { Refused } from './victim-process.js';

const NODES = 3;
const LANES = 8;
const HELD_RUNS = 6;
const SETTLE_MS = 30_000;
const NEXT_LEVEL_REFUSALS: ReadonlySet<string> = new Set(['GROUP_HALTED', 'STORAGE_FORMAT', 'STORAGE_DAMAGED', 'MALFORMED_FRAME']);

interface SaidRun {
  readonly version: number;
  readonly status: string;
  readonly blockedReason: string | null;
  readonly owner: number;
}

const WHAT = 'one node after the other gets another build and another version of the workflow, and goes back, under load; from';

const upgradeLevelCase: FaultCase = {
  name: 'upgrade-level',
  what: `${WHAT} a build of a lower codec level`,
  run: (context) => new Upgrade(context, buildOfLowerLevel(context.machine), 'level').run(),
};

class UpgradeCommitCase implements FaultCase {
  readonly name = 'upgrade-commit';
  readonly what = `${WHAT} a build of an earlier commit`;
  private older: Promise<Build | null> | null = null;

  prepare(machine: Machine): void {
    this.older = buildOfOlderCommit(machine);
    this.older.catch(() => undefined); // run() hears of it
  }

  async run(context: CaseContext): Promise<void> {
    const older = await (this.older ?? buildOfOlderCommit(context.machine));
    if (older === null) context.report.say('left out: the earlier commit is not in this clone, which is shallow');
    else await new Upgrade(context, older, 'commit').run();
  }
}

export const upgradeCases: readonly FaultCase[] = [upgradeLevelCase, new UpgradeCommitCase()];

class Upgrade {
  private readonly torture: Torture;
  private fleet!: Fleet;
  private held: RunRecord[] = [];

  constructor(
    private readonly context: CaseContext,
    private readonly from: Build,
    private readonly name: string,
  ) {
    this.torture = new Torture(context, context.random, `upgrade-${name}`);
  }

  async run(): Promise<void> {
    const { context, torture, from } = this;
    const { machine, random, report } = context;
    report.say(`from ${from.name} to ${THIS_BUILD.name}`);
    const members = (await freePorts(NODES)).map((port) => ({ listen: `127.0.0.1:${port}` }));
    // A build of level 1 gives out no node ids.
    const isStatic = from.level < 2;
    this.fleet = new Fleet({ machine, torture, random, name: `upgrade-${this.name}`, members, isStatic, first: dressOf(from, [1]) });
    await this.fleet.bootAll();
    torture.version = 0;
    let load = torture.load(this.fleet, LANES);
    await this.hold();
    await this.upgrade();
    await this.backToOld();
    await load.stop(); // its open runs may be of version 1
    load = torture.load(this.fleet, LANES);
    await this.retireVersionOne();
    await load.stop();
    await this.reinstateVersionOne();
    await settleFleet(context, torture, this.fleet);
    countAndClose(context, ...this.fleet.all);
  }

  /** J1, and the first half of J2. */
  private async upgrade(): Promise<void> {
    const { fleet, from, context } = this;
    const { random, report } = context;
    const [first, second, third] = random.shuffle([0, 1, 2]) as [number, number, number];
    const [before, after] = [dressOf(from, [1]), dressOf(THIS_BUILD, [1, 2])];
    const mixed = async (what: string): Promise<void> => {
      report.check(`${what}: new runs are of version 1`, (await this.startOne()).version === 1, fleet.log);
      const levels = (await fleet.statuses()).map(({ codecLevel }) => codecLevel);
      report.check(
        `${what}: the level is that of the older build`,
        levels.length === NODES && levels.every((level) => level === from.level),
        `${levels.join()}`,
      );
      report.clean(`${what}: what was acknowledged is there`, await this.torture.verify(fleet, 'touched'), fleet.log);
    };
    await this.replace(first, after);
    await mixed('one node has the new build');
    await this.replace(second, after);
    await mixed('two nodes have the new build');
    await this.replace(second, before);
    await mixed('one of them went back');
    await this.replace(second, after);
    await this.replace(third, after);
    await this.until('all have the new build: new runs are of version 2', async () => (await this.startOne()).version === 2);
    await this.until(`all have the new build: the level is ${THIS_BUILD.level}`, async () => {
      const levels = (await fleet.statuses()).map(({ codecLevel }) => codecLevel);
      return levels.length === NODES && levels.every((level) => level === THIS_BUILD.level);
    });
    await this.expectHeld('upgraded: runs of version 1 go on', ({ status, owner }) => status === 'running' && owner !== 0);
    report.clean('upgraded: what was acknowledged is there', await this.torture.verify(fleet, 'touched'), fleet.log);
  }

  /** The second half of J2. */
  private async backToOld(): Promise<void> {
    const { fleet, from, context } = this;
    const { random, report } = context;
    const index = random.int(NODES);
    if (from.level === THIS_BUILD.level) return;
    await fleet.victim(index).stop();
    fleet.change(index, dressOf(from, [1]));
    const refusal = await bootRefusal(fleet.boot(index));
    const { code, message } = refusal ?? { code: 'none', message: 'it started' };
    report.check(
      `after the level was raised the old build refuses to start (${code})`,
      NEXT_LEVEL_REFUSALS.has(code) && /upgrade|level/.test(message),
      message,
    );
    fleet.change(index, dressOf(THIS_BUILD, [1, 2]));
    fleet.boot(index);
    await fleet.ready();
    await fleet.follow();
    report.clean('and the new one goes on with its files', await this.torture.verify(fleet, 'touched'), fleet.log);
  }

  /** J3. */
  private async retireVersionOne(): Promise<void> {
    const { fleet, context, torture } = this;
    const { random, report } = context;
    const order = random.shuffle([0, 1, 2]);
    for (const [at, index] of order.entries()) {
      await this.replace(index, dressOf(THIS_BUILD, [2]));
      if (at === NODES - 1) break;
      const left = NODES - 1 - at;
      await this.expectHeld(`${left} have version 1: its runs go on there`, ({ status, owner }) => status === 'running' && owner !== 0);
    }
    await this.expectHeld(
      'nobody has version 1: its runs are blocked',
      ({ status, blockedReason }) => status === 'blocked' && blockedReason === 'no-implementation',
    );
    // A node refuses by what it has applied: one that lags still takes the start, and its run is blocked.
    await fleet.caughtUp();
    const refusal = await this.startOfVersionOne().then(
      () => null,
      (error: unknown) => error,
    );
    report.check(
      'nobody has version 1: none can be started',
      refusal instanceof Refused && refusal.code === 'UNKNOWN_WORKFLOW',
      String(refusal),
    );
    const before = torture.ledger.acknowledged.results;
    await this.until('runs of version 2 go on', async () => torture.ledger.acknowledged.results > before);
    report.clean('nobody has version 1: what was acknowledged is there', await torture.verify(fleet, 'touched'), fleet.log);
  }

  private async reinstateVersionOne(): Promise<void> {
    const { fleet, context } = this;
    const { random, report } = context;
    const order = random.shuffle([0, 1, 2]);
    await this.replace(order[0]!, dressOf(THIS_BUILD, [1, 2]));
    const nodeId = (await fleet.victim(order[0]!).status()).nodeId;
    await this.expectHeld(
      'one has version 1 again: it goes on with all of its runs',
      ({ status, owner }) => status === 'running' && owner === nodeId,
    );
    for (const index of order.slice(1)) await this.replace(index, dressOf(THIS_BUILD, [1, 2]));
    report.check(
      'they are still runs of version 1',
      (await this.describeHeld()).every(({ version }) => version === 1),
    );
  }

  /** Runs that wait for signals until the end. */
  private async hold(): Promise<void> {
    for (let n = 0; n < HELD_RUNS; n++) {
      const record = this.torture.intend({ steps: 2 + n, padBytes: 100, sleepMs: 0, signals: 2 });
      this.torture.hold(record);
      this.held.push(record);
      await this.torture.start(this.fleet, record);
    }
  }

  private async startOne(): Promise<SaidRun> {
    const record = this.torture.intend({ steps: 1, padBytes: 0, sleepMs: 0, signals: 0 });
    await this.torture.start(this.fleet, record);
    return this.describe(record);
  }

  private async startOfVersionOne(): Promise<unknown> {
    const input = { steps: 1, padBytes: 0, sleepMs: 0, signals: 0 };
    return this.fleet.call({ op: 'start', workflowId: `late-${this.name}`, requestId: this.context.random.uuid(), input, version: 1 });
  }

  private async describe({ workflowId }: RunRecord): Promise<SaidRun> {
    return (await this.fleet.call({ op: 'describe', workflowId })) as SaidRun;
  }

  private describeHeld(): Promise<SaidRun[]> {
    return Promise.all(this.held.map((record) => this.describe(record)));
  }

  private async expectHeld(what: string, holds: (run: SaidRun) => boolean): Promise<void> {
    await this.until(
      what,
      async () => (await this.describeHeld()).every(holds),
      async () => JSON.stringify(await this.describeHeld()),
    );
  }

  /** One check: it comes to be, before patience ends. */
  private async until(
    what: string,
    holds: () => Promise<boolean>,
    details: () => Promise<string> = async () => this.fleet.log,
  ): Promise<void> {
    const endMs = performance.now() + SETTLE_MS;
    let isSo = await holds();
    for (; !isSo && performance.now() < endMs; isSo = await holds()) await sleep(200);
    this.context.report.check(what, isSo, ...(isSo ? [] : [await details()]));
  }

  /** As a deployment does it: stopped in good order, and started with what is new. */
  private async replace(index: number, dress: Dress): Promise<void> {
    const { fleet } = this;
    await fleet.victim(index).stop();
    fleet.change(index, dress);
    fleet.boot(index);
    await fleet.ready();
    await fleet.follow();
  }
}

function dressOf({ program }: Build, versions: readonly number[]): Dress {
  return { ...(program === undefined ? {} : { program }), options: { versions } };
}
