/**
 * Port: a transport that reaches other processes. Before the node has an identity it already listens, and peers can be called by address:
 * that is how a node without files finds its cluster and gets its id.
 *
 * W1. Every call and every frame stands behind the handshake: whoever lacks the secret or the certificate reaches no handler.
 * W2. A call is made once; its loss is OUTCOME_UNKNOWN (it may have been carried out), or NO_ROUTE if it surely was not sent.
 * W3. The address book is soft state: the newest incarnation's word about a node wins; it is exchanged at every handshake and on change.
 */
import type { Transport } from './transport.js';

export interface NodeAddress {
  readonly nodeId: number;
  /** `host:port` at which the node's peers reach it. */
  readonly address: string;
  /** Of the process that said so. */
  readonly incarnation: number;
}

/** Who calls: as the handshake bound it. `nodeId` 0: a process that has no identity yet. */
export interface PeerIdentity {
  readonly nodeId: number;
  readonly incarnation: number;
  /** '' while it knows none. */
  readonly deployment: string;
  /** What it calls itself: `host:port`; '' if it can not be reached. */
  readonly address: string;
  /** Uuid of the process: two with the same node id are told apart by it. */
  readonly processId: string;
}

/** Answers a call of a peer. A rejection travels as RaftoralError {code, message, details}. */
export type PeerCallHandler = (
  from: PeerIdentity,
  request: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

export interface PeerCallOptions {
  /** Time for connecting, asking and the answer, ms. */
  readonly timeoutMs: number;
}

export interface NetworkTransport extends Transport {
  /** Uuid of this process. */
  readonly processId: string;
  /** `host:port` at which peers reach this node; known after listen(). */
  readonly advertised: string;
  /** Opens the listener and answers calls; frames only travel after start(). Called once, before start(). */
  listen(): Promise<void>;
  /** Registers the handler of a method; before listen(). */
  handle(method: string, handler: PeerCallHandler): void;
  /** Calls a process at an address, or a node of the address book. Rejects with NO_ROUTE, OUTCOME_UNKNOWN, PEER_REFUSED, or what the handler rejected with. */
  call(
    to: string | number,
    method: string,
    request: Readonly<Record<string, unknown>>,
    options: PeerCallOptions,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** All nodes whose address is known, this one included once it has an identity; ascending ids. */
  addresses(): readonly NodeAddress[];
  /** Takes addresses from elsewhere (what was stored, what an answer brought). */
  learnAddresses(addresses: readonly NodeAddress[]): void;
  /** Called when the address book changed. */
  onAddressesChanged: ((addresses: readonly NodeAddress[]) => void) | null;
  /** One `host:port` → those that its name stands for now; rejects if it stands for none. They are dialled as that name. */
  resolve(seed: string): Promise<readonly string[]>;
  /** Tries these (`host:port`) until a node is known at each: how members find each other when nobody's address is known. Names are resolved again at each attempt. */
  setSeeds(seeds: readonly string[]): void;
  /** Connections, for status. */
  peers(): readonly PeerLinkStatus[];
}

export interface PeerLinkStatus {
  readonly nodeId: number;
  readonly address: string | null;
  readonly state: 'connected' | 'connecting' | 'waiting' | 'unknown-address';
  /** Why it is not connected; null if it is. */
  readonly problem: string | null;
  readonly framesDropped: number;
}

/** Tells it from a transport between nodes of one process. */
export function isNetworkTransport(transport: Transport): transport is NetworkTransport {
  const { listen, call } = transport as Partial<NetworkTransport>;
  return typeof listen === 'function' && typeof call === 'function';
}
