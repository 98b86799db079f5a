import { describe, expect, it } from '@jest/globals';
import { WorkflowChaos, xorshift } from '../../test/support/workflow-chaos.js';
import { EventKind } from './event.js';
import { WorkflowStateMachine } from './state-machine.js';
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const STEPS = 3000;
/** What happened, seen from the sink alone. */
class Watcher {
    histories = new Map();
    outcomes = new Map();
    epochs = new Map();
    seen = new Map();
    problems = [];
    note(run, event) {
        this.seen.set(event.kind, (this.seen.get(event.kind) ?? 0) + 1);
        // The id of a run that was swept is free again.
        if (event.kind === EventKind.STARTED && this.histories.get(run.runId)?.at(-1)?.kind === EventKind.FINISHED) {
            for (const map of [this.histories, this.outcomes, this.epochs])
                map.delete(run.runId);
        }
        const history = this.histories.get(run.runId) ?? [];
        this.histories.set(run.runId, history);
        history.push(event);
        if (event.wseq !== history.length)
            this.problems.push(`${run.runId}: wseq ${event.wseq} is number ${history.length}`);
        const before = history.at(-2);
        if (before !== undefined && before.timeMs > event.timeMs)
            this.problems.push(`${run.runId}: time runs backwards at ${event.wseq}`);
        if (before?.kind === EventKind.FINISHED)
            this.problems.push(`${run.runId}: event ${event.wseq} after the end`);
        this.noteOutcome(run, event);
        this.noteEpoch(run, event);
    }
    noteOutcome(run, event) {
        const settles = event.kind === EventKind.CHECKPOINT ||
            event.kind === EventKind.COMPUTE_RESULT ||
            (event.kind === EventKind.TIMER_FIRED && event.purpose === 'sleep');
        if (!settles)
            return;
        const outcomes = this.outcomes.get(run.runId) ?? new Set();
        this.outcomes.set(run.runId, outcomes);
        const operation = `${event.key}#${event.occurrence}`;
        if (outcomes.has(operation))
            this.problems.push(`${run.runId}: ${operation} settles twice`);
        outcomes.add(operation);
    }
    noteEpoch(run, event) {
        const epoch = this.epochs.get(run.runId) ?? 0;
        if (event.kind === EventKind.STARTED || event.kind === EventKind.OWNER_CHANGED) {
            if (event.epoch !== epoch + 1)
                this.problems.push(`${run.runId}: epoch ${event.epoch} after ${epoch}`);
            this.epochs.set(run.runId, event.epoch);
        }
        else if ('epoch' in event && event.epoch !== epoch) {
            this.problems.push(`${run.runId}: an event of epoch ${event.epoch} in epoch ${epoch}`);
        }
    }
}
function checkViews(machine, watcher) {
    let open = 0;
    for (const run of machine.allRuns()) {
        expect(run.history.events()).toEqual(watcher.histories.get(run.runId));
        if (run.closedMs === 0) {
            open++;
            expect(run.owner === 0).toBe(run.status === 'blocked');
            expect(run.blockedReason === null).toBe(run.status === 'running');
            expect(machine.current(run.workflowId)).toBe(run);
            if (run.status === 'blocked' && (run.blockedReason === 'no-implementation' || run.blockedReason === 'declined')) {
                expect(machine.eligible(run)).toEqual([]);
            }
        }
        else {
            expect(run.outcome).toBe(run.status);
        }
    }
    expect(machine.openRunCount).toBe(open);
    expect(new Set([...machine.openRuns()].map((run) => run.workflowId)).size).toBe(open);
}
describe('random histories', () => {
    it.each(SEEDS)('S3, P2, P4, P5: restored midway or not, machines agree byte for byte, and every run keeps its promises (seed %d)', (seed) => {
        const watcher = new Watcher();
        const steady = new WorkflowStateMachine({ groupId: 1, sink: (run, event) => watcher.note(run, event) });
        let restored = new WorkflowStateMachine({ groupId: 1 });
        const random = xorshift(seed * 7919);
        const chaos = new WorkflowChaos(random);
        for (let i = 0; i < STEPS; i++) {
            chaos.step([steady, restored]);
            if (i % 500 === 250) {
                const snapshot = steady.snapshot();
                restored = new WorkflowStateMachine({ groupId: 1 });
                restored.restore(chaos.appliedIndex, snapshot);
                expect(Buffer.compare(restored.snapshot(), snapshot)).toBe(0);
            }
        }
        expect(Buffer.compare(restored.snapshot(), steady.snapshot())).toBe(0);
        expect(watcher.problems).toEqual([]);
        checkViews(steady, watcher);
    });
    it('the random histories reach every kind of event', () => {
        const watcher = new Watcher();
        for (const seed of SEEDS.slice(0, 5)) {
            const machine = new WorkflowStateMachine({ groupId: 1, sink: (run, event) => watcher.note(run, event) });
            const chaos = new WorkflowChaos(xorshift(seed * 7919));
            for (let i = 0; i < STEPS; i++)
                chaos.step([machine]);
            watcher.histories.clear();
        }
        for (const [name, kind] of Object.entries(EventKind))
            expect([name, (watcher.seen.get(kind) ?? 0) > 3]).toEqual([name, true]);
    });
});
//# sourceMappingURL=state-machine.property.spec.js.map