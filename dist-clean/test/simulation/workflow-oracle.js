/**
 * Watches every event that any node applies, and every command that any node proposes as an owner. Owns a model of each run that knows
 * nothing of the engine's own bookkeeping.
 *
 * P2  no (run, key, occurrence) has two outcomes, on any node; the event at (run, wseq) is the same everywhere.
 * P4  an event carries the epoch that the history says; a node proposes as owner of an epoch only if the history says that it is.
 * P5  no workflow id has two open runs.
 * P7  a replica of deterministic code never reports a divergence; the one that was made to behave otherwise is detected and named.
 */
import { encodeEvent } from '../../lib/workflow/event-codec.js';
import { EventKind } from '../../lib/workflow/event.js';
export class WorkflowOracle {
    group;
    runs = new Map();
    openById = new Map();
    /** Runs whose divergence was reported, with the nodes that did. */
    diverged = new Map();
    events = 0;
    constructor(group) {
        this.group = group;
    }
    /** Inside apply of `node`. */
    onEvent(node, run, event) {
        const bytes = encodeEvent(event);
        const model = this.modelOf(run, event);
        const known = model.events[event.wseq - 1];
        if (known === undefined) {
            if (event.wseq !== model.events.length + 1) {
                this.group.note('history', `run ${run.runId} on node ${node}: event ${event.wseq} after ${model.events.length}`);
                return;
            }
            model.events.push(bytes);
            this.events++;
            this.follow(model, run, event);
        }
        else if (Buffer.compare(known, bytes) !== 0) {
            this.group.note('P2', `event ${event.wseq} of run ${run.runId} (${model.name}) differs on node ${node}`);
        }
    }
    /** A node proposes an owner command. */
    onOwnerCommand(node, runId, epoch) {
        const owner = this.runs.get(runId)?.owners.get(epoch);
        if (owner === node)
            return;
        const what = owner === undefined ? 'which no history has' : `which belongs to node ${owner}`;
        this.group.note('P4', `node ${node} proposed as owner in epoch ${epoch} of run ${runId}, ${what}`);
    }
    onDiverged(node, runId, name, text) {
        if (name !== 'divergent')
            this.group.note('P7', `deterministic workflow '${name}' was said to diverge on node ${node}: ${text}`);
        let nodes = this.diverged.get(runId);
        if (nodes === undefined)
            this.diverged.set(runId, (nodes = new Set()));
        nodes.add(node);
    }
    /** A body runs on `node`: it must have been the owner at some time. */
    onBody(node, runId) {
        const model = this.runs.get(runId);
        if (model === undefined || ![...model.owners.values()].includes(node)) {
            this.group.note('P4', `a body of run ${runId} ran on node ${node}, which never owned it`);
        }
    }
    modelOf(run, event) {
        let model = this.runs.get(run.runId);
        if (model === undefined) {
            const { workflowId, name } = run;
            model = { workflowId, name, owners: new Map(), outcomes: new Set(), events: [], signals: new Set(), epoch: 0, isFinished: false };
            this.runs.set(run.runId, model);
            if (event.kind !== EventKind.STARTED)
                this.group.note('history', `run ${run.runId} begins with an event of kind ${event.kind}`);
        }
        return model;
    }
    follow(model, run, event) {
        const { runId } = run;
        if (model.isFinished)
            this.group.note('P2', `run ${runId} got an event of kind ${event.kind} after it had finished`);
        if ('occurrence' in event && 'epoch' in event && event.epoch !== model.epoch) {
            this.group.note('P4', `run ${runId}: an event of epoch ${event.epoch} took effect in epoch ${model.epoch} (${event.key} #${event.occurrence})`);
        }
        switch (event.kind) {
            case EventKind.STARTED: {
                const open = this.openById.get(model.workflowId);
                if (open !== undefined)
                    this.group.note('P5', `workflow id '${model.workflowId}' runs as ${open} and as ${runId}`);
                this.openById.set(model.workflowId, runId);
                this.own(model, runId, event.owner, event.epoch);
                return;
            }
            case EventKind.OWNER_CHANGED:
                this.own(model, runId, event.owner, event.epoch);
                return;
            case EventKind.CHECKPOINT:
            case EventKind.COMPUTE_RESULT: {
                const operation = `${event.key}#${event.occurrence}`;
                if (model.outcomes.has(operation))
                    this.group.note('P2', `run ${runId}: operation ${operation} was committed twice`);
                model.outcomes.add(operation);
                return;
            }
            case EventKind.SIGNAL:
                if (model.signals.has(event.requestId))
                    this.group.note('P1', `run ${runId}: signal of request ${event.requestId} was recorded twice`);
                model.signals.add(event.requestId);
                return;
            case EventKind.FINISHED:
                model.isFinished = true;
                if (this.openById.get(model.workflowId) === runId)
                    this.openById.delete(model.workflowId);
                return;
            default:
                return;
        }
    }
    own(model, runId, owner, epoch) {
        if (epoch !== model.epoch + 1)
            this.group.note('P4', `run ${runId}: epoch ${epoch} follows ${model.epoch}`);
        model.epoch = epoch;
        model.owners.set(epoch, owner);
    }
}
//# sourceMappingURL=workflow-oracle.js.map