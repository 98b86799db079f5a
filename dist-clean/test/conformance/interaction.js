/**
 * The interaction environment: whole nodes, every message and every Ready printed (conformance README §2, §3).
 * State lives for one file.
 */
import { APPEND_THREAD, APPLY_THREAD, ConfChangeTransition, EMPTY_CONF_STATE, EntryType, HardState, MemoryLogStorage, Message, MessageType, NO_BYTES, RawNode, Snapshot, StepResult, StorageResult, confChangeV1, confChangeV2, decodeConfChange, isDropped, isEmptyHardState, } from '../../lib/raft/index.js';
import { parseChanges } from './conf-changes.js';
import { argument, argumentList, positional } from './datadriven.js';
import { entryText, messageText, messageTypeOf, progressText, readyText, roleName } from './format.js';
import { Level, levelName, levelOf, traceLine } from './trace-text.js';
const ELECTION_TICKS = 3;
const HEARTBEAT_TICKS = 1;
const INFLIGHT_MAX = 2 ** 31 - 1;
/** An error that a script expects: its text is part of the output. */
class DirectiveError extends Error {
}
/** The driver's storage gives the latest state applied, not the latest snapshot stored. */
class HistoryStorage extends MemoryLogStorage {
    history = [];
    snapshot() {
        return this.history[this.history.length - 1];
    }
}
class Output {
    level = Level.DEBUG;
    text = '';
    get isQuiet() {
        return this.level === Level.NONE;
    }
    write(text) {
        if (!this.isQuiet)
            this.text += text;
    }
    log(level, text) {
        if (this.level <= level)
            this.write(`${levelName(level)} ${text}\n`);
    }
    take() {
        const text = this.text;
        this.text = '';
        return text;
    }
    /** Runs with a buffer of its own, whose lines are then copied with two spaces before them. */
    indented(run) {
        const before = this.take();
        try {
            run();
        }
        finally {
            const inner = this.take();
            this.text = before;
            if (inner !== '') {
                const lines = inner.endsWith('\n') ? inner.slice(0, -1) : inner;
                this.text += lines
                    .split('\n')
                    .map((line) => `  ${line}\n`)
                    .join('');
            }
        }
    }
}
export class InteractionEnvironment {
    nodes = [];
    messages = [];
    output = new Output();
    /** Runs one directive and returns its output. */
    run(directive) {
        this.output.take();
        try {
            this.dispatch(directive);
        }
        catch (error) {
            if (!(error instanceof DirectiveError))
                throw error;
            if (this.output.isQuiet)
                return error.message;
            this.output.write(error.message);
        }
        const text = this.output.take();
        return text === '' ? 'ok' : text;
    }
    dispatch(directive) {
        switch (directive.command) {
            case '_breakpoint':
                return;
            case 'add-nodes':
                return this.addNodes(directive);
            case 'campaign':
                return this.nodeAt(directive, 0).raw.campaign();
            case 'propose':
                return this.propose(directive);
            case 'propose-conf-change':
                return this.proposeConfChange(directive);
            case 'process-ready':
                return this.forEachNode(directive, 'handling Ready', (node) => this.processReady(node));
            case 'process-append-thread':
                return this.forEachNode(directive, 'processing append thread', (node) => this.processAppendThread(node));
            case 'process-apply-thread':
                return this.forEachNode(directive, 'processing apply thread', (node) => this.processApplyThread(node));
            case 'deliver-msgs':
                return this.deliverDirective(directive);
            case 'stabilize':
                return this.stabilizeDirective(directive);
            case 'tick-election':
                return this.tick(directive, ELECTION_TICKS);
            case 'tick-heartbeat':
                return this.tick(directive, HEARTBEAT_TICKS);
            case 'set-randomized-election-timeout':
                return this.nodeAt(directive, 0).raw.setRandomizedElectionTimeout(required(directive, 'timeout'));
            case 'log-level':
                return this.setLevel(positional(directive)[0] ?? '');
            default:
                return this.dispatchRest(directive);
        }
    }
    dispatchRest(directive) {
        const [, second] = positional(directive).map(Number);
        switch (directive.command) {
            case 'raft-log':
                return this.printLog(this.nodeAt(directive, 0));
            case 'raft-state':
                return this.printStates();
            case 'status':
                return this.printStatus(this.nodeAt(directive, 0));
            case 'compact':
                return this.compact(this.nodeAt(directive, 0), second);
            case 'send-snapshot':
                return this.sendSnapshot(this.nodeAt(directive, 0), second);
            case 'report-unreachable':
                return this.nodeAt(directive, 0).raw.reportUnreachable(second);
            case 'transfer-leadership':
                return this.nodeById(required(directive, 'from')).raw.transferLeader(required(directive, 'to'));
            case 'forget-leader':
                return this.nodeAt(directive, 0).raw.forgetLeader();
            default:
                throw new DirectiveError(`unknown command ${directive.command}`);
        }
    }
    addNodes(directive) {
        const count = Number(positional(directive)[0]);
        const voters = argumentList(directive, 'voters');
        const learners = argumentList(directive, 'learners');
        const index = argument(directive, 'index');
        const content = argument(directive, 'content');
        const isBootstrapped = [voters, learners, index, content].some((value) => value !== undefined);
        const confState = { ...EMPTY_CONF_STATE, voters: ids(voters), learners: ids(learners) };
        for (let i = 0; i < count; i++) {
            const storage = new HistoryStorage();
            let snapshot = new Snapshot(0, 0, EMPTY_CONF_STATE, NO_BYTES);
            if (isBootstrapped) {
                if (!(Number(index) > 1))
                    throw new DirectiveError('index must be specified as > 1 due to bootstrap');
                snapshot = new Snapshot(Number(index), 1, confState, new TextEncoder().encode(content ?? ''));
                storage.applySnapshot(snapshot);
            }
            storage.history.push(snapshot);
            this.addNode(directive, storage, snapshot.index);
        }
    }
    addNode(directive, storage, applied) {
        const flag = (key) => argument(directive, key) === 'true';
        const number = (key, missing) => Number(argument(directive, key) ?? missing);
        const isAsync = flag('async-storage-writes');
        const raw = new RawNode({
            id: this.nodes.length + 1,
            electionTimeoutTicks: ELECTION_TICKS,
            heartbeatTimeoutTicks: HEARTBEAT_TICKS,
            storage,
            applied,
            inflightMessagesMax: number('inflight', INFLIGHT_MAX),
            committedBytesPerReadyMax: number('max-committed-size-per-ready', Infinity),
            asyncStorageWrites: isAsync,
            preVote: flag('prevote'),
            checkQuorum: flag('checkquorum'),
            readOnly: argument(directive, 'read-only') === 'lease-based' ? 'lease' : 'safe',
            disableConfChangeValidation: flag('disable-conf-change-validation'),
            stepDownOnRemoval: flag('step-down-on-removal'),
            // The scripts hold for every draw; the longest one keeps followers quietest.
            random: (n) => n - 1,
            trace: { trace: (event, nodeId, subject, ...numbers) => this.log(event, nodeId, subject, numbers) },
        });
        this.nodes.push({ raw, storage, isAsync, appendWork: [], applyWork: [] });
    }
    log(event, nodeId, subject, numbers) {
        const line = traceLine(event, nodeId, subject, numbers);
        this.output.log(line.level, line.text);
    }
    propose(directive) {
        const data = new TextEncoder().encode(positional(directive)[1] ?? directive.args[1]?.key ?? '');
        const result = this.nodeAt(directive, 0).raw.propose(data);
        if (isDropped(result))
            throw new DirectiveError('raft proposal dropped');
    }
    proposeConfChange(directive) {
        const changes = parseChanges(directive.input);
        const isV1 = argument(directive, 'v1') === 'true';
        const transitions = {
            auto: ConfChangeTransition.Auto,
            implicit: ConfChangeTransition.JointImplicit,
            explicit: ConfChangeTransition.JointExplicit,
        };
        const transition = transitions[argument(directive, 'transition') ?? 'auto'];
        if (transition === undefined)
            throw new DirectiveError(`unknown transition ${argument(directive, 'transition')}`);
        if (isV1 && (changes.length !== 1 || transition !== ConfChangeTransition.Auto)) {
            throw new DirectiveError('v1 conf change can only have one operation and no transition');
        }
        const change = isV1 ? confChangeV1(changes[0].type, changes[0].nodeId) : confChangeV2(changes, transition);
        const result = this.nodeAt(directive, 0).raw.proposeConfChange(change);
        if (isDropped(result))
            throw new DirectiveError('raft proposal dropped');
    }
    processReady(node) {
        const ready = node.raw.ready();
        this.output.write(readyText(ready));
        if (!node.isAsync) {
            this.append(node, ready.hardState, ready.entries, ready.snapshot);
            this.apply(node, ready.committedEntries);
        }
        for (const message of ready.messages) {
            if (message.to === APPEND_THREAD)
                node.appendWork.push(message);
            else if (message.to === APPLY_THREAD)
                node.applyWork.push(message);
            else
                this.messages.push(message);
        }
        if (!node.isAsync)
            node.raw.advance();
    }
    processAppendThread(node) {
        const message = node.appendWork.shift();
        if (message === undefined)
            return this.output.write('no append work to perform');
        this.output.write(`Processing:\n${messageText(message, '', false)}\n`);
        this.append(node, new HardState(message.term, message.vote, message.commit), message.entries, message.snapshot);
        this.respond(message);
    }
    processApplyThread(node) {
        const message = node.applyWork.shift();
        if (message === undefined)
            return this.output.write('no apply work to perform');
        this.output.write(`Processing:\n${messageText(message, '', false)}\n`);
        this.apply(node, message.entries);
        this.respond(message);
    }
    respond(message) {
        this.output.write(`Responses:\n${message.responses.map((response) => `${messageText(response)}\n`).join('')}`);
        this.messages.push(...message.responses);
    }
    append(node, hardState, entries, snapshot) {
        if (hardState !== null && !isEmptyHardState(hardState))
            node.storage.setHardState(hardState);
        if (snapshot === null)
            return node.storage.append(entries);
        if (entries.length > 0)
            throw new DirectiveError("can't apply snapshot and entries at the same time");
        if (node.storage.applySnapshot(snapshot) !== StorageResult.Ok) {
            throw new DirectiveError('requested index is older than the existing snapshot');
        }
    }
    apply(node, entries) {
        for (const entry of entries) {
            const history = node.storage.history;
            const last = history[history.length - 1];
            let { confState } = last;
            let update = entry.data;
            if (entry.type !== EntryType.Normal) {
                const change = decodeConfChange(entry.type, entry.data);
                update = change.context;
                confState = node.raw.applyConfChange(change);
            }
            const data = new Uint8Array(last.data.length + update.length);
            data.set(last.data);
            data.set(update, last.data.length);
            history.push(new Snapshot(entry.index, entry.term, confState, data));
        }
    }
    deliverDirective(directive) {
        let type;
        const recipients = [];
        const add = (text, isDrop) => {
            const id = Number(text);
            if (recipients.some((other) => other.id === id))
                throw new DirectiveError(`node ${id} given twice`);
            recipients.push({ id, isDrop });
        };
        for (const arg of directive.args) {
            if (arg.values.length === 0)
                add(arg.key, false);
            else if (arg.key === 'drop')
                for (const value of arg.values)
                    add(value, true);
            else if (arg.key === 'type') {
                type = messageTypeOf(arg.values[0]);
                if (type === undefined)
                    throw new DirectiveError(`unknown message type ${arg.values[0]}`);
            }
        }
        if (this.deliver(recipients, type) === 0)
            this.output.write('no messages\n');
    }
    /** Returns how many messages were delivered or dropped. */
    deliver(recipients, type) {
        let count = 0;
        for (const { id, isDrop } of recipients) {
            const taken = this.messages.filter((message) => isFor(message, id, type, isDrop));
            this.messages = this.messages.filter((message) => !isFor(message, id, type, isDrop));
            count += taken.length;
            for (const message of taken) {
                this.output.write(`${isDrop ? 'dropped: ' : ''}${messageText(message)}\n`);
                if (!isDrop)
                    this.step(this.nodeById(id), message);
            }
        }
        return count;
    }
    step(node, message) {
        const result = node.raw.step(message);
        if (result === StepResult.Ok)
            return;
        const texts = {
            [StepResult.PeerNotFound]: 'raft: cannot step as peer not found',
            [StepResult.LocalMessage]: 'raft: cannot step raft local message',
            [StepResult.ProposalDropped]: 'raft proposal dropped',
        };
        this.output.write(`${texts[result] ?? `message refused (${result})`}\n`);
    }
    stabilizeDirective(directive) {
        const before = this.output.level;
        const level = argument(directive, 'log-level');
        if (level !== undefined)
            this.setLevel(level);
        try {
            const given = positional(directive).map((text) => this.nodeById(Number(text)));
            this.stabilize(given.length > 0 ? given : this.nodes.slice());
        }
        finally {
            this.output.level = before;
        }
    }
    stabilize(nodes) {
        let isDone = false;
        while (!isDone) {
            isDone = true;
            for (const node of nodes) {
                if (!node.raw.hasReady())
                    continue;
                isDone = false;
                this.output.write(`> ${node.raw.id} handling Ready\n`);
                this.output.indented(() => this.processReady(node));
            }
            for (const node of nodes) {
                const { id } = node.raw;
                if (!this.messages.some((message) => message.to === id))
                    continue;
                isDone = false;
                this.output.write(`> ${id} receiving messages\n`);
                this.output.indented(() => this.deliver([{ id, isDrop: false }], undefined));
            }
            if (this.drain(nodes, 'append', (node) => node.appendWork, (node) => this.processAppendThread(node)))
                isDone = false;
            if (this.drain(nodes, 'apply', (node) => node.applyWork, (node) => this.processApplyThread(node)))
                isDone = false;
        }
    }
    drain(nodes, thread, work, run) {
        let isBusy = false;
        for (const node of nodes) {
            if (work(node).length === 0)
                continue;
            isBusy = true;
            this.output.write(`> ${node.raw.id} processing ${thread} thread\n`);
            while (work(node).length > 0)
                this.output.indented(() => run(node));
        }
        return isBusy;
    }
    forEachNode(directive, what, run) {
        const nodes = positional(directive).map((text) => this.nodeById(Number(text)));
        if (nodes.length === 1)
            return run(nodes[0]);
        for (const node of nodes) {
            this.output.write(`> ${node.raw.id} ${what}\n`);
            this.output.indented(() => run(node));
        }
    }
    tick(directive, count) {
        const node = this.nodeAt(directive, 0);
        for (let i = 0; i < count; i++)
            node.raw.tick();
    }
    setLevel(text) {
        const level = levelOf(text);
        if (level === undefined)
            throw new DirectiveError(`log levels must be one of DEBUG, INFO, WARN, ERROR, FATAL, NONE, not ${text}`);
        this.output.level = level;
    }
    printLog(node) {
        const first = node.storage.firstIndex();
        const last = node.storage.lastIndex();
        if (first > last)
            return this.output.write(`log is empty: first index=${first}, last index=${last}`);
        for (const entry of node.storage.entries(first, last + 1, Infinity) ?? [])
            this.output.write(`${entryText(entry)}\n`);
    }
    printStates() {
        for (const { raw } of this.nodes) {
            const { voters, votersOutgoing } = raw.confState;
            const isVoter = voters.includes(raw.id) || votersOutgoing.includes(raw.id);
            this.output.write(`${raw.id}: ${roleName(raw.role)} ${isVoter ? '(Voter)' : '(Non-Voter)'} Term:${raw.term} Lead:${raw.leaderId}\n`);
        }
    }
    printStatus(node) {
        for (const peer of node.raw.status().peers)
            this.output.write(`${peer.id}: ${progressText(peer)}\n`);
    }
    compact(node, index) {
        if (node.storage.compact(index) !== StorageResult.Ok) {
            throw new DirectiveError('requested index is unavailable due to compaction');
        }
        this.printLog(node);
    }
    sendSnapshot(node, to) {
        const message = new Message(MessageType.Snap, to, node.raw.id, node.raw.term);
        message.snapshot = node.storage.snapshot();
        this.messages.push(message);
        this.output.write(messageText(message));
    }
    nodeAt(directive, position) {
        return this.nodeById(Number(positional(directive)[position]));
    }
    nodeById(id) {
        const node = this.nodes[id - 1];
        if (node === undefined)
            throw new DirectiveError(`no node ${id}`);
        return node;
    }
}
function isFor(message, id, type, isDrop) {
    const isLocal = message.from === message.to || message.from < 0 || message.to < 0;
    return message.to === id && !(isDrop && isLocal) && (type === undefined || message.type === type);
}
function ids(values) {
    return (values ?? []).map(Number);
}
function required(directive, key) {
    const value = argument(directive, key);
    if (value === undefined)
        throw new DirectiveError(`argument ${key} is missing`);
    return Number(value);
}
//# sourceMappingURL=interaction.js.map