/**
 * How a removal ends, on both sides. One per group and node. Owns: what this node knows of its own membership.
 *
 * E1. A removal is committed by the configuration before it, removed voters included, and may at first be known to be committed only by processes that
 *     die in the next write. They would come back with the old configuration, and need the removed voters. So whoever was removed goes on as a
 *     follower until the leader says that the others can do without it.
 * E2. The leader appends an empty entry after it has applied a removal. The commit index travels with entries and is written with them: once that
 *     entry is committed, a majority of the new configuration has the removal's commit on disk. Then the leader tells who was removed, and answers
 *     who asked for the removal.
 * E3. Nothing of it is lost for good: a removed node asks again, once a second; a new leader begins anew.
 * Source: the hazard is named in the README of etcd-io/raft ("Implementation notes": removal from two members); the entry of the new configuration
 * is that of the Raft thesis, §4.1. Tests: test/cluster/removal.spec.ts, membership.spec.ts.
 */
import { ProposeResult, type ConfState, type RawNode } from '../raft/index.js';
import type { HostServices } from './host-services.js';
import type { MemberNotices } from './member-notices.js';
import { isMember, isVoter, membersOf } from './membership-rules.js';

const ASK_EVERY_MS = 1_000;
const NO_BYTES = new Uint8Array(0);
const NEVER = -1;

export interface RemovalContext {
  readonly raw: RawNode;
  readonly host: HostServices;
  readonly notices: Pick<MemberNotices, 'tellRemoved' | 'tellLeaving'>;
  wantFlush(): void;
  changed(): void;
  /** On the leader: the others can do without whoever was removed up to now. */
  onCovered(): void;
  /** This node is out. */
  onRemoved(): void;
}

export class Removal {
  private isStillMember: boolean;
  private wasVoter: boolean;
  private isLeaving = false;
  private askAt = 0;
  /** On the leader: the last membership that is covered, and the one that an entry is to cover, by their indexes. */
  private coveredIndex = NEVER;
  private wantedIndex = NEVER;
  /** Index of that entry; 0 until it is appended. */
  private entryIndex = 0;
  private entryTerm = 0;
  /** To be told once it is applied. */
  private readonly gone = new Set<number>();

  /** `membershipIndex`: of the membership in force. */
  constructor(
    private membershipIndex: number,
    private readonly context: RemovalContext,
  ) {
    const { raw } = context;
    this.isStillMember = isMember(raw.confState, raw.id);
    this.wasVoter = isVoter(raw.confState, raw.id);
  }

  /** The others can do without whoever was removed up to now; only a leader can know. */
  get isCovered(): boolean {
    return this.coveredIndex >= this.membershipIndex;
  }

  get isIdle(): boolean {
    return this.wantedIndex === NEVER;
  }

  membershipChanged(index: number, before: ConfState, membership: ConfState): void {
    const { raw } = this.context;
    this.membershipIndex = index;
    if (isMember(membership, raw.id)) {
      this.isStillMember = true;
      this.wasVoter = isVoter(membership, raw.id);
    }
    if (!raw.isLeader) return;
    const lost = membersOf(before).filter((node) => !isMember(membership, node));
    for (const node of lost) this.gone.add(node);
    if (lost.length > 0) this.cover();
  }

  /** After a batch of applied entries. */
  applied(index: number): void {
    if (this.entryIndex !== 0 && index >= this.entryIndex && this.context.raw.term === this.entryTerm) this.covered();
    if (!this.isStillMember || this.isLeaving || isMember(this.context.raw.confState, this.context.raw.id)) return;
    // Nobody needs the vote of a learner.
    if (this.wasVoter) this.isLeaving = true;
    else this.out();
  }

  /** Makes isCovered true, if this node leads long enough. */
  cover(): void {
    if (this.isCovered || this.wantedIndex >= this.membershipIndex) return;
    this.wantedIndex = this.membershipIndex;
    this.entryIndex = 0;
    this.context.wantFlush();
  }

  /** A node that is no member asks for votes, or whether it may go. */
  asked(node: number): void {
    if (!this.context.raw.isLeader) return;
    this.gone.add(node);
    if (this.isCovered) this.tell();
    else this.cover();
  }

  /** The leader says that this node is in no membership from `index` on. */
  told(index: number): void {
    if (this.isStillMember && (this.isLeaving ? index >= this.membershipIndex : index > this.membershipIndex)) this.out();
  }

  /** What another leader covered is not known here. */
  leadershipChanged(): void {
    this.coveredIndex = NEVER;
    this.wantedIndex = NEVER;
    this.entryIndex = 0;
    this.gone.clear();
  }

  /** In a turn. */
  flush(): void {
    const { raw } = this.context;
    if (this.wantedIndex === NEVER || this.entryIndex !== 0 || !raw.isLeader) return;
    // Refused while a transfer of the leadership is under way: the next tick tries again.
    if (raw.propose(NO_BYTES) !== ProposeResult.Appended) return;
    this.entryIndex = raw.proposedIndex;
    this.entryTerm = raw.proposedTerm;
    this.context.changed();
  }

  tick(): void {
    const { raw, host, notices, wantFlush } = this.context;
    if (this.wantedIndex !== NEVER && this.entryIndex === 0) wantFlush();
    if (!this.isLeaving || host.clock.monotonic() < this.askAt) return;
    this.askAt = host.clock.monotonic() + ASK_EVERY_MS;
    for (const node of membersOf(raw.confState)) notices.tellLeaving(node);
  }

  private covered(): void {
    this.coveredIndex = this.wantedIndex;
    this.wantedIndex = NEVER;
    this.entryIndex = 0;
    if (!this.isCovered) return this.cover();
    this.tell();
    this.context.onCovered();
  }

  private tell(): void {
    const { raw, notices } = this.context;
    for (const node of this.gone) if (!isMember(raw.confState, node)) notices.tellRemoved(node, this.membershipIndex);
    this.gone.clear();
  }

  private out(): void {
    this.isStillMember = false;
    this.isLeaving = false;
    this.context.onRemoved();
  }
}
