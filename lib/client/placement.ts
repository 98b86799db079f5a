/**
 * Where a new workflow begins whose id the engine makes: a cluster by policy, and an id that hashes into its slots. Owns: whose turn it is.
 *
 * P1. The request id of such a start is its workflow id. So a start that is sent again with the request id of its error has the same workflow id, and is found
 *     where the first one went, whatever became of the topology in between (R26).
 * P2. A request id that the caller chose names the slot by its own hash: the policy has no say, for the next attempt may be made on another node.
 * P3. Clusters that are being emptied, or own no slot, get nothing new. A policy that finds no cluster is `round-robin`.
 * Tests: placement.spec.ts.
 */
import { mintWorkflowId } from '../management/placement/mint.js';
import type { PlacementPolicy } from '../workflow/service.js';
import { isWorkflowId, slotOf } from '../workflow/slot.js';
import type { RoutedCluster, RoutingTable } from './routing-table.js';

export interface PlacementParts {
  readonly random: { uuid(): string };
  readonly policy: PlacementPolicy;
  isHosted(clusterId: number): boolean;
  /** Open workflows of a cluster; undefined: not known. */
  load(clusterId: number): number | undefined;
}

export class Placement {
  private turn = 0;

  constructor(private readonly parts: PlacementParts) {}

  /** A workflow id, and with it the request id, in the slots of a cluster that the policy chose. */
  mint(table: RoutingTable | null, policy: PlacementPolicy = this.parts.policy): string {
    const nextUuid = (): string => this.parts.random.uuid();
    const cluster = table === null ? undefined : this.choose(table, policy);
    if (cluster === undefined) return nextUuid();
    return mintWorkflowId({ owns: (slot) => table!.ownerOf(slot) === cluster.clusterId, slotOf, nextUuid });
  }

  /** The workflow id of a start with this request id: itself, where it can be one, else one of the same slot. */
  static idFor(requestId: string, nextUuid: () => string): string {
    if (isWorkflowId(requestId)) return requestId;
    const wanted = slotOf(requestId);
    return mintWorkflowId({ owns: (slot) => slot === wanted, slotOf, nextUuid });
  }

  private choose(table: RoutingTable, policy: PlacementPolicy): RoutedCluster | undefined {
    const open = [...table.clusters.values()].filter((cluster) => cluster.isActive && cluster.slots > 0);
    const wanted = this.preferred(open, policy);
    const among = wanted.length > 0 ? wanted : open;
    return among.length === 0 ? undefined : among[this.turn++ % among.length];
  }

  private preferred(open: readonly RoutedCluster[], policy: PlacementPolicy): readonly RoutedCluster[] {
    if (policy === 'round-robin') return open;
    if (policy === 'local-first') return open.filter(({ clusterId }) => this.parts.isHosted(clusterId));
    if (policy === 'least-loaded') {
      const loads = open.map(({ clusterId }) => this.parts.load(clusterId));
      // One that nobody has told of yet is new, and empty.
      const least = Math.min(...loads.map((load) => load ?? 0));
      return open.filter((_, i) => (loads[i] ?? 0) === least);
    }
    return open.filter(({ labels }) => Object.entries(policy.labels).every(([name, value]) => labels.get(name) === value));
  }
}
