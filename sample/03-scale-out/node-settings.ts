/** What the parent gives to a node that it starts. */
export interface NodeSettings {
  /** For the warehouse's lines only: the cluster gives the node its id. */
  readonly name: number;
  /** `host:port` for the other nodes. */
  readonly listen: string;
  /** Where some of the others listen. Empty: this node is the first, and begins the deployment. */
  readonly seeds: readonly string[];
  readonly httpPort: number;
  readonly storagePath: string;
  readonly peerSecret: string;
  readonly warehouseUrl: string;
}
