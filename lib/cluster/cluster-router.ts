/**
 * Between the host and the transport: what one turn has for one peer leaves as one frame; what arrives waits for the next turn.
 * Owns the inbox and the outboxes.
 *
 * C1. Envelopes to a peer keep their order. A flushed array of envelopes is the frame's own and is not touched again.
 * C2. A frame of another deployment, to a node that was not started, or beyond the bound of the inbox is dropped and counted.
 * C3. Nothing is delivered during send().
 * Tests: cluster-router.spec.ts.
 */
import type { Envelope, Frame, Transport } from '../transport/transport.js';
import { TurnList } from './turn-list.js';

export interface RouterStatistics {
  framesSent: number;
  framesReceived: number;
  envelopesSent: number;
  framesRefused: number;
  framesDropped: number;
}

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

  constructor(
    private readonly transport: Transport,
    private readonly identity: { readonly deployment: string; readonly nodeId: number; readonly incarnation: number },
    private readonly inboxFramesMax: number,
    /** A frame was flushed to this peer. */
    private readonly onSent: (to: number) => void,
  ) {}

  get hasArrived(): boolean {
    return this.inbox.length > 0;
  }

  get hasOutgoing(): boolean {
    return this.full.count > 0;
  }

  /** Returns false if the frame is not for this node's host. */
  receive(frame: Frame): boolean {
    if (frame.deployment !== this.identity.deployment || frame.from === this.identity.nodeId) {
      this.statistics.framesRefused++;
      return false;
    }
    if (this.inbox.length >= this.inboxFramesMax) {
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
    outbox.envelopes.push(envelope);
  }

  flush(): void {
    const { deployment, nodeId, incarnation } = this.identity;
    if (this.full.count === 0) return;
    const full = this.full.take();
    const { taken } = this.full;
    for (let i = 0; i < taken; i++) {
      const outbox = full[i]!;
      const { to, envelopes } = outbox;
      outbox.envelopes = [];
      outbox.isFull = false;
      this.statistics.framesSent++;
      this.statistics.envelopesSent += envelopes.length;
      this.transport.send(to, { deployment, from: nodeId, incarnation, envelopes });
      this.onSent(to);
    }
  }

  clear(): void {
    this.full.clear();
    this.inbox = [];
    this.outboxes.clear();
  }
}
