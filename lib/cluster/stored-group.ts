/**
 * The state of one group as it stands in the storage, its engine's side of it: made durable, fetched from, sent to peers, replaced.
 * Owns: what makes it durable, the entries that wait for a fetch, the snapshots on their way, and what they hold of the log.
 *
 * D1. Without a state store nothing is fetched, and nothing waits.
 * D2. The outcome of every snapshot that the core asked to send is reported to it once, in a turn.
 * D3. Rows are not replaced while somebody fetches from them; what waits for a fetch is covered by the snapshot that replaces them (R36).
 * Tests: test/cluster/stored-state.spec.ts, stored-state.snapshots.spec.ts, snapshots.spec.ts.
 */
import { invariant } from '../errors/index.js';
import type { Message, RawNode, Snapshot } from '../raft/index.js';
import type { RowStateMachine, StateMachine } from '../state-machine/index.js';
import type { SnapshotPartAnswerEnvelope, SnapshotPartEnvelope } from '../transport/transport.js';
import { ApplyQueue } from './apply-queue.js';
import { CompactionHold } from './compaction-hold.js';
import type { GroupApplier } from './group-applier.js';
import type { SnapshotProgress } from './group.js';
import type { HostServices } from './host-services.js';
import { isMember } from './membership-rules.js';
import { SnapshotReceiver } from './snapshot-receiver.js';
import { SnapshotSender } from './snapshot-sender.js';
import { StateFlusher } from './state-flusher.js';
import { WholeSnapshots, type StateKeeper } from './state-keeper.js';
import { isStorageError } from './storage-failure.js';

export interface StoredGroupOptions<Result> {
  readonly groupId: number;
  readonly host: HostServices;
  readonly raw: RawNode;
  readonly applier: GroupApplier<Result>;
  readonly stateMachine: StateMachine<Result>;
  /** The same one, if the storage has a state store. */
  readonly rows: RowStateMachine<Result> | null;
  /** What the group begins with on this node. */
  readonly start: Snapshot | null;
  readonly wantFlush: () => void;
  /** Asks for a turn in which next() is called. */
  readonly wantApply: () => void;
  readonly halt: (error: Error) => void;
}

export interface Delivery {
  readonly to: number;
  readonly isDelivered: boolean;
}

const NO_MESSAGES: readonly Message[] = [];

export class StoredGroup<Result> {
  readonly keeper: StateKeeper;
  private readonly queue: ApplyQueue | null;
  private readonly hold: CompactionHold;
  private readonly sender: SnapshotSender;
  private readonly receiver: SnapshotReceiver;
  private deliveries: Delivery[] = [];
  /** Peers whose transfer failed, and may be resumed. */
  private readonly failed = new Set<number>();
  /** With the core, which has not handed it out yet. */
  private given: Snapshot | null = null;

  constructor(private readonly options: StoredGroupOptions<Result>) {
    const { groupId, host } = options;
    this.hold = new CompactionHold(host.tuning.snapshotLogBytesMax);
    this.keeper = this.makeKeeper();
    this.queue = options.rows === null ? null : this.makeQueue(options.rows);
    this.sender = new SnapshotSender({
      groupId,
      host,
      open: (snapshot) => this.keeper.open(snapshot),
      sending: (to, index) => this.hold.add(to, index, options.applier.appliedBytes),
      report: (to, isDelivered) => this.report(to, isDelivered),
      firstIndex: () => host.storage.log(groupId).firstIndex(),
      released: () => this.released(),
    });
    this.receiver = new SnapshotReceiver({
      groupId,
      host,
      nodeId: host.nodeId,
      prepare: (received) => this.keeper.prepare(received),
      isInstalling: () => this.keeper.isInstalling,
      commitIndex: () => options.raw.commitIndex,
      wantTurn: () => options.wantFlush(),
    });
  }

  get isIdle(): boolean {
    return this.sender.isIdle && this.receiver.isIdle && this.deliveries.length === 0;
  }

  /** Snapshots on their way. */
  get progress(): readonly SnapshotProgress[] {
    return [...this.sender.progress, ...this.receiver.progress];
  }

  get hasReceived(): boolean {
    return !this.receiver.isIdle;
  }

  get hasDeliveries(): boolean {
    return this.deliveries.length > 0;
  }

  // --- applying ---------------------------------------------------------------------------------------------------

