/**
 * What workflow code says of a child: which workflow, and how. Types only; checked by child-operation.ts.
 */
import type { OnParentClose } from './command.js';
import type { RetryOptions } from './definition.js';

/** A workflow by name. A version that is not given: the default one of its cluster when it starts. */
export type ChildTarget = string | { readonly workflowName: string; readonly version: number | undefined };

export interface StartedChildOptions {
  /** Names the operation, as the key of a compute does: 1 to 200 characters, not beginning with '$'. */
  readonly key: string;
  /** Default: one that follows from the run, the key and its occurrence. */
  readonly workflowId?: string;
  /** Default: that of the class or reference, else the highest that every node with this workflow has. */
  readonly version?: number;
  /** What becomes of the child if it is open when this run ends, or is cancelled while it waits for it. Default 'cancel'. */
  readonly onParentClose?: OnParentClose;
}

export interface ChildOptions extends StartedChildOptions {
  /** A child that fails is followed by another one, with an id of its own. Default: no retry. */
  readonly retry?: RetryOptions;
}
