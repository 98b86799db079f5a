/**
 * Ticking of one group: hibernation and waking (R39), a fast election after the leader's node died, and the watch over a leader's clock (R23).
 *
 * L1. A hibernating group does not tick; any work, message (but a late heartbeat answer), or loss or return of a member wakes it.
 * L2. A leader that wakes says so at once, so that nobody counts the silence against it.
 * L3. When the leader's node is down, the lowest live voter campaigns after a tick, and again every other tick: pre-vote keeps it from doing harm
 *     where others still hear the leader.
 * L4. A sole voter has nobody to wait for: it campaigns in its first turn.
 * L5. A leader whose clock runs ahead of the voters' median hands over, at most once per election timeout.
 * Tests: test/cluster/liveness.spec.ts.
 */
import { Role, type RawNode } from '../raft/index.js';
import { EnvelopeKind } from '../transport/transport.js';
import type { DeadlineItem } from './deadline-heap.js';
import { mayHibernate } from './hibernation.js';
import type { HostServices } from './host-services.js';

/** A state timer due within this time keeps the group awake, ms. */
const DEADLINE_MS_MIN = 1_000;
/** Ticks until a refused hibernation is considered again. */
const HIBERNATE_RETRY_TICKS = 10;
const CAMPAIGN_EVERY_TICKS = 2;

export interface LivenessContext {
  readonly groupId: number;
  readonly raw: RawNode;
  readonly host: HostServices;
  readonly nextDeadlineMs: (() => number) | undefined;
  isIdle(): boolean;
  appliedIndex(): number;
  wantFlush(): void;
  changed(): void;
}

export class GroupLiveness implements DeadlineItem {
  /** The wake-up call before the next state timer. */
  dueAt = 0;
  heapIndex = -1;
  private asleep = false;
  private idleTicks = 0;
  private mustSpeak = false;
  private isSoleBeginner = false;
  private readonly unreachable = new Set<number>();
  private lostLeader = 0;
  private campaignTicks = 0;
  private skewTicks = 0;

  constructor(private readonly context: LivenessContext) {}

  get isHibernating(): boolean {
    return this.asleep;
  }

  /** The host drives the group from now on. */
  begin(): void {
    const { raw, host, wantFlush } = this.context;
    const { voters, votersOutgoing } = raw.confState;
    this.isSoleBeginner = voters.length === 1 && voters[0] === host.nodeId && votersOutgoing.length === 0;
    if (this.isSoleBeginner) wantFlush();
  }

  /** The group did something: it is not idle. */
  worked(): void {
    this.idleTicks = 0;
  }

  /** In or out of a turn. */
  wake(): void {
    this.idleTicks = 0;
    if (!this.asleep) return;
    this.asleep = false;
    this.context.host.deadlines.remove(this);
    this.mustSpeak = true;
    this.context.wantFlush();
    this.context.host.woke();
  }

  onDue(): void {
    this.wake();
  }

  followToSleep(): void {
    this.asleep = true;
  }

  peerDown(peer: number): void {
    this.wake();
    this.unreachable.add(peer);
    if (peer === this.context.raw.leaderId) {
      this.lostLeader = peer;
      this.campaignTicks = 0;
    }
    this.context.wantFlush();
  }

  peerUp(peer: number): void {
    this.unreachable.delete(peer);
    if (this.lostLeader === peer) this.lostLeader = 0;
    this.wake();
  }

  leadershipChanged(): void {
    this.idleTicks = 0;
    if (this.context.raw.leaderId !== 0) this.lostLeader = 0;
  }

  stop(): void {
    this.asleep = false;
    this.context.host.deadlines.remove(this);
  }

  /** In a turn. */
  flush(): void {
    const { raw, changed } = this.context;
    if (this.isSoleBeginner) {
      this.isSoleBeginner = false;
      raw.campaign();
      changed();
    }
    if (this.unreachable.size > 0) {
      for (const peer of this.unreachable) raw.reportUnreachable(peer);
      this.unreachable.clear();
    }
    if (this.lostLeader !== 0 && raw.leaderId === this.lostLeader) {
      raw.forgetLeader();
      changed();
    }
    if (!this.mustSpeak) return;
    this.mustSpeak = false;
    if (raw.isLeader) {
      raw.tick();
      changed();
    }
  }

  /** In a turn, unless the group hibernates. */
  tick(): void {
    const { raw, host, changed } = this.context;
    this.idleTicks++;
    if (raw.isLeader && this.isTimeToSleep()) {
      this.sleep();
      return;
    }
    raw.tick();
    changed();
    if (this.lostLeader !== 0) this.campaignForLost();
    if (raw.isLeader && host.tuning.maxClockSkewMs > 0 && ++this.skewTicks >= host.tuning.electionTimeoutTicks) {
      this.skewTicks = 0;
      this.watchClock();
    }
  }

  private isTimeToSleep(): boolean {
    const { raw, host, nextDeadlineMs } = this.context;
    const { hibernateAfterTicks } = host.tuning;
    if (hibernateAfterTicks === 0 || this.idleTicks < hibernateAfterTicks) return false;
    const may = mayHibernate({
      raw,
      appliedIndex: this.context.appliedIndex(),
      isIdle: this.context.isIdle(),
      isDown: (node) => host.peers.isDown(node),
      nextDeadlineMs: nextDeadlineMs === undefined ? Infinity : nextDeadlineMs(),
      deadlineMsMin: DEADLINE_MS_MIN,
    });
    if (!may) this.idleTicks = Math.max(0, hibernateAfterTicks - HIBERNATE_RETRY_TICKS);
    return may;
  }

  private sleep(): void {
    const { raw, host, groupId, nextDeadlineMs } = this.context;
    this.asleep = true;
    for (const { id } of raw.status().peers) {
      if (id !== raw.id) host.send(id, { kind: EnvelopeKind.HIBERNATE, groupId, term: raw.term, commitIndex: raw.commitIndex });
    }
    const next = nextDeadlineMs === undefined ? Infinity : nextDeadlineMs();
    if (next === Infinity) return;
    this.dueAt = host.clock.monotonic() + next;
    host.deadlines.add(this);
  }

  private campaignForLost(): void {
    const { raw, host, changed } = this.context;
    if (raw.leaderId !== 0) {
      this.lostLeader = 0;
      return;
    }
    if (raw.role === Role.Candidate || --this.campaignTicks >= 0) return;
    const { voters } = raw.confState;
    const lowest = voters.find((voter) => voter === raw.id || !host.peers.isDown(voter));
    this.campaignTicks = CAMPAIGN_EVERY_TICKS - 1;
    if (lowest !== raw.id) return;
    raw.campaign();
    changed();
  }

  private watchClock(): void {
    const { raw, host, groupId, changed } = this.context;
    const { voters } = raw.confState;
    const aheadMs = host.peers.clockAheadOfMedian(voters, raw.id);
    if (aheadMs <= host.tuning.maxClockSkewMs) return;
    const heir = voters.find(
      (voter) => voter !== raw.id && !host.peers.isDown(voter) && (host.peers.get(voter)?.clockAheadMs ?? 0) > host.tuning.maxClockSkewMs,
    );
    const text = `group ${groupId}: the clock of leader ${raw.id} is ${Math.round(aheadMs)} ms ahead of the voters' median; it hands over to node ${heir ?? 0}; set its clock`;
    host.raiseAlarm(text, { groupId, nodeId: raw.id, aheadMs, heir: heir ?? 0 });
    if (heir === undefined) return;
    raw.transferLeader(heir);
    changed();
  }
}
