/**
 * @Workflow: names a class as a workflow. Writes metadata; the accessor reads it, and the explorer finds the class.
 */
import 'reflect-metadata';
import type { WorkflowOptions } from '../workflow/definition.js';
/** What @Workflow wrote. */
export interface WorkflowMetadata {
    readonly name: string;
    readonly version: number;
    readonly options: WorkflowOptions;
}
/** A class that can be a workflow: it has `run`, which takes at most the input. */
export type WorkflowClass = new (...args: never[]) => {
    run(input: never): Promise<unknown>;
};
/**
 * Makes the class a transient provider that the engine runs as workflow `name`, version `version` (a whole number ≥ 1).
 * A change of its behaviour needs a new version, or hasCheckpoint().
 */
export declare function Workflow(name: string, version: number, options?: WorkflowOptions): <Target extends WorkflowClass>(target: Target) => void;
