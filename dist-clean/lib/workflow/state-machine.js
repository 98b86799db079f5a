/**
 * The state machine of an execution cluster: the one place where its commands take effect. Pure: no clock, promise or chance; time
 * comes in with the entries, as the leader's stamp.
 *
 * M1. apply() is a function of the state and the entry: every replica decides alike.
 * M2. Nothing that a client or an owner sends makes it throw. What it can not decode halts the group on this node (R31), with group
 *     and index; it is never skipped.
 * M3. A refused or ignored command changes nothing but the log time and, for a client command, the memory of its answer. (An ignored
 *     sleep after a cancel marks its operation as settled: see apply-owner.ts.)
 * M4. Where it is stored in rows (load() was called), closed runs and histories leave memory once they are durable; answers, events and snapshot bytes
 *     are those of a machine that keeps all of it (R27, R32). Without that, nothing leaves.
 * Source: RULES R1–R40. Tests: state-machine.*.spec.ts.
 */
import { RaftoralError, invariant } from '../errors/index.js';
import { readLogTimeStamp, } from '../state-machine/index.js';
import { decodeCommand } from './command-codec.js';
import { CommandKind } from './command.js';
import { slotOf } from './slot.js';
import { applyClient, cancel, reset, signal, start, terminate } from './state-machine/apply-client.js';
import { changeOwnerTo, decline, memberHello, nodeDown, raiseCodecLevel, reserveNodeId, retentionSweep, setLimits, } from './state-machine/apply-group.js';
import { attemptFailed, attemptStarted, checkpoint, computeResult, continueAsNew, finish, sleep, timerFired, } from './state-machine/apply-owner.js';
import { Cut } from './state-machine/cut.js';
import { GroupState } from './state-machine/group-state.js';
import { checkGroupPart, imageOf, snapshotOf } from './state-machine/images.js';
import { loadedState } from './state-machine/load.js';
import { changeMembership, eligibleNodes } from './state-machine/ownership.js';
import { decodeSnapshot, encodeSnapshot } from './state-machine/snapshot-codec.js';
import { StoredRuns, answered } from './state-machine/stored-runs.js';
export class WorkflowStateMachine {
    groupId;
    state;
    /** null: all of it is in memory. */
    stored = null;
    /** The open cut. */
    openCut = null;
    /** Number of the newest closing that a cut has taken. */
    closingsCut = 0;
    constructor(options) {
        this.groupId = options.groupId;
        this.state = new GroupState(options.groupId);
        this.state.sink = options.sink ?? null;
    }
    /** Replaces the sink. */
    setSink(sink) {
        this.state.sink = sink;
    }
    apply(index, _term, frame) {
        const { state } = this;
        invariant(index > state.appliedIndex, () => `group ${this.groupId} applies ${index} after ${state.appliedIndex}`);
        const command = this.decode(index, frame);
        state.appliedIndex = index;
        state.advanceLogTime(readLogTimeStamp(frame));
        state.requests.forgetExpired(state.logTimeMs);
        if (this.openCut !== null)
            this.guard(this.openCut, command);
        const answer = this.carryOut(command);
        if (this.stored !== null)
            this.stored.applied();
        return answer;
    }
    /** What waits in the open cut is encoded before this command changes it. What a command starts, no cut knows yet; changes of owner tell it themselves. */
    guard(cut, command) {
        const { runs, current } = this.state;
        switch (command.kind) {
            case CommandKind.START:
            case CommandKind.MEMBER_HELLO:
            case CommandKind.NODE_DOWN:
            case CommandKind.SET_LIMITS:
            case CommandKind.RAISE_CODEC_LEVEL:
            case CommandKind.RESERVE_NODE_ID:
            case CommandKind.RETENTION_SWEEP:
                return;
            default: {
                const run = 'workflowId' in command && command.runId === '' ? current.get(command.workflowId) : runs.get(command.runId);
                if (run !== undefined)
                    cut.willChange(run);
            }
        }
    }
    check(frame) {
        decodeCommand(frame);
    }
    decode(index, frame) {
        try {
            return decodeCommand(frame);
        }
        catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            throw new RaftoralError('GROUP_HALTED', `Group ${this.groupId} can not apply entry ${index}: ${why}`, {
                cause: error,
                details: { groupId: this.groupId, index },
            });
        }
    }
    carryOut(command) {
        const { state } = this;
        switch (command.kind) {
            case CommandKind.CHECKPOINT:
                return checkpoint(state, command);
            case CommandKind.COMPUTE_RESULT:
                return computeResult(state, command);
            case CommandKind.ATTEMPT_STARTED:
                return attemptStarted(state, command);
            case CommandKind.ATTEMPT_FAILED:
                return attemptFailed(state, command);
            case CommandKind.SLEEP:
                return sleep(state, command);
            case CommandKind.TIMER_FIRED:
                return timerFired(state, command);
            case CommandKind.DECLINE:
                return decline(state, command);
            case CommandKind.FINISH:
                return finish(state, command);
            case CommandKind.CONTINUE_AS_NEW:
                return continueAsNew(state, command);
            case CommandKind.START:
                return applyClient(state, command, start);
            case CommandKind.SIGNAL:
                return applyClient(state, command, signal);
            case CommandKind.CANCEL:
                return applyClient(state, command, cancel);
            case CommandKind.TERMINATE:
                return applyClient(state, command, terminate);
            case CommandKind.RESET:
                return applyClient(state, command, reset);
            case CommandKind.CHANGE_OWNER:
                return changeOwnerTo(state, command);
            case CommandKind.MEMBER_HELLO:
                return memberHello(state, command);
            case CommandKind.SET_LIMITS:
                return setLimits(state, command);
            case CommandKind.RAISE_CODEC_LEVEL:
                return raiseCodecLevel(state, command);
            case CommandKind.NODE_DOWN:
                return nodeDown(state, command);
            case CommandKind.RESERVE_NODE_ID:
                return reserveNodeId(state, command);
            case CommandKind.RETENTION_SWEEP:
                return retentionSweep(state, command);
        }
    }
    applyMembership(index, membership) {
        if (index > this.state.appliedIndex)
            this.state.appliedIndex = index;
        changeMembership(this.state, membership);
    }
    snapshot() {
        invariant(this.stored === null, () => `group ${this.groupId} is stored in rows: bytesOf() makes its snapshot`);
        return encodeSnapshot(this.state);
    }
    restore(index, bytes) {
        invariant(this.stored === null, () => `group ${this.groupId} is stored in rows: they are replaced, and loaded`);
        const restored = decodeSnapshot(this.groupId, bytes);
        restored.appliedIndex = index;
        this.replace(restored, null);
    }
    replace(state, source) {
        state.sink = this.state.sink;
        this.state = state;
        this.stored?.close();
        this.stored = source === null ? null : new StoredRuns(state, source);
        this.openCut = null;
        this.closingsCut = state.ring?.last ?? 0;
    }
    // --- rows ---------------------------------------------------------------------------------------------------------------------
    load(stored, source) {
        this.replace(loadedState(this.groupId, stored), source);
    }
    cut() {
        invariant(this.openCut === null, () => `group ${this.groupId}: the cut at ${this.openCut?.index} is not done`);
        if (this.state.ring === null)
            this.state.storeInRows();
        const cut = new Cut(this.state, this.closingsCut, (done) => this.cutIsDone(done));
        this.openCut = this.state.openCut = cut;
        this.closingsCut = cut.closings;
        return cut;
    }
    cutIsDone(cut) {
        // Another state may have come meanwhile.
        if (this.openCut !== cut)
            return;
        this.openCut = this.state.openCut = null;
        for (const run of cut.runs)
            run.durableWseq = run.savedWseq;
        this.stored?.flushed(cut);
    }
    prefetch(frames) {
        return this.stored === null ? null : this.stored.prefetch(frames);
    }
    rowsOf(position, bytes) {
        const image = imageOf(this.groupId, position, bytes);
        this.stored?.installBegins();
        return image;
    }
    expectRows(_position, group) {
        checkGroupPart(this.groupId, group);
        this.stored?.installBegins();
    }
    bytesOf(image) {
        return snapshotOf(this.groupId, image);
    }
    // --- the read side ------------------------------------------------------------------------------------------------------------
    get appliedIndex() {
        return this.state.appliedIndex;
    }
    get logTimeMs() {
        return this.state.logTimeMs;
    }
    get codecLevel() {
        return this.state.codecLevel;
    }
    get limits() {
        return this.state.limits;
    }
    get limitsRevision() {
        return this.state.limitsRevision;
    }
    get voters() {
        return this.state.voters;
    }
    get hellos() {
        return this.state.hellos;
    }
    get nodeIdHighest() {
        return this.state.nodeIds.highest;
    }
    reservedNodeId(token) {
        return this.state.nodeIds.reservedBy(token);
    }
    wasRemoved(node) {
        return this.state.nodeIds.wasRemoved(node);
    }
    get openRunCount() {
        return this.state.open.size;
    }
    get closedRunCount() {
        return this.state.closedCount;
    }
    run(runId) {
        return this.state.runs.get(runId);
    }
    current(workflowId) {
        return this.state.current.get(workflowId);
    }
    openRuns() {
        return this.state.open.values();
    }
    allRuns() {
        return this.state.runs.values();
    }
    fetch(ref, need) {
        return answered(() => this.stored?.fetch(ref, need) ?? { run: this.runInMemory(ref) }).then(({ run }) => run);
    }
    runInMemory({ workflowId, runId }) {
        const run = runId === undefined ? this.current(workflowId) : this.run(runId);
        return run?.workflowId === workflowId ? run : undefined;
    }
    listStored(query) {
        return answered(() => this.stored?.list(query) ?? []);
    }
    hold(runId) {
        return this.stored === null ? null : this.stored.hold(runId);
    }
    release(runId) {
        this.stored?.release(runId);
    }
    ownsSlotOf(workflowId) {
        return this.state.slots.owns(slotOf(workflowId));
    }
    defaultVersion(name) {
        let common;
        for (const node of this.state.voters) {
            const versions = this.state.hellos.get(node)?.workflows.get(name);
            if (versions === undefined || versions.length === 0)
                continue;
            common = common === undefined ? versions : common.filter((version) => versions.includes(version));
        }
        return common?.at(-1);
    }
    isRegistered(name, version) {
        return this.state.voters.some((node) => this.state.hellos.get(node)?.workflows.get(name)?.includes(version) === true);
    }
    eligible(run) {
        const record = this.state.runs.get(run.runId);
        return record === undefined ? [] : eligibleNodes(this.state, record);
    }
    nextTimer() {
        return this.state.timers.next();
    }
    timersDue(ms, limit) {
        return this.state.timers.due(ms, limit);
    }
    oldestClosedMs() {
        return this.state.ring === null ? this.state.closed.oldest()?.closedMs : this.state.ring.oldestMs();
    }
}
//# sourceMappingURL=state-machine.js.map