  /** In a turn. `message`: committed entries that the core has just handed out. Returns what may be applied now; ask again after it. */
  next(message: Message | null): Message | null {
    if (this.queue === null) return message;
    if (message !== null) this.queue.push(message);
    return this.queue.next();
  }

  // --- a received snapshot ----------------------------------------------------------------------------------------

  /** In a turn. */
  onPart(from: number, envelope: SnapshotPartEnvelope): void {
    this.receiver.onPart(from, envelope);
  }

  /** In a turn: a snapshot for the core, once it is whole. */
  takeReceived(): Message {
    const message = this.receiver.takeMessage();
    invariant(message !== null, () => `group ${this.options.groupId}: no snapshot is whole`);
    this.given = message.snapshot;
    return message;
  }

  /** The core has handed out what it had: a snapshot that it did not hand out is none that it wants. */
  gathered(): void {
    const { given } = this;
    if (given === null) return;
    this.given = null;
    this.keeper.release(given);
  }

  /** It is handed to the storage next. Returns what it covers of what waited. Throws what the state machine has against it. */
  announce(snapshot: Snapshot): readonly Message[] {
    this.keeper.announce(snapshot);
    if (this.given === snapshot) this.given = null;
    return this.queue === null ? NO_MESSAGES : this.queue.drop();
  }

  save(snapshot: Snapshot): void | Promise<void> {
    const fetching = this.queue === null ? null : this.queue.settled;
    return fetching === null ? this.keeper.save(snapshot) : fetching.then(() => this.keeper.save(snapshot));
  }

  /** Up to here entries are applied. */
  applied(index: number): void {
    this.receiver.applied(index);
  }

  // --- a snapshot for a peer --------------------------------------------------------------------------------------

  /** Who joined after the latest snapshot would refuse it, because it does not name him: it gets a new one. */
  send(to: number, term: number, latest: Snapshot): void {
    const snapshot = isMember(latest.confState, to) ? latest : this.keeper.renew();
    if (snapshot === null || !isMember(snapshot.confState, to)) {
      this.report(to, false);
      return;
    }
    if (!this.hold.has(to)) this.hold.add(to, snapshot.index, this.options.applier.appliedBytes);
    this.failed.delete(to);
    this.sender.start(to, term, snapshot);
  }

  onPartAnswer(from: number, envelope: SnapshotPartAnswerEnvelope): void {
    this.sender.onAnswer(from, envelope);
  }

  /** For the core. */
  takeDeliveries(): readonly Delivery[] {
    const { deliveries } = this;
    this.deliveries = [];
    return deliveries;
  }

  peerDown(peer: number): void {
    this.sender.peerDown(peer);
  }

  leadsNoMore(): void {
    this.sender.abort();
    this.hold.clear();
    this.failed.clear();
  }

  /** The group is over. */
  close(): void {
    this.queue?.drop();
    this.receiver.abort();
    this.gathered();
    this.leadsNoMore();
  }

  private report(to: number, isDelivered: boolean): void {
    // A delivered one is held until its peer has caught up; one that failed, for as long as it may be resumed.
    if (!isDelivered) this.failed.add(to);
    this.deliveries.push({ to, isDelivered });
    this.options.wantFlush();
  }

  private released(): void {
    for (const peer of this.failed) this.hold.remove(peer);
    this.failed.clear();
  }

  private makeKeeper(): StateKeeper {
    const { groupId, host, raw, applier, stateMachine, rows, start } = this.options;
    const { storage, tuning } = host;
    const failed = (error: unknown): void => host.storageFailed(error);
    const common = { groupId, storage, tuning, failed, membership: () => applier.membership };
    if (rows === null || storage.state === null) return new WholeSnapshots({ ...common, stateMachine }, start);
    const matchOf = (node: number): number => raw.status().peers.find(({ id }) => id === node)?.match ?? Infinity;
    const limit = (): number => this.hold.limit(applier.appliedBytes, matchOf);
    return new StateFlusher({ ...common, stateMachine: rows, state: storage.state, compactionLimit: limit }, start);
  }

  private makeQueue(rows: RowStateMachine<Result>): ApplyQueue {
    const { host, wantApply, halt } = this.options;
    return new ApplyQueue(
      (frames) => rows.prefetch(frames),
      wantApply,
      // A row that can't be read is a matter of the disk; anything else is one of this group.
      (error) => (isStorageError(error) ? host.storageFailed(error) : halt(error as Error)),
    );
  }
}
