/**
 * Ticking of one group: hibernation and waking (R39), a fast election after the leader's node died, and the watch over a leader's clock (R23).
 *
 * L1. A hibernating group does not tick; any work, message (but a late heartbeat answer), or loss or return of a member wakes it.
 * L2. A leader that wakes says so at once, so that nobody counts the silence against it.
 * L3. When the leader's node is down, or says that the group halted there, the live voters campaign in turn (fast-election.ts).
 * L4. A sole voter has nobody to wait for: it campaigns in its first turn.
 * L5. A leader whose clock runs ahead of the voters' median hands over, at most once per election timeout.
 * L6. A member on which the group halted counts as down for this group, whatever else its node does, until another process of it is heard.
 * L7. A group whose election time-out has ended waits for its place among those of the host (election-pace.ts).
 * L8. A group goes to sleep for the first time after an election time-out without work: at the start of a node of many groups, those that are led already
 *     keep still for those that are not.
 * Tests: test/cluster/liveness.spec.ts, many-groups.spec.ts.
 */
import { Role, type RawNode } from '../raft/index.js';
import { EnvelopeKind } from '../transport/transport.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { Candidate } from './election-pace.js';
import { FastElection } from './fast-election.js';
import { mayHibernate } from './hibernation.js';
import type { HostServices } from './host-services.js';

/** A state timer due within this time keeps the group awake, ms. */
const DEADLINE_MS_MIN = 1_000;
/** Ticks until a refused hibernation is considered again. */
const HIBERNATE_RETRY_TICKS = 10;

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

export class GroupLiveness implements DeadlineItem, Candidate {
  /** The wake-up call before the next state timer. */
  dueAt = 0;
  heapIndex = -1;
  private asleep = false;
  private hasSlept = false;
  private idleTicks = 0;
  private mustSpeak = false;
  private isSoleBeginner = false;
  private readonly unreachable = new Set<number>();
  private readonly election: FastElection;
  /** Incarnation of the process that said so, by node. */
  private readonly halted = new Map<number, number>();
  private skewTicks = 0;

  constructor(private readonly context: LivenessContext) {
    const { raw, host, wantFlush, changed } = context;
    this.election = new FastElection({ raw, host, isDown: (node) => this.isDown(node), wantFlush, changed });
  }

  get isHibernating(): boolean {
    return this.asleep;
  }

  get isElectionDue(): boolean {
    return this.context.raw.isElectionDue;
  }

  get isElecting(): boolean {
    const { role } = this.context.raw;
    return role === Role.Candidate || role === Role.PreCandidate;
  }

  /** Takes no part in this group at the moment. */
  isDown(node: number): boolean {
    const { peers } = this.context.host;
    return peers.isDown(node) || this.isHalted(node);
  }

  /** Another process of that node has another group. */
  private isHalted(node: number): boolean {
    const incarnation = this.halted.get(node);
    return incarnation !== undefined && incarnation === (this.context.host.peers.get(node)?.incarnation ?? 0);
  }

  /** A member says that the group halted there. Returns false if that is known. */
  peerHalted(peer: number): boolean {
    if (this.isHalted(peer)) return false;
    this.halted.set(peer, this.context.host.peers.get(peer)?.incarnation ?? 0);
    this.peerDown(peer);
    return true;
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
    this.fallAsleep();
  }

  private fallAsleep(): void {
    this.asleep = true;
    this.hasSlept = true;
  }

  peerDown(peer: number): void {
    this.wake();
    this.unreachable.add(peer);
    if (peer === this.context.raw.leaderId) this.election.begin(peer);
    this.context.wantFlush();
  }

  peerUp(peer: number): void {
    this.unreachable.delete(peer);
    this.election.returned(peer);
    this.wake();
  }

  preVoteAsked(by: number, lastIndex: number): void {
    this.election.asked(by, lastIndex);
  }

  leadershipChanged(): void {
    this.idleTicks = 0;
    if (this.context.raw.leaderId !== 0) this.election.end();
  }

  stop(): void {
    this.asleep = false;
    this.election.end();
    this.context.host.deadlines.remove(this);
    this.context.host.elections.leave(this);
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
    this.election.flush();
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
    if (raw.isElectionDue && !host.elections.may(this)) return;
    raw.tick();
    changed();
    if (raw.isLeader && host.tuning.maxClockSkewMs > 0 && ++this.skewTicks >= host.tuning.electionTimeoutTicks) {
      this.skewTicks = 0;
      this.watchClock();
    }
  }

  private isTimeToSleep(): boolean {
    const { raw, host, nextDeadlineMs } = this.context;
    const { hibernateAfterTicks, electionTimeoutTicks } = host.tuning;
    const idleTicksMin = this.hasSlept ? hibernateAfterTicks : Math.min(hibernateAfterTicks, electionTimeoutTicks);
    if (hibernateAfterTicks === 0 || this.idleTicks < idleTicksMin) return false;
    const may = mayHibernate({
      raw,
      appliedIndex: this.context.appliedIndex(),
      isIdle: this.context.isIdle(),
      isDown: (node) => this.isDown(node),
      nextDeadlineMs: nextDeadlineMs === undefined ? Infinity : nextDeadlineMs(),
      deadlineMsMin: DEADLINE_MS_MIN,
    });
    if (!may) this.idleTicks = Math.max(0, idleTicksMin - HIBERNATE_RETRY_TICKS);
    return may;
  }

  private sleep(): void {
    const { raw, host, groupId, nextDeadlineMs } = this.context;
    this.fallAsleep();
    for (const { id } of raw.status().peers) {
      if (id !== raw.id) host.send(id, { kind: EnvelopeKind.HIBERNATE, groupId, term: raw.term, commitIndex: raw.commitIndex });
    }
    const next = nextDeadlineMs === undefined ? Infinity : nextDeadlineMs();
    if (next === Infinity) return;
    this.dueAt = host.clock.monotonic() + next;
    host.deadlines.add(this);
  }

  private watchClock(): void {
    const { raw, host, groupId, changed } = this.context;
    const { voters } = raw.confState;
    const aheadMs = host.peers.clockAheadOfMedian(voters, raw.id);
    if (aheadMs <= host.tuning.maxClockSkewMs) return;
    const heir = voters.find(
      (voter) => voter !== raw.id && !this.isDown(voter) && (host.peers.get(voter)?.clockAheadMs ?? 0) > host.tuning.maxClockSkewMs,
    );
    const text = `group ${groupId}: the clock of leader ${raw.id} is ${Math.round(aheadMs)} ms ahead of the voters' median; it hands over to node ${heir ?? 0}; set its clock`;
    host.raiseAlarm(text, { groupId, nodeId: raw.id, aheadMs, heir: heir ?? 0 });
    if (heir === undefined) return;
    raw.transferLeader(heir);
    changed();
  }
}
