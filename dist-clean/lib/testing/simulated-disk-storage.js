/**
 * Storage of a node on a simulated disk: the port of lib/storage/storage.ts over two simulated databases, with the engine's own rows of the
 * log and its own recovery. What the real store does by SQLite, this one does by virtual time and a faulty disk.
 *
 * G1. One flush at a time, for all groups; while it is in flight the next gathers. A write resolves when its flush is durable.
 * G2. Rows are deleted as a prefix of the sequence of their group, never the newest one (R35).
 * G3. The first failure of either file poisons both (L7).
 * G4. open() raises the incarnation above every one that it has seen, durably (R13).
 * Tests: simulated-disk-storage.spec.ts, and profile `disk` of the simulator.
 */
import { RaftoralError, invariant } from '../errors/index.js';
import { NO_BYTES, Snapshot } from '../raft/index.js';
import { fitLogToState } from '../storage/log-fit.js';
import { LogRecovery } from '../storage/log-recovery.js';
import { readLogRow, storedRow } from '../storage/log-row.js';
import { LoggedGroup } from '../storage/logged-group.js';
import { packRow, SimulatedDatabase, unpackRow } from './simulated-disk-database.js';
import { SimulatedSpool } from './simulated-disk-spool.js';
import { SimulatedStateStore } from './simulated-disk-state.js';
export const LOG_DATABASE = 'log.db';
export const STATE_DATABASE = 'state.db';
/** Rows of the log that are deleted with one flush, at most. */
const ROWS_DELETED_MAX = 50;
const CHECKSUM_BYTES = 4;
export class SimulatedDiskStorage {
    options;
    volatile = false;
    counts = { logFlushes: 0, rowsDeleted: 0, mergedWrites: 0, finishedInstalls: 0 };
    groups = new Map();
    logDatabase = null;
    stateDatabase = null;
    stateStore = null;
    failure = null;
    pending = [];
    isFlushing = false;
    constructor(options) {
        this.options = options;
    }
    get state() {
        invariant(this.stateStore !== null, 'the storage is not open');
        return this.stateStore;
    }
    /** What it has done, for the summary of a run. */
    get work() {
        return { ...this.counts, ...this.stateStore?.counts };
    }
    async owner() {
        const { disk, process, random, checkpointFrames } = this.options;
        const log = await SimulatedDatabase.open({ disk, process, random, name: LOG_DATABASE, checkpointFrames });
        const stored = log.table('meta').get('meta');
        return stored === undefined ? null : unpackRow('meta', 'meta', stored);
    }
    async open({ deployment, nodeId, incarnation: proposed }) {
        const { disk, process, random, checkpointFrames, answersBeforeSync } = this.options;
        const open = (name) => SimulatedDatabase.open({
            disk,
            process,
            random,
            name,
            checkpointFrames,
            ...(answersBeforeSync === true && name === LOG_DATABASE ? { answersBeforeSync } : {}),
        });
        const log = (this.logDatabase = await open(LOG_DATABASE));
        const state = (this.stateDatabase = await open(STATE_DATABASE));
        const stored = log.table('meta').get('meta');
        const meta = stored === undefined ? null : unpackRow('meta', 'meta', stored);
        if (meta !== null && (meta.nodeId !== nodeId || meta.deployment !== deployment)) {
            throw new RaftoralError('STORAGE_FOREIGN', `${LOG_DATABASE} belongs to node ${meta.nodeId}, not to node ${nodeId}`);
        }
        const incarnation = Math.max(proposed, (meta?.incarnation ?? 0) + 1);
        await log.commit([packRow('meta', 'meta', { deployment, nodeId, incarnation })]);
        this.stateStore = new SimulatedStateStore({
            database: state,
            process,
            random,
            onDurable: (groupId, position) => this.log(groupId).saveSnapshot(snapshotAt(position)),
            onReplaced: this.options.onReplaced,
            onImage: this.options.onImage,
            tearsFlush: this.options.tearsFlush === true,
        });
        await this.recover(log);
        return { incarnation };
    }
    log(groupId) {
        return this.group(groupId).log;
    }
    write(batch) {
        if (this.failure !== null)
            return Promise.reject(this.failure);
        for (const write of batch)
            this.group(write.groupId).take(write);
        return new Promise((resolve, reject) => {
            this.pending.push({ resolve, reject });
            if (!this.isFlushing)
                void this.flushAll();
        });
    }
    /** L5: with a state store, replace() does it. */
    saveSnapshot(groupId) {
        invariant(false, () => `group ${groupId}: a whole snapshot for a storage with a state store`);
    }
    async compact(groupId, index) {
        this.group(groupId).compact(index);
    }
    spool(groupId) {
        const { disk, process, random } = this.options;
        return new SimulatedSpool({ disk, process, random, name: `snapshot-${groupId}.part` });
    }
    async close() {
        while (this.isFlushing || this.stateStore?.isBusy === true)
            await new Promise((resolve) => this.options.process.turn(resolve));
    }
    async flushAll() {
        this.isFlushing = true;
        while (this.pending.length > 0 && this.failure === null) {
            const flushed = this.pending;
            this.pending = [];
            try {
                await this.flush(flushed);
            }
            catch (error) {
                this.fail(error);
                for (const { reject } of flushed)
                    reject(this.failure);
            }
        }
        for (const { reject } of this.pending.splice(0))
            reject(this.failure);
        this.isFlushing = false;
    }
    async flush(flushed) {
        const changes = [];
        const written = [];
        for (const group of this.groups.values()) {
            for (const sequence of this.takeDeletable(group)) {
                changes.push({ table: LOG_TABLE, key: logKey(group.groupId, sequence), value: null });
                this.counts.rowsDeleted++;
            }
            const row = group.nextRow();
            if (row === null)
                continue;
            changes.push(changeOf(row));
            written.push({ group, row });
        }
        if (changes.length > 0) {
            this.counts.logFlushes++;
            await this.logDatabase.commit(changes);
        }
        for (const { group, row } of written)
            group.written(row.sequence, row);
        if (this.failure !== null)
            throw this.failure;
        this.counts.mergedWrites += flushed.length - 1;
        for (const { resolve } of flushed)
            resolve();
    }
    takeDeletable(group) {
        return group.deletableRows === 0 ? [] : group.takeDeletable(ROWS_DELETED_MAX, Infinity);
    }
    async recover(log) {
        const stored = storedRows(log);
        const logs = recovered(stored);
        const states = this.state.groups();
        for (const groupId of new Set([...logs.keys(), ...states.keys()])) {
            const found = states.get(groupId) ?? null;
            const resetRow = fitLogToState({
                groupId,
                log: logs.get(groupId) ?? null,
                state: found,
                logFile: LOG_DATABASE,
                stateFile: STATE_DATABASE,
            });
            let content = logs.get(groupId);
            if (resetRow !== null) {
                this.counts.finishedInstalls++;
                const row = storedRow(groupId, (content?.lastSequence ?? 0) + 1, resetRow);
                await log.commit([changeOf(row)]);
                content = recovered([...stored.filter((other) => other.groupId === groupId), row]).get(groupId);
            }
            if (content !== undefined && this.options.resurrectsTail === true)
                content = untruncated(content, stored);
            const group = this.group(groupId);
            if (found !== null)
                group.log.saveSnapshot(snapshotAt(found.position));
            if (content !== undefined)
                group.restore(content, content.rowLastIndexes.map((_, i) => content.firstSequence + i));
        }
    }
    group(groupId) {
        let group = this.groups.get(groupId);
        if (group === undefined)
            this.groups.set(groupId, (group = new LoggedGroup(groupId)));
        return group;
    }
    /** G3. */
    fail(error) {
        this.failure ??= error;
        this.logDatabase.poison(this.failure);
        this.stateDatabase.poison(this.failure);
    }
}
const LOG_TABLE = 'log';
function logKey(groupId, sequence) {
    return `${groupId}/${sequence}`;
}
function changeOf({ groupId, sequence, row, checksum }) {
    const value = Buffer.alloc(CHECKSUM_BYTES + row.length);
    value.writeUInt32LE(checksum, 0);
    value.set(row, CHECKSUM_BYTES);
    return { table: LOG_TABLE, key: logKey(groupId, sequence), value };
}
/** In sequence. */
function storedRows(log) {
    const rows = [...log.table(LOG_TABLE)].map(([key, value]) => {
        const [groupId, sequence] = key.split('/').map(Number);
        const checksum = Buffer.from(value.buffer, value.byteOffset, CHECKSUM_BYTES).readUInt32LE(0);
        return { groupId, sequence, checksum, row: value.subarray(CHECKSUM_BYTES) };
    });
    return rows.sort((a, b) => a.sequence - b.sequence);
}
function recovered(rows) {
    const recovery = new LogRecovery(LOG_DATABASE);
    for (const row of rows)
        recovery.take(row);
    return recovery.finish();
}
/** For tests of the simulator. */
function untruncated(content, rows) {
    const entries = [];
    for (const row of rows) {
        if (row.groupId !== content.groupId)
            continue;
        for (const entry of readLogRow(row, LOG_DATABASE).entries) {
            if (entry.index === content.baseIndex + entries.length + 1)
                entries.push(entry);
        }
    }
    return { ...content, entries };
}
/** Where the state of a group stands; its data is in rows. */
function snapshotAt({ index, term, confState }) {
    return new Snapshot(index, term, confState, NO_BYTES);
}
//# sourceMappingURL=simulated-disk-storage.js.map