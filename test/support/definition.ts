/**
 * A workflow definition of a decorated class, made with `new`, without Nest.
 */
import { readWorkflowClass } from '../../lib/raftoral.metadata-accessor.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';

export function definitionOf<Args extends unknown[]>(target: new (...args: Args) => object, ...args: Args): WorkflowDefinition {
  const { definition, problems } = readWorkflowClass(target);
  if (definition === null) throw new Error(problems.join('\n'));
  return { ...definition, create: () => new target(...args) };
}
