/**
 * A victim as the driver holds it: spawn, calls, what it said, its end. Owns the child process and its control block.
 *
 * V1. What the victim said before it died is read to the last line: `ended` resolves when its pipes are closed, not when it was reaped.
 * V2. A call that has no answer when the victim ends rejects with VictimGone: its outcome is in doubt.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ShimControl } from './shim.js';
const LOG_CHARACTERS_MAX = 6_000;
const SILENCE_MAX_MS = 60_000;
export class VictimGone extends Error {
}
/** What the engine rejected a call with. */
export class Refused extends Error {
    code;
    constructor(code, message) {
        super(`${code}: ${message}`);
        this.code = code;
    }
}
let controls = 0;
export class Victim {
    spawning;
    control;
    ended;
    /** Resolves when the node is ready; rejects with Refused when it does not start, with VictimGone when it dies first. */
    ready;
    isGone = false;
    /** It said so; before that it hears no call. */
    isReady = false;
    gaps = 0;
    child;
    waiting = new Map();
    nextId = 0;
    complaints = '';
    settleReady;
    constructor(spawning) {
        this.spawning = spawning;
        const { machine, library, options, wrapper = [], environment = {} } = spawning;
        this.control = new ShimControl(join(machine.folder, `control-${++controls}`));
        const victim = fileURLToPath(new URL('./victim.js', import.meta.url));
        const [command, ...rest] = [...wrapper, process.execPath, victim, JSON.stringify(options)];
        this.child = spawn(command, rest, {
            stdio: ['pipe', 'pipe', 'pipe'],
            env: {
                ...process.env,
                NODE_OPTIONS: '',
                NO_COLOR: '1',
                FAULT_SHIM_CONTROL: this.control.path,
                FAULT_SHIM_FOLDER: options.storagePath ?? '/nowhere',
                ...(wrapper.length === 0 ? { LD_PRELOAD: library } : {}),
                ...environment,
            },
        });
        machine.holds(this.child);
        this.child.stdin.on('error', () => undefined); // EPIPE of a victim that was just killed; `ended` says so
        this.child.stderr.setEncoding('utf8').on('data', (text) => this.complain(text));
        createInterface({ input: this.child.stdout }).on('line', (text) => this.hear(text));
        const settled = new Promise((resolve, reject) => (this.settleReady = { resolve: () => resolve(), reject }));
        this.ready = this.within(settled, 'ready');
        this.ready.catch(() => undefined); // whoever waits for it gets it; nobody has to
        this.ended = new Promise((resolve, reject) => {
            this.child.once('error', reject);
            this.child.once('close', (code, signal) => {
                this.isGone = true;
                const gone = new VictimGone(`the victim ended (${signal ?? `code ${code}`})`);
                for (const { reject: refuse } of this.waiting.values())
                    refuse(gone);
                this.waiting.clear();
                this.settleReady.reject(gone);
                resolve({ code, signal });
            });
        });
    }
    get pid() {
        return this.child.pid;
    }
    /** The last of what it logged. */
    get log() {
        return this.complaints;
    }
    async call(request) {
        if (this.isGone)
            throw new VictimGone('the victim is gone');
        const id = ++this.nextId;
        const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
        this.child.stdin.write(`${JSON.stringify({ ...request, id })}\n`);
        return this.within(answer, `an answer to ${request.op}`);
    }
    async status() {
        return (await this.call({ op: 'status' }));
    }
    /** kill -9; resolves when everything that it said is read. */
    async kill() {
        this.child.kill('SIGKILL');
        await this.ended;
    }
    /** Closes the application, as SIGTERM would. */
    async stop() {
        await this.call({ op: 'stop' }).catch((error) => {
            if (!(error instanceof VictimGone))
                throw error;
        });
        await this.ended;
    }
    /** A victim that says nothing is a finding, not a reason to wait for ever. */
    async within(promise, what) {
        let timer;
        const late = new Promise((_resolve, reject) => {
            timer = setTimeout(() => reject(new Error(`the victim was silent for ${SILENCE_MAX_MS} ms (waited for: ${what})\n${this.log}`)), SILENCE_MAX_MS);
        });
        try {
            return await Promise.race([promise, late]);
        }
        finally {
            clearTimeout(timer);
        }
    }
    complain(text) {
        this.complaints = (this.complaints + text).slice(-LOG_CHARACTERS_MAX);
    }
    hear(text) {
        const line = parse(text);
        if (line === null)
            return this.complain(`${text}\n`);
        if ('event' in line)
            this.spawning.onEvent?.(line.event);
        else if ('gap' in line)
            this.gaps++;
        else if ('ready' in line) {
            this.isReady = true;
            this.settleReady.resolve(undefined);
        }
        else if ('failed' in line)
            this.settleReady.reject(refused(line.failed));
        else {
            const waiting = this.waiting.get(line.id);
            this.waiting.delete(line.id);
            if ('error' in line)
                waiting?.reject(refused(line.error));
            else
                waiting?.resolve(line.ok);
        }
    }
}
function refused({ code, message }) {
    return new Refused(code, message);
}
/** null: the half of a line, the last that a killed process wrote; or a line of Nest's logger. */
function parse(text) {
    try {
        return JSON.parse(text);
    }
    catch (error) {
        if (error instanceof SyntaxError)
            return null;
        throw error;
    }
}
//# sourceMappingURL=victim-process.js.map