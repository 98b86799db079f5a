/**
 * What one node believes of all, itself included, and what it says of itself. Pure. Owns: the table, the own record, the changes to be told.
 *
 * W1. What a node hears about another is in force if it ranks higher than what it knows (record.ts, R1), and is told on then, and only then.
 * W2. A node never says of itself that it is suspected or down: what others say so it refutes, by a higher incarnation.
 * W3. Blame of a node that is not known is not taken: whoever was forgotten does not come back as a ghost.
 * Source: SWIM §4.2; Lifeguard §IV. Tests: test/membership/swim.spec.ts, test/membership/swim.property.spec.ts.
 */
import { invariant } from '../../errors/index.js';
import { BroadcastQueue } from './broadcast-queue.js';
import type { LocalHealth } from './local-health.js';
import { Member, MemberTable } from './member-table.js';
import { UpdateKind, type Update } from './message.js';
import {
  compareClaims,
  INCARNATION_FIRST,
  INCARNATION_MAX,
  isSameFacts,
  MemberStatus,
  NO_LOAD,
  type Claim,
  type MemberFacts,
  type MemberLoad,
  type MemberRecord,
} from './record.js';
import type { MembershipSettings } from './settings.js';
import { Suspicion, suspicionTimes } from './suspicion.js';

/** null: not known before, or forgotten. */
export interface MemberChange {
  readonly nodeId: number;
  readonly before: MemberStatus | null;
  readonly after: MemberStatus | null;
  readonly process: number;
  /** It was restarted since: what it led and owned it has lost. */
  readonly isNewProcess: boolean;
  readonly areFactsNew: boolean;
}

/** Counts since the begin. */
export interface SwimStatistics {
  /** Messages of nodes that are not known. */
  strangers: number;
  /** Messages of earlier processes, and claims about earlier ones of this node. */
  outdated: number;
  /** Messages and claims that can not be right. */
  refused: number;
  /** Nodes for which there was no room. */
  crowdedOut: number;
  refutations: number;
  failedProbes: number;
  /** Nodes that this one gave up by its own suspicion. */
  givenUp: number;
  /** Somebody told of a later process of this node: this one should not be running. */
  superseded: number;
  stalls: number;
}

export interface BeliefParts {
  readonly nodeId: number;
  readonly process: number;
  readonly facts: MemberFacts;
  readonly settings: MembershipSettings;
  readonly table: MemberTable;
  readonly health: LocalHealth;
  readonly statistics: SwimStatistics;
}

export class Beliefs {
  nowMs: number;
  status: MemberStatus = MemberStatus.ALIVE;
  load: MemberLoad = NO_LOAD;
  readonly news = new BroadcastQueue();
  readonly loads = new BroadcastQueue();
  private incarnation = INCARNATION_FIRST;
  private facts: MemberFacts;
  private changes: MemberChange[] = [];

  constructor(
    private readonly parts: BeliefParts,
    nowMs: number,
  ) {
    this.nowMs = nowMs;
    this.facts = parts.facts;
  }

  get self(): MemberRecord {
    const { incarnation, status, facts, load } = this;
    const { nodeId, process } = this.parts;
    return { nodeId, process, incarnation, status, facts, factsIncarnation: incarnation, load };
  }

  setFacts(facts: MemberFacts): void {
    if (isSameFacts(facts, this.facts)) return;
    this.facts = facts;
    this.raise(this.incarnation + 1);
  }

  leave(): void {
    if (this.status === MemberStatus.LEFT) return;
    this.status = MemberStatus.LEFT;
    this.raise(this.incarnation + 1);
  }

  takeChanges(): MemberChange[] {
    const taken = this.changes;
    this.changes = [];
    return taken;
  }

  hear(update: Update): void {
    if (update.kind === UpdateKind.LOAD) {
      this.hearLoad(update.nodeId, update.process, update.load);
      return;
    }
    const { nodeId, process, incarnation, kind: status } = update;
    const claim = { nodeId, process, incarnation, status };
    if (nodeId === this.parts.nodeId) this.hearOfSelf(claim);
    else if (update.kind === UpdateKind.ALIVE)
      this.praise({ ...claim, factsIncarnation: incarnation, facts: update.facts, load: update.load }, true);
    else if (update.kind === UpdateKind.LEFT) this.part(claim);
    else this.blame(claim, update.by);
  }

  /** W2. */
  hearOfSelf(claim: Claim): void {
    const { process } = this.parts;
    if (claim.process < process) this.parts.statistics.outdated++;
    else if (claim.process > process) this.parts.statistics.superseded++;
    else if (compareClaims(claim, this.self) <= 0) return;
    else if (claim.incarnation >= INCARNATION_MAX) this.parts.statistics.refused++;
    else {
      this.parts.statistics.refutations++;
      this.parts.health.worse();
      this.raise(claim.incarnation + 1);
    }
  }

