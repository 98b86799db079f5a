/**
 * What a turn has to tell the listeners of a group. Owns the listeners and the news.
 *
 * E1. Listeners are called after the turn, between two applied entries, never inside apply; in the order restored, membership, applied, leadership,
 *     peers, removed, halted.
 * E2. A listener that throws keeps nobody else from hearing: its error rises on its own.
 */
import type { ConfState } from '../raft/index.js';
import type { GroupListener, LeadershipChange } from './group.js';
export declare class GroupEvents {
    private readonly want;
    private readonly rise;
    private listeners;
    private restoredAt;
    private membership;
    private appliedTo;
    private leadership;
    private peers;
    private isRemoved;
    private haltedBy;
    constructor(want: () => void, rise: (error: unknown) => void);
    subscribe(listener: GroupListener): () => void;
    restored(index: number): void;
    membershipChanged(membership: ConfState): void;
    applied(index: number): void;
    leadershipChanged(change: LeadershipChange): void;
    peer(peer: number, isDown: boolean): void;
    removed(): void;
    halted(reason: Error): void;
    /** Tells what there is, and forgets it. */
    notify(): void;
}
