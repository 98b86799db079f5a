/**
 * What a turn has to tell the listeners of a group. Owns the listeners and the news.
 *
 * E1. Listeners are called after the turn, between two applied entries, never inside apply; in the order restored, membership, applied, leadership,
 *     peers, removed, halted.
 * E2. A listener that throws keeps nobody else from hearing: its error rises on its own.
 */
import type { ConfState } from '../raft/index.js';
import type { GroupListener, LeadershipChange } from './group.js';

export class GroupEvents {
  private listeners: GroupListener[] = [];
  private restoredAt = -1;
  private membership: ConfState | null = null;
  private appliedTo = -1;
  private leadership: LeadershipChange | null = null;
  private peers: Array<{ readonly peer: number; readonly isDown: boolean }> = [];
  private isRemoved = false;
  private haltedBy: Error | null = null;

  constructor(
    private readonly want: () => void,
    private readonly rise: (error: unknown) => void,
  ) {}

  subscribe(listener: GroupListener): () => void {
    this.listeners = [...this.listeners, listener];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  restored(index: number): void {
    this.restoredAt = index;
    this.want();
  }

  membershipChanged(membership: ConfState): void {
    this.membership = membership;
    this.want();
  }

  applied(index: number): void {
    this.appliedTo = index;
    this.want();
  }

  leadershipChanged(change: LeadershipChange): void {
    this.leadership = change;
    this.want();
  }

  peer(peer: number, isDown: boolean): void {
    this.peers.push({ peer, isDown });
    this.want();
  }

  removed(): void {
    this.isRemoved = true;
    this.want();
  }

  halted(reason: Error): void {
    this.haltedBy = reason;
    this.want();
  }

  /** Tells what there is, and forgets it. */
  notify(): void {
    const { restoredAt, membership, appliedTo, leadership, peers, isRemoved, haltedBy } = this;
    this.restoredAt = -1;
    this.membership = null;
    this.appliedTo = -1;
    this.leadership = null;
    if (peers.length > 0) this.peers = [];
    this.isRemoved = false;
    this.haltedBy = null;
    for (const listener of this.listeners) {
      try {
        if (restoredAt >= 0) listener.onRestored?.(restoredAt);
        if (membership !== null) listener.onMembership?.(membership);
        if (appliedTo >= 0) listener.onApplied?.(appliedTo);
        if (leadership !== null) listener.onLeadership?.(leadership);
        for (const { peer, isDown } of peers) {
          if (isDown) listener.onPeerDown?.(peer);
          else listener.onPeerUp?.(peer);
        }
        if (isRemoved) listener.onRemoved?.();
        if (haltedBy !== null) listener.onHalted?.(haltedBy);
      } catch (error) {
        this.rise(error);
      }
    }
  }
}
