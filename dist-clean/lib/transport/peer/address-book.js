export class AddressBook {
    nodesMax;
    entries = new Map();
    constructor(nodesMax) {
        this.nodesMax = nodesMax;
    }
    get(nodeId) {
        return this.entries.get(nodeId);
    }
    /** Highest incarnation of a node that anybody told of; 0: none. */
    incarnationOf(nodeId) {
        return this.entries.get(nodeId)?.incarnation ?? 0;
    }
    /** True if the book changed. `isFirstHand`: the node itself said so, proved. */
    learn(address, isFirstHand) {
        const { nodeId, incarnation } = address;
        if (nodeId < 1 || address.address === '')
            return false;
        const known = this.entries.get(nodeId);
        if (known === undefined) {
            if (this.entries.size >= this.nodesMax && !isFirstHand)
                return false;
        }
        else {
            if (incarnation < known.incarnation)
                return false;
            const isEqual = incarnation === known.incarnation;
            if (isEqual && known.address === address.address) {
                if (isFirstHand && !known.isFirstHand)
                    this.entries.set(nodeId, { ...known, isFirstHand });
                return false;
            }
            if (isEqual && !isFirstHand)
                return false;
        }
        this.entries.set(nodeId, { nodeId, incarnation, address: address.address, isFirstHand });
        return true;
    }
    /** Ascending node ids. */
    list() {
        return [...this.entries.values()]
            .sort((a, b) => a.nodeId - b.nodeId)
            .map(({ nodeId, address, incarnation }) => ({ nodeId, address, incarnation }));
    }
}
//# sourceMappingURL=address-book.js.map