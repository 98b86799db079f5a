/**
 * Snapshots on their way from the leader to peers that lag, beside the Raft messages (DESIGN §4). One per group.
 *
 * T1. At most `snapshotPartsInFlightMax` parts of a transfer are in memory, and of what is read for it one slice. The first part goes alone: its
 *     answer says where the peer wants to go on, so a transfer of the same stream resumes there.
 * T2. What is not answered in time is sent again; a peer that is silent too often, or that refuses, has not got it. One that says "later" is asked
 *     again, for as long as it says so.
 * T3. The core hears the outcome of every snapshot that it asked to send, once: delivered or failed.
 * T4. Peers that need a snapshot at the same time share its content, each with a reading of its own. It stays open `snapshotResumeMs` after a
 *     transfer that failed: a peer that comes back in time goes on where it was, if the log still goes on behind it.
 * T5. What can't be read has failed, and is told once as an alarm.
 * T6. Parts leave at the pace of the node (snapshot-pace.ts), whoever they are for.
 * Tests: test/cluster/snapshot-stream.spec.ts, snapshots.spec.ts, stored-state.snapshots.spec.ts.
 */
import type { Snapshot } from '../raft/index.js';
import { EnvelopeKind, SnapshotPartStatus, type SnapshotPartAnswerEnvelope } from '../transport/transport.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { SnapshotProgress } from './group.js';
import type { HostServices } from './host-services.js';
import { isMember } from './membership-rules.js';
import { checksumOf } from './snapshot-codec.js';
import { SnapshotStream, streamIdOf, type SnapshotContent, type SnapshotPart } from './snapshot-stream.js';

const RETRIES_MAX = 5;

/** A content that is open, and what is made of it once. */
interface Source {
  readonly content: SnapshotContent;
  readonly streamId: number;
}

class Outgoing implements DeadlineItem {
  heapIndex = -1;
  dueAt = 0;
  retries = 0;
  /** null while it is being opened. */
  source: Source | null = null;
  stream: SnapshotStream | null = null;
  /** Sent or about to be, and not answered; ascending. */
  window: SnapshotPart[] = [];
  /** Of the window: those that were sent at least once. */
  sent = 0;
  /** Everything before it is at the peer. */
  base = 0;
  /** Where the peer wants to go on: what the stream has before that is read over. */
  readOver = 0;
  /** The peer has answered: more than one part may be on its way. */
  isAnswered = false;
  isReading = false;
  isRead = false;
  /** Base for which everything was sent again already. */
  resentBase = -1;

  constructor(
    private readonly sender: SnapshotSender,
    readonly to: number,
    readonly term: number,
  ) {}

  onDue(): void {
    this.sender.timedOut(this);
  }
}

/** When a content that nobody uses any more is closed. */
class Resting implements DeadlineItem {
  heapIndex = -1;
  dueAt = 0;

  constructor(readonly onDue: () => void) {}
}

export interface SnapshotSenderOptions {
  readonly groupId: number;
  readonly host: HostServices;
  /** A durable state with its content, at this position or a later one. */
  readonly open: (snapshot: Snapshot) => SnapshotContent | Promise<SnapshotContent>;
  /** Called in or out of a turn; takes note of the outcome for the core. */
  readonly report: (to: number, isDelivered: boolean) => void;
  /** This is what the peer gets: the log behind its position is wanted. */
  readonly sending: (to: number, index: number) => void;
  /** Of the log: whoever has a snapshot up to the entry before it can follow. */
  readonly firstIndex: () => number;
  /** Nothing that was being sent can be resumed any more. */
  readonly released: () => void;
}

export class SnapshotSender {
  private readonly transfers = new Map<number, Outgoing>();
  private source: Source | null = null;
  private opening: Promise<Source> | null = null;
  private readonly resting = new Resting(() => this.release());
  private isAborted = 0;
  /** Raised once, not with every attempt. */
  private problem = '';

