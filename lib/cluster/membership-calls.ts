/**
 * Membership calls and leadership transfer, on any node of a group: carried out by the leader, one change at a time.
 *
 * M1. A call resolves once its change is applied on the leader (a joint one: left again) and on the calling node; a removal, once the others can do
 *     without whoever was removed (removal.ts): it may be switched off then. That it is no member any more is not said before, either.
 * M2. A call whose request was lost is repeated until its deadline; a repetition that finds its outcome standing is a success.
 * M3. The leader does not remove or demote itself: it hands over, and the next leader does it. If nobody else could lead, its replacement becomes a voter
 *     first.
 * M4. To whom a living leader has handed over, and who is to be removed or demoted itself, hands over in its turn only after an election timeout: that leader may be
 *     leaving, and asks for its removal in a moment. Two that leave at once would else hand over to each other, a thousand times a second.
 * Tests: test/cluster/membership.spec.ts, joining.spec.ts.
 */
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { ProposeResult, isDropped, type RawNode } from '../raft/index.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { HostServices } from './host-services.js';
import {
  changeOf,
  isDone,
  isJointState,
  isMember,
  leavingOf,
  refusalOf,
  retiringOf,
  type MembershipOperation,
  type MembershipView,
} from './membership-rules.js';
import type { Removal } from './removal.js';

export const MEMBERSHIP_METHOD = 'raft.membership';

export interface MembershipContext {
  readonly groupId: number;
  readonly host: HostServices;
  readonly raw: RawNode;
  /** Why the group takes part in nothing any more; null while it does. */
  over(): RaftoralError | null;
  removal(): Pick<Removal, 'isCovered' | 'cover'>;
  isDown(node: number): boolean;
  wantFlush(): void;
  changed(): void;
  waitApplied(index: number): Promise<void>;
}

interface Change {
  readonly operation: MembershipOperation;
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
  readonly waitsForLearner: boolean;
  /** Until then a replacement may catch up. */
  readonly dueAt: number;
  isProposed: boolean;
  /** A removal that is applied, and waits for its end. */
  isApplied: boolean;
  index: number;
  term: number;
}

class Wait implements DeadlineItem {
  heapIndex = -1;

  constructor(
    readonly dueAt: number,
    readonly isFulfilled: () => boolean,
    readonly done: (isFulfilled: boolean) => void,
    private readonly waits: Set<Wait>,
  ) {}

  onDue(): void {
    this.waits.delete(this);
    this.done(this.isFulfilled());
  }
}

export class MembershipCalls {
  /** On the leader: the change under way. */
  private change: Change | null = null;
  private transferTo = 0;
  /** Other than this node; 0: none was seen. */
  private lastLeader = 0;
  /** M4: monotonic ms until which this node does not hand over. */
  private keepsUntil = 0;
  private wasLeader = false;
  private readonly waits = new Set<Wait>();

  constructor(private readonly context: MembershipContext) {}

  get hasChange(): boolean {
    return this.change !== null;
  }

  get isIdle(): boolean {
    return this.change === null && this.waits.size === 0;
  }

  /** From any node. */
  async run(operation: MembershipOperation): Promise<void> {
    const { host, raw, groupId } = this.context;
    const dueAt = host.clock.monotonic() + host.tuning.requestTimeoutMs;
    for (let isRepeated = false; ;) {
      this.throwIfOver();
      const remainingMs = dueAt - host.clock.monotonic();
      if (remainingMs <= 0) {
        const text = `group ${groupId}: ${operation.type} of node ${operation.node} was not confirmed before its deadline; look at the membership, then call again`;
        throw new RaftoralError(isRepeated ? 'OUTCOME_UNKNOWN' : 'NO_LEADER', text);
      }
      const term = raw.term;
      const leader = raw.leaderId;
      try {
        if (leader !== 0) {
          const index = raw.isLeader
            ? await this.runHere(operation, isRepeated)
            : await this.ask(leader, operation, isRepeated, remainingMs);
          if (leavingOf(operation) !== host.nodeId) await this.waitApplied(index, dueAt);
          return;
        }
      } catch (error) {
        // What is under way is, for all that is known, this very call: its first request was lost.
        const isOwn = isRepeated && isRaftoralError(error, 'MEMBERSHIP_REFUSED') && error.details['reason'] === 'under-way';
        if (!isOwn && !isRaftoralError(error, 'NOT_LEADER') && !isRaftoralError(error, 'OUTCOME_UNKNOWN')) throw error;
        if (error.code === 'OUTCOME_UNKNOWN') isRepeated = true;
      }
      const pauseMs = Math.min(remainingMs, 2 * host.tuning.tickMs);
      await this.wait(() => raw.term !== term || raw.leaderId !== leader, pauseMs);
    }
  }

