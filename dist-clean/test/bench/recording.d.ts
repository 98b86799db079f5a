import { type WorkflowCommand } from '../../lib/workflow/command.js';
export declare class RecordedRun {
    private readonly commands;
    constructor(commands: readonly WorkflowCommand[]);
    get length(): number;
    /** The frames of a run `name`, all at log time `atMs`. */
    frames(name: string, atMs: number): Uint8Array[];
}
/** Runs it once, on a node whose storage is memory. With `wait` the run stays open, waiting for the signal. */
export declare function record(input: {
    readonly steps: number;
    readonly wait: boolean;
}): Promise<RecordedRun>;
