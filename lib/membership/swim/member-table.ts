/**
 * The other nodes, and what is known of each. Pure. Owns: which claim is in force, the order in which they are probed, how many there are.
 *
 * T1. A member's claim only ever rises (record.ts, R1): so its incarnation never falls, and "down" ends by a higher incarnation or another process alone.
 * T2. There are at most `membersMax` of them. For one more the one goes that has been gone for longest; if all are there, it is not taken.
 * T3. Between two rounds every member that is not gone is probed once; a new one comes up at a random place of the round.
 * Source: SWIM, §4.3 (round-robin probing). Tests: test/membership/parts.spec.ts.
 */
import { invariant } from '../../errors/index.js';
import { compareClaims, MemberStatus, type Claim, type MemberFacts, type MemberLoad, type MemberRecord } from './record.js';
import type { Suspicion } from './suspicion.js';

export interface Chance {
  /** A whole number in [0, bound). */
  int(bound: number): number;
}

export class Member {
  process: number;
  incarnation: number;
  status: MemberStatus;
  /** While it is SUSPECT; null otherwise. */
  suspicion: Suspicion | null = null;

  constructor(
    readonly nodeId: number,
    claim: Claim,
    public facts: MemberFacts,
    public factsIncarnation: number,
    public load: MemberLoad,
    public changedAtMs: number,
  ) {
    this.process = claim.process;
    this.incarnation = claim.incarnation;
    this.status = claim.status;
  }

  /** Down or left. */
  get isGone(): boolean {
    return this.status === MemberStatus.DOWN || this.status === MemberStatus.LEFT;
  }

  get record(): MemberRecord {
    const { nodeId, process, incarnation, status, facts, factsIncarnation, load } = this;
    return { nodeId, process, incarnation, status, facts, factsIncarnation, load };
  }
}

export class MemberTable {
  readonly suspects = new Set<Member>();
  private readonly byId = new Map<number, Member>();
  /** In the order of this round; all of them. */
  private readonly round: Member[] = [];
  private next = 0;
  private here = 0;

  constructor(
    private readonly membersMax: number,
    private readonly chance: Chance,
  ) {}

  get size(): number {
    return this.byId.size;
  }

  /** Alive or suspect. */
  get hereCount(): number {
    return this.here;
  }

  get(nodeId: number): Member | undefined {
    return this.byId.get(nodeId);
  }

  all(): IterableIterator<Member> {
    return this.byId.values();
  }

  /** False: there is no room (T2). `onForgotten` is told who had to go. */
  add(member: Member, onForgotten: (member: Member) => void): boolean {
    invariant(!this.byId.has(member.nodeId), () => `node ${member.nodeId} is in the table of members twice`);
    if (this.byId.size >= this.membersMax) {
      const oldest = this.longestGone();
      if (oldest === null) return false;
      this.forget(oldest);
      onForgotten(oldest);
    }
    this.byId.set(member.nodeId, member);
    const place = this.chance.int(this.round.length + 1);
    this.round.push(member);
    this.swap(place, this.round.length - 1);
    // Whoever stood there and was probed already in this round now stands behind: twice in one round is better than not at all.
    if (!member.isGone) this.here++;
    return true;
  }

  forget(member: Member): void {
    invariant(member.isGone, () => `node ${member.nodeId} is forgotten, and is not gone`);
    this.byId.delete(member.nodeId);
    const place = this.round.indexOf(member);
    this.round.splice(place, 1);
    if (place < this.next) this.next--;
  }

  /** Puts a claim in force that is above the one that is (T1). */
  set(member: Member, claim: Omit<Claim, 'nodeId'>, suspicion: Suspicion | null, nowMs: number): void {
    invariant(
      compareClaims(claim, member) > 0,
      () => `node ${member.nodeId} would fall from ${textOf(member)} to ${textOf(claim)}: claims only rise`,
    );
    invariant(
      (claim.status === MemberStatus.SUSPECT) === (suspicion !== null),
      'a suspicion runs while a member is suspected, and only then',
    );
    const wasGone = member.isGone;
    if (claim.process !== member.process) {
      member.factsIncarnation = 0;
      member.load = { ...member.load, version: 0 };
    }
    member.process = claim.process;
    member.incarnation = claim.incarnation;
    member.status = claim.status;
    member.suspicion = suspicion;
    member.changedAtMs = nowMs;
    if (suspicion === null) this.suspects.delete(member);
    else this.suspects.add(member);
    if (wasGone !== member.isGone) this.here += wasGone ? 1 : -1;
  }

  /** Whom to probe now; null: nobody is there (T3). */
  nextToProbe(): Member | null {
    for (let looked = 0; looked <= this.round.length; looked++) {
      if (this.next >= this.round.length) {
        this.next = 0;
        for (let i = this.round.length - 1; i > 0; i--) this.swap(i, this.chance.int(i + 1));
      }
      const member = this.round[this.next++];
      if (member !== undefined && !member.isGone) return member;
    }
    return null;
  }

  /** Up to `count` different ones that fit, by chance. With few members all that fit are found. */
  some(count: number, fits: (member: Member) => boolean): Member[] {
    const found: Member[] = [];
    const { round } = this;
    if (round.length <= 4 * count) {
      const all = round.filter(fits);
      while (found.length < count && all.length > 0) {
        const at = this.chance.int(all.length);
        found.push(all[at]!);
        all[at] = all[all.length - 1]!;
        all.pop();
      }
      return found;
    }
    for (let tries = 0; tries < 3 * round.length && found.length < count; tries++) {
      const member = round[this.chance.int(round.length)]!;
      if (fits(member) && !found.includes(member)) found.push(member);
    }
    return found;
  }

  private longestGone(): Member | null {
    let oldest: Member | null = null;
    for (const member of this.byId.values())
      if (member.isGone && (oldest === null || member.changedAtMs < oldest.changedAtMs)) oldest = member;
    return oldest;
  }

  private swap(i: number, j: number): void {
    const member = this.round[i]!;
    this.round[i] = this.round[j]!;
    this.round[j] = member;
  }
}

function textOf(claim: Omit<Claim, 'nodeId'>): string {
  return `(process ${claim.process}, incarnation ${claim.incarnation}, status ${claim.status})`;
}