  private async waitApplied(index: number, dueAt: number): Promise<void> {
    let isApplied = false;
    const applied = (): void => {
      isApplied = true;
      this.wake();
    };
    // When the group is over, close() ends the wait.
    this.context.waitApplied(index).then(applied, () => undefined);
    await this.wait(() => isApplied, dueAt - this.context.host.clock.monotonic());
    this.throwIfOver();
    if (!isApplied) throw new RaftoralError('OUTCOME_UNKNOWN', `index ${index} was not applied here before the deadline`);
  }

  /** The leader's part of run(); answers the index at which the membership stands. */
  async handle(body: Uint8Array): Promise<Uint8Array> {
    const { operation, isRepeated } = decodeOperation(body);
    const index = await this.runHere(operation, isRepeated);
    return Buffer.from(JSON.stringify({ index }), 'utf8');
  }

  async transferLeadership(to: number): Promise<void> {
    const { raw, host, groupId } = this.context;
    this.throwIfOver();
    if (raw.leaderId === to) return;
    if (!raw.confState.voters.includes(to)) {
      throw new RaftoralError('MEMBERSHIP_REFUSED', `group ${groupId}: node ${to} is no voter, it can't lead; promote it first`, {
        details: { reason: 'unknown-node' },
      });
    }
    if (raw.leaderId === 0) throw new RaftoralError('NO_LEADER', `group ${groupId} has no leader that could hand over; retry`);
    this.transferTo = to;
    this.context.wantFlush();
    const isDone = await this.wait(() => raw.leaderId === to, host.tuning.electionTimeoutTicks * host.tuning.tickMs);
    this.throwIfOver();
    if (!isDone)
      throw new RaftoralError(
        'OUTCOME_UNKNOWN',
        `group ${groupId}: node ${to} did not take over within one election timeout; see whether it is alive`,
      );
  }

  /** In a turn. */
  flush(): void {
    const { raw } = this.context;
    if (this.transferTo !== 0) {
      raw.transferLeader(this.transferTo);
      this.transferTo = 0;
      this.context.changed();
    }
    const change = this.change;
    if (change === null || change.isProposed) return;
    if (!raw.isLeader) {
      this.end(change, new RaftoralError('NOT_LEADER', `node ${raw.id} leads group ${this.context.groupId} no more`));
      return;
    }
    const refusal = refusalOf(change.operation, this.view());
    if (refusal !== null) {
      const mayWait = refusal.reason === 'lagging' && change.waitsForLearner && this.context.host.clock.monotonic() < change.dueAt;
      if (!mayWait) this.end(change, this.refused(change.operation, refusal.reason, refusal.message));
      return;
    }
    this.propose(change);
  }

  /** A conf change entry, or any other at the place of one, was applied. */
  applied(index: number, term: number): void {
    const change = this.change;
    if (change === null || !change.isProposed || change.isApplied || index < change.index) return;
    if (index === change.index && term !== change.term) {
      this.end(change, new RaftoralError('NOT_LEADER', `the change at ${index} was superseded`));
    } else if (!isJointState(this.context.raw.confState)) {
      change.index = index;
      change.isApplied = true;
      if (leavingOf(change.operation) === 0) this.resolve(change);
    }
  }

  /** The others can do without whoever was removed. */
  covered(): void {
    const change = this.change;
    if (change !== null && change.isApplied) this.resolve(change);
    this.wake();
  }

  leadershipChanged(): void {
    const { raw, host } = this.context;
    const { clock, tuning } = host;
    if (raw.isLeader && !this.wasLeader && this.lastLeader !== 0 && !this.context.isDown(this.lastLeader))
      this.keepsUntil = clock.monotonic() + tuning.electionTimeoutTicks * tuning.tickMs;
    this.wasLeader = raw.isLeader;
    if (!raw.isLeader && raw.leaderId !== 0) this.lastLeader = raw.leaderId;
    const change = this.change;
    if (change !== null && change.isProposed && !this.context.raw.isLeader) {
      this.end(
        change,
        new RaftoralError('OUTCOME_UNKNOWN', `node ${this.context.raw.id} lost its leadership before the change was applied`),
      );
    }
    this.wake();
    if (this.change !== null) this.context.wantFlush();
  }

