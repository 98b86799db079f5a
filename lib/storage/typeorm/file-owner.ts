/**
 * Whose a file is, and whether a node may put its files aside and rejoin empty. Pure.
 *
 * O1. A file of another node or of another deployment is never used (R42).
 * O2. Files are put aside only under a new node id, only of the same deployment, and never the only copy: what can not be read counts as that.
 * Tests: file-owner.spec.ts.
 */
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import type { KnownVoters } from './log-database.js';
import { REJOIN_NEEDS_NEW_ID as NEEDS_NEW_ID } from '../storage.js';
import { NOT_A_DATABASE, WRONG_MARK } from './sqlite-error.js';
import type { FileOwner, StateGlance } from './state-port.js';

/** Throws STORAGE_FOREIGN. */
export function checkOwner(file: string, found: FileOwner, expected: FileOwner): void {
  if (found.deployment === expected.deployment && found.nodeId === expected.nodeId) return;
  const whose = found.deployment === expected.deployment ? `node ${found.nodeId}` : `deployment ${found.deployment}`;
  const own = found.deployment === expected.deployment ? `node ${expected.nodeId}` : `deployment ${expected.deployment}`;
  throw new RaftoralError('STORAGE_FOREIGN', `${file} belongs to ${whose}, this is ${own}; give every node its own folder`, {
    details: { file, found: { ...found }, expected: { ...expected } },
  });
}

/** Whether rejoining empty is a remedy at all. A file of another version is not: the version that wrote it can read it. */
export function isRejoinable(error: unknown): error is RaftoralError {
  if (isRaftoralError(error, 'STORAGE_FORMAT')) return [NOT_A_DATABASE, WRONG_MARK].includes(String(error.details['reason']));
  return ['STORAGE_DAMAGED', 'STORAGE_MISMATCH', 'STORAGE_FOREIGN'].some((code) => isRaftoralError(error) && error.code === code);
}

export interface RejoinQuestion {
  readonly folder: string;
  readonly identity: FileOwner;
  /** What could be read of either file; null: nothing. */
  readonly log: { readonly owner: FileOwner; readonly voters: KnownVoters } | null;
  readonly state: StateGlance | null;
  /** Why the files can not be used. */
  readonly cause: RaftoralError;
}

/** O2. Throws REJOIN_REFUSED. */
export function checkRejoin(question: RejoinQuestion): void {
  const { identity, log, state } = question;
  const owners = [log?.owner, state?.owner].filter((owner) => owner !== undefined && owner !== null);
  if (owners.length === 0) refuse(question, 'whose they are can not be read, so that they may be the only copy');
  for (const owner of owners) {
    if (owner.deployment !== identity.deployment) refuse(question, `they belong to deployment ${owner.deployment}`);
  }
  const voters = votersOf(question);
  if (voters === null) refuse(question, 'which groups they hold can not be read, so that they may be the only copy');
  const unknown = state?.damagedGroups.find((groupId) => !voters.has(groupId));
  if (unknown !== undefined) refuse(question, `who votes in group ${unknown} can not be read, so that they may be the only copy`);
  for (const [groupId, ids] of voters) {
    if (ids.length === 1 && owners.some(({ nodeId }) => nodeId === ids[0]))
      refuse(question, `node ${ids[0]} is the only voter of group ${groupId}, so that they are the only copy`);
  }
  // The last question: whoever can get another id has passed all others.
  if (owners.some((owner) => owner.nodeId === identity.nodeId))
    refuse(question, `they are of node ${identity.nodeId} itself, and a node id is never used again`, NEEDS_NEW_ID);
}

/** By group; what the state says counts more than what was noted in the log. */
function votersOf({ log, state }: RejoinQuestion): ReadonlyMap<number, readonly number[]> | null {
  const noted = Object.entries(log?.voters ?? {});
  const positions = state === null ? null : state.positions;
  if (positions === null && noted.length === 0) return null;
  const voters = new Map<number, readonly number[]>(noted.map(([groupId, ids]) => [Number(groupId), ids]));
  for (const [groupId, { confState }] of positions ?? []) voters.set(groupId, distinctVoters(confState));
  return voters;
}

/** Voters of a configuration, joint ones included, ascending. */
export function distinctVoters({
  voters,
  votersOutgoing,
}: {
  readonly voters: readonly number[];
  readonly votersOutgoing: readonly number[];
}): number[] {
  return [...new Set([...voters, ...votersOutgoing])].sort((a, b) => a - b);
}

function refuse({ folder, identity, cause }: RejoinQuestion, why: string, reason = 'refused'): never {
  throw new RaftoralError(
    'REJOIN_REFUSED',
    `${folder}: node ${identity.nodeId} may not put the files aside and rejoin empty: ${why} (${cause.message})`,
    { cause, details: { file: folder, nodeId: identity.nodeId, reason } },
  );
}
