/**
 * kill -9 of one node under load: at any moment, while it starts, and at the n-th write or sync of one of its files: before it, in the middle
 * of it, right after it. The disk lives on (the kernel has what was written), so what is proved is the order of writes, recovery, and that no
 * half of anything is believed.
 */
import type { SeededRandom } from '../../lib/testing/index.js';
import { countAndClose, settle, sleep, untilReady, type CaseContext, type FaultCase } from './fault-case.js';
import { STORAGE_FILES, type ShimRule } from './shim.js';
import { Torture } from './torture.js';
import type { VictimOptions } from './protocol.js';
import type { Victim } from './victim-process.js';

const LANES = 32;
const CALL_WAIT_MS = 1_000;
/** A thousand kills take an hour: one line for so many. */
const KILLS_PER_LINE = 25;

interface Kills {
  readonly options: Partial<VictimOptions>;
  /** Of the kills that were asked for. */
  readonly share: number;
}

export const killCase = killsOf('kill', 'kill -9 at random moments: under load, during start-up, at a write or a sync', {
  options: {},
  share: 1,
});

/** Nearly every event brings a run back from the disk, and nearly every kill meets a flush. */
export const passiveKillCase = killsOf('kill-passive', 'the same, with room for one resident run, and a flush every forty entries', {
  options: { runs: { residentRunsMax: 1 }, raft: { stateFlushEntriesMax: 40, compactionKeepEntries: 10 } },
  share: 0.25,
});

function killsOf(name: string, what: string, kills: Kills): FaultCase {
  return { name, what, run: (context) => killOverAndOver(context, name, kills) };
}

async function killOverAndOver(context: CaseContext, name: string, { options, share }: Kills): Promise<void> {
  const { machine, random, report } = context;
  const kills = Math.ceil(context.kills * share);
  const storagePath = machine.newFolder(`${name}-disk`);
  const torture = new Torture(context, random, name);
  // The next process loads beside the one that is about to die.
  let spare = torture.prepare({ storagePath, options });
  const boot = (): Victim => {
    const victim = spare;
    spare = torture.prepare({ storagePath, options });
    victim.begin();
    return victim;
  };
  let bootMs = 500;
  const moments = new Map<string, number>();
  for (let kill = 1; kill <= kills; kill++) {
    const startedMs = performance.now();
    const victim = boot();
    const moment = pickMoment(random);
    moments.set(moment, (moments.get(moment) ?? 0) + 1);
    if (moment === 'start-up') await killWhileStarting(victim, random, bootMs);
    else {
      await untilReady(victim);
      bootMs = performance.now() - startedMs;
      report.clean(`kill ${kill - 1}: what was acknowledged is there`, await torture.verify(victim, 'touched'), victim.log);
      const load = torture.load(victim, LANES);
      if (moment === 'load') await sleep(20 + random.int(300));
      else await killAtCall(victim, random);
      await victim.kill();
      await load.over;
    }
    report.kills++;
    countAndClose(context, victim);
    if (kill % KILLS_PER_LINE === 0) sayHowFar(context, torture, kill, kills);
  }
  report.say(`moments: ${[...moments].map(([name, count]) => `${name} ${count}`).join(', ')}; a start takes ${bootMs.toFixed(0)} ms`);
  await settle(context, torture, boot);
  await spare.kill();
  countAndClose(context, spare);
  report.check('nothing was refused', torture.refusals.length === 0, ...torture.refusals.slice(0, 5).map(({ message }) => message));
}

function sayHowFar({ report }: CaseContext, { ledger }: Torture, kill: number, kills: number): void {
  const { starts, signals, checkpoints, results } = ledger.acknowledged;
  report.say(
    `${new Date().toISOString().slice(11, 19)} ${kill} of ${kills} kills; acknowledged so far: ${starts} starts, ${signals} signals, ` +
      `${checkpoints} checkpoints, ${results} results; lost ${report.count('lost')}, doubled ${report.count('doubled')}, checks failed ${report.failed}`,
  );
}

function pickMoment(random: SeededRandom): 'load' | 'start-up' | 'call' {
  const drawn = random.float();
  return drawn < 0.45 ? 'load' : drawn < 0.6 ? 'start-up' : 'call';
}

/** By the clock, or at one of the first writes and syncs. */
async function killWhileStarting(victim: Victim, random: SeededRandom, bootMs: number): Promise<void> {
  if (random.chance(0.5)) victim.control.arm(0, rule(random, 12));
  await Promise.race([victim.ended, sleep(random.int(Math.ceil(bootMs)) + (random.chance(0.5) ? bootMs / 2 : 0))]);
  await victim.kill();
}

async function killAtCall(victim: Victim, random: SeededRandom): Promise<void> {
  victim.control.arm(0, rule(random, 60));
  await Promise.race([victim.ended, sleep(CALL_WAIT_MS)]);
}

function rule(random: SeededRandom, skipMax: number): ShimRule {
  const file = random.pick(STORAGE_FILES);
  return {
    action: random.pick(['kill-before', 'kill-torn', 'kill-after'] as const),
    files: [file],
    operations: random.chance(0.3) ? ['sync'] : ['write', 'truncate'],
    skip: random.int(skipMax),
  };
}
