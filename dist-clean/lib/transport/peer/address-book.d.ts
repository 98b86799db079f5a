/**
 * Who is where, as far as this process knows. Soft state: it is learned from handshakes, from other peers and from what was stored.
 *
 * A1. The word of the newest incarnation about a node wins; among equals what the node itself said at a handshake wins over hearsay.
 * A2. A node is never removed; there is room for `nodesMax` of them, and hearsay about more is not taken.
 * Tests: address-book.spec.ts.
 */
import type { NodeAddress } from '../network-transport-port.js';
export declare class AddressBook {
    private readonly nodesMax;
    private readonly entries;
    constructor(nodesMax: number);
    get(nodeId: number): NodeAddress | undefined;
    /** Highest incarnation of a node that anybody told of; 0: none. */
    incarnationOf(nodeId: number): number;
    /** True if the book changed. `isFirstHand`: the node itself said so, proved. */
    learn(address: NodeAddress, isFirstHand: boolean): boolean;
    /** Ascending node ids. */
    list(): readonly NodeAddress[];
}
