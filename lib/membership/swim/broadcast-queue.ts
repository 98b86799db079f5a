/**
 * Changes that are still to be told: each rides on so many messages of this node, the least told ones first. Pure.
 *
 * B1. At most one change a node and kind of news waits: a newer one takes the place of the older, so memory is bounded by the number of nodes.
 * B2. A change is told `limit` times at most, and given up then.
 * B3. Of those that were told equally often the older goes first; what does not fit waits and does not count as told.
 * Source: SWIM, §4.1 (λ log n retransmissions, younger ones preferred); hashicorp/memberlist, queue.go. Tests: test/membership/parts.spec.ts.
 */
import { bytesOfUpdate } from './message-codec.js';
import type { Update } from './message.js';

/** Nothing takes less. */
const UPDATE_BYTES_LEAST = 4;

interface Waiting {
  readonly update: Update;
  readonly bytes: number;
  told: number;
}

export class BroadcastQueue {
  /** By how often they were told; each in the order of arrival there. */
  private readonly tiers: Array<Map<number, Waiting>> = [];
  private readonly byNode = new Map<number, Waiting>();

  get size(): number {
    return this.byNode.size;
  }

  has(nodeId: number): boolean {
    return this.byNode.has(nodeId);
  }

  put(update: Update): void {
    this.drop(update.nodeId);
    const waiting = { update, bytes: bytesOfUpdate(update), told: 0 };
    this.byNode.set(update.nodeId, waiting);
    this.tier(0).set(update.nodeId, waiting);
  }

  drop(nodeId: number): void {
    const waiting = this.byNode.get(nodeId);
    if (waiting === undefined) return;
    this.byNode.delete(nodeId);
    this.tiers[waiting.told]!.delete(nodeId);
  }

  /** What rides on the next message: `bytes` of it are free. Adds to `taken`, and answers the bytes that are left. */
  take(taken: Update[], bytes: number, limit: number): number {
    let free = bytes;
    const ridden: Waiting[] = [];
    for (const tier of this.tiers) {
      if (free < UPDATE_BYTES_LEAST) break;
      for (const waiting of tier.values()) {
        if (waiting.bytes > free) continue;
        free -= waiting.bytes;
        taken.push(waiting.update);
        ridden.push(waiting);
      }
    }
    for (const waiting of ridden) this.ride(waiting, limit);
    return free;
  }

  private ride(waiting: Waiting, limit: number): void {
    const { nodeId } = waiting.update;
    this.tiers[waiting.told]!.delete(nodeId);
    if (++waiting.told >= limit) this.byNode.delete(nodeId);
    else this.tier(waiting.told).set(nodeId, waiting);
  }

  private tier(told: number): Map<number, Waiting> {
    for (let i = this.tiers.length; i <= told; i++) this.tiers.push(new Map());
    return this.tiers[told]!;
  }
}

/** How often each node tells a change to others, in a group of `nodes`. */
export function retransmissions(multiplier: number, nodes: number): number {
  return multiplier * Math.ceil(Math.log10(nodes + 1));
}
