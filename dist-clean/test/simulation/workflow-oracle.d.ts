import { type RunEvent } from '../../lib/workflow/event.js';
import type { RunView } from '../../lib/workflow/state.js';
import type { GroupOracle } from './group-oracle.js';
interface RunModel {
    readonly workflowId: string;
    readonly name: string;
    readonly owners: Map<number, number>;
    readonly outcomes: Set<string>;
    readonly events: Uint8Array[];
    readonly signals: Set<string>;
    epoch: number;
    isFinished: boolean;
}
export declare class WorkflowOracle {
    private readonly group;
    readonly runs: Map<string, RunModel>;
    private readonly openById;
    /** Runs whose divergence was reported, with the nodes that did. */
    readonly diverged: Map<string, Set<number>>;
    events: number;
    constructor(group: GroupOracle);
    /** Inside apply of `node`. */
    onEvent(node: number, run: RunView, event: RunEvent): void;
    /** A node proposes an owner command. */
    onOwnerCommand(node: number, runId: string, epoch: number): void;
    onDiverged(node: number, runId: string, name: string, text: string): void;
    /** A body runs on `node`: it must have been the owner at some time. */
    onBody(node: number, runId: string): void;
    private modelOf;
    private follow;
    private own;
}
export {};
