/**
 * One Raft group on one node, as the layers above see it: the face of GroupEngine.
 *
 * F1. A group that is over (removed, halted, shut down) answers every call with one typed error.
 * Tests: test/cluster.
 */
import { RaftoralError } from '../errors/index.js';
import type { ConfState } from '../raft/index.js';
import type { GroupEngine } from './group-engine.js';
import type { Applied, GroupListener, GroupStatus, ProposeOptions, RaftGroup, RequestHandler } from './group.js';
import { bestHeir } from './membership-calls.js';
import { isMember, membersOf } from './membership-rules.js';

const ROLE_NAMES = ['follower', 'candidate', 'leader', 'pre-candidate'] as const;
const PROGRESS_NAMES = ['probe', 'replicate', 'snapshot'] as const;

export class RaftNode<Result = unknown> implements RaftGroup<Result> {
  readonly groupId: number;
  readonly nodeId: number;
  readonly committedAtOpening: number;

  /** Made by RaftHost.createGroup(), before anything is applied. */
  constructor(private readonly engine: GroupEngine<Result>) {
    this.groupId = engine.groupId;
    this.nodeId = engine.nodeId;
    this.committedAtOpening = engine.raw.commitIndex;
  }

  get isLeader(): boolean {
    return this.engine.raw.isLeader && this.engine.over === null;
  }

  get leaderId(): number {
    return this.engine.raw.leaderId;
  }

  get term(): number {
    return this.engine.raw.term;
  }

  get appliedIndex(): number {
    return this.engine.applier.appliedIndex;
  }

  get membership(): ConfState {
    return this.engine.raw.confState;
  }

  propose(frame: Uint8Array, options?: ProposeOptions): Promise<Applied<Result>> {
    if (this.engine.host.isStopping) return Promise.reject(this.stopping(options?.requestId));
    return this.engine.router.propose(frame, options);
  }

  submit(frame: Uint8Array, cancelled?: () => boolean): void {
    this.engine.router.submit(frame, cancelled);
  }

  readIndex(options?: ProposeOptions): Promise<number> {
    if (this.engine.host.isStopping) return Promise.reject(this.stopping());
    return this.engine.reads.read(options);
  }

  waitApplied(index: number): Promise<void> {
    return this.engine.waitApplied(index);
  }

  request(to: number, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (this.engine.over !== null) return Promise.reject(new RaftoralError(this.engine.over.code, this.engine.over.message));
    return this.engine.host.requests.request({ groupId: this.groupId, to, method, body, timeoutMs });
  }

  handle(method: string, handler: RequestHandler): void {
    if (method.startsWith('raft.') || this.engine.handlers.has(method)) {
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `group ${this.groupId}: requests of method ${method} are answered already; choose another name`,
      );
    }
    this.engine.handlers.set(method, handler);
  }

  get longStalls(): number {
    return this.engine.host.longStalls;
  }

  subscribe(listener: GroupListener): () => void {
    return this.engine.events.subscribe(listener);
  }

  livePeers(): readonly number[] {
    return membersOf(this.engine.raw.confState).filter((node) => node === this.nodeId || !this.engine.isDown(node));
  }

  askWhetherRemoved(nodes: readonly number[]): void {
    if (this.engine.over === null) for (const node of nodes) if (node !== this.nodeId) this.engine.notices.tellLeaving(node);
  }

  addLearner(node: number): Promise<void> {
    return this.engine.membershipCalls.run({ type: 'add-learner', node });
  }

  promote(node: number): Promise<void> {
    return this.engine.membershipCalls.run({ type: 'promote', node });
  }

  remove(node: number): Promise<void> {
    return this.engine.membershipCalls.run({ type: 'remove', node });
  }

  demote(node: number): Promise<void> {
    return this.engine.membershipCalls.run({ type: 'demote', node });
  }

  exchange(lost: number, replacement: number): Promise<void> {
    return this.engine.membershipCalls.run({ type: 'exchange', node: replacement, lost });
  }

  /**
   * Puts `replacement` in the place of `lost` (R42: a node on volatile storage comes back under a new id): adds it as a learner, waits
   * until it has caught up, then promotes it and removes the lost one in one joint change. A place that nobody has is refused before anything is done.
   */
  async replace(lost: number, replacement: number): Promise<void> {
    const { raw, host } = this.engine;
    // This node may lag: what it says of the membership is of now.
    if (!isMember(raw.confState, replacement)) await this.readIndex({ deadlineMs: host.tuning.requestTimeoutMs });
    if (!isMember(raw.confState, replacement) && isMember(raw.confState, lost)) await this.addLearner(replacement);
    await this.engine.membershipCalls.run({ type: 'replace', node: replacement, lost });
  }

  transferLeadership(to: number): Promise<void> {
    return this.engine.membershipCalls.transferLeadership(to);
  }

  status(): GroupStatus {
    const { raw, over } = this.engine;
    return {
      groupId: this.groupId,
      nodeId: this.nodeId,
      role: ROLE_NAMES[raw.role],
      term: raw.term,
      leaderId: raw.leaderId,
      commitIndex: raw.commitIndex,
      appliedIndex: this.engine.applier.appliedIndex,
      lastIndex: raw.lastIndex,
      firstIndex: raw.firstIndex,
      membership: raw.confState,
      hibernating: this.engine.isHibernating,
      halted: over === null ? null : `${over.code}: ${over.message}`,
      progress: raw.status().peers.map((peer) => ({
        id: peer.id,
        match: peer.match,
        next: peer.next,
        state: PROGRESS_NAMES[peer.state],
        learner: peer.isLearner,
        active: peer.recentActive,
      })),
      snapshots: this.engine.stored.progress,
    };
  }

  /** Before a shutdown: another node leads sooner than its election timeout would let it. Resolves in any case. */
  async handOver(): Promise<void> {
    const heir = this.isLeader ? bestHeir(this.engine.raw, (node) => !this.engine.isDown(node)) : 0;
    if (heir === 0) return;
    // If nobody takes over in time, the others elect one when they miss this node.
    await this.engine.membershipCalls.transferLeadership(heir).catch(() => undefined);
  }

  private stopping(requestId?: string): RaftoralError {
    return new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`, { requestId });
  }
}
