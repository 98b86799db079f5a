/**
 * @Workflow: names a class as a workflow. Writes metadata; the accessor reads it, and the explorer finds the class.
 */
import 'reflect-metadata';
import { Injectable, Scope } from '@nestjs/common';
import { WORKFLOW_METADATA } from '../raftoral.constants.js';
/**
 * Makes the class a transient provider that the engine runs as workflow `name`, version `version` (a whole number ≥ 1).
 * A change of its behaviour needs a new version, or hasCheckpoint().
 */
export function Workflow(name, version, options = {}) {
    return (target) => {
        const metadata = { name, version, options };
        Reflect.defineMetadata(WORKFLOW_METADATA, metadata, target);
        Injectable({ scope: Scope.TRANSIENT })(target);
    };
}
//# sourceMappingURL=workflow.decorator.js.map