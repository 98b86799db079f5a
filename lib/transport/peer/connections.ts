/**
 * All channels of a process: making them, both ways, and knowing which are open. Owns the bound on unfinished handshakes and the attempts that are under way.
 *
 * O1. At most one attempt per address at a time; whoever asks meanwhile shares its outcome.
 * O2. At most `unfinishedHandshakesMax` incoming channels are without proof; the oldest gives way, so a flood does not keep the door shut.
 * Tests: peer-transport.spec.ts, peer-security.spec.ts.
 */
import { createHash } from 'node:crypto';
import type { ByteChannel, ChannelCarrier, ChannelHandlers } from '../channel.js';
import type { TransportClock, TransportRandom, TransportScheduler } from '../machine-port.js';
import type { PeerCredentials } from '../security/credentials.js';
import { Connection, type ConnectionEnd, type ConnectionOwner } from './connection.js';
import type { DialOutcome } from './link.js';
import { Refusal, type PeerDescription } from './packet-codec.js';
import type { Role } from './seal.js';
import { Session } from './session.js';
import type { PeerTuning } from './tuning.js';

export interface ConnectionsOptions {
  readonly carrier: ChannelCarrier;
  readonly credentials: PeerCredentials;
  readonly clock: TransportClock;
  readonly scheduler: TransportScheduler;
  readonly random: TransportRandom;
  readonly tuning: PeerTuning;
  readonly describe: () => PeerDescription;
  /** Host that stands for this address and others. */
  readonly nameOf: (address: string) => string | undefined;
  readonly owner: ConnectionOwner;
}

export class Connections implements Iterable<Connection> {
  private readonly all = new Set<Connection>();
  private readonly dials = new Map<string, { readonly connection: Connection; readonly waiting: Array<(outcome: DialOutcome) => void> }>();
  private isClosed = false;

  constructor(private readonly options: ConnectionsOptions) {}

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.all.values();
  }

  /** For ChannelCarrier.listen(). */
  readonly accept = (channel: ByteChannel): ChannelHandlers => {
    const connection = this.make('acceptor', null);
    connection.attach(channel);
    if (this.isClosed) connection.close('the node is stopping');
    else this.makeRoom();
    return connection;
  };

  /** `done` is never called inside. */
  dial(address: string, done: (outcome: DialOutcome) => void): void {
    const under = this.dials.get(address);
    if (under !== undefined) {
      under.waiting.push(done);
      return;
    }
    if (this.isClosed) {
      this.options.scheduler.soon(() => done({ ended: stopped() }));
      return;
    }
    const connection = this.make('dialer', address);
    this.dials.set(address, { connection, waiting: [done] });
    const { carrier, nameOf } = this.options;
    connection.attach(carrier.dial(address, connection, nameOf(address)));
  }

  /** A dialled channel was opened and judged: `used` is the one that takes its place, or itself. */
  settled(connection: Connection, used: Connection): void {
    this.finish(connection, { connection: used });
  }

  ended(connection: Connection, end: ConnectionEnd): void {
    this.all.delete(connection);
    this.finish(connection, { ended: end });
  }

  /** No more channels; those that are open are told. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.all) connection.refuse(Refusal.STOPPING, 'the node is stopping');
  }

  private finish(connection: Connection, outcome: DialOutcome): void {
    const address = connection.dialled;
    if (address === null) return;
    const dial = this.dials.get(address);
    if (dial?.connection !== connection) return;
    this.dials.delete(address);
    for (const done of dial.waiting) done(outcome);
  }

  private make(role: Role, dialled: string | null): Connection {
    const { clock, scheduler, tuning, owner, credentials, describe } = this.options;
    const createSession = ({ isEncrypted, isPeerVerified }: ByteChannel): Session =>
      new Session({ role, credentials, nonce: this.nonce(), isEncrypted, isPeerVerified, describe });
    const connection = new Connection({ role, dialled, createSession, owner, clock, scheduler, tuning });
    this.all.add(connection);
    return connection;
  }

  /** 32 bytes of which nobody can guess more than nothing: three times 122 random bits, hashed. */
  private nonce(): Uint8Array {
    const { random } = this.options;
    return createHash('sha256').update(`${random.uuid()} ${random.uuid()} ${random.uuid()}`).digest();
  }

  private makeRoom(): void {
    let unfinished = 0;
    let oldest: Connection | null = null;
    for (const connection of this.all) {
      if (connection.role !== 'acceptor' || !connection.isUnfinished) continue;
      oldest ??= connection;
      unfinished++;
    }
    if (unfinished > this.options.tuning.unfinishedHandshakesMax) oldest!.close('too many unfinished handshakes');
  }
}

function stopped(): ConnectionEnd {
  return { end: 'local', text: 'the node is stopping', refusal: Refusal.NONE, isProven: false };
}
