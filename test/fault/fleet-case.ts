/** What all cases do with a fleet at their end: every run gets its result, all nodes have the same, all dies at once, and it is still there. */
import type { CaseContext } from './fault-case.js';
import type { Fleet } from './fleet.js';
import type { Torture } from './torture.js';

export async function settleFleet({ report }: CaseContext, torture: Torture, fleet: Fleet): Promise<void> {
  await fleet.follow();
  report.clean('every open run goes on to its result', await torture.finishAll(fleet), fleet.log);
  await fleet.agree();
  fleet.prepare(...fleet.indexes);
  const verified = fleet.victims.map(async (victim) => {
    report.clean('each node has all of it', await torture.verify(victim, 'all'), victim.log);
  });
  await Promise.all(verified);
  report.kills += fleet.size;
  await fleet.kill(...fleet.indexes);
  await fleet.bootAll();
  report.clean('killed all at once and started again: all of it is there', await torture.verify(fleet, 'all'), fleet.log);
  const failures = (await fleet.statuses()).flatMap(({ failure }) => failure ?? []);
  report.check('no node has stopped', failures.length === 0, ...failures);
  const { calls, problems } = torture.checkHistory();
  report.check(`the answers to ${calls} calls at any node are linearizable`, problems.length === 0, ...problems);
  report.check('nothing was refused', torture.refusals.length === 0, ...torture.refusals.slice(0, 5).map(({ message }) => message));
  await Promise.all(fleet.victims.map((victim) => victim.kill()));
  report.add(torture.ledger.acknowledged);
  const { starts, signals, checkpoints, results } = torture.ledger.acknowledged;
  report.say(`acknowledged: ${starts} starts, ${signals} signals, ${checkpoints} checkpoints, ${results} results`);
}
