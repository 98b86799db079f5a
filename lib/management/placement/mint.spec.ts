import { describe, expect, it } from '@jest/globals';
import { xorshift } from '../../../test/support/workflow-chaos.js';
import { isWorkflowId, slotOf } from '../../workflow/slot.js';
import { mintWorkflowId } from './mint.js';

function uuids(seed: number): { readonly next: () => string; readonly drawn: () => number } {
  const random = xorshift(seed);
  let drawn = 0;
  const hex = (): string => random().toString(16).padStart(8, '0');
  return {
    next: () => {
      drawn++;
      const text = hex() + hex() + hex() + hex();
      return [text.slice(0, 8), text.slice(8, 12), `4${text.slice(13, 16)}`, `a${text.slice(17, 20)}`, text.slice(20)].join('-');
    },
    drawn: () => drawn,
  };
}

describe('ids minted inside the slots of a cluster', () => {
  it('R40: whatever the cluster owns, the id hashes there, is a workflow id and a uuid; one uuid is drawn', () => {
    for (const share of [4096, 2048, 13, 1]) {
      const { next, drawn } = uuids(share);
      const minted = new Set<string>();
      for (let i = 0; i < 40; i++) {
        const id = mintWorkflowId({ owns: (slot) => slot < share, slotOf, nextUuid: next });
        expect(slotOf(id)).toBeLessThan(share);
        expect(isWorkflowId(id)).toBe(true);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
        minted.add(id);
      }
      expect([minted.size, drawn()]).toEqual([40, 40]);
    }
  });

  it('the ids of one cluster spread over its slots', () => {
    const { next } = uuids(9);
    const slots = new Set<number>();
    for (let i = 0; i < 4_000; i++) slots.add(slotOf(mintWorkflowId({ owns: (slot) => slot % 64 === 5, slotOf, nextUuid: next })));
    expect(slots.size).toBe(64);
  });

  it('a cluster without a slot is refused, after a bounded search', () => {
    const { next, drawn } = uuids(1);
    expect(() => mintWorkflowId({ owns: () => false, slotOf: () => 0, nextUuid: next })).toThrow(/owns no slot/);
    expect(drawn()).toBe(4);
  });
});
