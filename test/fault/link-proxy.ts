/**
 * A proxy of the test's own between two nodes: takes their channels, and delays, repeats, swaps and loses what they say, as a network of datagrams
 * would. Owns the channels on both sides. It stands above TLS and MACs, so the nodes must be without either (`insecure`).
 *
 * Y1. The handshake passes as it is, in order: what is examined is what comes after it. Y2. A channel that ends on one side ends on the other.
 */
import type { SeededRandom } from '../../lib/testing/index.js';
import type { ByteChannel, ChannelCarrier, ChannelHandlers } from '../../lib/transport/channel.js';

/** Messages of a handshake, in one direction, at most. */
const HANDSHAKE_MESSAGES = 3;

export interface LinkFaults {
  readonly delayMsMax: number;
  readonly duplicationRate: number;
  readonly reorderRate: number;
  readonly reorderMsMax: number;
  readonly lossRate: number;
}

export const NO_FAULTS: LinkFaults = { delayMsMax: 0, duplicationRate: 0, reorderRate: 0, reorderMsMax: 0, lossRate: 0 };

export class LinkProxy {
  faults: LinkFaults = NO_FAULTS;
  readonly counts = { passed: 0, delayed: 0, duplicated: 0, reordered: 0, lost: 0 };
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly listener: ChannelCarrier,
    private readonly dialer: ChannelCarrier,
    /** Where the node behind it listens. */
    private readonly target: string,
    private readonly random: SeededRandom,
  ) {}

  async listen(): Promise<void> {
    await this.listener.listen((incoming) => this.join(incoming));
  }

  /** Cuts every connection. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    await Promise.all([this.listener.close(), this.dialer.close()]);
  }

  private join(incoming: ByteChannel): ChannelHandlers {
    const outgoing: ByteChannel = this.dialer.dial(this.target, this.handlers(incoming));
    return this.handlers(outgoing);
  }

  /** What arrives is for `other`. */
  private handlers(other: ByteChannel): ChannelHandlers {
    let seen = 0;
    let lastAt = 0;
    return {
      onMessage: (message) => {
        if (++seen <= HANDSHAKE_MESSAGES) return other.send(message);
        const { random, faults, counts } = this;
        if (random.chance(faults.lossRate)) {
          counts.lost++;
          return;
        }
        const isDoubled = random.chance(faults.duplicationRate);
        const isLate = random.chance(faults.reorderRate);
        const now = performance.now();
        const delayMs = faults.delayMsMax * random.float();
        if (isDoubled) counts.duplicated++;
        if (isLate) {
          counts.reordered++;
          this.later(delayMs + faults.reorderMsMax * random.float(), other, message);
        } else {
          // In order, unless it is one of those that are swapped.
          lastAt = Math.max(lastAt, now + delayMs);
          this.later(lastAt - now, other, message);
        }
        if (isDoubled) this.later(delayMs + faults.reorderMsMax * random.float(), other, message.slice());
      },
      onDrained: () => undefined,
      onClosed: () => other.close(),
    };
  }

  private later(ms: number, to: ByteChannel, message: Uint8Array): void {
    this.counts.passed++;
    if (ms < 0.5) return to.send(message);
    this.counts.delayed++;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      to.send(message);
    }, ms);
    this.timers.add(timer);
  }
}
