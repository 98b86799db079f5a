/**
 * Snapshots on their way: chunks from the leader to a peer that lags, beside the Raft messages (DESIGN §4). One of each per group.
 *
 * T1. A chunk is sent when the one before it was answered; the answer names the next offset wanted, so a broken transfer of the same bytes resumes.
 * T2. The follower's core sees the snapshot when it is complete and its checksum is right, as one Snap message of the term in which it came.
 * T3. The leader's core hears the outcome of every snapshot that it asked to send, once: delivered or failed.
 * T4. At most one incoming transfer per group is held; a newer snapshot, or one of a later leader, replaces it. It may not exceed
 *     `snapshotBytesMax`.
 * T5. Peers that need a snapshot at the same time share its bytes. Those of a state store are read once for all of them, at the position asked
 *     for or a later one; a snapshot that can't be read has failed.
 * Tests: test/cluster/snapshots.spec.ts, snapshot-receiver.spec.ts.
 */
import { Message, MessageType, Snapshot } from '../raft/index.js';
import { EnvelopeKind, type SnapshotChunkAnswerEnvelope, type SnapshotChunkEnvelope } from '../transport/transport.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { HostServices } from './host-services.js';
import { isMember } from './membership-rules.js';
import { checksumOf, decodeSnapshotStream, encodeSnapshotStream } from './snapshot-codec.js';

const RETRIES_MAX = 5;

/** The bytes on their way. */
interface Stream {
  readonly snapshot: Snapshot;
  readonly bytes: Uint8Array;
  readonly checksum: number;
}

class Outgoing implements DeadlineItem {
  heapIndex = -1;
  dueAt = 0;
  offset = 0;
  retries = 0;
  /** null while it is being read. */
  stream: Stream | null = null;

  constructor(
    private readonly sender: SnapshotSender,
    readonly to: number,
    readonly term: number,
  ) {}

  onDue(): void {
    this.sender.timedOut(this);
  }
}

export interface SnapshotSenderOptions {
  readonly groupId: number;
  readonly host: HostServices;
  /** A durable state with its bytes, at this position or a later one; null: it has them. */
  readonly complete: (snapshot: Snapshot) => Promise<Snapshot> | null;
  /** Called in or out of a turn; takes note of the outcome for the core. */
  readonly report: (to: number, isDelivered: boolean) => void;
}

export class SnapshotSender {
  private readonly transfers = new Map<number, Outgoing>();
  /** Of the latest snapshot, shared by all peers that need it at the same time. */
  private cached: Stream | null = null;
  private reading: Promise<Stream> | null = null;
  /** Raised once, not with every attempt. */
  private problem = '';

  constructor(private readonly options: SnapshotSenderOptions) {}

  get isIdle(): boolean {
    return this.transfers.size === 0;
  }

  /** The core wants this peer to get its snapshot. */
  start(to: number, term: number, snapshot: Snapshot): void {
    this.end(to);
    if (!this.options.host.takeSnapshotSlot()) {
      this.options.report(to, false);
      return;
    }
    const transfer = new Outgoing(this, to, term);
    this.transfers.set(to, transfer);
    if (this.cached !== null && (this.cached.snapshot === snapshot || isLater(this.cached.snapshot, snapshot, to))) {
      this.begin(transfer, this.cached);
      return;
    }
    if (this.reading === null) {
      const complete = this.options.complete(snapshot);
      if (complete === null) {
        this.begin(transfer, (this.cached = streamOf(snapshot)));
        return;
      }
      this.read(complete);
    }
    void this.follow(transfer, this.reading!, snapshot);
  }

  private read(complete: Promise<Snapshot>): void {
    const reading = complete.then(streamOf).finally(() => {
      if (this.reading === reading) this.reading = null;
    });
    this.reading = reading;
  }

