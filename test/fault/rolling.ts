/**
 * What an operator does to a healthy cluster: restarts of one node after the other in good order, as a deployment does them; and what a power failure of
 * the rack does: kill -9 of two, and of all three at once. Under load, over both transports.
 */
import { countAndClose, sleep, type CaseContext, type FaultCase } from './fault-case.js';
import { Fleet, freePorts } from './fleet.js';
import { settleFleet } from './fleet-case.js';
import { Torture } from './torture.js';

const NODES = 3;
const LANES = 24;

function rollingCase(transport: 'grpc' | 'http'): FaultCase {
  return {
    name: `rolling-${transport}`,
    what: `restarts one after the other, and kill -9 of one, two and three at once, under load, over ${transport}`,
    async run(context: CaseContext) {
      const { machine, random, report, rounds } = context;
      const name = `rolling-${transport}`;
      const torture = new Torture(context, random, name);
      const members = (await freePorts(NODES)).map((port) => ({ listen: `127.0.0.1:${port}` }));
      const fleet = new Fleet({ machine, torture, random, name, members, transport });
      await fleet.bootAll();
      const load = torture.load(fleet, LANES);
      for (let round = 0; round < rounds; round++) {
        await sleep(200 + random.int(500));
        const indexes = random.shuffle([0, 1, 2]);
        if (round % 2 === 0) await restartInOrder(context, torture, fleet, indexes);
        else {
          const dying = indexes.slice(0, 1 + random.int(NODES));
          fleet.prepare(...dying);
          await fleet.kill(...dying);
          report.kills += dying.length;
          await sleep(random.int(1_500));
          await fleet.bootAll();
        }
        await fleet.follow();
        report.clean(`round ${round + 1}: what was acknowledged is there`, await torture.verify(fleet, 'touched'), fleet.log);
      }
      await load.stop();
      await settleFleet(context, torture, fleet);
      countAndClose(context, ...fleet.all);
    },
  };
}

export const rollingCases: readonly FaultCase[] = [rollingCase('grpc'), rollingCase('http')];

async function restartInOrder({ report }: CaseContext, torture: Torture, fleet: Fleet, indexes: readonly number[]): Promise<void> {
  const before = torture.ledger.acknowledged.checkpoints;
  for (const index of indexes) {
    fleet.prepare(index);
    await fleet.victim(index).stop();
    fleet.boot(index);
    await fleet.ready();
    await fleet.follow();
  }
  report.check('while one after the other is restarted the work goes on', torture.ledger.acknowledged.checkpoints > before, fleet.log);
}
