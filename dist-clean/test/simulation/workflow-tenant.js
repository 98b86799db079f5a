import { decodeCommand } from '../../lib/workflow/command-codec.js';
import { CommandKind } from '../../lib/workflow/command.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import { definitionOf } from '../support/definition.js';
import { WorkflowOracle } from './workflow-oracle.js';
import { Chain, Collector, Divergent, Doomed, Fan, Inventory, Order, Waiter } from './workflows.js';
import { DEPLOYMENT, GROUP_ID } from './boot.js';
/** Owner commands, whose epoch says on whose behalf they are proposed (R18). */
const OWNER_KINDS = new Set([
    CommandKind.CHECKPOINT,
    CommandKind.COMPUTE_RESULT,
    CommandKind.ATTEMPT_STARTED,
    CommandKind.ATTEMPT_FAILED,
    CommandKind.SLEEP,
    CommandKind.FINISH,
    CommandKind.CONTINUE_AS_NEW,
]);
export class WorkflowTenant {
    sabotage;
    inventory = new Inventory();
    /** Made with the first node: it needs the world's oracle. */
    watcher = null;
    never = null;
    running = new Map();
    constructor(sabotage = (_nodeId, machine) => machine) {
        this.sabotage = sabotage;
    }
    get oracle() {
        return this.watcher;
    }
    install(context) {
        const { nodeId, world } = context;
        this.watcher ??= new WorkflowOracle(world.oracle);
        const oracle = this.watcher;
        const tap = new EventTap();
        const state = new WorkflowStateMachine({
            groupId: GROUP_ID,
            sink: (run, event) => {
                oracle.onEvent(nodeId, run, event);
                tap.sink(run, event);
            },
        });
        return {
            machine: world.oracle.observe(nodeId, this.sabotage(nodeId, state)),
            nextDeadlineMs: () => (state.nextTimer()?.dueMs ?? Infinity) - Math.max(context.virtual.now(), state.logTimeMs),
            start: (group, incarnation) => {
                const runtime = new WorkflowRuntime({
                    group: watchSubmits(group, oracle),
                    state,
                    tap,
                    registry: new WorkflowRegistry(this.definitions(context)),
                    clock: context.virtual,
                    scheduler: context.virtual,
                    random: context.random,
                    incarnation,
                    deployment: DEPLOYMENT,
                    buildId: 'simulated',
                    limits: { retentionMs: world.plan.retentionMs },
                    residentRunsMax: world.plan.residentRunsMax,
                    residentBytesMax: world.plan.residentBytesMax,
                    reporter: reporterOf(nodeId, oracle, world),
                });
                const service = new WorkflowRuntimeService(runtime);
                runtime.start();
                this.running.set(nodeId, runtime);
                return { service, runtime, state };
            },
        };
    }
    reference() {
        return (this.never = new WorkflowStateMachine({ groupId: GROUP_ID }));
    }
    /** A committed sweep has made the run absent (R28). */
    isSwept(runId) {
        return this.never !== null && this.oracle.runs.get(runId)?.isFinished === true && this.never.run(runId) === undefined;
    }
    died(nodeId) {
        this.running.get(nodeId)?.stop();
        this.running.delete(nodeId);
    }
    dispose() {
        for (const runtime of this.running.values())
            runtime.stop();
        this.running.clear();
    }
    definitions(context) {
        const { nodeId, virtual, world } = context;
        const surroundings = {
            nodeId,
            inventory: {
                ...this.inventory,
                reserve: (call, quantity) => {
                    this.oracle.onBody(nodeId, call.runId);
                    return this.inventory.reserve(call, quantity);
                },
            },
            sleep: (ms) => new Promise((resolve) => {
                virtual.setTimer(ms, resolve);
            }),
            isOdd: nodeId === world.plan.oddNode,
        };
        return [
            definitionOf(Order, surroundings),
            definitionOf(Collector),
            definitionOf(Fan, surroundings),
            definitionOf(Chain),
            definitionOf(Doomed),
            definitionOf(Waiter),
            definitionOf(Divergent, surroundings),
        ];
    }
}
/** The group as the runtime sees it; every owner command that it proposes is shown to the oracle (P4). */
function watchSubmits(group, oracle) {
    return new Proxy(group, {
        get(target, property) {
            if (property === 'submit') {
                return (frame, cancelled) => {
                    const command = decodeCommand(frame);
                    if (OWNER_KINDS.has(command.kind) && 'epoch' in command)
                        oracle.onOwnerCommand(target.nodeId, command.runId, command.epoch);
                    target.submit(frame, cancelled);
                };
            }
            const value = Reflect.get(target, property, target);
            return typeof value === 'function' ? value.bind(target) : value;
        },
    });
}
function reporterOf(nodeId, oracle, world) {
    const name = (run) => (run === null ? 'no run' : `${run.name} ${run.workflowId} (${run.runId})`);
    return {
        diverged: (run, wseq, method, committed, computed) => {
            const text = `at ${wseq} in ${method}: committed ${committed}, computed ${computed}`;
            world.journal.write(() => `node ${nodeId}: ${name(run)} diverged ${text}`);
            oracle.onDiverged(nodeId, run.runId, run.name, method === '' ? '' : text);
        },
        stopped: (run, reason, message) => {
            world.journal.write(() => `node ${nodeId}: ${name(run)} stopped, ${reason}: ${message}`);
            // A history that can't be read is declined; the disk must be damaged for that.
            const isDamaged = reason === 'instantiation-failed' && world.disks.damaged.has(nodeId);
            if ((reason === 'foreign-await' || reason === 'instantiation-failed') && !isDamaged) {
                world.oracle.note('P7', `node ${nodeId} stopped ${name(run)}, ${reason}: ${message}`);
            }
        },
        rejection: (run, reason) => world.journal.write(() => `node ${nodeId}: ${name(run)} left a rejection: ${String(reason)}`),
        warning: (run, message) => world.journal.write(() => `node ${nodeId}: ${name(run)}: ${message}`),
    };
}
//# sourceMappingURL=workflow-tenant.js.map