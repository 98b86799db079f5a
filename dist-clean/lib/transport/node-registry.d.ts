import type { TransportIdentity } from './transport.js';
export declare class NodeRegistry<Endpoint> {
    private readonly live;
    /** Ids that ran, true where the store was volatile. */
    private readonly used;
    /** Throws NODE_ID_REUSED or INVALID_CONFIGURATION. */
    add(identity: TransportIdentity, endpoint: Endpoint): void;
    get(nodeId: number): Endpoint | undefined;
    delete(nodeId: number): void;
    endpoints(): IterableIterator<Endpoint>;
    /** Ids of the nodes that are connected now, ascending. */
    get nodeIds(): readonly number[];
}
