/**
 * The first command of cluster 0's log, as its first leader makes it of what cluster 1 says: every node of cluster 1, its voters, the highest id that it gave out.
 *
 * F1. Sent again by whoever leads until the state shows it: the first wins, the same deployment founds once.
 * F2. Each node is asked what it is; of one that does not answer, no more is said than that it is there, and it says the rest itself once it follows (node-duty.ts). It gets
 *     nothing to host until then.
 */
import { TopologyKind, type FoundCommand, type NodeInfo } from './command.js';
import type { ManagementNode } from './node-port.js';
import { decodeInfo, encodeInfo } from './request-codec.js';

export const INFO_METHOD = 'management.info';

/** What cluster 1 knows: as of the index at which it founded cluster 0, or later. */
export interface FirstCluster {
  /** Voters and learners. */
  readonly nodes: readonly number[];
  readonly voters: readonly number[];
  /** Highest node id that was ever given out. */
  readonly nodeIdHighest: number;
}

/** Of a node that has not said what it is. Without capacity: it may be a client, or in a zone that has enough members, and what it hosts it could not take back. */
export const UNKNOWN_NODE_INFO: NodeInfo = {
  incarnation: 0,
  addresses: [],
  zone: '',
  labels: [],
  capacity: 0,
  role: 'full',
  codecLevelMax: 1,
  workflows: [],
};

const NO_BYTES = new Uint8Array(0);

export interface FoundingParts {
  readonly node: ManagementNode;
  readonly info: () => NodeInfo;
  readonly targetSize: number;
  readonly askTimeoutMs: number;
}

export class Founding {
  constructor(private readonly parts: FoundingParts) {}

  start(): void {
    this.parts.node.handle(INFO_METHOD, () => Promise.resolve(encodeInfo(this.parts.info())));
  }

  async command({ nodes, voters, nodeIdHighest }: FirstCluster): Promise<FoundCommand> {
    const { node, targetSize } = this.parts;
    const infos = await Promise.all(nodes.map(async (id) => ({ node: id, info: await this.infoOf(id) })));
    return {
      kind: TopologyKind.FOUND,
      deployment: node.deployment,
      nodes: infos.sort((a, b) => a.node - b.node),
      members: [...voters].sort((a, b) => a - b),
      targetSize,
      nodeIdHighest: Math.max(nodeIdHighest, ...nodes),
    };
  }

  private async infoOf(id: number): Promise<NodeInfo> {
    const { node, info, askTimeoutMs } = this.parts;
    if (id === node.nodeId) return info();
    try {
      return decodeInfo(await node.request(id, INFO_METHOD, NO_BYTES, askTimeoutMs));
    } catch {
      return UNKNOWN_NODE_INFO;
    }
  }
}
