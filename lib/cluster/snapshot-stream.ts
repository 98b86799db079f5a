/**
 * A snapshot as a stream of bytes, made as it is read: one per reading. Owns the reading.
 *
 * M1. In memory are one slice of the image and one part, however large the state is.
 * M2. Two streams of one content are equal, byte for byte: a transfer goes on where another one stopped.
 * M3. `streamId` says so over restarts: it stands for who sends, the position, and what the header says.
 * Tests: snapshot-codec.spec.ts.
 */
import type { Snapshot } from '../raft/index.js';
import type { ImageSlice, StateImage } from '../state-machine/index.js';
import { RecordWriter, StreamForm, checksumOf, type StreamHeader } from './snapshot-codec.js';

/** Of the state machine's own bytes, and of the group's part. */
const PIECE_BYTES = 256 * 1024;

/** What is sent: rows, or, where the state is not stored in rows, the bytes that stand in the snapshot. */
export interface SnapshotContent {
  readonly snapshot: Snapshot;
  readonly image: StateImage | null;
}

export interface SnapshotPart {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

export class SnapshotStream {
  readonly aboutBytes: number;
  private readonly image: StateImage | null;
  private readonly writer = new RecordWriter();
  private held = 0;
  private firstUsed = 0;
  private offset = 0;
  /** Pieces that are written: of the group's part, or of the whole. */
  private written = 0;
  private isEnded = false;

  constructor(
    private readonly content: SnapshotContent,
    private readonly partBytesMax: number,
  ) {
    this.image = content.image === null ? null : content.image.again();
    this.aboutBytes = content.image?.bytesAbout ?? content.snapshot.data.length;
    this.writer.version();
    this.writer.header(headerOf(content));
    this.held = sizeOf(this.writer.parts, 0);
  }

  /** The next part; null after the last one. Rejects with what the storage has against it. */
  async next(): Promise<SnapshotPart | null> {
    while (this.held < this.partBytesMax && !this.isEnded) await this.fill();
    if (this.held === 0) return null;
    const bytes = this.take(Math.min(this.held, this.partBytesMax));
    // Whether it is the last one must be known: what follows may be nothing.
    if (this.held === 0 && !this.isEnded) await this.fill();
    const { offset } = this;
    this.offset += bytes.length;
    return { offset, bytes, isLast: this.isEnded && this.held === 0 };
  }

  private async fill(): Promise<void> {
    const { writer } = this;
    const before = writer.parts.length;
    const whole = this.image === null ? this.content.snapshot.data : this.image.group;
    if (this.written < whole.length) {
      const piece = whole.subarray(this.written, this.written + PIECE_BYTES);
      this.written += piece.length;
      writer.piece(piece);
    } else {
      const slice = this.image === null ? null : await this.image.next();
      if (slice === null) {
        writer.end();
        this.isEnded = true;
      } else this.write(slice);
    }
    this.held += sizeOf(writer.parts, before);
  }

  private write({ runs, history, requests, closed }: ImageSlice): void {
    const { writer } = this;
    let at = 0;
    const order = runs[0]?.order ?? Infinity;
    // What goes on with the last run of the slice before.
    for (; at < history.length && history[at]!.order < order; at++) writer.history(history[at]!);
    for (const run of runs) {
      writer.run(run);
      for (; at < history.length && history[at]!.order === run.order; at++) writer.history(history[at]!);
    }
    for (const row of requests) writer.requests(row);
    for (const row of closed) writer.closed(row);
  }

  private take(length: number): Uint8Array {
    const { parts } = this.writer;
    const bytes = new Uint8Array(length);
    let at = 0;
    let used = 0;
    while (at < length) {
      const first = parts[used]!;
      const some = first.subarray(this.firstUsed, this.firstUsed + length - at);
      bytes.set(some, at);
      at += some.length;
      this.firstUsed += some.length;
      if (this.firstUsed === first.length) {
        used++;
        this.firstUsed = 0;
      }
    }
    parts.splice(0, used);
    this.held -= length;
    return bytes;
  }
}

/** M3. */
export function streamIdOf(content: SnapshotContent, from: number): number {
  const writer = new RecordWriter();
  writer.header(headerOf(content));
  const part = content.image?.group ?? content.snapshot.data;
  return checksumOf(Buffer.from(`${from} ${part.length} ${checksumOf(part)}`), writer.checksum);
}

function headerOf({ snapshot, image }: SnapshotContent): StreamHeader {
  const { index, term, confState } = snapshot;
  return {
    form: image === null ? StreamForm.WHOLE : StreamForm.ROWS,
    position: { index, term, confState },
    runCount: image === null ? 0 : image.runCount,
  };
}

function sizeOf(parts: readonly Uint8Array[], from: number): number {
  let bytes = 0;
  for (let i = from; i < parts.length; i++) bytes += parts[i]!.length;
  return bytes;
}