  private async follow(transfer: Outgoing, reading: Promise<Stream>, wanted: Snapshot): Promise<void> {
    let stream: Stream;
    try {
      stream = await reading;
    } catch (error) {
      if (this.transfers.get(transfer.to) !== transfer) return;
      this.warn(transfer.to, error);
      this.finish(transfer.to, false);
      return;
    }
    if (this.transfers.get(transfer.to) !== transfer) return;
    // What was read for another peer may be older than this one needs, or not name it: the core asks again.
    if (!isLater(stream.snapshot, wanted, transfer.to)) {
      this.finish(transfer.to, false);
      return;
    }
    this.cached = stream;
    this.problem = '';
    this.begin(transfer, stream);
  }

  private warn(to: number, error: unknown): void {
    const { groupId, host } = this.options;
    const why = error instanceof Error ? error.message : String(error);
    if (why === this.problem) return;
    this.problem = why;
    host.raiseAlarm(`group ${groupId}: the state can't be read, so node ${to} gets no snapshot: ${why}`, { groupId, to });
  }

  private begin(transfer: Outgoing, stream: Stream): void {
    transfer.stream = stream;
    this.sendChunk(transfer, stream);
  }

  onAnswer(from: number, envelope: SnapshotChunkAnswerEnvelope): void {
    const transfer = this.transfers.get(from);
    const stream = transfer?.stream ?? null;
    if (transfer === undefined || stream === null || envelope.snapshotIndex !== stream.snapshot.index) return;
    const next = envelope.nextOffset;
    if (next < 0 || next > stream.bytes.length) {
      this.finish(from, false);
    } else if (next === stream.bytes.length) {
      this.finish(from, true);
    } else if (next !== transfer.offset || transfer.retries > 0) {
      // An answer that was repeated by the network asks for what is on its way already.
      transfer.offset = next;
      transfer.retries = 0;
      this.sendChunk(transfer, stream);
    }
  }

  timedOut(transfer: Outgoing): void {
    if (transfer.stream === null) return;
    if (++transfer.retries > RETRIES_MAX) this.finish(transfer.to, false);
    else this.sendChunk(transfer, transfer.stream);
  }

  peerDown(peer: number): void {
    if (this.transfers.has(peer)) this.finish(peer, false);
  }

  /** This node leads no more, or the group is over: the core waits for no report. */
  abort(): void {
    for (const to of [...this.transfers.keys()]) this.end(to);
    this.cached = null;
  }

  private sendChunk(transfer: Outgoing, { snapshot, bytes, checksum }: Stream): void {
    const { groupId, host } = this.options;
    const { deadlines, clock, tuning } = host;
    const { offset } = transfer;
    const end = Math.min(bytes.length, offset + tuning.snapshotChunkBytes);
    host.send(transfer.to, {
      kind: EnvelopeKind.SNAPSHOT_CHUNK,
      groupId,
      term: transfer.term,
      snapshotIndex: snapshot.index,
      snapshotTerm: snapshot.term,
      offset,
      totalBytes: bytes.length,
      checksum,
      chunk: bytes.subarray(offset, end),
    });
    deadlines.remove(transfer);
    transfer.dueAt = clock.monotonic() + tuning.snapshotRetryMs;
    deadlines.add(transfer);
  }

  private finish(to: number, isDelivered: boolean): void {
    this.end(to);
    this.options.report(to, isDelivered);
  }

  private end(to: number): void {
    const transfer = this.transfers.get(to);
    if (transfer === undefined) return;
    this.transfers.delete(to);
    this.options.host.deadlines.remove(transfer);
    this.options.host.freeSnapshotSlot();
    if (this.transfers.size === 0) this.cached = null;
  }
}

function streamOf(snapshot: Snapshot): Stream {
  const bytes = encodeSnapshotStream(snapshot.confState, snapshot.data);
  return { snapshot, bytes, checksum: checksumOf(bytes) };
}

/** Fits a peer that was promised `wanted`: nothing is missing behind it, and it names the peer. */
function isLater(snapshot: Snapshot, wanted: Snapshot, to: number): boolean {
  return snapshot.index >= wanted.index && isMember(snapshot.confState, to);
}

