export const SECTOR_BYTES = 512;
export const CALM_DISK = { syncMsMin: 0.1, syncMsMax: 0.5, slowSyncRate: 0, slowSyncMsMax: 0, tearBytes: 512 };
/** What the system call would have answered. */
export class DiskError extends Error {
    code;
    file;
    constructor(code, file) {
        super(`${code}: ${code === 'ENOSPC' ? 'no space left on device' : 'input/output error'}, '${file}'`);
        this.code = code;
        this.file = file;
    }
}
export class SimulatedDisk {
    options;
    counts = {
        syncs: 0,
        slowSyncs: 0,
        failedSyncs: 0,
        fullWrites: 0,
        powerCuts: 0,
        lossyCuts: 0,
        tornCuts: 0,
        flippedBits: 0,
    };
    profile;
    /** `growth`: files can't grow; `any`: no write succeeds (a file system that copies on write). */
    full = 'no';
    /** Called once, when the next sync begins, with the virtual ms that it takes: whoever wants to strike while something is at stake. */
    onNextSync = null;
    files = new Map();
    syncsToFail = 0;
    writes = 0;
    constructor(options) {
        this.options = options;
        this.profile = options.profile ?? CALM_DISK;
    }
    get fileNames() {
        return [...this.files.keys()];
    }
    /** Creates it, if it is not there. */
    file(name) {
        let file = this.files.get(name);
        if (file === undefined)
            this.files.set(name, (file = new SimulatedFile(name, this)));
        return file;
    }
    /** The next sync of any file fails; those after it succeed. */
    failNextSync() {
        this.syncsToFail = 1;
    }
    /** Ends what is armed, and makes room. */
    heal(profile) {
        this.syncsToFail = 0;
        this.onNextSync = null;
        this.full = 'no';
        this.profile = profile;
    }
    cutPower() {
        const { random } = this.options;
        this.counts.powerCuts++;
        let hasLost = false;
        let isTorn = false;
        for (const file of this.files.values()) {
            const { kept, lost } = file.cutPower(random, this.profile.tearBytes);
            if (lost > 0)
                hasLost = true;
            if (lost > 0 && kept > 0)
                isTorn = true;
        }
        if (hasLost)
            this.counts.lossyCuts++;
        if (isTorn)
            this.counts.tornCuts++;
    }
    /** Bit rot: in the cache and on the platter. */
    flipBit(name, offset, bit) {
        this.files.get(name).flipBit(offset, bit);
        this.counts.flippedBits++;
    }
    /** Called by its files only. */
    nextWrite() {
        return ++this.writes;
    }
    /** Resolves or rejects in the process that asked; never, if that died before, or had no power. */
    sync(file, process) {
        const { random, time, trace } = this.options;
        const pages = file.dirtyPages();
        const cuts = this.counts.powerCuts;
        const delayMs = this.drawDelay(random);
        this.counts.syncs++;
        const told = this.onNextSync;
        this.onNextSync = null;
        told?.(delayMs);
        return new Promise((resolve, reject) => {
            const end = () => {
                if (this.counts.powerCuts !== cuts)
                    return;
                trace?.number(time.nowMs);
                if (this.syncsToFail > 0) {
                    this.syncsToFail--;
                    this.counts.failedSyncs++;
                    file.dropPages(pages, random);
                    reject(new DiskError('EIO', file.name));
                    return;
                }
                file.persist(pages);
                resolve();
            };
            time.schedule(time.nowMs + delayMs, end, process, 'work');
        });
    }
    drawDelay(random) {
        const { syncMsMin, syncMsMax, slowSyncRate, slowSyncMsMax } = this.profile;
        const skew = random.float();
        if (slowSyncRate !== 0 && random.chance(slowSyncRate)) {
            this.counts.slowSyncs++;
            return random.float() * slowSyncMsMax;
        }
        return syncMsMin + (syncMsMax - syncMsMin) * skew * skew * skew;
    }
}
export class SimulatedFile {
    name;
    disk;
    cache = new Uint8Array(0);
    platter = new Uint8Array(0);
    length = 0;
    dirty = new Map();
    constructor(name, disk) {
        this.name = name;
        this.disk = disk;
    }
    get lengthBytes() {
        return this.length;
    }
    /** What a process reads. Valid until the next write. */
    read(offset, length) {
        return this.cache.subarray(Math.min(offset, this.length), Math.min(offset + length, this.length));
    }
    /** Throws DiskError ENOSPC, after a part was written. */
    write(offset, bytes) {
        const { disk } = this;
        const room = disk.full === 'no' ? bytes.length : disk.full === 'any' ? 0 : Math.max(0, this.length - offset);
        const taken = Math.min(bytes.length, room - (room % SECTOR_BYTES === 0 || room >= bytes.length ? 0 : room % SECTOR_BYTES));
        if (taken > 0)
            this.put(offset, taken === bytes.length ? bytes : bytes.subarray(0, taken));
        if (taken === bytes.length)
            return;
        disk.counts.fullWrites++;
        throw new DiskError('ENOSPC', this.name);
    }
    sync(process) {
        return this.disk.sync(this, process);
    }
    dirtyPages() {
        return new Map(this.dirty);
    }
    /** What was rewritten after the sync began stays dirty. */
    persist(pages) {
        for (const [sector, write] of pages) {
            this.toPlatter(sector);
            if (this.dirty.get(sector) === write)
                this.dirty.delete(sector);
        }
    }
    /** D2. */
    dropPages(pages, random) {
        for (const [sector, write] of pages) {
            if (random.chance(0.3))
                this.toPlatter(sector);
            if (this.dirty.get(sector) === write)
                this.dirty.delete(sector);
        }
    }
    /** D1. */
    cutPower(random, tearBytes) {
        const mode = random.pick(['prefix', 'subset', 'nothing', 'all']);
        const perUnit = tearBytes / SECTOR_BYTES;
        // In the order of writing, one unit after the other.
        const units = new Map();
        for (const [sector] of [...this.dirty].sort((a, b) => a[1] - b[1])) {
            const unit = Math.floor(sector / perUnit);
            const sectors = units.get(unit);
            if (sectors === undefined)
                units.set(unit, [sector]);
            else
                sectors.push(sector);
        }
        const prefix = random.int(units.size + 1);
        let kept = 0;
        for (const sectors of units.values()) {
            const isKept = mode === 'all' || (mode === 'prefix' && kept < prefix) || (mode === 'subset' && random.chance(0.5));
            if (!isKept)
                continue;
            kept++;
            for (const sector of sectors)
                this.toPlatter(sector);
        }
        this.dirty.clear();
        this.cache = this.platter.slice();
        this.length = Math.min(this.length, this.platter.length);
        return { kept, lost: units.size - kept };
    }
    flipBit(offset, bit) {
        this.cache[offset] ^= 1 << bit;
        this.ensurePlatter(offset + 1);
        this.platter[offset] ^= 1 << bit;
    }
    put(offset, bytes) {
        const end = offset + bytes.length;
        if (end > this.cache.length)
            this.cache = grown(this.cache, end);
        this.length = Math.max(this.length, end);
        this.cache.set(bytes, offset);
        const write = this.disk.nextWrite();
        for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
            this.dirty.delete(sector); // the order of the map is the order of writing
            this.dirty.set(sector, write);
        }
    }
    toPlatter(sector) {
        const start = sector * SECTOR_BYTES;
        const end = Math.min(start + SECTOR_BYTES, this.cache.length);
        this.ensurePlatter(end);
        this.platter.set(this.cache.subarray(start, end), start);
    }
    ensurePlatter(end) {
        if (end > this.platter.length)
            this.platter = grown(this.platter, end);
    }
}
/** Zeros where nothing was ever written, as in a file with holes. */
function grown(bytes, length) {
    const larger = new Uint8Array(Math.max(length, bytes.length * 2));
    larger.set(bytes);
    return larger;
}
//# sourceMappingURL=simulated-disk.js.map