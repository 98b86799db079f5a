import { isRaftoralError } from '../../lib/errors/index.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SimulatedDatabase } from '../../lib/testing/simulated-disk-database.js';
import { LOG_DATABASE, SimulatedDiskStorage, STATE_DATABASE } from '../../lib/testing/simulated-disk-storage.js';
import { SimulatedNetwork } from '../../lib/testing/simulated-network.js';
import { TraceHash } from '../../lib/testing/trace-hash.js';
import { VirtualTime } from '../../lib/testing/virtual-time.js';
import { GroupOracle } from './group-oracle.js';
import { Journal } from './journal.js';
import { bootHost, DEPLOYMENT, GROUP_ID } from './boot.js';
import { NodeDisks } from './disks.js';
import { Violation } from './violation.js';
import { MEMBERS_MAX, planOf } from './profile.js';
/** A hundred times what a seed takes: nodes that keep each other busy for nothing. */
const TASKS_MAX = 400_000;
export class World {
    tenant;
    time = new VirtualTime();
    plan;
    trace = new TraceHash();
    oracle = new GroupOracle();
    network;
    journal;
    random;
    /** Clients, the operator and the nemesis live in this process, which never fails. */
    outside;
    /** Live nodes by id. */
    nodes = new Map();
    /** Crashed, and not yet out of the membership. */
    lost = new Set();
    disks;
    counts = { restarts: 0, damageFound: 0, stoppedByStorage: 0, refusedStarts: 0 };
    /** A node has the state of a received snapshot on its disk, and its log is not reset to it yet. */
    onReplaced = null;
    nextId;
    joining = 0;
    /** Nodes that join or leave just now. */
    changing = new Set();
    /** Members once all changes under way are done. */
    membersToBe;
    membershipCounts = { oneMember: 0, sevenMembers: 0, overlappingChanges: 0, removedLeaders: 0 };
    /** Processes that are starting, and how to end them. */
    starting = new Map();
    storages = [];
    replacing = new Set();
    starts = new Map();
    firstMembers = new Map();
    /** Nodes that are on their way up again. */
    recovering = 0;
    storageSabotage;
    constructor({ seed, profile, plan, journalLines, storageSabotage }, tenant) {
        this.tenant = tenant;
        this.random = new SeededRandom(seed, 'world');
        this.plan = { ...planOf(profile, this.random.fork('plan')), ...plan };
        this.journal = new Journal(() => this.time.nowMs, journalLines ?? 0);
        this.network = new SimulatedNetwork({
            time: this.time,
            random: this.random.fork('network'),
            link: this.plan.link,
            byReference: this.plan.byReference,
            trace: this.trace,
        });
        this.disks = new NodeDisks(this.plan, this.time, this.random.fork('disk'), this.trace);
        this.storageSabotage = storageSabotage;
        if (this.plan.disk !== null)
            this.oracle.compareWith(tenant.reference());
        this.outside = this.time.createNode({ name: 'outside' });
        this.nextId = this.plan.nodes + 1;
        this.membersToBe = this.plan.nodes;
        this.time.afterTask = () => {
            this.oracle.check();
            if (this.time.taskCount > TASKS_MAX)
                throw new Violation('liveness', `a storm: ${TASKS_MAX} tasks in ${this.time.nowMs.toFixed(0)} virtual ms`);
        };
    }
    async boot() {
        const members = Array.from({ length: this.plan.nodes }, (_, i) => i + 1);
        for (const id of members)
            this.firstMembers.set(id, members);
        await Promise.all(members.map((id) => this.bootNode(id)));
    }
    get live() {
        return [...this.nodes.values()];
    }
    get leader() {
        return this.live.filter((node) => node.group.isLeader).sort((a, b) => b.group.term - a.group.term)[0];
    }
    get isWhole() {
        return this.lost.size === 0 && this.joining === 0 && this.changing.size === 0 && this.recovering === 0;
    }
    /** True if one more disk may rot: fewer than half of them have, and none is being replaced. */
    get mayDamage() {
        const { joining, disks, lost, plan } = this;
        return joining === 0 && new Set([...disks.damaged, ...lost]).size + 1 <= Math.floor((plan.nodes - 1) / 2);
    }
    /** One of the live nodes, once there is one. */
    async pickLive(random) {
        while (this.nodes.size === 0)
            await this.sleep(10);
        return random.pick(this.live);
    }
    /** One leader is followed by all, and all have applied all that it has: its own first entry, and what it found in its log. */
    get isSettled() {
        const { live, leader } = this;
        if (!this.isWhole || leader === undefined)
            return false;
        const { appliedIndex } = leader.group;
        if (leader.group.status().lastIndex !== appliedIndex || appliedIndex < this.oracle.lastIndex)
            return false;
        return live.every(({ group }) => group.leaderId === leader.id && group.appliedIndex === appliedIndex);
    }
    /** True if one more node may die: a majority of the original voters survives, also while a replacement is under way. */
    get mayCrash() {
        return this.joining === 0 && this.lost.size + 1 <= Math.floor((this.plan.nodes - 1) / 2);
    }
    crash(id) {
        this.journal.write(`crash of node ${id}`);
        this.nodes.delete(id);
        this.lost.add(id);
        this.network.crash(id);
        this.tenant.died?.(id);
    }
    /** What the disks did, and what became of it; how far the membership went. */
    get diskFaults() {
        if (this.plan.disk === null)
            return { ...this.membershipCounts };
        const total = { ...this.disks.counts, ...this.counts, ...this.membershipCounts };
        for (const { work } of this.storages)
            for (const [name, count] of Object.entries(work))
                total[name] = (total[name] ?? 0) + count;
        return total;
    }
    /** Ends the process of a node with a disk, up or starting; `power-cut` takes the unsynced part of its disk along. */
    stop(id, how) {
        this.journal.write(`${how} of node ${id}`);
        this.nodes.delete(id);
        this.network.crash(id);
        this.tenant.died?.(id);
        this.starting.get(id)?.();
        if (how === 'power-cut')
            this.disks.of(id).cutPower();
    }
    /** Every node that is up, starting, or down and to start again. */
    get ids() {
        return [...this.firstMembers.keys()].filter((id) => !this.lost.has(id));
    }
    /** Flips a bit on the disk of a node that is down. False if there was nothing to damage. */
    damage(id, random) {
        const name = random.pick([LOG_DATABASE, STATE_DATABASE]);
        if (!SimulatedDatabase.damage(this.disks.of(id), name, random))
            return false;
        this.journal.write(`a bit of ${name} of node ${id} flips`);
        this.disks.damaged.add(id);
        return true;
    }
    /** Power is lost everywhere, at once, and comes back; for the end of a run. Resolves when all nodes are up again, or replaced. */
    async loseAllPower() {
        const { ids } = this;
        for (const id of ids)
            this.stop(id, 'power-cut');
        await Promise.all(ids.map((id) => this.restart(id, 10)));
    }
    /**
     * All processes end at one moment, between two flushes. What a machine had not flushed yet is flushed then, by another process on the same disk: the
     * snapshot is that of its state, by way of the disk.
     */
    async finalSnapshots() {
        // A timer or a sweep may have come since the run had settled.
        while (!this.isSettled || this.live.some(({ storage }) => storage?.state.isBusy === true))
            await this.sleep(1);
        const nodes = this.live;
        if (this.plan.disk === null)
            return nodes.map(({ id, group, machine }) => ({ id, appliedIndex: group.appliedIndex, snapshot: () => machine.snapshot() }));
        for (const { id } of nodes)
            this.stop(id, 'kill');
        return nodes.map((node) => ({
            id: node.id,
            appliedIndex: node.group.appliedIndex,
            snapshot: () => this.snapshotByDisk(node),
            mayBeDamaged: this.disks.damaged.has(node.id),
        }));
    }
    async snapshotByDisk({ id, group, machine }) {
        if (!('cut' in machine))
            return machine.snapshot();
        const rows = machine;
        const process = this.time.createNode({ name: `after node ${id}` });
        const storage = new SimulatedDiskStorage({
            disk: this.disks.of(id),
            process,
            random: this.random.fork(`final/${id}`),
            checkpointFrames: 100,
        });
        await storage.open({ deployment: DEPLOYMENT, nodeId: id, incarnation: 1 });
        const position = storage.log(GROUP_ID).snapshot();
        await storage.state.flush(GROUP_ID, { index: group.appliedIndex, term: position.term, confState: group.membership }, rows.cut());
        return rows.bytesOf(await storage.state.image(GROUP_ID));
    }
    /** Starts a node with a disk again. Resolves when it is up, or replaced because its disk was damaged, or stopped by others while it started. */
    async restart(id, afterMs) {
        const random = this.random.fork(`restart/${id}/${this.counts.restarts++}`);
        this.recovering++;
        try {
            await this.sleep(afterMs);
            while (!this.nodes.has(id) && !this.starting.has(id) && !this.lost.has(id) && this.firstMembers.has(id)) {
                const outcome = await this.tryToStart(id);
                if (outcome !== 'refused')
                    break;
                await this.sleep(random.between(20, 200));
            }
            if (this.lost.has(id) && !this.replacing.has(id))
                await this.replace(id);
        }
        finally {
            this.recovering--;
        }
    }
    /** Resolves when `lostId` is out of the membership and a new node is a voter in its place. */
    async replace(lostId) {
        this.joining++;
        this.replacing.add(lostId);
        const id = this.nextId++;
        this.journal.write(`node ${id} replaces ${lostId}`);
        this.firstMembers.set(id, null);
        if (this.plan.disk === null)
            await this.bootNode(id);
        else
            await this.restart(id, 0);
        const isVoter = ({ membership }) => membership.voters.includes(id);
        if (this.plan.replacement === 'replace') {
            await this.untilMember('replace', lostId, id, (group) => isVoter(group) && isGone(group, lostId));
        }
        else {
            if (this.plan.replacement === 'remove first')
                await this.remove(lostId);
            await this.untilMember('addLearner', id, 0, (group) => isVoter(group) || group.membership.learners.includes(id));
            await this.untilMember('promote', id, 0, isVoter);
            if (this.plan.replacement === 'add first')
                await this.remove(lostId);
        }
        this.lost.delete(lostId);
        this.replacing.delete(lostId);
        this.firstMembers.delete(lostId);
        this.disks.damaged.delete(lostId);
        this.joining--;
        this.journal.write(`node ${id} has replaced ${lostId}`);
    }
    /** A new node becomes a voter. Resolves when it is one; null if there are as many members as may be. */
    grow() {
        if (this.membersToBe >= MEMBERS_MAX)
            return null;
        this.membersToBe++;
        const id = this.nextId++;
        return this.change([id], async () => {
            await this.bootNewcomer(id);
            const isVoter = ({ membership }) => membership.voters.includes(id);
            await this.untilMember('addLearner', id, 0, (group) => isVoter(group) || group.membership.learners.includes(id));
            await this.untilMember('promote', id, 0, isVoter);
        });
    }
    /** A member leaves, dead or alive. Resolves when its process has ended; null if it is the last, or on its way in or out. */
    shrink(id) {
        if (this.membersToBe <= 1 || this.changing.has(id))
            return null;
        this.membersToBe--;
        if (this.leader?.id === id)
            this.membershipCounts.removedLeaders++;
        return this.change([id], async () => {
            await this.remove(id);
            await this.end(id);
        });
    }
    /** A new node takes the place of a member, dead or alive. */
    swap(id) {
        if (this.changing.has(id))
            return null;
        const replacement = this.nextId++;
        return this.change([id, replacement], async () => {
            await this.bootNewcomer(replacement);
            await this.untilMember('replace', id, replacement, (group) => group.membership.voters.includes(replacement) && isGone(group, id) && group.membership.votersOutgoing.length === 0);
            await this.end(id);
        });
    }
    async change(ids, work) {
        if (this.changing.size > 0)
            this.membershipCounts.overlappingChanges++;
        for (const id of ids)
            this.changing.add(id);
        this.journal.write(`members to be: ${this.membersToBe}; changing ${[...this.changing].join()}`);
        await work();
        for (const id of ids)
            this.changing.delete(id);
        const { size } = this.firstMembers;
        if (this.changing.size === 0 && size === 1)
            this.membershipCounts.oneMember++;
        if (this.changing.size === 0 && size === MEMBERS_MAX)
            this.membershipCounts.sevenMembers++;
        this.journal.write(`changed ${ids.join()}; members now: ${[...this.firstMembers.keys()].join()}`);
    }
    async bootNewcomer(id) {
        this.firstMembers.set(id, null);
        if (this.plan.disk === null)
            await this.bootNode(id);
        else
            await this.restart(id, 0);
    }
    /** Of a node that has been removed: it may run on for a while (R39), or be started once more, but never comes back. */
    async end(id) {
        await this.sleep(this.random.fork(`end/${id}`).between(0, 300));
        this.firstMembers.delete(id);
        this.stop(id, 'kill');
    }
    sleep(ms) {
        return new Promise((resolve) => {
            this.outside.setTimer(ms, resolve);
        });
    }
    /** Rejects when `promise` has not settled within `ms`, as when the process that made it has died. */
    within(promise, ms) {
        return new Promise((resolve, reject) => {
            const timer = this.outside.setTimer(ms, () => reject(new Error(`no answer within ${ms} ms`)));
            promise.then((value) => {
                timer.cancel();
                resolve(value);
            }, (error) => {
                timer.cancel();
                reject(error instanceof Error ? error : new Error(String(error)));
            });
        });
    }
    async remove(lostId) {
        await this.untilMember('remove', lostId, 0, (group) => isGone(group, lostId));
    }
    /** An operator who asks any node, again and again, until the change shows on a majority. */
    async untilMember(call, id, replacement, isDone) {
        const random = this.random.fork(`operator/${call}/${id}`);
        for (;;) {
            const settled = this.live.filter((node) => isDone(node.group)).length;
            if (settled > this.ids.length / 2)
                return;
            const node = await this.pickLive(random);
            try {
                await this.within(call === 'replace' ? node.group.replace(id, replacement) : node.group[call](id), 3000);
            }
            catch (error) {
                this.journal.write(() => `${call}(${id}) on node ${node.id}: ${String(error)}`);
            }
            await this.sleep(20 + random.int(60));
        }
    }
    /** D1 of the disks decides what may refuse. */
    async tryToStart(id) {
        try {
            return (await this.bootNode(id)) ? 'up' : 'stopped';
        }
        catch (error) {
            if (!isRaftoralError(error))
                throw error;
            this.journal.write(() => `node ${id} does not start: ${error.message}`);
            this.counts.refusedStarts++;
            if (!this.disks.excuses(id, error.code))
                throw new Violation('P8', `node ${id} does not start: ${error.code}: ${error.message}`);
            if (error.code === 'STORAGE_DAMAGED')
                this.giveUp(id);
            return 'refused';
        }
    }
    giveUp(id) {
        this.counts.damageFound++;
        this.lost.add(id);
    }
    /** The process ends, as its supervisor sees to, and starts again. */
    storageFailed(id, virtual, error) {
        this.journal.write(() => `the storage of node ${id} failed: ${String(error)}`);
        const code = isRaftoralError(error) ? error.code : 'INVARIANT_VIOLATED';
        if (!this.disks.excuses(id, code)) {
            this.oracle.note('P8', `the storage of node ${id} failed without a reason: ${String(error)}`);
            return;
        }
        this.counts.stoppedByStorage++;
        const random = this.random.fork(`storage-failed/${id}/${this.counts.stoppedByStorage}`);
        this.recovering++;
        this.outside.setTimer(random.between(0, 200), () => {
            this.recovering--;
            if (this.nodes.get(id)?.virtual !== virtual)
                return; // others were faster
            this.stop(id, random.chance(0.3) ? 'power-cut' : 'kill');
            if (code === 'STORAGE_DAMAGED')
                this.giveUp(id);
            this.restart(id, random.between(0, 200)).catch((failure) => this.time.fail(failure));
        });
    }
    /** False if the process was ended while it started. Rejects with what its storage refuses. */
    async bootNode(id) {
        const starts = (this.starts.get(id) ?? 0) + 1;
        this.starts.set(id, starts);
        const random = this.random.fork(starts === 1 ? `node/${id}` : `node/${id}/${starts}`);
        const clocks = random.fork('clock');
        const turns = random.fork('turns');
        const { plan } = this;
        const virtual = this.time.createNode({
            name: `node ${id}`,
            clockOffsetMs: clocks.between(-plan.clockOffsetMsMax, plan.clockOffsetMsMax),
            clockRate: 1 + clocks.between(-plan.clockRateSpread, plan.clockRateSpread),
            ...(plan.turnDelayMsMax > 0 ? { turnDelayMs: () => turns.float() * plan.turnDelayMsMax } : {}),
        });
        const stopped = new Promise((resolve) => {
            this.starting.set(id, () => {
                virtual.kill();
                this.starting.delete(id);
                resolve(null);
            });
        });
        const tenancy = this.tenant.install({ nodeId: id, virtual, random: random.fork('service'), world: this });
        const booting = bootHost({
            nodeId: id,
            virtual,
            random: random.fork('host'),
            transport: this.network.createTransport(virtual),
            machine: tenancy.machine,
            ...(tenancy.nextDeadlineMs === undefined ? {} : { nextDeadlineMs: tenancy.nextDeadlineMs }),
            members: this.firstMembers.get(id),
            plan,
            disk: plan.disk === null ? null : this.disks.of(id),
            ...(this.storageSabotage === undefined ? {} : { sabotage: this.storageSabotage }),
            journal: this.journal,
            oracle: this.oracle,
            onReplaced: () => this.onReplaced?.(id),
            onStorage: (storage) => this.storages.push(storage),
            onStorageFailed: (error) => this.storageFailed(id, virtual, error),
        });
        try {
            const booted = await Promise.race([booting, stopped]);
            if (booted === null || !virtual.alive)
                return false;
            const { group, storage, incarnation } = booted;
            this.nodes.set(id, { id, virtual, group, machine: tenancy.machine, service: tenancy.start(group, incarnation), storage });
            return true;
        }
        finally {
            this.starting.delete(id);
            if (!this.nodes.has(id))
                this.endProcess(id, virtual);
        }
    }
    endProcess(id, virtual) {
        virtual.kill();
        this.network.crash(id);
        this.tenant.died?.(id);
    }
}
/** A node that has heard of no membership yet knows nothing of who is gone. */
function isGone({ membership }, id) {
    if (membership.voters.length === 0)
        return false;
    return ![...membership.voters, ...membership.votersOutgoing, ...membership.learners, ...membership.learnersNext].includes(id);
}
//# sourceMappingURL=world.js.map