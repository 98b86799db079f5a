/**
 * Drives every Raft group of a process. Owns: the groups, and what they share (storage, transport, deadlines, peers, tick timer).
 *
 * H1. A turn: step what arrived → tick → send what was queued → gather Ready of every dirty group → send what may leave before the disk → one
 *     storage write for all groups → step its responses → apply → repeat until nothing is dirty → tell the listeners. Never re-entered.
 * H2. Nothing polls. Arrived frames ask for a turn in a microtask, local proposals for one in a macrotask, so that those of one moment share it.
 * H3. One tick timer, and only while a group is awake (a slow one while only peers are watched).
 * H4. An error in a group halts that group; an error of the storage halts all.
 * Source: DESIGN §4; R39. Tests: test/cluster/host.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { BusyPoll } from './busy-poll.js';
import { ClusterRouter } from './cluster-router.js';
import { DeadlineHeap } from './deadline-heap.js';
import { GroupEngine } from './group-engine.js';
import { resolveTuning } from './host-options.js';
import { openRows, openWhole } from './group-loader.js';
import { firstCallId } from './host-services.js';
import { SILENT_LOGGER } from './logger.js';
import { PeerTable } from './peer-table.js';
import { PeerWatch } from './peer-watch.js';
import { RaftNode } from './raft-node.js';
import { RequestRouter } from './request-router.js';
import { storageFailure } from './storage-failure.js';
import { SnapshotPace } from './snapshot-pace.js';
import { TickTimer } from './tick-timer.js';
import { TurnLoop } from './turn-loop.js';
import { TurnTrigger } from './turn-trigger.js';
import { withRows } from './whole-rows.js';
import { WritePipeline } from './write-pipeline.js';
/** The slow timer fires this often within `peerDownAfterMs`. */
const SLOW_PINGS_PER_SILENCE = 4;
/** A stall of this share of `peerDownAfterMs` is worth a line; shorter ones are counted. */
const STALL_WARN_SHARE = 4;
export class RaftHost {
    options;
    nodeId;
    tuning;
    /** Told after crash(): whoever holds something of the process that is not there any more lets go of it. */
    onCrashed = null;
    groups = new Map();
    nodes = new Map();
    logger;
    deadlines;
    router;
    requests;
    peers;
    peerWatch;
    pipeline;
    timer;
    trigger;
    loop;
    services;
    state = 'new';
    arePeersStale = false;
    snapshotSends = 0;
    alarm = null;
    failure = null;
    isSettling = false;
    openedIncarnation = 0;
    beginning = new Set();
    constructor(options) {
        this.options = options;
        const { clock, scheduler, transport, storage } = options;
        this.nodeId = options.nodeId;
        this.tuning = resolveTuning(options.tuning);
        this.logger = options.logger ?? SILENT_LOGGER;
        this.trigger = new TurnTrigger(scheduler, this.tuning.microtaskTurnsMax, (isMacrotask) => this.loop.run(isMacrotask));
        this.deadlines = new DeadlineHeap(clock, scheduler, this.tuning.tickMs);
        this.peers = new PeerTable(this.tuning, (peer) => this.peerChanged(peer, true), (peer) => this.peerChanged(peer, false));
        const identity = identityOf(this, options.deployment);
        this.router = new ClusterRouter(transport, identity, this.tuning, (to) => this.peers.sent(to, this.loop.now));
        const send = (to, envelope) => this.send(to, envelope);
        this.requests = new RequestRouter(clock, this.deadlines, this.tuning.requestsInFlightMax, send);
        this.peerWatch = new PeerWatch({ clock, tuning: this.tuning, peers: this.peers, deadlines: this.deadlines, send });
        this.pipeline = new WritePipeline(storage, (groupId, snapshot) => this.groups.get(groupId).saveSnapshot(snapshot), 
        // A disk that answers is what everybody waits for: its turn runs on the spot.
        () => (this.loop.isInTurn ? this.trigger.soon() : this.trigger.arrived()), (error) => this.storageFailed(error));
        const busyPoll = new BusyPoll({
            clock,
            scheduler,
            forMs: storage.volatile ? 0 : this.tuning.busyPollMs,
            isAwaited: () => this.pipeline.inFlight > 0,
        });
        this.timer = new TickTimer({
            clock,
            scheduler,
            tickMs: this.tuning.tickMs,
            slowMs: Math.max(this.tuning.tickMs, this.tuning.peerDownAfterMs / SLOW_PINGS_PER_SILENCE),
            catchUpTicksMax: this.tuning.catchUpTicksMax,
            longStallMs: Math.min(this.tuning.electionTimeoutTicks * this.tuning.tickMs, this.tuning.peerDownAfterMs),
            onTick: (ticks) => this.loop.tick(ticks),
            onStall: (stalledMs, isLong) => this.stalled(stalledMs, isLong),
        });
        this.loop = new TurnLoop({
            clock,
            router: this.router,
            pipeline: this.pipeline,
            requests: this.requests,
            peerWatch: this.peerWatch,
            trigger: this.trigger,
            groups: this.groups,
            roundsMax: this.tuning.turnRoundsMax,
            isVolatile: storage.volatile,
            soon: (callback) => scheduler.soon(callback),
            heard: (from, incarnation, now) => this.peers.heard(from, incarnation, now),
            beforeTurn: () => {
                if (this.arePeersStale)
                    this.refreshPeers();
            },
            afterTick: () => this.setPace(),
            afterTurn: () => busyPoll.wake(),
        });
        this.services = this.makeServices();
    }
    /** Of this start of the process, as the storage has it; 0 before start(). */
    get incarnation() {
        return this.openedIncarnation;
    }
    /** Opens storage and transport. Rejects with what they reject with (NODE_ID_REUSED, STORAGE_FAILED, …). */
    async start() {
        if (this.state !== 'new')
            throw new RaftoralError('INVALID_CONFIGURATION', `node ${this.nodeId} was started before; make a new RaftHost`);
        const { deployment, storage, transport } = this.options;
        const { nodeId } = this;
        const { incarnation } = await storage.open({ deployment, nodeId, incarnation: this.options.incarnation });
        this.openedIncarnation = incarnation;
        this.requests.begin(firstCallId(incarnation));
        this.state = 'running';
        await transport.start({ deployment, nodeId, incarnation, volatile: storage.volatile }, {
            onFrame: (frame) => {
                if (this.isConnected && this.router.receive(frame))
                    this.trigger.soon();
            },
            onFrames: (frames) => {
                if (!this.isConnected)
                    return;
                let isAny = false;
                for (let i = 0; i < frames.length; i++)
                    if (this.router.receive(frames[i]))
                        isAny = true;
                if (isAny)
                    this.trigger.arrived();
            },
            onPeerDisconnected: (peer) => {
                if (this.state !== 'running')
                    return;
                // What it said before is no sign of life after.
                if (this.router.hasArrived)
                    this.trigger.now();
                this.peerWatch.disconnected(peer);
            },
            onPeerRefused: (peer) => {
                if (this.state === 'running')
                    this.peerWatch.refused(peer);
            },
            onCrashed: () => this.crash(),
        });
    }
    /** Opens a group on this node. It never waits for a quorum. */
    async createGroup(options) {
        const { groupId } = options;
        if (this.state !== 'running')
            throw new RaftoralError('INVALID_CONFIGURATION', `node ${this.nodeId} is not running; start the host before its groups`);
        if (this.groups.has(groupId) || this.beginning.has(groupId))
            throw new RaftoralError('INVALID_CONFIGURATION', `group ${groupId} exists on node ${this.nodeId}; create it once`);
        this.beginning.add(groupId);
        let parts;
        try {
            parts = await this.open(options);
        }
        finally {
            this.beginning.delete(groupId);
        }
        if (this.failure !== null)
            throw new RaftoralError(this.failure.code, this.failure.message, { cause: this.failure });
        if (!this.isRunning)
            throw new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`);
        const engine = new GroupEngine(parts, this.services);
        const node = new RaftNode(engine);
        this.groups.set(groupId, engine);
        this.nodes.set(groupId, node);
        this.services.membershipChanged();
        this.setPace();
        engine.begin();
        return node;
    }
    group(groupId) {
        return this.nodes.get(groupId);
    }
    status() {
        const now = this.options.clock.monotonic();
        return {
            nodeId: this.nodeId,
            state: this.state,
            loopLagMs: this.timer.lagMs,
            loopLagMsMax: this.timer.lagMsMax,
            stalls: this.timer.stalls,
            longStalls: this.timer.longStalls,
            writesInFlight: this.pipeline.inFlight,
            requestsInFlight: this.requests.inFlight,
            network: { ...this.router.statistics },
            failure: this.failure?.message ?? null,
            alarm: this.alarm,
            peers: [...this.peers.all()].map((peer) => ({
                id: peer.id,
                isDown: peer.isDown,
                silentMs: now - peer.lastHeardAt,
                clockAheadMs: Number.isNaN(peer.clockAheadMs) ? null : peer.clockAheadMs,
            })),
            groups: [...this.nodes.values()].map((node) => node.status()),
        };
    }
    /** Hands over what it leads, rejects who waits with SHUTTING_DOWN, and closes transport and storage. */
    async stop() {
        if (this.state === 'stopped' || this.state === 'stopping')
            return;
        const wasRunning = this.state === 'running';
        this.state = 'stopping';
        await Promise.all([...this.nodes.values()].map((node) => node.handOver()));
        const error = new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`);
        for (const group of this.groups.values())
            group.close(error);
        this.requests.stop(error);
        this.router.flush();
        this.end();
        if (!wasRunning)
            return;
        await this.options.transport.stop();
        await this.settle();
        await this.options.storage.close();
    }
    /** For tests: ends as a killed process does. Nothing is sent, settled or told any more. */
    crash() {
        this.requests.stop(null);
        this.end();
        this.onCrashed?.();
    }
    end() {
        this.state = 'stopped';
        this.timer.setPace('off');
        this.deadlines.stop();
        this.pipeline.stop();
        this.router.clear();
        this.trigger.stop();
        this.loop.stop();
    }
    async open(options) {
        const { groupId, stateMachine, members, join, nextDeadlineMs } = options;
        const { storage } = this.options;
        const group = { nodeId: this.nodeId, groupId, storage, members, join, compactionKeepEntries: this.tuning.compactionKeepEntries };
        if (storage.state === null)
            return { groupId, stateMachine, nextDeadlineMs, rows: null, start: await openWhole(group) };
        const rows = withRows(stateMachine);
        return { groupId, stateMachine: rows, nextDeadlineMs, rows, start: await openRows(group, storage.state, rows) };
    }
    /** What was applied and is not flushed is in the log: this spares the next start its replay, no more. */
    async settle() {
        const { clock } = this.options;
        const until = clock.monotonic() + this.tuning.stopFlushMs;
        this.isSettling = true;
        for (const group of this.groups.values()) {
            if (this.failure !== null || clock.monotonic() >= until)
                break;
            try {
                await group.settle();
            }
            catch (error) {
                // The storage is to be closed all the same: the next start replays what this one could not put away.
                this.raiseAlarm(`group ${group.groupId}: its state is not flushed at the stop: ${String(error)}`, { groupId: group.groupId });
            }
        }
        this.isSettling = false;
    }
    // --- time and peers ---------------------------------------------------------------------------------------------
    /** After a long stall others may lead and own what this node did: it says so, though it can go on by itself. */
    stalled(stalledMs, isLong) {
        if (this.state === 'stopped')
            return;
        this.peers.stalled(stalledMs, this.options.clock.monotonic());
        const text = `the event loop of node ${this.nodeId} stood still for ${Math.round(stalledMs)} ms`;
        if (isLong) {
            const advice = 'others may have taken over what it led and owned; look for long synchronous work, or for a paused process';
            this.sayAlarm(`${text}; ${advice}`, { stalledMs });
        }
        else if (stalledMs >= this.tuning.peerDownAfterMs / STALL_WARN_SHARE)
            this.logger.log('warn', text);
    }
    setPace() {
        if (this.state === 'stopped')
            return;
        let isAwake = false;
        for (const group of this.groups.values()) {
            if (group.isOver || group.isHibernating)
                continue;
            isAwake = true;
            break;
        }
        const isWatching = isAwake || this.peers.size > 0;
        this.timer.setPace(isAwake ? 'tick' : isWatching ? 'slow' : 'off');
    }
    peerChanged(peer, isDown) {
        if (isDown)
            this.requests.peerDown(peer);
        for (const group of this.groups.values()) {
            if (isDown)
                group.onPeerDown(peer);
            else
                group.onPeerUp(peer);
        }
    }
    refreshPeers() {
        this.arePeersStale = false;
        const ids = new Set();
        for (const group of this.groups.values()) {
            if (group.isOver)
                continue;
            const { voters, votersOutgoing, learners } = group.membership;
            for (const list of [voters, votersOutgoing, learners])
                for (const id of list)
                    if (id !== this.nodeId)
                        ids.add(id);
        }
        this.peers.keepOnly(ids, this.options.clock.monotonic());
        this.setPace();
    }
    send(to, envelope) {
        if (!this.isConnected)
            return;
        this.router.send(to, envelope);
        this.loop.ask();
    }
    storageFailed(cause) {
        if (this.failure !== null || (this.state === 'stopped' && !this.isSettling))
            return;
        const error = storageFailure(this.nodeId, cause);
        this.pipeline.stop();
        this.raiseAlarm(error.message, {});
        for (const group of this.groups.values())
            group.halt(error);
        this.failure = error;
        this.requests.stop(error);
        this.loop.ask();
    }
    get isRunning() {
        return this.state === 'running';
    }
    /** A node that can't store any more is silent: its pings would hold up the takeover of what it led and owned (R39). */
    get isConnected() {
        return this.state !== 'stopped' && this.failure === null;
    }
    raiseAlarm(text, fields) {
        this.alarm = text;
        this.sayAlarm(text, fields);
    }
    /** Who listens for alarms logs them as it sees fit. */
    sayAlarm(text, fields) {
        if (this.options.onAlarm === undefined)
            this.logger.log('error', text, fields);
        else
            this.options.onAlarm(text, fields);
    }
    makeServices() {
        const { clock, random, storage, scheduler } = this.options;
        const isQuiet = () => this.loop.isQuiet;
        const isStopping = () => this.state !== 'running';
        const longStalls = () => this.timer.longStalls;
        const firstOfCalls = () => firstCallId(this.incarnation);
        return {
            nodeId: this.nodeId,
            get firstCallId() {
                return firstOfCalls();
            },
            clock,
            random,
            storage,
            deadlines: this.deadlines,
            tuning: this.tuning,
            logger: this.logger,
            peers: this.peers,
            requests: this.requests,
            get isStopping() {
                return isStopping();
            },
            get isQuiet() {
                return isQuiet();
            },
            get longStalls() {
                return longStalls();
            },
            markDirty: (group) => this.loop.markDirty(group),
            wantFlush: (group) => this.loop.wantFlush(group),
            gatherFlush: (group) => this.loop.gatherFlush(group),
            wantNotify: (group) => this.loop.wantNotify(group),
            wantApply: (group) => this.loop.wantApply(group),
            send: (to, envelope) => this.send(to, envelope),
            membershipChanged: () => {
                this.arePeersStale = true;
                this.loop.ask();
            },
            woke: () => this.setPace(),
            rise: (error) => scheduler.soon(() => {
                throw error;
            }),
            storageFailed: (error) => this.storageFailed(error),
            snapshotPace: new SnapshotPace(this.options.clock, this.tuning.snapshotBytesPerSecondMax),
            takeSnapshotSlot: () => {
                if (this.snapshotSends >= this.tuning.snapshotSendsMax)
                    return false;
                this.snapshotSends++;
                return true;
            },
            freeSnapshotSlot: () => {
                this.snapshotSends--;
            },
            raiseAlarm: (text, fields) => this.raiseAlarm(text, fields),
        };
    }
}
/** Its incarnation is known once the storage is open; nothing is sent before. */
function identityOf(host, deployment) {
    return {
        deployment,
        nodeId: host.nodeId,
        get incarnation() {
            return host.incarnation;
        },
    };
}
//# sourceMappingURL=raft-host.js.map