  constructor(private readonly options: SnapshotSenderOptions) {}

  get isIdle(): boolean {
    return this.transfers.size === 0;
  }

  /** What is on its way, for people. */
  get progress(): readonly SnapshotProgress[] {
    return Array.from(this.transfers.values(), ({ to, source, stream, base }) => ({
      direction: 'to' as const,
      peer: to,
      index: source?.content.snapshot.index ?? 0,
      bytes: base,
      aboutBytes: Math.max(base, stream?.aboutBytes ?? 0),
    }));
  }

  /** The core wants this peer to get its snapshot. */
  start(to: number, term: number, snapshot: Snapshot): void {
    this.end(to);
    if (!this.options.host.takeSnapshotSlot()) {
      this.options.report(to, false);
      return;
    }
    this.options.host.deadlines.remove(this.resting);
    const transfer = new Outgoing(this, to, term);
    this.transfers.set(to, transfer);
    if (this.source !== null && this.serves(this.source, snapshot, to)) {
      this.begin(transfer, this.source);
      return;
    }
    const opened = this.opening ?? this.openSource(snapshot);
    if (opened instanceof Promise) void this.follow(transfer, opened, snapshot);
    else this.begin(transfer, opened);
  }

  private openSource(snapshot: Snapshot): Source | Promise<Source> {
    const content = this.options.open(snapshot);
    if (!(content instanceof Promise)) return this.replaceSource(this.sourceOf(content));
    const aborted = this.isAborted;
    const opening = content.then(async (opened) => {
      // Who waited for it is gone.
      if (aborted !== this.isAborted) await opened.image?.close();
      return this.sourceOf(opened);
    });
    const done = (): void => {
      if (this.opening === opening) this.opening = null;
    };
    opening.then(done, done);
    return (this.opening = opening);
  }

  private sourceOf(content: SnapshotContent): Source {
    return { content, streamId: streamIdOf(content, this.options.host.nodeId) };
  }

  private async follow(transfer: Outgoing, opening: Promise<Source>, wanted: Snapshot): Promise<void> {
    const aborted = this.isAborted;
    let source: Source;
    try {
      source = await opening;
    } catch (error) {
      if (this.isCurrent(transfer)) this.failed(transfer, error);
      return;
    }
    if (aborted !== this.isAborted) return;
    if (this.source !== source) this.replaceSource(source);
    if (!this.isCurrent(transfer)) {
      this.restIfIdle();
      return;
    }
    // What was opened for another peer may be older than this one needs, or not name it: the core asks again.
    if (this.serves(source, wanted, transfer.to)) this.begin(transfer, source);
    else this.finish(transfer.to, false);
  }

  /** Nothing is missing behind it, and it names the peer. */
  private serves({ content }: Source, wanted: Snapshot, to: number): boolean {
    const { index, confState } = content.snapshot;
    return isMember(confState, to) && (index >= wanted.index || index + 1 >= this.options.firstIndex());
  }

  private begin(transfer: Outgoing, source: Source): void {
    transfer.source = source;
    this.options.sending(transfer.to, source.content.snapshot.index);
    this.rewind(transfer, 0);
  }

  /** The stream from its beginning; of what stands before `offset` nothing is sent. */
  private rewind(transfer: Outgoing, offset: number): void {
    const { source } = transfer;
    this.options.host.deadlines.remove(transfer);
    transfer.stream = new SnapshotStream(source!.content, this.options.host.tuning.snapshotPartBytes);
    transfer.window = [];
    transfer.sent = 0;
    transfer.base = transfer.readOver = offset;
    transfer.isAnswered = offset > 0;
    transfer.isRead = false;
    transfer.resentBase = -1;
    void this.read(transfer, transfer.stream);
  }

