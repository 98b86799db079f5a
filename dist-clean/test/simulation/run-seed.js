import { KvClients, KvTenant } from './kv-tenant.js';
import { Nemesis } from './nemesis.js';
import { Violation } from './violation.js';
import { WorkflowClients } from './workflow-clients.js';
import { WorkflowTenant } from './workflow-tenant.js';
import { World } from './world.js';
export const TENANT_NAMES = ['workflow', 'kv'];
export async function runSeed(options) {
    const workload = makeWorkload(options);
    const { world } = workload;
    const nemesis = new Nemesis(world);
    let failure = null;
    try {
        const limitMs = world.plan.safetyMs + world.plan.livenessMsMax;
        let isDone = false;
        script(workload, nemesis).then(() => (isDone = true), (error) => world.time.fail(error));
        if (!(await world.time.runUntil(() => isDone, limitMs))) {
            throw new Violation('liveness', `not everything has healed and ended ${world.plan.livenessMsMax / 1000} s after the last fault`);
        }
    }
    catch (error) {
        failure = describe(error);
        if (world.journal.isOn)
            for (const node of world.live)
                world.journal.write(`node ${node.id}: ${JSON.stringify(node.group.status())}`);
    }
    workload.dispose();
    for (const node of world.live)
        node.virtual.kill();
    world.oracle.addTo(world.trace);
    return {
        seed: options.seed,
        profile: options.profile,
        passed: failure === null,
        failure,
        hash: world.trace.digest(),
        nodes: world.plan.nodes,
        virtualMs: Math.round(world.time.nowMs),
        tasks: world.time.taskCount,
        entries: world.oracle.entries,
        faults: { ...networkFaults(world.network), ...world.diskFaults, ...Object.fromEntries(nemesis.counts) },
        work: workload.counts,
        journal: world.journal.text,
    };
}
async function script(workload, nemesis) {
    const { world } = workload;
    await world.boot();
    const clients = workload.run();
    const broken = new Promise((_, reject) => void clients.catch(reject));
    await Promise.race([nemesis.run().then(() => nemesis.repaired()), broken]);
    workload.stop();
    await clients;
    await settle(world);
    if (world.plan.endsInBlackout) {
        await world.loseAllPower();
        await settle(world);
    }
    await workload.verify();
    await world.oracle.compareFinal(await world.finalSnapshots());
    world.oracle.check();
}
async function settle(world) {
    while (!world.isSettled)
        await world.sleep(50);
}
function makeWorkload(options) {
    return options.tenant === 'kv' ? kvWorkload(options) : workflowWorkload(options);
}
function kvWorkload(options) {
    const world = new World(options, new KvTenant(options.sabotage));
    const clients = new KvClients(world);
    return {
        world: world,
        run: () => clients.run(),
        stop: () => clients.stop(),
        verify: async () => {
            for (const node of world.live)
                clients.verify(node.service.machine);
            clients.verifyHistory();
        },
        get counts() {
            return { puts: clients.puts, reads: clients.reads, undecided: clients.undecided };
        },
        dispose: () => undefined,
    };
}
function workflowWorkload(options) {
    const tenant = new WorkflowTenant(options.sabotage);
    const world = new World(options, tenant);
    const clients = new WorkflowClients(world, tenant);
    return {
        world: world,
        run: () => clients.run(),
        stop: () => clients.stop(),
        verify: () => clients.verify(),
        get counts() {
            return { ...clients.counts, events: tenant.oracle.events, repeatedEffects: tenant.inventory.repeated };
        },
        dispose: () => tenant.dispose(),
    };
}
function networkFaults(network) {
    const { lost, duplicated, reordered, clogs, partitioned } = network.counts;
    return { lost, duplicated, reordered, clogs, partitioned };
}
function describe(error) {
    if (error instanceof Violation)
        return error.message;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
//# sourceMappingURL=run-seed.js.map