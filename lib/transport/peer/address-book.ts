/**
 * Who is where, as far as this process knows. Soft state: it is learned from handshakes, from other peers and from what was stored.
 *
 * A1. The word of the newest incarnation about a node wins; among equals what the node itself said at a handshake wins over hearsay.
 * A2. A node is never removed; there is room for `nodesMax` of them, and hearsay about more is not taken.
 * Tests: address-book.spec.ts.
 */
import type { NodeAddress } from '../network-transport-port.js';

interface BookEntry extends NodeAddress {
  readonly isFirstHand: boolean;
}

export class AddressBook {
  private readonly entries = new Map<number, BookEntry>();

  constructor(private readonly nodesMax: number) {}

  get(nodeId: number): NodeAddress | undefined {
    return this.entries.get(nodeId);
  }

  /** Highest incarnation of a node that anybody told of; 0: none. */
  incarnationOf(nodeId: number): number {
    return this.entries.get(nodeId)?.incarnation ?? 0;
  }

  /** True if the book changed. `isFirstHand`: the node itself said so, proved. */
  learn(address: NodeAddress, isFirstHand: boolean): boolean {
    const { nodeId, incarnation } = address;
    if (nodeId < 1 || address.address === '') return false;
    const known = this.entries.get(nodeId);
    if (known === undefined) {
      if (this.entries.size >= this.nodesMax && !isFirstHand) return false;
    } else {
      if (incarnation < known.incarnation) return false;
      const isEqual = incarnation === known.incarnation;
      if (isEqual && known.address === address.address) {
        if (isFirstHand && !known.isFirstHand) this.entries.set(nodeId, { ...known, isFirstHand });
        return false;
      }
      if (isEqual && !isFirstHand) return false;
    }
    this.entries.set(nodeId, { nodeId, incarnation, address: address.address, isFirstHand });
    return true;
  }

  /** Ascending node ids. */
  list(): readonly NodeAddress[] {
    return [...this.entries.values()]
      .sort((a, b) => a.nodeId - b.nodeId)
      .map(({ nodeId, address, incarnation }) => ({ nodeId, address, incarnation }));
  }
}
