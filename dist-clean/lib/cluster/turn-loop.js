import { EnvelopeKind } from '../transport/transport.js';
import { TurnList } from './turn-list.js';
/** One in which the window of a run closes and the body of its next step runs, one that takes what it proposes. */
const NOTICE_TURNS = 2;
export class TurnLoop {
    options;
    isInTurn = false;
    /** Monotonic clock at the begin of the turn. */
    now = 0;
    isStopped = false;
    ticksDue = 0;
    /** A leader applied commands in this turn: their proposers hear of it when the turn is over. */
    hasAnswered = false;
    /** Some of them had been proposed elsewhere. */
    hasForeign = false;
    /** Macrotasks that notices still wait. */
    noticeTurns = 0;
    dirty = new TurnList();
    flushing = new TurnList();
    gathered = new TurnList();
    notifying = new TurnList();
    // Of one round.
    appending = new TurnList();
    appends = new TurnList();
    applying = new TurnList();
    constructor(options) {
        this.options = options;
    }
    markDirty(group) {
        if (group.isDirty)
            return;
        group.isDirty = true;
        this.dirty.push(group);
        this.ask();
    }
    wantFlush(group) {
        if (group.isFlushWanted)
            return;
        group.isFlushWanted = true;
        this.flushing.push(group);
        this.ask();
    }
    /** Nothing gathers for the next macrotask, nothing is being written. */
    get isQuiet() {
        return this.gathered.count === 0 && this.options.pipeline.inFlight === 0;
    }
    gatherFlush(group) {
        if (group.isFlushGathered)
            return;
        group.isFlushGathered = true;
        this.gathered.push(group);
        this.options.trigger.macrotask();
    }
    wantNotify(group) {
        if (group.isNotifyWanted)
            return;
        group.isNotifyWanted = true;
        this.notifying.push(group);
        this.ask();
    }
    /** Out of a turn. */
    wantApply(group) {
        if (group.isApplyWanted)
            return;
        group.isApplyWanted = true;
        this.applying.push(group);
        this.ask();
    }
    /** Runs a turn with these ticks, now. */
    tick(ticks) {
        this.ticksDue = ticks;
        this.options.trigger.now();
    }
    /** Makes sure that a turn comes, unless one is running. */
    ask() {
        if (!this.isInTurn)
            this.options.trigger.soon();
    }
    stop() {
        this.isStopped = true;
        for (const list of [this.dirty, this.flushing, this.gathered, this.notifying, this.appending, this.applying])
            list.clear();
        this.appends.clear();
        this.ticksDue = 0;
    }
    /** One turn. Does nothing when called from inside one. */
    run(isMacrotask) {
        if (this.isInTurn || this.isStopped)
            return;
        this.isInTurn = true;
        this.now = this.options.clock.monotonic();
        if (isMacrotask)
            this.takeGathered();
        this.options.beforeTurn();
        let rounds = 0;
        try {
            do
                this.round();
            while (this.hasWork() && ++rounds < this.options.roundsMax);
        }
        finally {
            this.isInTurn = false;
        }
        this.leave(isMacrotask);
        this.options.afterTurn();
        if (this.hasWork())
            this.options.trigger.macrotask();
    }
    /** What the turn has for others leaves now, or soon (U5). */
    leave(isMacrotask) {
        const { router, trigger, isVolatile } = this.options;
        const { hasAnswered, hasForeign } = this;
        this.hasAnswered = false;
        this.hasForeign = false;
        const isWaiting = this.noticeTurns > 0;
        if (isWaiting && isMacrotask)
            this.noticeTurns--;
        // Not begun anew by what is applied meanwhile: notices do not wait for a pause.
        else if (!isWaiting && hasAnswered && !hasForeign && !isVolatile)
            this.noticeTurns = NOTICE_TURNS;
        if (!router.hasOutgoing) {
            this.noticeTurns = 0;
            this.notifyAll();
        }
        else if (this.noticeTurns > 0 && !router.hasUrgent && !hasForeign) {
            this.notifyAll();
            trigger.macrotask();
        }
        else if (hasAnswered && !isWaiting && (isVolatile || !hasForeign)) {
            this.notifyAll();
            this.options.soon(this.flushAfterAnswers);
        }
        else {
            this.flush();
            this.notifyAll();
        }
    }
    flush() {
        this.noticeTurns = 0;
        this.options.router.flush();
    }
    flushAfterAnswers = () => {
        if (!this.isStopped && !this.options.trigger.isPending)
            this.flush();
    };
    round() {
        if (this.options.router.hasArrived)
            this.deliver();
        if (this.options.pipeline.inFlight > 0)
            this.deliverWritten();
        if (this.ticksDue > 0)
            this.tickGroups();
        if (this.flushing.count > 0)
            this.flushGroups();
        if (this.dirty.count > 0)
            this.gatherGroups();
        if (this.appending.count > 0)
            this.writeGroups();
        if (this.applying.count > 0)
            this.applyGroups();
    }
    hasWork() {
        return this.dirty.count > 0 || this.flushing.count > 0 || this.options.router.hasArrived || this.ticksDue > 0;
    }
    deliver() {
        const now = this.now;
        const frames = this.options.router.takeArrived();
        for (let i = 0; i < frames.length; i++) {
            const { from, incarnation, envelopes } = frames[i];
            if (!this.options.heard(from, incarnation, now))
                continue;
            for (let j = 0; j < envelopes.length; j++)
                this.dispatch(from, envelopes[j]);
        }
    }
    dispatch(from, envelope) {
        switch (envelope.kind) {
            case EnvelopeKind.PING:
            case EnvelopeKind.PONG:
                this.options.peerWatch.receive(from, envelope);
                return;
            case EnvelopeKind.REQUEST:
                this.options.requests.answer(from, envelope, this.options.groups.get(envelope.groupId)?.handlerOf(envelope.method));
                return;
            case EnvelopeKind.RESPONSE:
                this.options.requests.onResponse(from, envelope);
                return;
            case EnvelopeKind.RAFT:
            case EnvelopeKind.PROPOSE:
            case EnvelopeKind.PROPOSE_ANSWER:
            case EnvelopeKind.HIBERNATE:
            case EnvelopeKind.SNAPSHOT_PART:
            case EnvelopeKind.SNAPSHOT_PART_ANSWER:
                this.dispatchToGroup(from, envelope);
        }
    }
    dispatchToGroup(from, envelope) {
        const group = this.options.groups.get(envelope.groupId);
        if (group === undefined)
            return;
        try {
            group.receive(from, envelope);
        }
        catch (error) {
            group.halt(error);
        }
    }
    deliverWritten() {
        for (const batch of this.options.pipeline.takeDone()) {
            for (let i = 0; i < batch.groups.length; i++)
                this.appended(batch.groups[i], batch.appends[i]);
        }
    }
    tickGroups() {
        const ticks = this.ticksDue;
        this.ticksDue = 0;
        // In the same turn, after what arrived: nobody is called silent whose frame is here.
        this.options.peerWatch.tick();
        for (const group of this.options.groups.values()) {
            try {
                for (let i = 0; i < ticks; i++)
                    group.tick();
            }
            catch (error) {
                group.halt(error);
            }
        }
        this.options.afterTick();
    }
    flushGroups() {
        const flushing = this.flushing.take();
        const { taken } = this.flushing;
        for (let i = 0; i < taken; i++) {
            const group = flushing[i];
            group.isFlushWanted = false;
            try {
                group.flush();
            }
            catch (error) {
                group.halt(error);
            }
        }
    }
    gatherGroups() {
        const dirty = this.dirty.take();
        const { taken } = this.dirty;
        for (let i = 0; i < taken; i++) {
            const group = dirty[i];
            group.isDirty = false;
            try {
                group.gather();
            }
            catch (error) {
                group.halt(error);
                continue;
            }
            if (group.append !== null) {
                this.appending.push(group);
                this.appends.push(group.append);
                group.append = null;
            }
            if (group.apply !== null && !group.isApplyWanted)
                this.applying.push(group);
        }
    }
    writeGroups() {
        const writes = [];
        const appending = this.appending.take();
        const appends = this.appends.take();
        const { taken } = this.appending;
        for (let i = 0; i < taken; i++) {
            const group = appending[i];
            if (group.appendWrite !== null)
                writes.push(group.appendWrite);
            group.appendWrite = null;
        }
        // What may leave before the disk is on its way while it works; where nothing waits for the disk, it leaves with what follows (U5).
        if (!this.options.isVolatile && writes.some(({ mustSync }) => mustSync))
            this.flush();
        if (!this.options.pipeline.writeNow(appending, appends, taken, writes))
            return;
        for (let i = 0; i < taken; i++)
            this.appended(appending[i], appends[i]);
    }
    appended(group, append) {
        try {
            group.appended(append);
        }
        catch (error) {
            group.halt(error);
        }
    }
    applyGroups() {
        const applying = this.applying.take();
        const { taken } = this.applying;
        for (let i = 0; i < taken; i++) {
            const group = applying[i];
            group.isApplyWanted = false;
            try {
                group.applyCommitted();
                if (group.isLeading) {
                    this.hasAnswered = true;
                    if (group.hasAppliedForeign)
                        this.hasForeign = true;
                }
                group.hasAppliedForeign = false;
            }
            catch (error) {
                group.halt(error);
            }
        }
    }
    notifyAll() {
        if (this.notifying.count === 0)
            return;
        const notifying = this.notifying.take();
        const { taken } = this.notifying;
        for (let i = 0; i < taken; i++) {
            notifying[i].isNotifyWanted = false;
            notifying[i].notify();
        }
    }
    takeGathered() {
        const gathered = this.gathered.take();
        const { taken } = this.gathered;
        for (let i = 0; i < taken; i++) {
            const group = gathered[i];
            group.isFlushGathered = false;
            if (group.isFlushWanted)
                continue;
            group.isFlushWanted = true;
            this.flushing.push(group);
        }
    }
}
//# sourceMappingURL=turn-loop.js.map