import { registerModel } from '../support/linearizability-models.js';
import { HistoryRecorder } from '../support/linearizability-recorder.js';
import { checkByKey, explain } from '../support/linearizability.js';
import { encodePut, KvMachine } from './kv-machine.js';
import { Violation } from './violation.js';
const KEYS = ['a', 'b', 'c'];
const PATIENCE_MS = 700;
export class KvTenant {
    sabotage;
    constructor(sabotage = (_nodeId, machine) => machine) {
        this.sabotage = sabotage;
    }
    reference() {
        return new KvMachine();
    }
    install(context) {
        const machine = new KvMachine();
        const { oracle } = context.world;
        return {
            machine: oracle.observe(context.nodeId, this.sabotage(context.nodeId, machine)),
            start: (group) => ({ group: group, machine }),
        };
    }
}
export class KvClients {
    world;
    puts = 0;
    reads = 0;
    /** Keys whose history was too hard to decide. */
    undecided = 0;
    history = new HistoryRecorder();
    /** Version that every read from now on must see, by key. */
    floor = new Map();
    acknowledged = new Map();
    stopping = false;
    constructor(world) {
        this.world = world;
    }
    /** Resolves when every client has had an answer to its last call, after stop(). */
    async run() {
        await Promise.all(Array.from({ length: this.world.plan.clients }, (_, i) => this.client(i + 1)));
    }
    stop() {
        this.stopping = true;
    }
    /** K1, on a node that has applied everything. */
    verify(machine) {
        for (const [value, version] of this.acknowledged) {
            const key = value.split('/')[0];
            const register = machine.registers.get(key);
            if (register === undefined || register.version < version)
                throw new Violation('P1', `acknowledged put ${value} at ${version} is lost`);
            if (register.version === version && register.value !== value)
                throw new Violation('P1', `put ${value} was overwritten at its own index`);
        }
    }
    /** K2, once all clients have ended. */
    verifyHistory() {
        const verdict = checkByKey(registerModel, this.history.operations, ({ key }) => key);
        if (verdict.verdict === 'violated')
            throw new Violation('P6', explain(verdict));
        if (verdict.verdict === 'not decided')
            this.undecided++;
    }
    async client(id) {
        const { world } = this;
        const random = world.random.fork(`client/${id}`);
        for (let sequence = 1; !this.stopping; sequence++) {
            const key = random.pick(KEYS);
            if (random.chance(0.6))
                await this.put(id, sequence, key);
            else
                await this.read(id, key);
            await world.sleep(random.between(0, world.plan.thinkMsMax));
        }
    }
    async put(client, sequence, key) {
        const { world } = this;
        const random = world.random.fork(`put/${client}/${sequence}`);
        const value = `${key}/${client}/${sequence}`;
        const before = this.floor.get(key) ?? 0;
        // Sent again and again, it is one put: it is applied once.
        const call = this.history.invoke(`client ${client}`, { key, put: value });
        for (;;) {
            const node = await world.pickLive(random);
            try {
                const proposed = node.service.group.propose(encodePut({ client, sequence, key, value }), { deadlineMs: PATIENCE_MS });
                const { result } = await world.within(proposed, 2 * PATIENCE_MS);
                if (!result.repeated && result.version <= before) {
                    throw new Violation('P6', `put ${value} took effect at ${result.version}, before ${before} that was known when it began`);
                }
                this.history.returned(call, '');
                this.acknowledged.set(value, result.version);
                this.see(key, result.version);
                this.puts++;
                return;
            }
            catch (error) {
                if (error instanceof Violation)
                    throw error;
                world.journal.write(() => `put ${value} on node ${node.id}: ${String(error)}`);
            }
            await world.sleep(random.between(1, 80));
        }
    }
    async read(client, key) {
        const { world } = this;
        const node = await world.pickLive(world.random.fork(`read/${client}/${this.reads++}`));
        const floor = this.floor.get(key) ?? 0;
        const call = this.history.invoke(`client ${client} on node ${node.id}`, { key });
        try {
            await world.within(node.service.group.readIndex({ deadlineMs: PATIENCE_MS }), 2 * PATIENCE_MS);
        }
        catch (error) {
            this.history.hadNoEffect(call);
            world.journal.write(() => `read of ${key} on node ${node.id}: ${String(error)}`);
            return;
        }
        const register = node.service.machine.registers.get(key);
        this.history.returned(call, register?.value ?? '');
        const version = register?.version ?? 0;
        if (version < floor)
            throw new Violation('P6', `client ${client} read ${key} at ${version} on node ${node.id}, but ${floor} was known when it began`);
        this.see(key, version);
    }
    see(key, version) {
        this.floor.set(key, Math.max(this.floor.get(key) ?? 0, version));
    }
}
//# sourceMappingURL=kv-tenant.js.map