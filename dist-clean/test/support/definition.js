/**
 * A workflow definition of a decorated class, made with `new`, without Nest.
 */
import { readWorkflowClass } from '../../lib/raftoral.metadata-accessor.js';
export function definitionOf(target, ...args) {
    const { definition, problems } = readWorkflowClass(target);
    if (definition === null)
        throw new Error(problems.join('\n'));
    return { ...definition, create: () => new target(...args) };
}
//# sourceMappingURL=definition.js.map