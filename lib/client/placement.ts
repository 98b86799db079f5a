/**
 * Where a new workflow begins whose id the engine makes: a cluster by policy, and an id that hashes into its slots. Owns: whose turn it is.
 *
 * P1. The request id of such a start is its workflow id. So a start that is sent again with the request id of its error has the same workflow id, and is found
 *     where the first one went, whatever became of the topology in between (R26).
 * P2. A request id that the caller chose names the slot by its own hash: the policy has no say, for the next attempt may be made on another node.
 * P3. Clusters that are being emptied, own no slot, or have no member that runs code, get nothing new. A policy that finds no cluster is `round-robin`.
 * P4. Loads are heard seconds late. What this node itself has begun meanwhile is counted on top, for as long as it takes to be heard, so that a burst of starts does not go to one
 *     cluster. What others begin meanwhile is not known.
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
  /** ms. */
  monotonic(): number;
}

/** P4. A load is told every five seconds at most, and travels a little. */
const HEARD_WITHIN_MS = 6_000;

/** Starts of the last one to two spans of HEARD_WITHIN_MS. */
interface Begun {
  sinceMs: number;
  now: number;
  before: number;
}

export class Placement {
  private turn = 0;
  private readonly begun = new Map<number, Begun>();

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
    const chosen = among.length === 0 ? undefined : among[this.turn++ % among.length];
    if (chosen !== undefined && policy === 'least-loaded') this.recent(chosen.clusterId).now++;
    return chosen;
  }

  private preferred(open: readonly RoutedCluster[], policy: PlacementPolicy): readonly RoutedCluster[] {
    if (policy === 'round-robin') return open;
    if (policy === 'local-first') return open.filter(({ clusterId }) => this.parts.isHosted(clusterId));
    if (policy === 'least-loaded') {
      const loads = open.map(({ clusterId }) => this.loadOf(clusterId));
      const least = Math.min(...loads);
      return open.filter((_, i) => loads[i] === least);
    }
    return open.filter(({ labels }) => Object.entries(policy.labels).every(([name, value]) => labels.get(name) === value));
  }

  private loadOf(clusterId: number): number {
    const { load, isHosted } = this.parts;
    // One that nobody has told of yet is new, and empty.
    const told = load(clusterId) ?? 0;
    // Of what this node hosts it knows, and need not hear.
    if (isHosted(clusterId)) return told;
    const { now, before } = this.recent(clusterId);
    return told + now + before;
  }

  /** P4. */
  private recent(clusterId: number): Begun {
    const nowMs = this.parts.monotonic();
    let begun = this.begun.get(clusterId);
    if (begun === undefined) this.begun.set(clusterId, (begun = { sinceMs: nowMs, now: 0, before: 0 }));
    const spans = Math.floor((nowMs - begun.sinceMs) / HEARD_WITHIN_MS);
    if (spans > 0) {
      begun.before = spans === 1 ? begun.now : 0;
      begun.now = 0;
      begun.sinceMs += spans * HEARD_WITHIN_MS;
    }
    return begun;
  }
}

/** Loads of the members of a cluster → its load; undefined: none is known. */
export function sumOfKnown(loads: readonly (number | undefined)[]): number | undefined {
  const known = loads.filter((load) => load !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, load) => sum + load, 0);
}
