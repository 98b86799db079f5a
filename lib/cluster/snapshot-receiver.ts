/**
 * A snapshot on its way to this node: parts into a spool, and from there to the core as one Snap message. One per group.
 *
 * I1. One stream at a time is held; a newer snapshot, or one of a later leader, replaces it. It may not exceed `snapshotBytesMax`. Until it is whole
 *     its parts stand in the spool of the storage, and few of them in memory.
 * I2. A part is taken where the one before it ended, if its checksum is right. An answer means: everything before nextOffset is in the spool.
 * I3. The core sees a snapshot when all of it is there and was read back, sound (V1 of snapshot-received.ts), as one Snap message of the term in which
 *     it came. The sender hears "done" then, and whenever it asks for what the core has already.
 * I4. What the spool has against it (a full disk) is the matter of this snapshot alone: it is dropped and told as an alarm, and the sender is put off
 *     for `snapshotPutOffMs`.
 * I5. A stream that came to nothing leaves nothing: it is discarded when another one replaces it, when the log has gone beyond it, and at the end.
 * Tests: snapshot-receiver.spec.ts, test/cluster/snapshot-stream.spec.ts.
 */
import { isRaftoralError } from '../errors/index.js';
import { Message, MessageType, type Snapshot } from '../raft/index.js';
import type { SnapshotSpool } from '../storage/storage.js';
import { EnvelopeKind, SnapshotPartStatus, type SnapshotPartEnvelope } from '../transport/transport.js';
import type { SnapshotProgress } from './group.js';
import type { HostServices } from './host-services.js';
import { checksumOf, malformed } from './snapshot-codec.js';
import { ReceivedSnapshot } from './snapshot-received.js';

/** Parts that wait for the spool, bytes: far more than one sender has on its way. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

interface StreamName {
  readonly index: number;
  readonly term: number;
  readonly streamId: number;
}

interface Incoming extends StreamName {
  readonly spool: SnapshotSpool;
  /** Of the leader that sent it last, and who that is. */
  leaderTerm: number;
  from: number;
  /** Bytes that were handed to the spool, and those that are in it. */
  accepted: number;
  written: number;
  aboutBytes: number;
  /** Handed to the spool in order. */
  writing: Promise<void> | null;
  /** Its last part has come. */
  isWhole: boolean;
}

export interface SnapshotReceiverOptions {
  readonly groupId: number;
  readonly nodeId: number;
  readonly host: Pick<HostServices, 'send' | 'storage' | 'tuning' | 'clock' | 'logger' | 'raiseAlarm'>;
  /** Checks it and makes it ready to be installed. Rejects with MALFORMED_FRAME, or what the spool has against it. */
  readonly prepare: (received: ReceivedSnapshot) => Promise<Snapshot>;
  /** One at a time: what is being installed and what is received are as large as the state. */
  readonly isInstalling: () => boolean;
  /** Of the core: a snapshot up to there is known already. */
  readonly commitIndex: () => number;
  /** Something is to be taken by takeMessage(), in a turn. */
  readonly wantTurn: () => void;
}

export class SnapshotReceiver {
  private incoming: Incoming | null = null;
  private complete: { readonly incoming: Incoming; readonly snapshot: Snapshot } | null = null;
  private putOffUntil = -Infinity;
  private problem = '';

  constructor(private readonly options: SnapshotReceiverOptions) {}

  /** Nothing waits for the core. */
  get isIdle(): boolean {
    return this.complete === null;
  }

  get progress(): readonly SnapshotProgress[] {
    const { incoming } = this;
    if (incoming === null) return [];
    const { from, index, written, aboutBytes } = incoming;
    return [{ direction: 'from', peer: from, index, bytes: written, aboutBytes: Math.max(written, aboutBytes) }];
  }

  /** Takes a part, and answers it now or when it is in the spool. */
  onPart(from: number, envelope: SnapshotPartEnvelope): void {
    // The core would say so too; and the answer that said so may have been lost.
    if (envelope.snapshotIndex <= this.options.commitIndex()) return this.answer(from, envelope, SnapshotPartStatus.DONE, 0);
    if (this.options.isInstalling() || this.options.host.clock.monotonic() < this.putOffUntil) return this.putOff(from, envelope);
    const incoming = this.incomingOf(from, envelope);
    if (incoming === null) return this.answer(from, envelope, SnapshotPartStatus.REFUSED, 0);
    if (incoming.isWhole) return this.putOff(from, envelope);
    const { offset, part } = envelope;
    const end = offset + part.length;
    if (offset < incoming.accepted) {
      // A part that came twice. While something is written, that is answered in a moment.
      if (incoming.writing === null) this.answer(from, envelope, SnapshotPartStatus.MORE, incoming.accepted);
    } else if (offset > incoming.accepted) {
      const status = incoming.accepted === 0 ? SnapshotPartStatus.RESTART : SnapshotPartStatus.GAP;
      this.answer(from, envelope, status, incoming.accepted);
    } else if (checksumOf(part) !== envelope.checksum) {
      this.answer(from, envelope, SnapshotPartStatus.GAP, incoming.accepted);
    } else if (end > this.options.host.tuning.snapshotBytesMax) {
      this.drop();
      this.answer(from, envelope, SnapshotPartStatus.REFUSED, 0);
    } else if (end - incoming.written <= WAITING_BYTES_MAX) {
      this.take(incoming, envelope);
    }
  }

  /** Takes nothing of it now: the sender asks again, at its own pace, for as long as it is put off. */
  private putOff(from: number, envelope: SnapshotPartEnvelope): void {
    this.answer(from, envelope, SnapshotPartStatus.LATER, 0);
  }

