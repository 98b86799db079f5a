import { EnvelopeKind } from '../transport/transport.js';
import { FastElection } from './fast-election.js';
import { mayHibernate } from './hibernation.js';
/** A state timer due within this time keeps the group awake, ms. */
const DEADLINE_MS_MIN = 1_000;
/** Ticks until a refused hibernation is considered again. */
const HIBERNATE_RETRY_TICKS = 10;
export class GroupLiveness {
    context;
    /** The wake-up call before the next state timer. */
    dueAt = 0;
    heapIndex = -1;
    asleep = false;
    idleTicks = 0;
    mustSpeak = false;
    isSoleBeginner = false;
    unreachable = new Set();
    election;
    /** Incarnation of the process that said so, by node. */
    halted = new Map();
    skewTicks = 0;
    constructor(context) {
        this.context = context;
        const { raw, host, wantFlush, changed } = context;
        this.election = new FastElection({ raw, host, isDown: (node) => this.isDown(node), wantFlush, changed });
    }
    get isHibernating() {
        return this.asleep;
    }
    /** Takes no part in this group at the moment. */
    isDown(node) {
        const { peers } = this.context.host;
        return peers.isDown(node) || this.isHalted(node);
    }
    /** Another process of that node has another group. */
    isHalted(node) {
        const incarnation = this.halted.get(node);
        return incarnation !== undefined && incarnation === (this.context.host.peers.get(node)?.incarnation ?? 0);
    }
    /** A member says that the group halted there. Returns false if that is known. */
    peerHalted(peer) {
        if (this.isHalted(peer))
            return false;
        this.halted.set(peer, this.context.host.peers.get(peer)?.incarnation ?? 0);
        this.peerDown(peer);
        return true;
    }
    /** The host drives the group from now on. */
    begin() {
        const { raw, host, wantFlush } = this.context;
        const { voters, votersOutgoing } = raw.confState;
        this.isSoleBeginner = voters.length === 1 && voters[0] === host.nodeId && votersOutgoing.length === 0;
        if (this.isSoleBeginner)
            wantFlush();
    }
    /** The group did something: it is not idle. */
    worked() {
        this.idleTicks = 0;
    }
    /** In or out of a turn. */
    wake() {
        this.idleTicks = 0;
        if (!this.asleep)
            return;
        this.asleep = false;
        this.context.host.deadlines.remove(this);
        this.mustSpeak = true;
        this.context.wantFlush();
        this.context.host.woke();
    }
    onDue() {
        this.wake();
    }
    followToSleep() {
        this.asleep = true;
    }
    peerDown(peer) {
        this.wake();
        this.unreachable.add(peer);
        if (peer === this.context.raw.leaderId)
            this.election.begin(peer);
        this.context.wantFlush();
    }
    peerUp(peer) {
        this.unreachable.delete(peer);
        this.election.returned(peer);
        this.wake();
    }
    preVoteAsked(by, lastIndex) {
        this.election.asked(by, lastIndex);
    }
    leadershipChanged() {
        this.idleTicks = 0;
        if (this.context.raw.leaderId !== 0)
            this.election.end();
    }
    stop() {
        this.asleep = false;
        this.election.end();
        this.context.host.deadlines.remove(this);
    }
    /** In a turn. */
    flush() {
        const { raw, changed } = this.context;
        if (this.isSoleBeginner) {
            this.isSoleBeginner = false;
            raw.campaign();
            changed();
        }
        if (this.unreachable.size > 0) {
            for (const peer of this.unreachable)
                raw.reportUnreachable(peer);
            this.unreachable.clear();
        }
        this.election.flush();
        if (!this.mustSpeak)
            return;
        this.mustSpeak = false;
        if (raw.isLeader) {
            raw.tick();
            changed();
        }
    }
    /** In a turn, unless the group hibernates. */
    tick() {
        const { raw, host, changed } = this.context;
        this.idleTicks++;
        if (raw.isLeader && this.isTimeToSleep()) {
            this.sleep();
            return;
        }
        raw.tick();
        changed();
        if (raw.isLeader && host.tuning.maxClockSkewMs > 0 && ++this.skewTicks >= host.tuning.electionTimeoutTicks) {
            this.skewTicks = 0;
            this.watchClock();
        }
    }
    isTimeToSleep() {
        const { raw, host, nextDeadlineMs } = this.context;
        const { hibernateAfterTicks } = host.tuning;
        if (hibernateAfterTicks === 0 || this.idleTicks < hibernateAfterTicks)
            return false;
        const may = mayHibernate({
            raw,
            appliedIndex: this.context.appliedIndex(),
            isIdle: this.context.isIdle(),
            isDown: (node) => this.isDown(node),
            nextDeadlineMs: nextDeadlineMs === undefined ? Infinity : nextDeadlineMs(),
            deadlineMsMin: DEADLINE_MS_MIN,
        });
        if (!may)
            this.idleTicks = Math.max(0, hibernateAfterTicks - HIBERNATE_RETRY_TICKS);
        return may;
    }
    sleep() {
        const { raw, host, groupId, nextDeadlineMs } = this.context;
        this.asleep = true;
        for (const { id } of raw.status().peers) {
            if (id !== raw.id)
                host.send(id, { kind: EnvelopeKind.HIBERNATE, groupId, term: raw.term, commitIndex: raw.commitIndex });
        }
        const next = nextDeadlineMs === undefined ? Infinity : nextDeadlineMs();
        if (next === Infinity)
            return;
        this.dueAt = host.clock.monotonic() + next;
        host.deadlines.add(this);
    }
    watchClock() {
        const { raw, host, groupId, changed } = this.context;
        const { voters } = raw.confState;
        const aheadMs = host.peers.clockAheadOfMedian(voters, raw.id);
        if (aheadMs <= host.tuning.maxClockSkewMs)
            return;
        const heir = voters.find((voter) => voter !== raw.id && !this.isDown(voter) && (host.peers.get(voter)?.clockAheadMs ?? 0) > host.tuning.maxClockSkewMs);
        const text = `group ${groupId}: the clock of leader ${raw.id} is ${Math.round(aheadMs)} ms ahead of the voters' median; it hands over to node ${heir ?? 0}; set its clock`;
        host.raiseAlarm(text, { groupId, nodeId: raw.id, aheadMs, heir: heir ?? 0 });
        if (heir === undefined)
            return;
        raw.transferLeader(heir);
        changed();
    }
}
//# sourceMappingURL=group-liveness.js.map