  tick(): void {
    if (this.change !== null && !this.change.isProposed) this.context.wantFlush();
  }

  close(error: RaftoralError): void {
    if (this.change !== null) this.end(this.change, error);
    for (const wait of [...this.waits]) this.finishWait(wait);
  }

  private async runHere(operation: MembershipOperation, isRepeated: boolean): Promise<number> {
    const { raw, host, groupId } = this.context;
    this.throwIfOver();
    if (!raw.isLeader)
      throw new RaftoralError('NOT_LEADER', `node ${raw.id} does not lead group ${groupId}; ask node ${raw.leaderId}`, {
        details: { leaderId: raw.leaderId },
      });
    const leaving = leavingOf(operation);
    if (leaving !== 0 && !isMember(raw.confState, leaving)) await this.untilCovered();
    if (isRepeated && !isJointState(raw.confState) && isDone(operation, raw.confState)) return raw.appliedIndex;
    if (this.change !== null) throw this.refused(operation, 'under-way', 'another membership change is under way; wait until it has ended');
    const refusal = refusalOf(operation, this.view());
    const waitsForLearner = operation.type === 'replace';
    if (refusal !== null && !(waitsForLearner && refusal.reason === 'lagging'))
      throw this.refused(operation, refusal.reason, refusal.message);
    if (retiringOf(operation) === host.nodeId) {
      await this.letOthersGo(operation);
      await this.handOver(operation);
    }
    return this.begin(operation, waitsForLearner);
  }

  private async untilCovered(): Promise<void> {
    const { raw, host, groupId } = this.context;
    const removal = this.context.removal();
    removal.cover();
    await this.wait(() => removal.isCovered || !raw.isLeader, host.tuning.requestTimeoutMs);
    this.throwIfOver();
    if (removal.isCovered) return;
    throw new RaftoralError('OUTCOME_UNKNOWN', `group ${groupId}: node ${raw.id} could not have the membership confirmed; call again`);
  }

  private begin(operation: MembershipOperation, waitsForLearner: boolean): Promise<number> {
    const { host } = this.context;
    return new Promise<number>((resolve, reject) => {
      const dueAt = host.clock.monotonic() + host.tuning.requestTimeoutMs;
      this.change = { operation, resolve, reject, waitsForLearner, dueAt, isProposed: false, isApplied: false, index: 0, term: 0 };
      this.context.wantFlush();
      this.wake();
    });
  }

  /** M4. */
  private async letOthersGo(operation: MembershipOperation): Promise<void> {
    const { raw, host, groupId } = this.context;
    const remainingMs = this.keepsUntil - host.clock.monotonic();
    if (remainingMs <= 0) return;
    await this.wait(() => this.change !== null || !raw.isLeader, remainingMs);
    this.throwIfOver();
    if (!raw.isLeader) throw new RaftoralError('NOT_LEADER', `node ${raw.id} leads group ${groupId} no more`);
    if (this.change !== null) throw this.refused(operation, 'under-way', 'another membership change is under way; wait until it has ended');
  }

  /** Always throws: NOT_LEADER once another node leads. */
  private async handOver(operation: MembershipOperation): Promise<never> {
    const { raw } = this.context;
    let heir = bestHeir(raw, (node) => !this.context.isDown(node));
    if (heir === 0 && (operation.type === 'replace' || operation.type === 'exchange')) {
      await this.begin({ type: 'promote', node: operation.node }, true);
      heir = operation.node;
    }
    if (heir === 0) throw this.refused(operation, 'no-quorum', `node ${raw.id} leads, and no live voter could take over from it`);
    await this.transferLeadership(heir);
    throw new RaftoralError(
      'NOT_LEADER',
      `node ${raw.id} handed over to node ${heir}, which is to ${leavingOf(operation) === 0 ? 'make it a learner' : 'remove it'}`,
      {
        details: { leaderId: heir },
      },
    );
  }

