/**
 * The transport of a process that finds the others by address, over the simulated network: frames go as they go there; calls between addresses, by which a process gets its
 * identity and is taken in, are made here. Owns the book of addresses, one for all processes: that it is exchanged is the peer transport's matter, and not what is examined.
 *
 * T1. A call reaches a process that listens, or is NO_ROUTE; cut off, or with a process that dies meanwhile, it is OUTCOME_UNKNOWN.
 * T2. Request and answer travel as JSON, each after a delay of its own, drawn from one stream.
 */
import { isRaftoralError, RaftoralError, type RaftoralErrorCode } from '../../../lib/errors/index.js';
import type { SeededRandom } from '../../../lib/testing/seeded-random.js';
import type { SimulatedNetwork } from '../../../lib/testing/simulated-network.js';
import type { VirtualNode, VirtualTime } from '../../../lib/testing/virtual-time.js';
import type {
  NetworkTransport,
  NodeAddress,
  PeerCallHandler,
  PeerCallOptions,
  PeerLinkStatus,
} from '../../../lib/transport/network-transport-port.js';
import type { Frame, Transport, TransportHandlers, TransportIdentity } from '../../../lib/transport/transport.js';

type Body = Readonly<Record<string, unknown>>;

const DELAY_MS_MAX = 3;

export class Addresses {
  private readonly listening = new Map<string, AddressedTransport>();
  private readonly book = new Map<number, NodeAddress>();

  constructor(
    readonly time: VirtualTime,
    readonly network: SimulatedNetwork,
    private readonly random: SeededRandom,
  ) {}

  delayMs(): number {
    return this.random.between(0.2, DELAY_MS_MAX);
  }

  listen(transport: AddressedTransport): void {
    this.listening.set(transport.advertised, transport);
  }

  /** The process is gone, or listens no more. */
  leave(transport: AddressedTransport): void {
    if (this.listening.get(transport.advertised) === transport) this.listening.delete(transport.advertised);
  }

  at(address: string): AddressedTransport | undefined {
    return this.listening.get(address);
  }

  addressOf(nodeId: number): string | undefined {
    return this.book.get(nodeId)?.address;
  }

  all(): readonly NodeAddress[] {
    return [...this.book.values()].sort((a, b) => a.nodeId - b.nodeId);
  }

  learn(entry: NodeAddress): void {
    this.book.set(entry.nodeId, entry);
    for (const transport of this.listening.values()) transport.bookChanged();
  }
}

export interface AddressedTransportOptions {
  readonly addresses: Addresses;
  readonly virtual: VirtualNode;
  readonly advertised: string;
  readonly processId: string;
}

export class AddressedTransport implements NetworkTransport {
  onAddressesChanged: ((addresses: readonly NodeAddress[]) => void) | null = null;
  private readonly frames: Transport;
  private readonly handlers = new Map<string, PeerCallHandler>();
  private identity: TransportIdentity | null = null;

  constructor(private readonly options: AddressedTransportOptions) {
    this.frames = options.addresses.network.createTransport(options.virtual);
  }

  get advertised(): string {
    return this.options.advertised;
  }

  get processId(): string {
    return this.options.processId;
  }

  get nodeId(): number {
    return this.identity?.nodeId ?? 0;
  }

  async start(identity: TransportIdentity, handlers: TransportHandlers): Promise<void> {
    await this.frames.start(identity, handlers);
    this.identity = identity;
    const { nodeId, incarnation } = identity;
    this.options.addresses.learn({ nodeId, incarnation, address: this.advertised });
  }

  send(to: number, frame: Frame): void {
    this.frames.send(to, frame);
  }

  async stop(): Promise<void> {
    this.options.addresses.leave(this);
    await this.frames.stop();
  }

  async listen(): Promise<void> {
    this.options.addresses.listen(this);
  }

  handle(method: string, handler: PeerCallHandler): void {
    this.handlers.set(method, handler);
  }

  addresses(): readonly NodeAddress[] {
    return this.options.addresses.all();
  }

  learnAddresses(): void {
    // There is one book for all.
  }

  bookChanged(): void {
    this.options.virtual.turn(() => this.onAddressesChanged?.(this.addresses()));
  }

  async resolve(seed: string): Promise<readonly string[]> {
    return [seed];
  }

  setSeeds(): void {
    // Frames go by node id.
  }

  peers(): readonly PeerLinkStatus[] {
    return [];
  }

  /** T1, T2. */
  call(to: string | number, method: string, request: Body, { timeoutMs }: PeerCallOptions): Promise<Body> {
    const { addresses, virtual } = this.options;
    const address = typeof to === 'string' ? to : addresses.addressOf(to);
    return new Promise((resolve, reject) => {
      const timer = virtual.setTimer(timeoutMs, () => reject(unknown(method, address)));
      const settle = (act: () => void): void => {
        timer.cancel();
        act();
      };
      this.travel(virtual, () => {
        const target = address === undefined ? undefined : addresses.at(address);
        if (target === undefined) return settle(() => reject(new RaftoralError('NO_ROUTE', `${String(to)} does not listen`)));
        if (this.isCut(target)) return;
        this.travel(target.options.virtual, () => {
          const answer = target.answer(this, method, JSON.stringify(request));
          const back = (act: () => void): void => {
            if (!target.isCut(this)) target.travel(virtual, () => settle(act));
          };
          answer.then(
            (body) => back(() => resolve(JSON.parse(body) as Body)),
            (error: unknown) => back(() => reject(copyOf(error))),
          );
        });
      });
    });
  }

  private isCut(other: AddressedTransport): boolean {
    return this.options.addresses.network.isCut(this.nodeId, other.nodeId);
  }

  private travel(to: VirtualNode, act: () => void): void {
    const { time } = this.options.addresses;
    time.schedule(time.nowMs + this.options.addresses.delayMs(), act, to, 'work');
  }

  private async answer(from: AddressedTransport, method: string, request: string): Promise<string> {
    const handler = this.handlers.get(method);
    if (handler === undefined) throw new RaftoralError('NO_ROUTE', `nobody answers ${method} here`);
    const { nodeId, advertised: address, processId } = from;
    const identity = {
      nodeId,
      incarnation: from.identity?.incarnation ?? 0,
      deployment: from.identity?.deployment ?? '',
      address,
      processId,
    };
    return JSON.stringify(await handler(identity, JSON.parse(request) as Body));
  }
}

function unknown(method: string, address: string | undefined): RaftoralError {
  return new RaftoralError('OUTCOME_UNKNOWN', `${method} at ${address ?? 'nobody'}: no answer in time`);
}

function copyOf(error: unknown): Error {
  if (!isRaftoralError(error)) return error instanceof Error ? error : new Error(String(error));
  const { code, message, details } = error;
  return new RaftoralError(code as RaftoralErrorCode, message, { details: { ...details } });
}
