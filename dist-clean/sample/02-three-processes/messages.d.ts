/** What the parent gives to a node, and what a node tells its parent. */
export interface NodeSettings {
    /** For the warehouse's books of calls only. */
    readonly name: number;
    /** `host:port` for the other nodes. */
    readonly listen: string;
    /** Where the other nodes listen. */
    readonly seeds: readonly string[];
    readonly httpPort: number;
    readonly storagePath: string;
    readonly peerSecret: string;
    readonly warehouseUrl: string;
}
export type NodeMessage = {
    readonly type: 'ready';
} | {
    readonly type: 'resumed';
    readonly atMs: number;
};
