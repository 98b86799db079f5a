import { CALM_LINK } from '../../lib/testing/simulated-network.js';
export class Nemesis {
    world;
    counts = new Map();
    random;
    over = false;
    /** Replacements under way. */
    repairs = [];
    constructor(world) {
        this.world = world;
        this.random = world.random.fork('nemesis');
    }
    /** Resolves at the end of the safety phase, when the last fault has ended. Replacements may still be under way: see repaired(). */
    async run() {
        const { world, random } = this;
        const { plan, time, network } = world;
        const endMs = time.nowMs + plan.safetyMs;
        if (plan.faults.length > 0) {
            for (;;) {
                const pauseMs = random.between(0.2, 1.8) * plan.faultEveryMs;
                if (time.nowMs + pauseMs >= endMs)
                    break;
                await world.sleep(pauseMs);
                await this.strike(random.pick(plan.faults));
            }
        }
        if (time.nowMs < endMs)
            await world.sleep(endMs - time.nowMs);
        this.over = true;
        network.heal();
        network.setProfile(CALM_LINK);
        world.disks.heal();
        world.onReplaced = null;
        for (const node of world.live)
            if (node.virtual.paused)
                node.virtual.resume();
        world.journal.write('all faults have ended');
    }
    /** Resolves when every node that was stopped is up again, and every lost one has been replaced. */
    async repaired() {
        // What is repaired may, on its way, ask for more.
        for (let count = -1; count !== this.repairs.length;) {
            count = this.repairs.length;
            await Promise.all(this.repairs);
        }
    }
    async strike(kind) {
        const victim = await this.world.pickLive(this.random);
        const struck = await this.do(kind, victim);
        if (!struck)
            return;
        this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    }
    async do(kind, victim) {
        const { world, random } = this;
        const { network, journal } = world;
        const others = world.live.filter((node) => node !== victim).map((node) => node.id);
        switch (kind) {
            case 'crash': {
                if (!world.mayCrash)
                    return false;
                const target = random.chance(0.5) ? (world.leader ?? victim) : victim;
                world.crash(target.id);
                this.repairs.push(this.replaceLater(target.id));
                return true;
            }
            case 'partition': {
                if (others.length === 0)
                    return false;
                const ids = random.shuffle(world.live.map((node) => node.id));
                const cut = 1 + random.int(ids.length - 1);
                journal.write(`partition of ${ids.slice(0, cut).join()} from ${ids.slice(cut).join()}`);
                network.partition(ids.slice(0, cut), ids.slice(cut));
                return this.healAfter();
            }
            case 'one-way': {
                const outward = random.chance(0.5);
                journal.write(`node ${victim.id} ${outward ? 'is not heard' : 'hears nobody'}`);
                if (outward)
                    network.partitionOneWay([victim.id], others);
                else
                    network.partitionOneWay(others, [victim.id]);
                return this.healAfter();
            }
            case 'isolate-leader': {
                const leader = world.leader;
                if (leader === undefined)
                    return false;
                journal.write(`leader ${leader.id} is cut off`);
                network.partition([leader.id], world.live.filter((node) => node !== leader).map((node) => node.id));
                return this.healAfter();
            }
            case 'clog': {
                if (others.length === 0)
                    return false;
                const to = random.pick(others);
                const ms = random.between(50, 1000);
                journal.write(`link ${victim.id} to ${to} stands still for ${ms.toFixed(0)} ms`);
                network.clog(victim.id, to, ms);
                return true;
            }
            case 'pause':
                return this.pause(victim);
            case 'clock-jump': {
                const ms = random.between(-3000, 3000);
                journal.write(`clock of node ${victim.id} jumps by ${ms.toFixed(0)} ms`);
                victim.virtual.jumpClock(ms);
                return true;
            }
            case 'grow':
                return this.change(world.grow());
            case 'shrink':
                return this.change(world.shrink(random.pick(world.ids)));
            case 'swap':
                return this.change(world.swap(random.pick(world.ids)));
            case 'kill':
            case 'power-cut':
            case 'blackout':
            case 'failed-sync':
            case 'disk-full':
            case 'slow-disk':
            case 'bit-flip':
            case 'cut-install':
                return this.harmDisk(kind, random.chance(0.5) ? (world.leader ?? victim) : victim);
            case 'transfer': {
                const leader = world.leader;
                if (leader === undefined || leader === victim)
                    return false;
                journal.write(`transfer of leadership from ${leader.id} to ${victim.id}`);
                leader.group.transferLeadership(victim.id).catch((error) => journal.write(() => `transfer: ${String(error)}`));
                return true;
            }
        }
    }
    harmDisk(kind, { id }) {
        const { world, random } = this;
        const { journal } = world;
        const disk = world.disks.of(id);
        switch (kind) {
            case 'kill':
            case 'power-cut':
                this.inNextSync(disk, () => {
                    world.stop(id, kind);
                    this.restartLater(id, 500);
                });
                return true;
            case 'blackout':
                this.inNextSync(disk, () => {
                    for (const each of world.ids) {
                        world.stop(each, 'power-cut');
                        this.restartLater(each, 300);
                    }
                });
                return true;
            case 'failed-sync':
                world.journal.write(`the next sync of node ${id} fails`);
                disk.failNextSync();
                return true;
            case 'disk-full':
                disk.full = random.pick(['growth', 'any']);
                this.until(`the disk of node ${id} is full (${disk.full})`, 600, () => (disk.full = 'no'));
                return true;
            case 'slow-disk': {
                const { profile } = disk;
                disk.profile = { ...profile, slowSyncRate: 0.3, slowSyncMsMax: random.between(50, 500) };
                this.until(`the disk of node ${id} is slow`, 800, () => {
                    if (!this.over)
                        disk.profile = profile;
                });
                return true;
            }
            case 'cut-install':
                journal.write('the next install of a snapshot is cut in two');
                world.onReplaced = (each) => {
                    world.onReplaced = null;
                    world.outside.setTimer(0, () => {
                        world.stop(each, 'power-cut');
                        this.restartLater(each, 300);
                    });
                };
                return true;
            case 'bit-flip': {
                if (!world.mayDamage)
                    return false;
                world.stop(id, random.chance(0.5) ? 'kill' : 'power-cut');
                const isDamaged = world.damage(id, random);
                this.restartLater(id, 300);
                return isDamaged;
            }
        }
    }
    /** Mostly while something is on its way to the disk, sometimes at once. */
    inNextSync(disk, strike) {
        if (this.random.chance(0.3)) {
            strike();
            return;
        }
        const part = this.random.float();
        disk.onNextSync = (ms) => void this.world.outside.setTimer(part * ms, () => {
            if (!this.over)
                strike();
        });
    }
    until(what, msMax, end) {
        this.world.journal.write(what);
        this.world.outside.setTimer(this.random.between(20, msMax), end);
    }
    restartLater(id, msMax) {
        const { world } = this;
        this.repairs.push(world.restart(id, this.random.between(0, msMax)).catch((error) => world.time.fail(error)));
    }
    async healAfter() {
        await this.world.sleep(this.random.between(50, 1000));
        if (!this.over)
            this.world.network.heal();
        this.world.journal.write('partitions healed');
        return true;
    }
    pause(victim) {
        const { world, random } = this;
        if (victim.virtual.paused)
            return false;
        const ms = random.between(20, 1000);
        world.journal.write(`node ${victim.id} is paused for ${ms.toFixed(0)} ms`);
        victim.virtual.pause();
        world.outside.setTimer(ms, () => {
            world.journal.write(`node ${victim.id} goes on`);
            victim.virtual.resume();
        });
        return true;
    }
    /** false: it may not be now. */
    change(changing) {
        if (changing === null)
            return false;
        this.repairs.push(changing.catch((error) => this.world.time.fail(error)));
        return true;
    }
    async replaceLater(lostId) {
        await this.world.sleep(this.random.between(0, 500));
        await this.world.replace(lostId);
    }
}
//# sourceMappingURL=nemesis.js.map