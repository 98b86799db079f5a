/**
 * Three nodes on three hosts, and links that go silent under load: a minority or the leader cut off, one direction only, and a bridge (two that do not
 * hear each other, and a third that hears both). Nobody is told: packets vanish.
 */
import { countAndClose, sleep } from './fault-case.js';
import { Fleet } from './fleet.js';
import { Namespaces } from './namespaces.js';
import { Torture } from './torture.js';
import { settleFleet } from './fleet-case.js';
const NODES = 3;
const LANES = 24;
const PORT = 7400;
const KINDS = ['leader', 'follower', 'leader not heard', 'leader hears nobody', 'bridge', 'all apart'];
/** Acknowledgements go on in all of them but the last: a majority hears each other. */
const UNAVAILABLE = new Set(['all apart']);
export const partitionCase = {
    name: 'partition',
    what: 'three hosts under load, and links cut: both ways, one way, a bridge, everything',
    async run(context) {
        const { machine, random, report, rounds } = context;
        const namespaces = new Namespaces(machine, NODES);
        const torture = new Torture(context, random, 'partition');
        const members = namespaces.hosts.map((host, index) => ({ listen: `${host}:${PORT}`, wrapper: namespaces.wrapper(index) }));
        const fleet = new Fleet({ machine, torture, random, name: 'partition', members });
        await fleet.bootAll();
        const load = torture.load(fleet, LANES);
        const counts = new Map();
        for (let round = 0; round < rounds; round++) {
            await sleep(200 + random.int(600));
            const kind = KINDS[round % KINDS.length];
            await partition(context, fleet, namespaces, torture, kind);
            counts.set(kind, (counts.get(kind) ?? 0) + 1);
        }
        await load.stop();
        report.say(`partitions: ${[...counts].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
        await settleFleet(context, torture, fleet);
        countAndClose(context, ...fleet.all);
    },
};
async function partition({ random, report }, fleet, namespaces, torture, kind) {
    const leader = (await fleet.leader()) ?? 0;
    const others = [0, 1, 2].filter((index) => index !== leader);
    const [first, second] = random.shuffle(others);
    const bothWays = (a, b) => {
        namespaces.cut(a, b);
        namespaces.cut(b, a);
    };
    if (kind === 'leader')
        for (const other of others)
            bothWays(leader, other);
    else if (kind === 'follower')
        for (const other of [leader, second])
            bothWays(first, other);
    else if (kind === 'leader not heard')
        for (const other of others)
            namespaces.cut(leader, other);
    else if (kind === 'leader hears nobody')
        for (const other of others)
            namespaces.cut(other, leader);
    else if (kind === 'bridge')
        bothWays(leader, first);
    else
        for (const [a, b] of [
            [0, 1],
            [0, 2],
            [1, 2],
        ])
            bothWays(a, b);
    // Old answers are on their way for a moment; what counts as progress comes after it.
    const holdMs = 3_000 + random.int(2_000);
    await sleep(holdMs / 2);
    const before = torture.ledger.acknowledged.checkpoints;
    await sleep(holdMs / 2);
    const during = torture.ledger.acknowledged.checkpoints - before;
    if (!UNAVAILABLE.has(kind))
        report.check(`'${kind}': the majority goes on`, during > 0, `${during} checkpoints`, fleet.log);
    namespaces.heal();
    await fleet.follow();
    report.clean(`'${kind}': what was acknowledged is there`, await torture.verify(fleet, 'touched'), fleet.log);
}
//# sourceMappingURL=partition.js.map