/** A case of the fault tests, and what all cases do with a victim. */
import type { SeededRandom } from '../../lib/testing/index.js';
import type { Machine } from './machine.js';
import type { Report } from './report.js';
import type { Torture, Workshop } from './torture.js';
import { STORAGE_FILES } from './shim.js';
import { Refused, VictimGone, type Victim } from './victim-process.js';

export interface CaseContext extends Workshop {
  readonly random: SeededRandom;
  readonly report: Report;
  readonly kills: number;
  readonly cuts: number;
  /** Rounds of each case of the network. */
  readonly rounds: number;
}

export interface FaultCase {
  readonly name: string;
  readonly what: string;
  /** Begins what it needs and nobody else does, beside the cases before it. Never throws; what went wrong is told by run(). */
  prepare?(machine: Machine): void;
  run(context: CaseContext): Promise<void>;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** Waits until the node is ready; throws with its log if it does not get there. */
export async function untilReady(victim: Victim): Promise<void> {
  try {
    await victim.ready;
  } catch (error) {
    await victim.ended;
    throw new Error(`the node did not start: ${(error as Error).message}\n${victim.log}`, { cause: error });
  }
}

/** The error with which the node refuses to start; null if it starts, and then it is killed. */
export async function bootRefusal(victim: Victim): Promise<Refused | null> {
  try {
    await victim.ready;
    await victim.kill();
    return null;
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof VictimGone)) throw error;
    await victim.ended;
    return error instanceof Refused ? error : new Refused('none', `${error.message}\n${victim.log}`);
  }
}

/** Adds what the victim synced to the counts, and lets go of its control block. */
export function countAndClose({ report }: CaseContext, ...victims: readonly Victim[]): void {
  for (const { control } of victims) {
    report.fsyncs += control.count('syncs', STORAGE_FILES);
    control.close();
  }
}

/** Resolves with what stopped the node; with null when nothing did within the time. */
export async function untilFailed(victim: Victim, withinMs: number): Promise<string | null> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await sleep(10)) {
    const { failure } = await victim.status();
    if (failure !== null) return failure;
  }
  return null;
}

/** A node that stopped acknowledges nothing: each kind of write is refused. The codes. */
export async function codesOfWrites(victim: Victim, torture: Torture): Promise<string[]> {
  const open = torture.ledger.unfinished().find(({ isStarted }) => isStarted);
  const target = open?.workflowId ?? 'none';
  const calls = [
    victim.call({
      op: 'start',
      workflowId: `late-${torture.random.uuid()}`,
      requestId: torture.random.uuid(),
      input: { steps: 1, padBytes: 0, sleepMs: 0, signals: 0 },
    }),
    victim.call({ op: 'signal', workflowId: target, requestId: torture.random.uuid(), payload: 'late' }),
  ];
  return Promise.all(
    calls.map((call) =>
      call.then(
        () => 'acknowledged',
        (error: unknown) => (error instanceof Refused ? error.code : `gone: ${String(error)}`),
      ),
    ),
  );
}

/** The last of a case: every open run gets its result, everything is verified, the node stops in good order, and a next start still has it all. */
export async function settle(context: CaseContext, torture: Torture, boot: () => Victim): Promise<void> {
  const { report } = context;
  const first = boot();
  await untilReady(first);
  report.clean('everything acknowledged is there', await torture.verify(first, 'touched'), first.log);
  report.clean('every open run goes on to its result', await torture.finishAll(first), first.log);
  await first.stop();
  const second = boot();
  await untilReady(second);
  report.clean('after a stop in good order all of it is there', await torture.verify(second, 'all'), second.log);
  await second.kill();
  countAndClose(context, first, second);
  report.add(torture.ledger.acknowledged);
  const { starts, signals, checkpoints, results } = torture.ledger.acknowledged;
  report.say(`acknowledged: ${starts} starts, ${signals} signals, ${checkpoints} checkpoints, ${results} results`);
}
