import type { WorkflowDefinition } from './definition.js';
export declare class WorkflowRegistry {
    private readonly byName;
    constructor(definitions?: Iterable<WorkflowDefinition>);
    add(definition: WorkflowDefinition): void;
    get(name: string, version: number): WorkflowDefinition | undefined;
    /** Registered versions of a name, ascending. */
    versions(name: string): readonly number[];
    /** What a member says of itself in its hello, by name. */
    list(): ReadonlyArray<{
        readonly name: string;
        readonly versions: readonly number[];
    }>;
    /** Digest of the sources of all registered classes, base classes included: the default of the option `buildId`. */
    sourceDigest(): string;
}
