/**
 * The driver's half of shim.c: compiles it, reads its counters and arms its rules through the control block that the victim has mapped.
 * A block belongs to one victim process; its counts can be read when the process is gone.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFolder } from './machine.js';
/** In the order of shim.c. */
const FILE_CLASSES = ['log.db', 'log.db-wal', 'state.db', 'state.db-wal', 'folder', 'other'];
export const LOG_FILES = ['log.db', 'log.db-wal'];
export const STATE_FILES = ['state.db', 'state.db-wal'];
export const STORAGE_FILES = [...LOG_FILES, ...STATE_FILES];
export const ALL_FILES = FILE_CLASSES;
const ACTIONS = { fail: 1, 'leave-out': 2, wait: 3, 'kill-before': 4, 'kill-torn': 5, 'kill-after': 6 };
const OPERATIONS = { sync: 1, write: 2, truncate: 4 };
const COUNTERS = { syncs: 0, syncsFailed: 1, syncsLeftOut: 2, writes: 3, bytes: 4, truncations: 5 };
const CLASS_WORDS = 8;
const RULES = 4;
const RULE_WORDS = 8;
const RULES_AT = FILE_CLASSES.length * CLASS_WORDS;
const WORDS = RULES_AT + RULES * RULE_WORDS;
const FIRED = 6;
export const EIO = 5;
/** The library, compiled once a run. */
export function compileShim(machine) {
    const library = join(machine.folder, 'shim.so');
    const { status, stderr } = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', library, join(sourceFolder(), 'shim.c'), '-ldl'], {
        encoding: 'utf8',
    });
    if (status !== 0)
        throw new Error(`gcc does not compile shim.c: ${stderr}`);
    return library;
}
export class ShimControl {
    path;
    file;
    constructor(path) {
        this.path = path;
        this.file = openSync(path, 'w+');
        writeSync(this.file, Buffer.alloc(WORDS * 8));
    }
    arm(at, rule) {
        const files = rule.files.reduce((bits, name) => bits | (1 << FILE_CLASSES.indexOf(name)), 0);
        const operations = rule.operations.reduce((bits, name) => bits | OPERATIONS[name], 0);
        const words = [0, files, operations, rule.skip ?? 0, rule.times ?? 0, rule.parameter ?? 0, 0];
        for (const [index, word] of words.entries())
            this.put(RULES_AT + at * RULE_WORDS + index, word);
        this.put(RULES_AT + at * RULE_WORDS, ACTIONS[rule.action]); // last: from here on it counts
    }
    disarm(at) {
        this.put(RULES_AT + at * RULE_WORDS, 0);
    }
    /** How often the rule was met. */
    fired(at) {
        return this.get(RULES_AT + at * RULE_WORDS + FIRED);
    }
    count(what, files) {
        return files.reduce((sum, name) => sum + this.get(FILE_CLASSES.indexOf(name) * CLASS_WORDS + COUNTERS[what]), 0);
    }
    close() {
        closeSync(this.file);
    }
    get(word) {
        const bytes = Buffer.alloc(8);
        readSync(this.file, bytes, 0, 8, word * 8);
        return Number(bytes.readBigInt64LE());
    }
    put(word, value) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(value));
        writeSync(this.file, bytes, 0, 8, word * 8);
    }
}
//# sourceMappingURL=shim.js.map