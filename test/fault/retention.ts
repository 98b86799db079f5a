/**
 * kill -9 of one node that forgets closed runs after a second, and has room for one resident run (R27, R28, R33): many runs close and vanish, others stay
 * open all the while, and get a signal now and then.
 *
 * Z1. What waits for a signal that nobody sent is never lost, however often it left memory, and whatever was swept around it.
 * Z2. Who was gone once stays gone: in descriptions, histories and lists, over kills; its id is free.
 * Z3. In the end the disk has forgotten them too: rows, histories and fingerprints.
 */
import { join } from 'node:path';
import { SqliteConnection } from '../../lib/storage/typeorm/sqlite-connection.js';
import { countAndClose, sleep, untilReady, type FaultCase } from './fault-case.js';
import { checkRun, type Problem, type RunRecord } from './ledger.js';
import type { VictimOptions } from './protocol.js';
import { Torture } from './torture.js';
import { Refused, VictimGone, type Victim } from './victim-process.js';

const HELD = 24;
const HELD_SIGNALS = 6;
const LANES = 8;
const ASKED_AT_ONCE = 16;
const RETENTION_MS = 1_000;
const OPTIONS: Partial<VictimOptions> = {
  runs: { residentRunsMax: 1 },
  raft: { stateFlushEntriesMax: 60, compactionKeepEntries: 10 },
  limits: { retentionMs: RETENTION_MS },
};

/** After each of them all runs of before are asked for: so the time grows with the square. */
const KILLS_MAX = 10;

export const retentionCase: FaultCase = {
  name: 'retention',
  what: 'kill -9 while closed runs are forgotten after a second, with room for one resident run',
  async run(context) {
    const { machine, random, report } = context;
    const kills = Math.min(KILLS_MAX, Math.ceil(context.kills / 4));
    const storagePath = machine.newFolder('retention-disk');
    const forgetful = new Forgetful(new Torture(context, random, 'retention'));
    const { torture } = forgetful;
    // The next process loads beside the one that is about to die.
    let spare = torture.prepare({ storagePath, options: OPTIONS });
    const boot = (): Victim => {
      const victim = spare;
      spare = torture.prepare({ storagePath, options: OPTIONS });
      victim.begin();
      return victim;
    };
    for (let kill = 1; kill <= kills; kill++) {
      const victim = boot();
      await untilReady(victim);
      await forgetful.hold(victim);
      report.clean(`kill ${kill - 1}: who waits is there, who was gone is gone`, await forgetful.verify(victim), victim.log);
      const load = forgetful.load(victim);
      await sleep(200 + random.int(RETENTION_MS * 2));
      report.clean(`kill ${kill}: the same under load`, await forgetful.verify(victim), victim.log);
      await victim.kill();
      await load;
      report.kills++;
      countAndClose(context, victim);
    }
    const last = boot();
    await untilReady(last);
    report.clean('who waits goes on to its result', await forgetful.finish(last), last.log);
    await untilNothingIsListed(last);
    await last.stop();
    const again = boot();
    await untilReady(again);
    report.clean('who was gone is gone', await forgetful.verify(again), again.log);
    report.clean('an id that was forgotten is free, and is taken by one run', await forgetful.startAgain(again), again.log);
    await Promise.all([again.stop(), spare.kill()]);
    countAndClose(context, last, again, spare);
    const rows = await rowsOf(join(storagePath, 'state.db'));
    report.check('the disk has forgotten them', rows['closed_workflows']! <= forgetful.startedAgain, JSON.stringify(rows));
    report.check('no history is left of what is gone', rows['orphans'] === 0, JSON.stringify(rows));
    report.check('runs were forgotten', forgetful.goneCount > kills, `${forgetful.goneCount} of ${forgetful.torture.ledger.runs.size}`);
    report.add(forgetful.torture.ledger.acknowledged);
    report.say(`${forgetful.torture.ledger.runs.size} runs, ${forgetful.goneCount} seen to be gone; rows left: ${JSON.stringify(rows)}`);
  },
};

class Forgetful {
  startedAgain = 0;
  private readonly held: RunRecord[] = [];
  private readonly sent = new Map<RunRecord, number>();
  private readonly passing: RunRecord[] = [];
  private readonly gone = new Set<RunRecord>();

  constructor(readonly torture: Torture) {}

  get goneCount(): number {
    return this.gone.size;
  }

  /** Runs that wait: made by the first victim, sent a signal each by those after it, but for the last. */
  async hold(victim: Victim): Promise<void> {
    while (this.held.length < HELD) {
      const record = this.torture.intend({ steps: 3, padBytes: 200, sleepMs: 0, signals: HELD_SIGNALS });
      this.held.push(record);
      await this.torture.start(victim, record);
    }
    const { random } = this.torture;
    for (const record of this.held.filter(() => random.chance(0.3))) {
      const sent = this.sent.get(record) ?? 0;
      if (sent === HELD_SIGNALS - 1) continue;
      await this.signal(victim, record, sent);
    }
  }

  private async signal(victim: Victim, record: RunRecord, at: number): Promise<void> {
    const { requestId, payload } = record.signals[at]!;
    await victim.call({ op: 'signal', workflowId: record.workflowId, requestId, payload });
    this.torture.ledger.signalled(record, record.signals[at]!);
    this.sent.set(record, at + 1);
  }