  private async read(transfer: Outgoing, stream: SnapshotStream): Promise<void> {
    if (transfer.isReading) return;
    transfer.isReading = true;
    try {
      await this.fillWindow(transfer, stream);
    } catch (error) {
      if (this.isCurrent(transfer) && transfer.stream === stream) this.failed(transfer, error);
    }
    transfer.isReading = false;
    // It was rewound, or answered, while it was read.
    if (this.isCurrent(transfer) && transfer.stream !== null && this.hasRoom(transfer)) void this.read(transfer, transfer.stream);
  }

  private hasRoom({ isAnswered, isRead, window }: Outgoing): boolean {
    return !isRead && window.length < (isAnswered ? this.options.host.tuning.snapshotPartsInFlightMax : 1);
  }

  private async fillWindow(transfer: Outgoing, stream: SnapshotStream): Promise<void> {
    const isOurs = (): boolean => this.isCurrent(transfer) && transfer.stream === stream;
    while (isOurs() && this.hasRoom(transfer)) {
      const part = await stream.next();
      if (!isOurs()) return;
      if (part === null) {
        transfer.isRead = true;
        // The peer says that it holds all of it, and has not said that it is sound: it is asked once more for the end.
        if (transfer.window.length === 0) this.finish(transfer.to, false);
        return;
      }
      const cut = cutAt(part, transfer.readOver);
      if (cut === null) continue;
      const waitMs = this.options.host.snapshotPace.take(cut.bytes.length);
      if (waitMs > 0) await this.pass(waitMs);
      if (!isOurs()) return;
      // Answered meanwhile: the peer holds more of this stream.
      const left = cutAt(cut, transfer.readOver);
      if (left === null) continue;
      transfer.window.push(left);
      this.send(transfer, left);
      transfer.sent++;
    }
  }

  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.options.host.clock.setTimer(ms, resolve, { unref: true }));
  }

  onAnswer(from: number, { snapshotIndex, streamId, status, nextOffset }: SnapshotPartAnswerEnvelope): void {
    const transfer = this.transfers.get(from);
    const source = transfer?.source ?? null;
    if (transfer === undefined || source === null) return;
    if (source.streamId !== streamId || source.content.snapshot.index !== snapshotIndex) return;
    switch (status) {
      case SnapshotPartStatus.DONE:
        this.finish(from, true);
        return;
      case SnapshotPartStatus.REFUSED:
        this.finish(from, false);
        return;
      case SnapshotPartStatus.LATER:
        transfer.retries = 0;
        this.arm(transfer);
        return;
      case SnapshotPartStatus.RESTART:
        // Parts that were on their way say so too.
        if (transfer.base > 0) this.rewind(transfer, 0);
        return;
      case SnapshotPartStatus.MORE:
      case SnapshotPartStatus.GAP:
        this.goOn(transfer, nextOffset, status === SnapshotPartStatus.GAP);
    }
  }

  private goOn(transfer: Outgoing, next: number, isGap: boolean): void {
    // An answer that the network held back.
    if (next < transfer.base) return;
    const hasMoved = next > transfer.base;
    if (hasMoved) {
      transfer.base = next;
      transfer.readOver = Math.max(transfer.readOver, next);
      transfer.retries = 0;
      const known = transfer.window;
      transfer.window = known.flatMap((part) => cutAt(part, next) ?? []);
      transfer.sent = Math.max(0, transfer.sent - (known.length - transfer.window.length));
    }
    transfer.isAnswered = true;
    if (transfer.sent > 0) {
      if (isGap && transfer.resentBase !== next) {
        transfer.resentBase = next;
        this.resend(transfer);
      } else if (hasMoved) this.arm(transfer);
    } else this.options.host.deadlines.remove(transfer);
    if (transfer.stream !== null) void this.read(transfer, transfer.stream);
  }

  timedOut(transfer: Outgoing): void {
    if (transfer.sent === 0) return;
    if (++transfer.retries > RETRIES_MAX) this.finish(transfer.to, false);
    // The first one asks; its answer says what else is missing.
    else this.send(transfer, transfer.window[0]!);
  }

  private resend(transfer: Outgoing): void {
    for (let i = 0; i < transfer.sent; i++) this.send(transfer, transfer.window[i]!);
  }

  peerDown(peer: number): void {
    if (this.transfers.has(peer)) this.finish(peer, false);
  }

  /** This node leads no more, or the group is over: the core waits for no report. */
  abort(): void {
    this.isAborted++;
    this.opening = null;
    for (const to of [...this.transfers.keys()]) this.end(to);
    this.release();
  }

  private send(transfer: Outgoing, { offset, bytes, isLast }: SnapshotPart): void {
    const { groupId, host } = this.options;
    const { content, streamId } = transfer.source!;
    const { index, term } = content.snapshot;
    host.send(transfer.to, {
      kind: EnvelopeKind.SNAPSHOT_PART,
      groupId,
      term: transfer.term,
      snapshotIndex: index,
      snapshotTerm: term,
      streamId,
      offset,
      aboutBytes: transfer.stream!.aboutBytes,
      isLast,
      checksum: checksumOf(bytes),
      part: bytes,
    });
    this.arm(transfer);
  }

  private arm(transfer: Outgoing): void {
    const { deadlines, clock, tuning } = this.options.host;
    deadlines.remove(transfer);
    transfer.dueAt = clock.monotonic() + tuning.snapshotRetryMs;
    deadlines.add(transfer);
  }

  private failed({ to }: Outgoing, error: unknown): void {
    const { groupId, host } = this.options;
    const why = error instanceof Error ? error.message : String(error);
    if (why !== this.problem) {
      this.problem = why;
      host.raiseAlarm(`group ${groupId}: the state can't be read, so node ${to} gets no snapshot: ${why}`, { groupId, to });
    }
    this.finish(to, false);
    // What could not be read is not read again.
    if (this.transfers.size === 0) this.release();
  }

  private isCurrent(transfer: Outgoing): boolean {
    return this.transfers.get(transfer.to) === transfer;
  }

  private finish(to: number, isDelivered: boolean): void {
    if (isDelivered) this.problem = '';
    this.end(to);
    this.options.report(to, isDelivered);
    this.restIfIdle();
  }

  private end(to: number): void {
    const transfer = this.transfers.get(to);
    if (transfer === undefined) return;
    this.transfers.delete(to);
    transfer.stream = null;
    this.options.host.deadlines.remove(transfer);
    this.options.host.freeSnapshotSlot();
    if (transfer.source !== null) this.closeUnused(transfer.source);
  }

  /** T4. */
  private restIfIdle(): void {
    const { deadlines, clock, tuning } = this.options.host;
    if (this.transfers.size > 0 || this.source === null) return;
    deadlines.remove(this.resting);
    this.resting.dueAt = clock.monotonic() + tuning.snapshotResumeMs;
    deadlines.add(this.resting);
  }

  private replaceSource(source: Source): Source {
    const before = this.source;
    this.source = source;
    if (before !== null) this.closeUnused(before);
    return source;
  }

  private release(): void {
    const { source } = this;
    this.options.host.deadlines.remove(this.resting);
    this.source = null;
    if (source === null) return;
    this.closeUnused(source);
    this.options.released();
  }

  /** With the last transfer of it, unless another one may come. */
  private closeUnused(source: Source): void {
    if (source === this.source) return;
    for (const transfer of this.transfers.values()) if (transfer.source === source) return;
    // Of a reading that goes on, and of a storage that is closed, nobody wants to hear.
    void source.content.image?.close().catch(() => undefined);
  }
}

/** What of the part stands at or behind `offset`; null: nothing. An empty last part is one. */
function cutAt(part: SnapshotPart, offset: number): SnapshotPart | null {
  const { bytes, isLast } = part;
  if (offset <= part.offset) return part;
  const skipped = offset - part.offset;
  return skipped < bytes.length ? { offset, bytes: bytes.subarray(skipped), isLast } : null;
}
