/**
 * A channel that this side opened: a connection of its own, and one stream on it. A dial is made once: who dials again waits as it sees fit, so grpc-js's
 * own backoff has no part in it.
 *
 * D1. 'refused' only when nobody listens at any of the addresses that the name stands for: then the process is gone.
 * D2. A stream counts as open when the other side has answered its opening; until then for `dialTimeoutMs` at most, then 'failed'.
 * Tests: grpc-carrier.spec.ts, grpc-tls.spec.ts.
 */
import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import { connect, isIP } from 'node:net';
import { lookup } from 'node:dns/promises';
import type { ChannelHandlers } from '../channel.js';
import type { HostAndPort } from '../security/loopback.js';
import { dialClient, type DialedClient } from './dial-client.js';
import type { TlsMaterial } from '../security/tls-files.js';
import type { GrpcLimits } from './limits.js';
import type { GrpcModules } from './modules.js';
import { CONNECT_PATH, PACKET_CODEC } from './proto.js';
import type { Packet } from './packet-wire.js';
import { StreamChannel } from './stream-channel.js';

const OK = 0;
const REFUSED = 'ECONNREFUSED';

export interface DialParts {
  readonly address: string;
  readonly tls: TlsMaterial | null;
  readonly serverName: string | undefined;
  /** Host that stands for this address and others. */
  readonly name: string | undefined;
  readonly limits: GrpcLimits;
  readonly onGone: (channel: StreamChannel) => void;
}

export class DialedChannel extends StreamChannel {
  readonly remote: string;
  readonly isEncrypted: boolean;
  /** grpc-js ends the connection unless the certificate is of the authority and bears the name. */
  readonly isPeerVerified: boolean;
  #client: DialedClient | null = null;
  #stream: ClientDuplexStream<Packet, Packet> | null = null;
  #dialTimer: NodeJS.Timeout | null = null;
  #isOpen = false;

  constructor(
    private readonly parts: DialParts,
    handlers: ChannelHandlers,
  ) {
    super(parts.limits, parts.onGone);
    this.remote = parts.address;
    this.isEncrypted = parts.tls !== null;
    this.isPeerVerified = parts.tls !== null;
    this.bind(handlers);
  }

  /** Never throws; called once. */
  open({ grpc }: GrpcModules, address: HostAndPort): void {
    if (this.isClosing) {
      this.fail('closed by this side');
      return;
    }
    try {
      const { tls, serverName, name, limits } = this.parts;
      this.#client = dialClient(grpc, { address, tls, serverName, name, limits });
      const stream = this.#client.client.makeBidiStreamRequest(CONNECT_PATH, PACKET_CODEC.encode, PACKET_CODEC.decode, {});
      this.#stream = stream;
      stream.on('metadata', () => this.#opened());
      stream.on('data', (packet: Packet) => this.take(packet));
      stream.on('error', () => undefined); // 'status' says the same
      stream.on('status', (status: StatusObject) => void this.#over(status, address));
      const { dialTimeoutMs } = limits;
      this.#dialTimer = setTimeout(() => {
        this.ended('failed', `${this.remote} did not answer within ${dialTimeoutMs} ms`);
        this.cut();
      }, dialTimeoutMs);
      this.attach(stream);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** It can not even be tried. */
  fail(text: string): void {
    this.ended('failed', text);
    this.cut();
    this.gone();
  }

  override cut(): void {
    this.#stream?.cancel();
    this.#release();
  }

  #opened(): void {
    this.#isOpen = true;
    this.#clearDialTimer();
  }

  async #over({ code, details }: StatusObject, address: HostAndPort): Promise<void> {
    this.#release();
    // The other side ended it in order: then it was open, even where that word came too late to be told.
    if (this.#isOpen || code === OK) {
      this.ended('closed', code === OK ? `${this.remote} ended the stream` : `${this.remote}: ${details}`);
    } else {
      const isRefused = details.includes(REFUSED) && (isIP(address.host) !== 0 || (await isRefusedEverywhere(address, this.limits)));
      this.ended(isRefused ? 'refused' : 'failed', `${this.remote}: ${details}`);
    }
    this.gone();
  }

  #release(): void {
    this.#clearDialTimer();
    this.#client?.close();
    this.#client = null;
  }

  #clearDialTimer(): void {
    if (this.#dialTimer !== null) clearTimeout(this.#dialTimer);
    this.#dialTimer = null;
  }
}

/** grpc-js tells of the last address only; a name may stand for several, and one of them that merely does not answer is no refusal. */
async function isRefusedEverywhere({ host, port }: HostAndPort, { dialTimeoutMs }: GrpcLimits): Promise<boolean> {
  const addresses = await lookup(host, { all: true }).catch(() => []);
  const answers = await Promise.all(addresses.map(({ address }) => isRefusedAt(address, port, dialTimeoutMs)));
  return answers.length > 0 && answers.every((isRefused) => isRefused);
}

function isRefusedAt(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const answer = (isRefused: boolean): void => {
      socket.destroy();
      resolve(isRefused);
    };
    socket.once('connect', () => answer(false));
    socket.once('timeout', () => answer(false));
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === REFUSED));
  });
}