  /** Short runs that close by themselves, until the victim is gone. */
  async load(victim: Victim): Promise<void> {
    const lane = async (): Promise<void> => {
      try {
        while (!victim.isGone) {
          const record = this.torture.intend({ steps: 2, padBytes: 50, sleepMs: 0, signals: 0 });
          await this.torture.start(victim, record);
          this.passing.push(record);
          await victim.call({ op: 'result', workflowId: record.workflowId, timeoutMs: 20_000 });
        }
      } catch (error) {
        if (!(error instanceof VictimGone)) throw error;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  /** Z1, Z2. */
  async verify(victim: Victim): Promise<Problem[]> {
    const gone = new Set([...this.gone].map(({ workflowId }) => workflowId));
    const listed = await listOf(victim);
    const problems: Problem[] = this.torture.ledger.contradictions.splice(0);
    const ids = new Set<string>();
    for (const { workflowId } of listed) {
      if (ids.has(workflowId)) problems.push({ kind: 'doubled', text: `${workflowId} is listed twice` });
      if (gone.has(workflowId)) problems.push({ kind: 'doubled', text: `${workflowId} was gone, and is listed` });
      ids.add(workflowId);
    }
    for (const [i, { startedAt }] of listed.entries())
      if (i > 0 && startedAt < listed[i - 1]!.startedAt) problems.push({ kind: 'altered', text: `the list is out of order at ${i}` });
    const { effects, problems: ofEffects } = this.torture.lookAtEffects();
    problems.push(...ofEffects);
    await each(this.held, async (record) => {
      if (!ids.has(record.workflowId)) problems.push({ kind: 'lost', text: `${record.workflowId} waits, and is not listed` });
      problems.push(...checkRun(known(record), await this.torture.historyOf(victim, record.workflowId), effects));
    });
    const asked = this.passing.filter((record) => this.gone.has(record) || this.torture.random.chance(0.2));
    await each(asked, async (record) => {
      const history = await this.torture.historyOf(victim, record.workflowId);
      if (history === null) this.gone.add(record);
      else if (this.gone.has(record)) problems.push({ kind: 'doubled', text: `${record.workflowId} was gone, and is there` });
    });
    return problems;
  }

  async finish(victim: Victim): Promise<Problem[]> {
    const problems = await this.verify(victim);
    for (const record of this.held) {
      for (let at = this.sent.get(record) ?? 0; at < HELD_SIGNALS; at++) await this.signal(victim, record, at);
      const result = await victim.call({ op: 'result', workflowId: record.workflowId, timeoutMs: 20_000 });
      this.torture.ledger.finished(record, result);
    }
    this.passing.push(...this.held.splice(0));
    return problems;
  }

  /** Twice at once, with requests of their own: one begins it, the other is told of it. */
  async startAgain(victim: Victim): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const { workflowId, runId } of [...this.gone].slice(0, 10)) {
      const input = { steps: 1, padBytes: 0, sleepMs: 0, signals: 1 };
      const answers = await Promise.allSettled(
        [1, 2].map(
          () => victim.call({ op: 'start', workflowId, requestId: this.torture.random.uuid(), input }) as Promise<{ runId: string }>,
        ),
      );
      const begun = answers
        .filter(({ status }) => status === 'fulfilled')
        .map((answer) => (answer as PromiseFulfilledResult<{ runId: string }>).value);
      const refused = answers
        .filter(({ status }) => status === 'rejected')
        .map((answer) => (answer as PromiseRejectedResult).reason as unknown);
      if (begun.length !== 1 || begun[0]!.runId === runId || !(refused[0] instanceof Refused) || refused[0].code !== 'ALREADY_EXISTS')
        problems.push({ kind: 'doubled', text: `${workflowId} was started again: ${JSON.stringify(begun)}, ${String(refused[0])}` });
      this.startedAgain += begun.length;
    }
    this.torture.ledger.contradictions.splice(0); // that ids have new runs is what was asked for
    return problems;
  }
}

/** Some at a time. */
async function each<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, lane));
}

/** As it is before it is read. */
function known(record: RunRecord): RunRecord {
  return { ...record, events: new Map(record.events), signals: record.signals.map((signal) => ({ ...signal })) };
}

interface Listed {
  readonly workflowId: string;
  readonly startedAt: string;
  readonly closedAt: string | null;
}

async function listOf(victim: Victim): Promise<Listed[]> {
  const items: Listed[] = [];
  for (let cursor: string | undefined; ;) {
    const page = (await victim.call({ op: 'list', limit: 7, ...(cursor === undefined ? {} : { cursor }) })) as {
      readonly items: readonly Listed[];
      readonly next: string | null;
    };
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}

/** Retention passes; then what is asked for makes the last flush due. */
async function untilNothingIsListed(victim: Victim): Promise<void> {
  for (;;) {
    if ((await listOf(victim)).length === 0) return;
    await sleep(RETENTION_MS / 4);
  }
}

async function rowsOf(file: string): Promise<Readonly<Record<string, number>>> {
  const connection = await SqliteConnection.open(file, { isReadOnly: true });
  try {
    const rows: Record<string, number> = {};
    for (const table of ['workflows', 'closed_workflows', 'history', 'closed_index', 'timers'])
      rows[table] = Number(await connection.value(`SELECT count(*) FROM "${table}"`));
    rows['orphans'] = Number(
      await connection.value(
        'SELECT count(*) FROM "history" WHERE "run_order" NOT IN (SELECT "run_order" FROM "workflows" UNION SELECT "run_order" FROM "closed_workflows")',
      ),
    );
    return rows;
  } finally {
    await connection.close();
  }
}
