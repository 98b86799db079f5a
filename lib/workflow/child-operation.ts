/**
 * Operations of workflow code on child workflows (docs/adr/0065). Each is a compute whose body is the engine's own: the owner makes calls until they are
 * answered, and what comes of it is committed.
 *
 * H1. Ids, request ids and the parent's reference follow from the operation: every owner, and every attempt with its number, uses the same.
 * H2. Keys: `$child/` starts, `$result/<key>/<occurrence>` is the result of what startChild() started, `$childSignal/`, `$childCancel/`.
 * Tests: test/workflow/children.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { isWellFormed } from '../state-machine/index.js';
import type { ChildCalls, ChildStart } from './child-calls.js';
import type { StartedChildOptions } from './child-options.js';
import type { ComputeAttempt } from './compute-runner.js';
import type { OnParentClose } from './command.js';
import { checkWorkflowId } from './run-lookup.js';

/** What the run and the owner need of one. */
export interface ChildOperation {
  /** For people. */
  readonly name: string;
  readonly workflowId: (attempt: number) => string;
  run(calls: ChildCalls, attempt: ComputeAttempt): Promise<unknown>;
}

/** What a call says, checked. */
export interface CheckedChild {
  readonly name: string;
  readonly version: number | undefined;
  readonly key: string;
  readonly workflowId: string | undefined;
  readonly onClose: OnParentClose;
}

/** Before the key, in that of the operation that starts a child. */
export const CHILD_PREFIX = '$child/';
const KEY_LENGTH_MAX = 200;

/** Throws INVALID_ARGUMENT, INVALID_WORKFLOW_ID. */
export function checkedChild(call: string, target: unknown, options: unknown): CheckedChild {
  const { name, version: named } = nameOf(call, target);
  if (typeof options !== 'object' || options === null) throw invalid(call, "the options are missing; give at least { key: '...' }");
  const { key, workflowId, version = named, onParentClose = 'cancel' } = options as Partial<StartedChildOptions>;
  if (typeof key !== 'string' || key === '' || key.startsWith('$') || key.length > KEY_LENGTH_MAX || !isWellFormed(key))
    throw invalid(call, `the key is ${JSON.stringify(key)}; give a text of 1 to ${KEY_LENGTH_MAX} characters that does not begin with '$'`);
  if (workflowId !== undefined) checkWorkflowId(workflowId);
  if (version !== undefined && (!Number.isSafeInteger(version) || version < 0))
    throw invalid(call, `the version is ${String(version)}; give a whole number`);
  if (onParentClose !== 'cancel' && onParentClose !== 'abandon')
    throw invalid(call, `onParentClose is ${JSON.stringify(onParentClose)}; give 'cancel' or 'abandon'`);
  return { name, version, key, workflowId, onClose: onParentClose };
}

function nameOf(call: string, target: unknown): { readonly name: string; readonly version: number | undefined } {
  const { workflowName: name, version } =
    typeof target === 'object' && target !== null
      ? (target as { readonly workflowName?: unknown; readonly version?: number })
      : { workflowName: target, version: undefined };
  if (typeof name === 'string' && name !== '') return { name, version };
  throw invalid(call, 'the workflow must be a name or a workflowRef(); a class is taken by the function of that name, not by context()');
}

function invalid(call: string, what: string): RaftoralError {
  return new RaftoralError('INVALID_ARGUMENT', `${call}(): ${what}.`);
}

/** The run that calls, and what it names its operations by. */
export interface ChildParent {
  readonly workflowId: string;
  readonly runId: string;
  /** Equal for all attempts of an operation, on whichever node (R21). */
  tokenOf(key: string, occurrence: number): string;
}

/** What one attempt starts. `awaitedAs`: the operation that takes the result. */
export function childStart(
  parent: ChildParent,
  child: CheckedChild,
  called: { readonly key: string; readonly occurrence: number; readonly inputText: string },
  awaitedAs: { readonly key: string; readonly occurrence: number },
  attempt: number,
): ChildStart {
  const again = attempt === 1 ? '' : `~${attempt}`;
  const token = parent.tokenOf(called.key, called.occurrence) + again;
  return {
    name: child.name,
    version: child.version,
    inputText: called.inputText,
    workflowId: child.workflowId === undefined ? `child-${token.slice(0, 32)}${again}` : `${child.workflowId}${again}`,
    parent: { workflowId: parent.workflowId, runId: parent.runId, ...awaitedAs, token, onClose: child.onClose },
  };
}
