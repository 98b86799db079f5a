/**
 * Raft groups on several hosts in virtual time, over an in-process network: for specs of the shell.
 * Node n has a clock and a scheduler of its own; macrotasks are counted.
 */
import { RaftHost } from '../../lib/cluster/index.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { COMMAND_BODY_OFFSET, readLogTimeStamp } from '../../lib/state-machine/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime } from '../../lib/testing/virtual-time.js';
import { DEFAULT_FRAME_LIMITS } from '../../lib/transport/envelope-codec.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { EnvelopeKind } from '../../lib/transport/transport.js';
export const DEPLOYMENT = '00000000-0000-4000-8000-00000000000a';
/** A command frame with this text as its body. */
export function frame(text) {
    const body = Buffer.from(text, 'utf8');
    const bytes = new Uint8Array(COMMAND_BODY_OFFSET + body.length);
    bytes[0] = 1;
    bytes.set(body, COMMAND_BODY_OFFSET);
    return bytes;
}
export function textOf(bytes) {
    return Buffer.from(bytes.subarray(COMMAND_BODY_OFFSET)).toString('utf8');
}
/** Keeps every command's text, once: a repetition answers as the first did. Throws on the text 'poison'. */
export class TextMachine {
    texts = [];
    stamps = [];
    memberships = [];
    restores = 0;
    apply(_index, _term, bytes) {
        const text = textOf(bytes);
        if (text === 'poison' || text === 'malformed')
            throw new Error('a command of an unknown kind');
        this.stamps.push(readLogTimeStamp(bytes));
        if (!this.texts.includes(text))
            this.texts.push(text);
        return `${text}@${this.texts.indexOf(text)}`;
    }
    check(bytes) {
        if (textOf(bytes) === 'malformed')
            throw new RaftoralError('MALFORMED_FRAME', 'the text is malformed');
    }
    applyMembership(_index, membership) {
        this.memberships.push(membership);
    }
    snapshot() {
        return Buffer.from(JSON.stringify(this.texts), 'utf8');
    }
    restore(_index, bytes) {
        this.texts = JSON.parse(Buffer.from(bytes).toString('utf8'));
        this.restores++;
    }
}
export class CountingScheduler {
    inner;
    turns = 0;
    constructor(inner) {
        this.inner = inner;
    }
    turn(callback) {
        this.turns++;
        this.inner.turn(callback);
    }
    soon(callback) {
        this.inner.soon(callback);
    }
}
export class TestCluster {
    time = new VirtualTime();
    network;
    nodes = new Map();
    transports = new Map();
    random;
    dropped = [];
    constructor(options = {}) {
        this.random = new SeededRandom(options.seed ?? 1);
        const frameLimits = { ...DEFAULT_FRAME_LIMITS, frameBytesMax: options.frameBytesMax ?? DEFAULT_FRAME_LIMITS.frameBytesMax };
        this.network = new InProcessNetwork({ encodeFrames: options.encodeFrames ?? false, frameLimits });
    }
    /** Three voters unless told otherwise. */
    static async start(ids = [1, 2, 3], options = {}) {
        const cluster = new TestCluster(options);
        for (const id of ids)
            await cluster.add(id, { members: ids, ...options });
        return cluster;
    }
    async add(id, options) {
        const time = this.time.createNode({ name: `node ${id}`, clockOffsetMs: options.clockOffsetMs ?? 0 });
        options.onTime?.(time);
        const scheduler = new CountingScheduler(time);
        const alarms = [];
        const wire = this.network.createTransport();
        this.transports.set(id, wire);
        const transport = this.filtering(id, time, wire);
        const host = new RaftHost({
            nodeId: id,
            deployment: DEPLOYMENT,
            incarnation: 1,
            clock: time,
            scheduler,
            random: this.random,
            storage: options.storage ?? new MemoryRaftStorage(),
            transport: options.wrapTransport?.(transport) ?? transport,
            tuning: options.tuning ?? {},
            onAlarm: (text) => alarms.push(text),
        });
        await host.start();
        const machine = options.machine?.() ?? new TextMachine();
        const group = await host.createGroup({
            groupId: 1,
            stateMachine: machine,
            ...(options.members === undefined ? {} : { members: options.members }),
            ...(options.join === undefined ? {} : { join: options.join }),
            ...(options.nextDeadlineMs === undefined ? {} : { nextDeadlineMs: options.nextDeadlineMs }),
        });
        const heard = [];
        group.subscribe(noting(heard));
        const node = { id, time, scheduler, host, machine, group, alarms, heard };
        this.nodes.set(id, node);
        return node;
    }
    node(id) {
        const node = this.nodes.get(id);
        if (node === undefined)
            throw new Error(`no node ${id}`);
        return node;
    }
    /** Those whose process lives. */
    get alive() {
        return [...this.nodes.values()].filter((node) => node.time.alive);
    }
    get leader() {
        return this.alive.filter((node) => node.group.isLeader).sort((a, b) => b.group.term - a.group.term)[0];
    }
    followers() {
        return this.alive.filter((node) => !node.group.isLeader);
    }
    /** Waits until one node leads and all others of `among` know it. */
    async elect(among = this.alive, maxMs = 10_000) {
        const agreed = () => {
            const leader = among.find((node) => node.group.isLeader);
            const all = among.every((node) => node.group.leaderId === leader?.id && node.group.term === leader.group.term);
            return leader !== undefined && all && leader.group.appliedIndex === leader.group.status().lastIndex ? leader : undefined;
        };
        if (!(await this.time.runUntil(() => agreed() !== undefined, maxMs)))
            throw new Error('no leader was elected');
        return agreed();
    }
    /** What the promise gives, in virtual time. */
    settled(promise, maxMs = 20_000) {
        return this.time.runUntilSettled(promise, maxMs);
    }
    /** A peer without a host: sends what a test wants, keeps what it gets. */
    async impostor(id) {
        const transport = this.network.createTransport();
        const received = [];
        const keep = (arrived) => received.push(...arrived.envelopes.filter((envelope) => envelope.kind !== EnvelopeKind.PING));
        const identity = { deployment: DEPLOYMENT, nodeId: id, incarnation: 1, volatile: true };
        await transport.start(identity, { onFrame: keep, onPeerDisconnected: () => undefined });
        return { received, send: (to, ...envelopes) => transport.send(to, { deployment: DEPLOYMENT, from: id, incarnation: 1, envelopes }) };
    }
    /** From now on frames of one node to another lose their envelopes of these kinds. */
    dropEnvelopes(from, to, kinds) {
        this.dropped.push({ from, to, kinds });
    }
    /** An envelope that looks as if this node had sent it. */
    answerAs(from, to, envelope) {
        this.transports.get(from).send(to, { deployment: DEPLOYMENT, from, incarnation: 1, envelopes: [envelope] });
    }
    restoreLinks() {
        this.dropped = [];
    }
    /** Frames to a dead node vanish, those to a paused one wait in its socket; dropEnvelopes() is done here too. */
    filtering(from, time, transport) {
        return {
            start: (identity, handlers) => transport.start(identity, {
                ...handlers,
                onFrames: (frames) => {
                    if (time.paused)
                        time.turn(() => handlers.onFrames(frames));
                    else if (time.alive)
                        handlers.onFrames(frames);
                },
            }),
            stop: () => transport.stop(),
            send: (to, sent) => {
                const rules = this.dropped.filter((rule) => rule.from === from && rule.to === to);
                const envelopes = sent.envelopes.filter((envelope) => !rules.some((rule) => rule.kinds.includes(envelope.kind)));
                if (envelopes.length > 0)
                    transport.send(to, rules.length === 0 ? sent : { ...sent, envelopes });
            },
        };
    }
    /** The process dies: nothing of it runs any more. */
    crash(id) {
        const node = this.node(id);
        this.network.crash(id);
        node.time.kill();
    }
    async stop() {
        for (const node of this.alive)
            node.host.crash();
    }
}
function noting(heard) {
    return {
        onApplied: (index) => heard.push(`applied ${index}`),
        onLeadership: ({ leaderId, isLeader }) => heard.push(`leader ${leaderId}${isLeader ? ' (me)' : ''}`),
        onRestored: (index) => heard.push(`restored ${index}`),
        onMembership: ({ voters, learners }) => heard.push(`members ${voters.join()}+${learners.join()}`),
        onPeerDown: (peer) => heard.push(`down ${peer}`),
        onPeerUp: (peer) => heard.push(`up ${peer}`),
        onRemoved: () => heard.push('removed'),
        onHalted: () => heard.push('halted'),
    };
}
/** The code that a promise rejects with. */
export async function codeOf(promise) {
    try {
        await promise;
        return 'resolved';
    }
    catch (error) {
        return error.code ?? String(error);
    }
}
//# sourceMappingURL=raft-cluster.js.map