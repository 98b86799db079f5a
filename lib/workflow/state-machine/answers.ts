/**
 * Answers of apply. Pure. Ignored ones are shared constants: they are the common fate of what was sent twice.
 */
import type { RaftoralErrorCode } from '../../errors/index.js';
import type { CommandAnswer } from '../state.js';

function ignored(reason: string): CommandAnswer {
  return Object.freeze({ ok: false, ignored: true, reason } as const);
}

export const GROUP_OK: CommandAnswer = Object.freeze({ ok: true, runId: '', wseq: 0, existing: false } as const);

export const IGNORED = {
  unknownRun: ignored('unknown run'),
  closedRun: ignored('the run is closed'),
  staleEpoch: ignored('stale epoch'),
  settled: ignored('the operation has an outcome'),
  started: ignored('the operation was begun as another kind, or this attempt is known'),
  cancelled: ignored('a cancel came before'),
  futureWseq: ignored('the position is ahead of the history'),
  runIdTaken: ignored('the new run id is taken'),
  timerNotPending: ignored('the timer is not pending'),
  timerNotDue: ignored('the timer is not due'),
  staleIncarnation: ignored('stale incarnation'),
  alreadyDown: ignored('the node is known to be down'),
  alreadyDeclined: ignored('the node has declined before'),
  notEligible: ignored('the node is not eligible'),
  sameOwner: ignored('the node owns the run'),
  blocked: ignored('the run is blocked and must be reset'),
  staleRevision: ignored('stale revision'),
  codecLevel: ignored('the codec level is in force, or not every voter supports it'),
  staleCheck: ignored('another check came since, or the node is no member'),
  reported: ignored('the node has reported'),
  stateDiverged: ignored('the replicas differ, and no majority agrees'),
  managed: ignored('the management cluster was founded: ids and members are its matter'),
  notAllVoters: ignored('not all of the nodes are voters, or the voters change'),
  moveOpen: ignored('the move is not decided'),
  moveActivated: ignored('the move was activated'),
  moveAborted: ignored('the move was aborted'),
  moveOver: ignored('the move is over, or never began here'),
  slotsElsewhere: ignored('a slot of the move is not where it was to be'),
  notOfMove: ignored('it belongs to no slot of the move'),
  importGap: ignored('something before it has not come'),
  importIncomplete: ignored('not all open runs have come'),
  nodeIdsUsedUp: ignored('no node id is left'),
} as const;

export function done(runId: string, wseq: number): CommandAnswer {
  return { ok: true, runId, wseq, existing: false };
}

export function doneBefore(runId: string, wseq: number): CommandAnswer {
  return { ok: true, runId, wseq, existing: true };
}

/** R40. `movedTo`: the cluster that has the slot, or will have it; 0: not known here. The text without it is what released builds answer. */
export function wrongCluster(groupId: number, workflowId: string, movedTo: number, runId = ''): CommandAnswer {
  const what = `Cluster ${groupId} does not own the slot of workflow '${workflowId}'`;
  if (movedTo === 0) return refused('WRONG_CLUSTER', runId === '' ? `${what}: refresh the topology.` : `${what}.`, runId);
  const message = `${what}: ask cluster ${movedTo}, or refresh the topology.`;
  return { ok: false, ignored: false, code: 'WRONG_CLUSTER', message, runId, movedTo };
}

/** @param message names the thing and the remedy. */
export function refused(code: RaftoralErrorCode, message: string, runId = ''): CommandAnswer {
  return { ok: false, ignored: false, code, message, runId };
}
