/**
 * Workflow ids that fall into the slots of a chosen cluster (DESIGN §7): a uuid whose last digits are chosen so that it hashes there. Pure: the uuid comes in.
 *
 * I1. The id is a uuid in lower case, and of its 122 random bits at least 106 are those that came in.
 * I2. A cluster with one slot of 4096 is missed by all 65,536 endings of a uuid once in nine million; then another uuid is taken.
 * Tests: mint.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';

const ENDINGS = 65_536;
const UUIDS_MAX = 4;
/** Odd: steps through all endings once, in an order that looks like none. */
const STRIDE = 40_503;

export interface MintRequest {
  /** True for the slots of the cluster. */
  readonly owns: (slot: number) => boolean;
  /** Of a workflow id (lib/workflow/slot.ts). */
  readonly slotOf: (workflowId: string) => number;
  /** A fresh uuid at each call. */
  readonly nextUuid: () => string;
}

/** Throws INVALID_ARGUMENT where no ending of several uuids falls into a slot of the cluster: it owns none. */
export function mintWorkflowId({ owns, slotOf, nextUuid }: MintRequest): string {
  for (let drawn = 0; drawn < UUIDS_MAX; drawn++) {
    const uuid = nextUuid();
    const head = uuid.slice(0, -4);
    let ending = Number.parseInt(uuid.slice(-4), 16);
    for (let tried = 0; tried < ENDINGS; tried++) {
      const id = head + ending.toString(16).padStart(4, '0');
      if (owns(slotOf(id))) return id;
      ending = (ending + STRIDE) % ENDINGS;
    }
  }
  throw new RaftoralError('INVALID_ARGUMENT', 'No id can be minted for a cluster that owns no slot; choose another cluster.');
}
