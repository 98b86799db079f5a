/**
 * Between the host and the transport: what one turn has for one peer leaves as one frame, or several if it is large; what arrives waits for the
 * next turn.
 * Owns the inbox and the outboxes.
 *
 * C1. Envelopes to a peer keep their order. A flushed array of envelopes is the frame's own and is not touched again.
 * C2. A frame of another deployment, to a node that was not started, or beyond the bound of the inbox is dropped and counted.
 * C3. Nothing is delivered during send().
 * C5. An append without entries is a notice: it tells a follower of a commit. The next append to it says the same and more, and takes its place.
 * C4. A frame holds envelopes of about `frameBytesMax` bytes at most, or a single one: a transport drops what is too large for it, for ever.
 * Tests: cluster-router.spec.ts.
 */
import { MessageType } from '../raft/index.js';
import { EnvelopeKind, type Envelope, type Frame, type RaftEnvelope, type Transport } from '../transport/transport.js';
import type { RaftHostTuning } from './host-options.js';
import { TurnList } from './turn-list.js';

export interface RouterStatistics {
  framesSent: number;
  framesReceived: number;
  envelopesSent: number;
  framesRefused: number;
  framesDropped: number;
}

/** More than the fields of any envelope, entry or command frame take beside its payload. */
const ENVELOPE_BYTES = 128;
const ITEM_BYTES = 32;

interface Outbox {
  readonly to: number;
  envelopes: Envelope[];
  isFull: boolean;
}

export class ClusterRouter {
  readonly statistics: RouterStatistics = { framesSent: 0, framesReceived: 0, envelopesSent: 0, framesRefused: 0, framesDropped: 0 };
  private readonly outboxes = new Map<number, Outbox>();
  private readonly full = new TurnList<Outbox>();
  private inbox: Frame[] = [];
  private urgent = 0;

  constructor(
    private readonly transport: Transport,
    private readonly identity: { readonly deployment: string; readonly nodeId: number; readonly incarnation: number },
    private readonly tuning: Pick<RaftHostTuning, 'inboxFramesMax' | 'frameBytesMax' | 'messageBytesMax'>,
    /** A frame was flushed to this peer. */
    private readonly onSent: (to: number) => void,
  ) {}

  get hasArrived(): boolean {
    return this.inbox.length > 0;
  }

  get hasOutgoing(): boolean {
    return this.full.count > 0;
  }

  /** Something else than notices waits to leave. */
  get hasUrgent(): boolean {
    return this.urgent > 0;
  }

  /** Returns false if the frame is not for this node's host. */
  receive(frame: Frame): boolean {
    if (frame.deployment !== this.identity.deployment || frame.from === this.identity.nodeId) {
      this.statistics.framesRefused++;
      return false;
    }
    if (this.inbox.length >= this.tuning.inboxFramesMax) {
      this.statistics.framesDropped++;
      return false;
    }
    this.statistics.framesReceived++;
    this.inbox.push(frame);
    return true;
  }

  takeArrived(): Frame[] {
    const frames = this.inbox;
    this.inbox = [];
    return frames;
  }

  send(to: number, envelope: Envelope): void {
    let outbox = this.outboxes.get(to);
    if (outbox === undefined) {
      outbox = { to, envelopes: [], isFull: false };
      this.outboxes.set(to, outbox);
    }
    if (!outbox.isFull) {
      outbox.isFull = true;
      this.full.push(outbox);
    }
    const { envelopes } = outbox;
    const last = envelopes.length - 1;
    if (!isNotice(envelope)) this.urgent++;
    if (last >= 0 && takesPlaceOf(envelope, envelopes[last]!)) envelopes[last] = envelope;
    else envelopes.push(envelope);
  }

  flush(): void {
    if (this.full.count === 0) return;
    this.urgent = 0;
    // So few envelopes are no large frame, whatever they hold: the bytes need not be counted.
    const unsplitMax = Math.floor(this.tuning.frameBytesMax / this.tuning.messageBytesMax / 2);
    const full = this.full.take();
    const { taken } = this.full;
    for (let i = 0; i < taken; i++) {
      const outbox = full[i]!;
      const { to, envelopes } = outbox;
      outbox.envelopes = [];
      outbox.isFull = false;
      if (envelopes.length <= unsplitMax) this.transmit(to, envelopes);
      else this.transmitInParts(to, envelopes);
      this.onSent(to);
    }
  }

  private transmit(to: number, envelopes: readonly Envelope[]): void {
    const { deployment, nodeId, incarnation } = this.identity;
    this.statistics.framesSent++;
    this.statistics.envelopesSent += envelopes.length;
    this.transport.send(to, { deployment, from: nodeId, incarnation, envelopes });
  }

  private transmitInParts(to: number, envelopes: readonly Envelope[]): void {
    let start = 0;
    let bytes = 0;
    for (let i = 0; i < envelopes.length; i++) {
      const more = payloadBytes(envelopes[i]!) + ENVELOPE_BYTES;
      if (i > start && bytes + more > this.tuning.frameBytesMax) {
        this.transmit(to, envelopes.slice(start, i));
        start = i;
        bytes = 0;
      }
      bytes += more;
    }
    this.transmit(to, start === 0 ? envelopes : envelopes.slice(start));
  }

  clear(): void {
    this.full.clear();
    this.urgent = 0;
    this.inbox = [];
    this.outboxes.clear();
  }
}

function isNotice(envelope: Envelope): envelope is RaftEnvelope {
  return envelope.kind === EnvelopeKind.RAFT && envelope.message.type === MessageType.Append && envelope.message.entries.length === 0;
}

/** C5. Whoever answers the later one has said all that an answer to the earlier one would have. */
function takesPlaceOf(later: Envelope, earlier: Envelope): boolean {
  if (!isNotice(earlier) || later.kind !== EnvelopeKind.RAFT || later.groupId !== earlier.groupId) return false;
  const { type, term, index, logTerm, commit } = later.message;
  const notice = earlier.message;
  return type === notice.type && term === notice.term && index === notice.index && logTerm === notice.logTerm && commit >= notice.commit;
}

function payloadBytes(envelope: Envelope): number {
  let bytes = 0;
  switch (envelope.kind) {
    case EnvelopeKind.RAFT:
      for (const entry of envelope.message.entries) bytes += entry.data.length + ITEM_BYTES;
      return bytes;
    case EnvelopeKind.PROPOSE:
      for (const frame of envelope.frames) bytes += frame.length + ITEM_BYTES;
      return bytes;
    case EnvelopeKind.REQUEST:
    case EnvelopeKind.RESPONSE:
      return envelope.body.length;
    case EnvelopeKind.SNAPSHOT_PART:
      return envelope.part.length;
    default:
      return 0;
  }
}
