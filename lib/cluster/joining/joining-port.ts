/**
 * What the parts of joining share: identities, calls between processes, what a member offers to those who join. Types, names and readers of fields.
 *
 * Calls (peer calls of the transport: behind its handshake, W1 of network-transport-port.ts):
 *   node.hello          who are you, and what have you got?             by anybody, of anybody
 *   bootstrap.vote      may I begin the deployment?                     of processes without files that expect as many as the caller
 *   bootstrap.outcome   what became of the attempt that I voted for?    of a candidate
 *   join.reserve        an id for a process that has none               of a member
 *   join.admit          make me a member, one step at a time            of a member, which asks the leader
 *   join.standing       what am I?                                      of a member
 */
import { RaftoralError } from '../../errors/index.js';
import type { Clock, Timer } from '../clock.js';
import type { RaftGroup } from '../group.js';

export interface NodeIdentity {
  readonly deployment: string;
  readonly nodeId: number;
}

export const NODE_HELLO = 'node.hello';
export const BOOTSTRAP_VOTE = 'bootstrap.vote';
export const BOOTSTRAP_OUTCOME = 'bootstrap.outcome';
export const JOIN_RESERVE = 'join.reserve';
export const JOIN_ADMIT = 'join.admit';
export const JOIN_STANDING = 'join.standing';

/** fresh: no identity · joining: an identity, no member yet · member. */
export type NodeStage = 'fresh' | 'joining' | 'member';

/** The group of a member, as those who join need it. The face makes it of group and state machine. */
export interface JoinedGroup {
  /** 1: execution cluster 1, the only group. 2: the management cluster, whose voters the cluster manager chooses. */
  readonly layers: 1 | 2;
  readonly group: RaftGroup;
  /** An id above `above` and above every one that was ever used; the same for the same token. `isClient`: of a node that becomes a member of nothing; only with two layers. */
  reserve(request: { readonly token: string; readonly above: number; readonly isClient: boolean }, timeoutMs: number): Promise<number>;
  wasRemoved(nodeId: number): boolean;
}

export type CallBody = Readonly<Record<string, unknown>>;

const ADDRESS_CHARS_MAX = 300;
const ADDRESSES_MAX = 256;
const ID_CHARS_MAX = 64;

/** Throws INVALID_ARGUMENT that names call and field. */
export class CallReader {
  constructor(
    private readonly method: string,
    private readonly body: CallBody,
  ) {}

  /** A uuid, or ''. */
  id(field: string): string {
    return this.text(field, ID_CHARS_MAX);
  }

  address(field: string): string {
    return this.text(field, ADDRESS_CHARS_MAX);
  }

  addresses(field: string): readonly string[] {
    const value = this.body[field];
    if (!Array.isArray(value) || value.length > ADDRESSES_MAX) throw this.wrong(field, `a list of at most ${ADDRESSES_MAX} addresses`);
    for (const item of value)
      if (typeof item !== 'string' || item.length > ADDRESS_CHARS_MAX) throw this.wrong(field, 'a list of addresses');
    return value as string[];
  }

  integer(field: string, min = 0, max = 2 ** 31 - 1): number {
    const value = this.body[field];
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max)
      throw this.wrong(field, `a whole number from ${min} to ${max}`);
    return value as number;
  }

  flag(field: string): boolean {
    const value = this.body[field];
    if (typeof value !== 'boolean') throw this.wrong(field, 'true or false');
    return value;
  }

  choice<T extends string>(field: string, of: readonly T[]): T {
    const value = this.body[field];
    if (!of.includes(value as T)) throw this.wrong(field, `one of ${of.join(', ')}`);
    return value as T;
  }

  private text(field: string, charsMax: number): string {
    const value = this.body[field];
    if (typeof value !== 'string' || value.length > charsMax) throw this.wrong(field, `a text of at most ${charsMax} characters`);
    return value;
  }

  private wrong(field: string, wanted: string): RaftoralError {
    return new RaftoralError('INVALID_ARGUMENT', `${this.method}: ${field} must be ${wanted}; is the other process of another version?`, {
      details: { method: this.method, field },
    });
  }
}

/** Ends the waiting of everything that joins when the node stops. */
export class JoiningStop {
  private readonly pauses = new Set<() => void>();
  private stopped = false;

  constructor(private readonly clock: Clock) {}

  get isStopped(): boolean {
    return this.stopped;
  }

  stop(): void {
    this.stopped = true;
    for (const end of [...this.pauses]) end();
  }

  throwIfStopped(): void {
    if (this.stopped) throw new RaftoralError('SHUTTING_DOWN', 'this node is shutting down; what it was joining goes on without it');
  }

  /** Rejects with SHUTTING_DOWN once the node stops. */
  async pause(ms: number): Promise<void> {
    this.throwIfStopped();
    await new Promise<void>((resolve) => {
      let timer: Timer | null = null;
      const end = (): void => {
        timer?.cancel();
        this.pauses.delete(end);
        resolve();
      };
      timer = this.clock.setTimer(ms, end);
      this.pauses.add(end);
    });
    this.throwIfStopped();
  }
}
