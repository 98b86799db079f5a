/**
 * Links that delay, repeat, swap and lose what is said, by proxies of the test's own: each node is reached by its proxy only. Raft and the workflow engine
 * promise to bear all of it; TCP never shows it to them.
 */
import { GrpcCarrier } from '../../lib/transport/grpc/grpc-carrier.js';
import { countAndClose, sleep } from './fault-case.js';
import { settleFleet } from './fleet-case.js';
import { Fleet, freePorts } from './fleet.js';
import { LinkProxy, NO_FAULTS } from './link-proxy.js';
import { Torture } from './torture.js';
const NODES = 3;
const LANES = 16;
const KINDS = [
    ['everything', { delayMsMax: 30, duplicationRate: 0.15, reorderRate: 0.15, reorderMsMax: 80, lossRate: 0.05 }],
    ['delayed', { ...NO_FAULTS, delayMsMax: 60 }],
    ['repeated', { ...NO_FAULTS, duplicationRate: 0.3, reorderMsMax: 100 }],
    ['swapped', { ...NO_FAULTS, reorderRate: 0.3, reorderMsMax: 120 }],
    ['lost', { ...NO_FAULTS, lossRate: 0.1 }],
];
export const datagramsCase = {
    name: 'datagrams',
    what: 'messages between nodes are delayed, repeated, swapped and lost, under load',
    async run(context) {
        const { machine, random, report, rounds } = context;
        const torture = new Torture(context, random, 'datagrams');
        const ports = await freePorts(2 * NODES);
        const members = Array.from({ length: NODES }, (_, index) => ({
            listen: `127.0.0.1:${ports[index]}`,
            advertise: `127.0.0.1:${ports[NODES + index]}`,
        }));
        const proxies = members.map(({ listen, advertise }, index) => new LinkProxy(new GrpcCarrier({ listen: advertise }), new GrpcCarrier({ listen: '127.0.0.1:0' }), listen, random.fork(`link/${index}`)));
        const closeAll = async () => void (await Promise.all(proxies.map((proxy) => proxy.close())));
        try {
            for (const proxy of proxies)
                await proxy.listen();
            const fleet = new Fleet({ machine, torture, random, name: 'datagrams', members, security: { insecure: true } });
            await fleet.bootAll();
            const load = torture.load(fleet, LANES);
            for (let round = 0; round < rounds; round++) {
                const [kind, faults] = KINDS[round % KINDS.length];
                for (const proxy of proxies)
                    proxy.faults = faults;
                await sleep(2_000 + random.int(2_000));
                for (const proxy of proxies)
                    proxy.faults = NO_FAULTS;
                await fleet.follow();
                report.clean(`${kind}: what was acknowledged is there`, await torture.verify(fleet, 'touched'), fleet.log);
            }
            await load.stop();
            const total = (name) => proxies.reduce((sum, { counts }) => sum + counts[name], 0);
            report.say(`messages: ${total('passed')} passed, ${total('delayed')} late, ${total('duplicated')} twice, ${total('reordered')} swapped, ${total('lost')} lost`);
            report.check('each kind of fault happened', total('lost') > 0 && total('duplicated') > 0 && total('reordered') > 0);
            await settleFleet(context, torture, fleet);
            countAndClose(context, ...fleet.all);
        }
        finally {
            await closeAll();
        }
    },
};
//# sourceMappingURL=datagrams.js.map