/**
 * Clients of a soak: each run is driven to its result, its history is read and compared with everything that was acknowledged of it, and then it is
 * forgotten, so that the driver too can run for days. Owns what is known of the side effects of open runs.
 *
 * H1. A run is compared soon after its end: within its retention it must be there.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { SeededRandom } from '../../lib/testing/index.js';
import { sleep } from '../fault/fault-case.js';
import { checkRun, EffectsIndex, type Problem, type RunRecord } from '../fault/ledger.js';
import { MIXED, type Target, type Torture } from '../fault/torture.js';

const PAUSE_MS_MAX = 60;
const READ_BYTES = 1024 * 1024;

/** Lines of the effects file as they come. */
class EffectsTail {
  readonly index = new EffectsIndex();
  private readonly file: number;
  private position = 0;
  private rest = '';

  constructor(path: string) {
    this.file = openSync(path, 'r');
  }

  read(): void {
    const bytes = Buffer.alloc(READ_BYTES);
    for (;;) {
      const count = readSync(this.file, bytes, 0, READ_BYTES, this.position);
      if (count === 0) return;
      this.position += count;
      const lines = (this.rest + bytes.toString('latin1', 0, count)).split('\n');
      this.rest = lines.pop()!;
      for (const line of lines) this.index.add(line);
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

export class SoakLoad {
  readonly problems: Problem[] = [];
  compared = 0;
  private readonly effects: EffectsTail;
  private isStopped = false;
  private lanes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly torture: Torture,
    private readonly target: Target,
    private readonly random: SeededRandom,
  ) {
    this.effects = new EffectsTail(torture.effectsPath);
  }

  start(lanes: number): void {
    this.isStopped = false;
    const lane = async (): Promise<void> => {
      while (!this.isStopped) {
        const record = this.torture.intend(MIXED(this.random));
        if (await this.torture.drive(this.target, record)) await this.compare(record);
        await sleep(this.random.int(PAUSE_MS_MAX));
      }
    };
    this.lanes = Promise.all(Array.from({ length: lanes }, lane));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.lanes;
  }

  /** Brings what is open to its end; what does not get there is stuck. */
  async finish(): Promise<void> {
    this.problems.push(...(await this.torture.finishAll(this.target)));
    for (const record of [...this.torture.ledger.runs.values()]) if (record.result !== null) await this.compare(record);
  }

  /** Against its history, as it is read from any node; then it is forgotten. */
  async compare(record: RunRecord): Promise<void> {
    const { torture, effects, problems } = this;
    const known: RunRecord = { ...record, signals: record.signals.map((signal) => ({ ...signal })), events: new Map(record.events) };
    const history = await torture.historyOf(this.target, record.workflowId);
    effects.read();
    problems.push(
      ...checkRun(known, history, effects.index.effects),
      ...effects.index.problems.splice(0),
      ...torture.ledger.contradictions.splice(0),
    );
    this.compared++;
    torture.ledger.forget(record);
    if (record.runId !== null) effects.index.forget(record.runId);
  }

  close(): void {
    this.effects.close();
  }
}
