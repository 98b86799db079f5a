/**
 * A state of which the rows are on disk: as it is found at the start, and as a snapshot leaves it. Pure.
 *
 * D1. In memory: the group's part, answers, fingerprints, heads of open runs. Closed runs and histories are fetched.
 */
import { RaftoralError } from '../../errors/index.js';
import type { StoredState } from '../../state-machine/index.js';
import { BinaryReader } from '../../state-machine/index.js';
import { ClosedRing } from './closed-ring.js';
import { damaged } from './damage.js';
import { readGroup, readGroupRow } from './group-codec.js';
import type { GroupState } from './group-state.js';
import { emptyState } from './images.js';
import { closedCountMax, readClosedRow, requestsOf } from './index-rows.js';
import { recordOf } from './run-row.js';

/** Throws STORAGE_DAMAGED. */
export function loadedState(groupId: number, stored: StoredState): GroupState {
  const part = <T>(what: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw damaged(groupId, what, error);
    }
  };
  const { state, closings } =
    stored.group.length === 0
      ? { state: emptyState(groupId, stored.position), closings: 0 }
      : part("the group's own row", () => readOwnRow(groupId, stored));
  const ring = (state.ring ??= new ClosedRing());
  for (const row of stored.closed) part(`row ${row.sequence} of closed runs`, () => readClosedRow(row, ring));
  if (ring.last !== closings) {
    throw new RaftoralError(
      'STORAGE_DAMAGED',
      `Group ${groupId}: rows of closed runs end at closing ${ring.last}, and there were ${closings}.`,
      {
        details: { groupId, closings },
      },
    );
  }
  for (const row of stored.requests) part(`row ${row.sequence} of answers`, () => state.requests.take(requestsOf(row)));
  for (const row of stored.openRuns) {
    part(`the row of run ${row.runId} (order ${row.order})`, () => state.adopt(recordOf(row)));
  }
  state.requests.fresh = [];
  state.lastOrder = stored.lastOrder;
  state.appliedIndex = stored.position.index;
  return state;
}

function readOwnRow(groupId: number, { group, closed }: StoredState): { readonly state: GroupState; readonly closings: number } {
  const reader = new BinaryReader('group row').open(group);
  const numbers = readGroupRow(reader);
  const state = readGroup(reader, groupId);
  reader.end();
  // What the rows can hold at most: a number alone is no reason to make room.
  const expected = closed.reduce((sum, row) => sum + closedCountMax(row), 0);
  state.ring = new ClosedRing(numbers.sweptClosings, numbers.newestSweptMs, expected);
  state.requests.lastSequence = numbers.requestSequence;
  state.requests.forgottenMs = numbers.forgottenMs;
  state.requests.forgottenId = numbers.forgottenId;
  return { state, closings: numbers.closings };
}