interface Incoming {
  /** Of the leader that sent it last. */
  leaderTerm: number;
  readonly index: number;
  readonly term: number;
  readonly totalBytes: number;
  readonly checksum: number;
  chunks: Uint8Array[];
  received: number;
}

export class SnapshotReceiver {
  private incoming: Incoming | null = null;

  constructor(
    private readonly groupId: number,
    private readonly host: HostServices,
    private readonly nodeId: number,
  ) {}

  /** Takes a chunk and answers it. Returns the message for the core when the snapshot is complete. */
  onChunk(from: number, envelope: SnapshotChunkEnvelope): Message | null {
    const transfer = this.transferOf(envelope);
    if (transfer === null) {
      this.answer(from, envelope, -1);
      return null;
    }
    if (envelope.offset === transfer.received && envelope.chunk.length <= transfer.totalBytes - transfer.received) {
      // A copy: the chunk may be a small view of a large receive buffer.
      transfer.chunks.push(new Uint8Array(envelope.chunk));
      transfer.received += envelope.chunk.length;
    }
    if (transfer.received < transfer.totalBytes) {
      this.answer(from, envelope, transfer.received);
      return null;
    }
    this.incoming = null;
    const message = this.assemble(from, envelope.term, transfer);
    this.answer(from, envelope, message === null ? -1 : transfer.totalBytes);
    return message;
  }

  /** Takes nothing of it now: the sender begins again, at its own pace, for as long as it is put off. */
  putOff(from: number, envelope: SnapshotChunkEnvelope): void {
    this.answer(from, envelope, 0);
  }

  /** Bytes held of a snapshot that is not complete. */
  get heldBytes(): number {
    return this.incoming === null ? 0 : this.incoming.received;
  }

  abort(): void {
    this.incoming = null;
  }

  private transferOf(envelope: SnapshotChunkEnvelope): Incoming | null {
    const { snapshotIndex: index, snapshotTerm: term, totalBytes, checksum } = envelope;
    const isSane =
      Number.isSafeInteger(totalBytes) &&
      totalBytes > 0 &&
      Number.isSafeInteger(index) &&
      index > 0 &&
      Number.isSafeInteger(term) &&
      term > 0;
    if (!isSane || totalBytes > this.host.tuning.snapshotBytesMax) return null;
    const held = this.incoming;
    if (held !== null) {
      const isSame = held.index === index && held.term === term && held.totalBytes === totalBytes && held.checksum === checksum;
      if (isSame) {
        held.leaderTerm = Math.max(held.leaderTerm, envelope.term);
        return held;
      }
      // A later leader may have an older snapshot, and whoever sent the newer one may be gone for good.
      if (held.index > index && held.leaderTerm >= envelope.term) return null;
    }
    this.incoming = { leaderTerm: envelope.term, index, term, totalBytes, checksum, chunks: [], received: 0 };
    return this.incoming;
  }

  private assemble(from: number, term: number, transfer: Incoming): Message | null {
    const stream = Buffer.concat(transfer.chunks, transfer.totalBytes);
    if (checksumOf(stream) !== transfer.checksum) {
      this.host.logger.log(
        'warn',
        `group ${this.groupId}: the snapshot at ${transfer.index} from node ${from} has a wrong checksum and is refused`,
      );
      return null;
    }
    try {
      const { confState, data } = decodeSnapshotStream(stream);
      const message = new Message(MessageType.Snap, this.nodeId, from, term);
      message.snapshot = new Snapshot(transfer.index, transfer.term, confState, data);
      return message;
    } catch (error) {
      this.host.logger.log(
        'warn',
        `group ${this.groupId}: the snapshot at ${transfer.index} from node ${from} is refused: ${String(error)}`,
      );
      return null;
    }
  }

  private answer(to: number, envelope: SnapshotChunkEnvelope, nextOffset: number): void {
    this.host.send(to, {
      kind: EnvelopeKind.SNAPSHOT_CHUNK_ANSWER,
      groupId: this.groupId,
      snapshotIndex: envelope.snapshotIndex,
      nextOffset,
    });
  }
}