  private async ask(leader: number, operation: MembershipOperation, isRepeated: boolean, timeoutMs: number): Promise<number> {
    const { host, groupId } = this.context;
    const body = Buffer.from(JSON.stringify({ operation, isRepeated }), 'utf8');
    const answer = await host.requests.request({ groupId, to: leader, method: MEMBERSHIP_METHOD, body, timeoutMs });
    const { index } = JSON.parse(Buffer.from(answer).toString('utf8')) as { index: number };
    return index;
  }

  private propose(change: Change): void {
    const { raw } = this.context;
    const result = raw.proposeConfChange(changeOf(change.operation, raw.confState));
    this.context.changed();
    if (result === ProposeResult.Appended) {
      change.isProposed = true;
      change.index = raw.proposedIndex;
      change.term = raw.proposedTerm;
    } else if (result === ProposeResult.ConfChangeRefused) {
      this.end(change, this.refused(change.operation, 'under-way', 'an earlier change is not applied yet; try again'));
    } else if (isDropped(result)) {
      this.end(change, new RaftoralError('NOT_LEADER', `node ${raw.id} takes no proposals at the moment`));
    }
  }

  private view(): MembershipView {
    const { raw, host } = this.context;
    const peers = new Map(raw.status().peers.map((peer) => [peer.id, peer]));
    return {
      confState: raw.confState,
      isLive: (node) => node === host.nodeId || !this.context.isDown(node),
      lag: (node) => {
        const peer = peers.get(node);
        return peer === undefined || peer.match === 0 ? Infinity : raw.lastIndex - peer.match;
      },
      promoteLagEntriesMax: host.tuning.promoteLagEntriesMax,
    };
  }

  private refused(operation: MembershipOperation, reason: string, message: string): RaftoralError {
    return new RaftoralError('MEMBERSHIP_REFUSED', `group ${this.context.groupId}: ${operation.type}: ${message}`, {
      details: { reason, node: operation.node },
    });
  }

  private resolve(change: Change): void {
    this.change = null;
    change.resolve(change.index);
  }

  private end(change: Change, error: RaftoralError): void {
    this.change = null;
    change.reject(error);
  }

  private wait(isFulfilled: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isFulfilled()) return Promise.resolve(true);
    const { deadlines, clock } = this.context.host;
    return new Promise((resolve) => {
      const wait = new Wait(clock.monotonic() + timeoutMs, isFulfilled, resolve, this.waits);
      this.waits.add(wait);
      deadlines.add(wait);
    });
  }

  private wake(): void {
    for (const wait of [...this.waits]) if (wait.isFulfilled()) this.finishWait(wait);
  }

  private finishWait(wait: Wait): void {
    this.waits.delete(wait);
    this.context.host.deadlines.remove(wait);
    wait.done(wait.isFulfilled());
  }

  private throwIfOver(): void {
    const over = this.context.over();
    if (over !== null) throw new RaftoralError(over.code, over.message);
  }
}

/** The voter, other than the leader, whose log is the longest; 0 if none is alive. */
export function bestHeir(raw: RawNode, isLive: (node: number) => boolean): number {
  let heir = 0;
  let match = -1;
  for (const peer of raw.status().peers) {
    if (peer.id === raw.id || peer.isLearner || !raw.confState.voters.includes(peer.id) || !isLive(peer.id) || peer.match <= match)
      continue;
    heir = peer.id;
    match = peer.match;
  }
  return heir;
}

function decodeOperation(body: Uint8Array): { readonly operation: MembershipOperation; readonly isRepeated: boolean } {
  let parsed: { operation?: Partial<Record<'type' | 'node' | 'lost', unknown>>; isRepeated?: unknown };
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8')) as typeof parsed;
  } catch {
    throw new RaftoralError('MALFORMED_FRAME', 'a membership request is not JSON');
  }
  const { type, node, lost } = parsed.operation ?? {};
  const isRepeated = parsed.isRepeated === true;
  if (typeof node === 'number') {
    if ((type === 'replace' || type === 'exchange') && typeof lost === 'number') return { operation: { type, node, lost }, isRepeated };
    if (type === 'add-learner' || type === 'promote' || type === 'remove' || type === 'demote')
      return { operation: { type, node }, isRepeated };
  }
  throw new RaftoralError('MALFORMED_FRAME', `a membership request of unknown type ${String(type)}`);
}