  /** In a turn: the message for the core, once. Its sender is told. */
  takeMessage(): Message | null {
    const { complete } = this;
    if (complete === null) return null;
    const { incoming, snapshot } = complete;
    this.complete = null;
    const { from, leaderTerm } = incoming;
    if (this.incoming === incoming) this.incoming = null;
    this.problem = '';
    const message = new Message(MessageType.Snap, this.options.nodeId, from, leaderTerm);
    message.snapshot = snapshot;
    this.tell(incoming, SnapshotPartStatus.DONE, incoming.accepted);
    return message;
  }

  /** Entries up to here are applied: an older snapshot is of no use any more. */
  applied(index: number): void {
    const { incoming } = this;
    if (incoming !== null && incoming.index <= index && !incoming.isWhole) this.drop();
  }

  abort(): void {
    this.complete = null;
    this.drop();
  }

  private incomingOf(from: number, envelope: SnapshotPartEnvelope): Incoming | null {
    const name = nameOf(envelope);
    if (name.index <= 0 || name.term <= 0) return null;
    const held = this.incoming;
    if (held !== null) {
      if (isSame(held, name)) {
        held.leaderTerm = Math.max(held.leaderTerm, envelope.term);
        held.from = from;
        held.aboutBytes = envelope.aboutBytes;
        return held;
      }
      // One that is whole is on its way to the core; the other one is put off.
      if (held.isWhole) return held;
      // A later leader may have an older snapshot, and whoever sent the newer one may be gone for good.
      if (held.index > name.index && held.leaderTerm >= envelope.term) return null;
    }
    this.drop();
    const { host, groupId } = this.options;
    this.incoming = {
      ...name,
      spool: host.storage.spool(groupId),
      leaderTerm: envelope.term,
      from,
      accepted: 0,
      written: 0,
      aboutBytes: envelope.aboutBytes,
      writing: null,
      isWhole: false,
    };
    return this.incoming;
  }

  private take(incoming: Incoming, { part, isLast }: SnapshotPartEnvelope): void {
    incoming.accepted += part.length;
    incoming.isWhole = isLast;
    const end = incoming.accepted;
    // Views of one receive buffer keep it until they are written, and no longer.
    const written = (incoming.writing ?? Promise.resolve()).then(async () => {
      if (this.incoming !== incoming) return;
      await incoming.spool.append(part);
      incoming.written = end;
    });
    incoming.writing = written;
    written.then(
      () => this.appended(incoming, written, isLast),
      (error: unknown) => this.failed(incoming, error),
    );
  }

  private appended(incoming: Incoming, written: Promise<void>, isLast: boolean): void {
    if (this.incoming !== incoming) return;
    if (incoming.writing === written) incoming.writing = null;
    if (isLast) void this.prepare(incoming);
    else this.tell(incoming, SnapshotPartStatus.MORE, incoming.written);
  }

  /** I3. */
  private async prepare(incoming: Incoming): Promise<void> {
    let received: ReceivedSnapshot;
    let snapshot: Snapshot;
    try {
      received = await ReceivedSnapshot.open(incoming.spool, incoming.accepted);
      const { index, term } = received.header.position;
      if (index !== incoming.index || term !== incoming.term)
        throw malformed(`it is at ${index} (term ${term}), and was announced at ${incoming.index} (term ${incoming.term})`);
      snapshot = await this.options.prepare(received);
    } catch (error) {
      this.failed(incoming, error);
      return;
    }
    if (this.incoming !== incoming) {
      await received.discard();
      return;
    }
    this.complete = { incoming, snapshot };
    this.options.wantTurn();
  }

  private failed(incoming: Incoming, error: unknown): void {
    if (this.incoming !== incoming) return;
    const { host, groupId } = this.options;
    const { index, from } = incoming;
    const why = error instanceof Error ? error.message : String(error);
    this.drop();
    if (isRaftoralError(error, 'MALFORMED_FRAME')) {
      host.logger.log('warn', `group ${groupId}: the snapshot at ${index} from node ${from} is refused: ${why}`);
      this.tell(incoming, SnapshotPartStatus.REFUSED, 0);
      return;
    }
    // I4. A sender that is refused asks at once, and would be for as long as the disk is full.
    this.putOffUntil = host.clock.monotonic() + host.tuning.snapshotPutOffMs;
    this.tell(incoming, SnapshotPartStatus.LATER, 0);
    if (why === this.problem) return;
    this.problem = why;
    host.raiseAlarm(`group ${groupId}: the snapshot at ${index} from node ${from} can't be received: ${why}`, { groupId, from, index });
  }

  /** I5. */
  private drop(): void {
    const { incoming } = this;
    this.incoming = null;
    if (incoming !== null) void incoming.spool.discard();
  }

  private tell(incoming: Incoming, status: SnapshotPartStatus, nextOffset: number): void {
    const { from, index, streamId } = incoming;
    this.answer(from, { snapshotIndex: index, streamId }, status, nextOffset);
  }

  private answer(
    to: number,
    { snapshotIndex, streamId }: Pick<SnapshotPartEnvelope, 'snapshotIndex' | 'streamId'>,
    status: SnapshotPartStatus,
    nextOffset: number,
  ): void {
    const { host, groupId } = this.options;
    host.send(to, { kind: EnvelopeKind.SNAPSHOT_PART_ANSWER, groupId, snapshotIndex, streamId, status, nextOffset });
  }
}

function nameOf({ snapshotIndex, snapshotTerm, streamId }: SnapshotPartEnvelope): StreamName {
  return { index: snapshotIndex, term: snapshotTerm, streamId };
}

function isSame(a: StreamName, b: StreamName): boolean {
  return a.index === b.index && a.term === b.term && a.streamId === b.streamId;
}