  private raise(incarnation: number): void {
    invariant(incarnation > this.incarnation, () => `the own incarnation would fall from ${this.incarnation} to ${incarnation}`);
    this.incarnation = incarnation;
    const { nodeId, process } = this.parts;
    if (this.status === MemberStatus.LEFT) this.news.put({ kind: UpdateKind.LEFT, nodeId, process, incarnation });
    else this.news.put({ kind: UpdateKind.ALIVE, nodeId, process, incarnation, facts: this.facts, load: this.load });
  }

  /** A node is there, or was there and is suspected by whom this record comes from. `isTold`: to be told on. */
  praise(record: MemberRecord, isTold: boolean): void {
    const { nodeId, process, incarnation, facts, factsIncarnation, load } = record;
    const member = this.parts.table.get(nodeId);
    if (member === undefined) {
      this.take(record, isTold);
      return;
    }
    const before = member.status;
    const isNewProcess = process > member.process;
    const isInForce = compareClaims({ process, incarnation, status: MemberStatus.ALIVE }, member) > 0;
    if (isInForce) this.parts.table.set(member, { process, incarnation, status: MemberStatus.ALIVE }, null, this.nowMs);
    let areFactsNew = false;
    if (process === member.process && factsIncarnation > member.factsIncarnation && factsIncarnation <= member.incarnation) {
      areFactsNew = !isSameFacts(facts, member.facts);
      member.facts = facts;
      member.factsIncarnation = factsIncarnation;
    }
    if (process === member.process && load.version > member.load.version) member.load = load;
    // What it says of itself is told with its own incarnation, or not at all.
    if (isInForce && isTold && member.factsIncarnation === incarnation)
      this.news.put({ kind: UpdateKind.ALIVE, nodeId, process, incarnation, facts: member.facts, load: member.load });
    if (before !== member.status || isNewProcess || areFactsNew) this.changed(member, before, isNewProcess, areFactsNew);
  }

  private take(record: MemberRecord, isTold: boolean): void {
    const { nodeId, process, incarnation, facts, factsIncarnation, load } = record;
    const claim = { nodeId, process, incarnation, status: MemberStatus.ALIVE };
    const member = new Member(nodeId, claim, facts, factsIncarnation, load, this.nowMs);
    if (!this.parts.table.add(member, (gone) => this.forgotten(gone))) {
      this.parts.statistics.crowdedOut++;
      return;
    }
    if (isTold && factsIncarnation === incarnation) this.news.put({ kind: UpdateKind.ALIVE, nodeId, process, incarnation, facts, load });
    this.changed(member, null, false, true);
  }

  /** SUSPECT or DOWN. */
  blame(claim: Claim, by: number): void {
    const { nodeId, process, incarnation, status } = claim;
    const member = this.parts.table.get(nodeId);
    if (member === undefined) return; // W3
    const rank = compareClaims(claim, member);
    const kind = status === MemberStatus.SUSPECT ? UpdateKind.SUSPECT : UpdateKind.DOWN;
    if (rank > 0) {
      const before = member.status;
      const isNewProcess = process > member.process;
      const isSuspicion = status === MemberStatus.SUSPECT;
      const suspicion = isSuspicion
        ? new Suspicion(this.nowMs, by, suspicionTimes(this.parts.table.hereCount + 1, this.parts.settings))
        : null;
      this.parts.table.set(member, claim, suspicion, this.nowMs);
      this.news.put({ kind, nodeId, process, incarnation, by });
      if (before !== member.status || isNewProcess) this.changed(member, before, isNewProcess, false);
    } else if (rank === 0 && member.suspicion?.confirm(by) === true) {
      this.news.put({ kind, nodeId, process, incarnation, by });
    }
  }

  /** It left in order. */
  part(claim: Claim): void {
    const member = this.parts.table.get(claim.nodeId);
    if (member === undefined || compareClaims(claim, member) <= 0) return;
    const before = member.status;
    const isNewProcess = claim.process > member.process;
    this.parts.table.set(member, claim, null, this.nowMs);
    this.news.put({ kind: UpdateKind.LEFT, nodeId: claim.nodeId, process: claim.process, incarnation: claim.incarnation });
    if (before !== member.status || isNewProcess) this.changed(member, before, isNewProcess, false);
  }

  private hearLoad(nodeId: number, process: number, load: MemberLoad): void {
    const member = this.parts.table.get(nodeId);
    if (member === undefined || process !== member.process || load.version <= member.load.version) return;
    member.load = load;
    this.loads.put({ kind: UpdateKind.LOAD, nodeId, process, load });
  }

  private changed(member: Member, before: MemberStatus | null, isNewProcess: boolean, areFactsNew: boolean): void {
    this.changes.push({ nodeId: member.nodeId, before, after: member.status, process: member.process, isNewProcess, areFactsNew });
  }

  /** It was taken out of the table. */
  forgotten(member: Member): void {
    this.news.drop(member.nodeId);
    this.loads.drop(member.nodeId);
    const { nodeId, status, process } = member;
    this.changes.push({ nodeId, before: status, after: null, process, isNewProcess: false, areFactsNew: false });
  }
}

export function claimOf({ nodeId, process, incarnation, status }: Claim): Claim {
  return { nodeId, process, incarnation, status };
}
