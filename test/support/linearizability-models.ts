/**
 * What the clients of tests act on, one key at a time: a register, and a workflow id.
 */
import type { Model } from './linearizability.js';

export type RegisterInput = { readonly key: string; readonly put: string } | { readonly key: string; readonly put?: undefined };

/** Answer of a put: ''. Answer of a read: the value, '' before any put. */
export const registerModel: Model<string, RegisterInput, string> = {
  init: () => '',
  step: (state, { put }, output) => {
    if (put !== undefined) return { state: put };
    return output === undefined || output === state ? { state } : null;
  },
  hash: (state) => state,
};

/**
 * Calls on one workflow id, whose run ends by itself, and is swept later: `end` and `sweep` are invoked with the start, and are never answered. A chain
 * of runs under one id counts as one.
 *   start    → its run id: that of the first start that took effect
 *   signal   → 'recorded'
 *   describe → 'absent', 'open' or 'closed'
 *   result   → 'closed': it was waited for
 *   seen     → number of signals that the code has consumed, all that were recorded
 */
export interface WorkflowInput {
  readonly workflowId: string;
  readonly call: 'start' | 'signal' | 'describe' | 'result' | 'seen' | 'end' | 'sweep';
}
export type WorkflowOutput = string | number;

interface WorkflowIdState {
  readonly runId: string | null;
  readonly isOpen: boolean;
  readonly isSwept: boolean;
  readonly signals: number;
}

export const workflowModel: Model<WorkflowIdState, WorkflowInput, WorkflowOutput> = {
  init: () => ({ runId: null, isOpen: false, isSwept: false, signals: 0 }),
  step: (state, { call }, output) => {
    const { runId, isOpen, signals } = state;
    const fits = (answer: WorkflowOutput): { readonly state: WorkflowIdState } | null =>
      output === undefined || output === answer ? { state } : null;
    switch (call) {
      case 'start':
        if (runId === null)
          return { state: { runId: output === undefined ? '?' : String(output), isOpen: true, isSwept: false, signals: 0 } };
        return fits(runId);
      case 'signal':
        return isOpen ? { state: { ...state, signals: signals + 1 } } : null;
      case 'describe':
        return fits(runId === null || state.isSwept ? 'absent' : isOpen ? 'open' : 'closed');
      case 'result':
        return runId !== null && !isOpen ? fits('closed') : null;
      case 'seen':
        return isOpen ? fits(signals) : null;
      case 'end':
        return isOpen ? { state: { ...state, isOpen: false } } : null;
      case 'sweep':
        return runId !== null && !isOpen ? { state: { ...state, isSwept: true } } : null;
    }
  },
  hash: ({ runId, isOpen, isSwept, signals }) => `${runId ?? ''}/${isOpen}/${isSwept}/${signals}`,
};
