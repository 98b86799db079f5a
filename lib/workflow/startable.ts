/**
 * Which version a start is for, and when a start is refused because nobody here has its code.
 *
 * G1. A refusal holds for what a read index has shown: this replica may be behind, the slot may have left, and the same start may have been carried out while somebody had
 *     the code. Then the log answers, as it did before (R26): a child that has ended is no child that can not be started.
 * G2. Where no voter runs any code, no name can be told from a wrong one: that is WORKFLOW_BLOCKED, which passes, and never UNKNOWN_WORKFLOW, which is for good.
 * Tests: startable.spec.ts, test/workflow/service.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import type { WorkflowRegistry } from './registry.js';
import { checkSlot, checkWorkflowId, fetchRun } from './run-lookup.js';
import type { WorkflowStateView } from './state.js';

export interface Known {
  readonly state: WorkflowStateView;
  /** Of this node. */
  readonly registry: WorkflowRegistry;
}

export interface StartableParts extends Known {
  readonly clusterId: number;
  /** Resolves once this replica has applied all that was committed when it was called. */
  readonly readIndex: () => Promise<unknown>;
}

export interface WantedStart {
  readonly name: string;
  /** undefined: the default version of the cluster. */
  readonly version: number | undefined;
  readonly workflowId: string;
}

/** By what this replica has applied; undefined: nobody has it. */
export function registeredVersion({ state, registry }: Known, { name, version: wanted }: WantedStart): number | undefined {
  const version = wanted ?? state.defaultVersion(name) ?? registry.versions(name).at(-1);
  const isThere = version !== undefined && (registry.get(name, version) !== undefined || state.isRegistered(name, version));
  return isThere ? version : undefined;
}

/**
 * For a start whose code nobody has, by what this replica knows: the version to send all the same (G1). Rejects with UNKNOWN_WORKFLOW, naming what is registered;
 * WORKFLOW_BLOCKED (G2); WRONG_CLUSTER; INVALID_WORKFLOW_ID; what readIndex() rejects with.
 */
export async function confirmedVersion(parts: StartableParts, start: WantedStart): Promise<number> {
  const { clusterId, state } = parts;
  const { workflowId, version: wanted } = start;
  checkWorkflowId(workflowId);
  await parts.readIndex();
  checkSlot(state, clusterId, workflowId);
  const registered = registeredVersion(parts, start);
  if (registered !== undefined) return registered;
  const there = await fetchRun(state, { workflowId }, 'last event');
  if (there !== undefined) return wanted ?? there.version;
  throw refusal(parts, start);
}

function refusal({ clusterId, state, registry }: StartableParts, { name, version }: WantedStart): RaftoralError {
  const known = new Map<string, Set<number>>();
  const add = (of: string, versions: readonly number[]): void => void known.set(of, new Set([...(known.get(of) ?? []), ...versions]));
  for (const entry of registry.list()) add(entry.name, entry.versions);
  for (const voter of state.voters) for (const [of, versions] of state.hellos.get(voter)?.workflows ?? []) add(of, versions);
  if (known.size === 0) {
    return new RaftoralError(
      'WORKFLOW_BLOCKED',
      `no voter of cluster ${clusterId} runs workflow code at present, so workflow '${String(name)}' can not be started there, and nothing was stored; try again once a node that runs code is one, or choose an id of another cluster`,
      { details: { clusterId, blockedReason: 'no-implementation' } },
    );
  }
  const names = [...known].map(([of, versions]) => `'${of}' (${[...versions].sort((a, b) => a - b).join(', ')})`).sort();
  return new RaftoralError(
    'UNKNOWN_WORKFLOW',
    `workflow '${String(name)}'${version === undefined ? '' : ` version ${version}`} is registered by no member of cluster ${clusterId}; registered are ${names.join(', ')}`,
    { details: { known: [...known.keys()].sort() } },
  );
}
