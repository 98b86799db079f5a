/**
 * executeChild() and startChild() for workflow code: context()'s calls of that name, which also take a class and know its types.
 *
 * F1. A class is read by its decorator, not by what this node has registered: on every replica the call names the same workflow.
 */
import { context } from './workflow/context.js';
import type { ChildHandle } from './workflow/child-handle.js';
import type { ChildOptions, ChildTarget, StartedChildOptions } from './workflow/child-options.js';
import type { InputArgs, OutputOf, WorkflowTarget } from './client/workflow-target.js';
import { readWorkflowIdentity } from './raftoral.metadata-accessor.js';

/** Arguments after the workflow: the input as its run() declares it (undefined where it takes none), then the options. */
export type ChildArgs<Target, Options> =
  InputArgs<Target> extends []
    ? [input: undefined, options: Options]
    : InputArgs<Target> extends [infer Input]
      ? [input: Input, options: Options]
      : InputArgs<Target> extends [(infer Input)?]
        ? [input: Input | undefined, options: Options]
        : never;

/**
 * Starts another workflow as a child of the calling run, and resolves with its result:
 * `const parcel = await executeChild(ShipOrder, { orderId }, { key: 'ship' })`. See WorkflowContext.executeChild. Throws OUTSIDE_RUN.
 */
export function executeChild<Target extends WorkflowTarget>(
  workflow: Target,
  ...[input, options]: ChildArgs<Target, ChildOptions>
): Promise<OutputOf<Target>> {
  return context().executeChild<OutputOf<Target>>(named(workflow), input, options);
}

/** The same without waiting for its end: resolves once the child is started. See WorkflowContext.startChild. Throws OUTSIDE_RUN. */
export function startChild<Target extends WorkflowTarget>(
  workflow: Target,
  ...[input, options]: ChildArgs<Target, StartedChildOptions>
): Promise<ChildHandle<OutputOf<Target>>> {
  return context().startChild<OutputOf<Target>>(named(workflow), input, options);
}

function named(workflow: WorkflowTarget): ChildTarget {
  const identity = readWorkflowIdentity(workflow);
  return identity === undefined ? (workflow as ChildTarget) : { workflowName: identity.name, version: identity.version };
}
