/**
 * Linearizable read points (P6, R25). One per group and node.
 *
 * D1. Reads that gather until a flush share one round of the core; each round, and each repetition of one, has a context of its own, over restarts too.
 * D2. A read resolves once its index is applied here: with an index that was committed when the call was made, or later.
 * D3. A lost round is repeated, at a change of leadership at once, until the deadline: NO_LEADER then. A read changes nothing, so its outcome is
 *     never unknown. A round that is only slow is not lost: its answer is as good when it comes after the repetition, or reads would never end where the way to
 *     the leader and back is longer than the patience of a round.
 * D4. At most `queueLengthMax` reads wait: OVERLOADED.
 * Tests: test/cluster/reads-and-requests.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { ReadResult, type ReadState } from '../raft/index.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { ProposeOptions } from './group.js';
import type { RouterContext } from './proposal-router.js';

class Read implements DeadlineItem {
  heapIndex = -1;
  isSettled = false;
  /** A round has given it its index. */
  isConfirmed = false;
  index = 0;

  constructor(
    private readonly router: ReadRouter,
    readonly dueAt: number,
    readonly resolve: (index: number) => void,
    readonly reject: (error: Error) => void,
  ) {}

  onDue(): void {
    this.router.expire(this);
  }
}

interface Round {
  readonly reads: readonly Read[];
  ticks: number;
  /** Its reads are in a later round, or wait for one. */
  isRepeated: boolean;
}

/** Ticks until a round without an answer is repeated. */
const REPEAT_AFTER_TICKS = 3;
/** Repeated rounds whose answer would still be taken. */
const REPEATED_MAX = 16;

export class ReadRouter {
  private queue: Read[] = [];
  private readonly rounds = new Map<number, Round>();
  /** Confirmed, waiting for the state machine. */
  private confirmed: Read[] = [];
  private lastContext: number;
  private liveCount = 0;
  private closedBy: RaftoralError | null = null;

  constructor(private readonly context: RouterContext) {
    this.lastContext = context.firstCallId;
  }

  get isIdle(): boolean {
    return this.liveCount === 0;
  }

  /** Reads that are kept, settled ones too. */
  get held(): number {
    let held = this.queue.length + this.confirmed.length;
    for (const round of this.rounds.values()) held += round.reads.length;
    return held;
  }

  read(options: ProposeOptions | undefined): Promise<number> {
    const { clock, tuning, deadlines, groupId } = this.context;
    if (this.closedBy !== null) return Promise.reject(new RaftoralError(this.closedBy.code, this.closedBy.message));
    if (this.liveCount >= tuning.queueLengthMax) {
      const text = `group ${groupId}: reads waiting on this node reached proposals.queueLengthMax (${tuning.queueLengthMax}); slow down, or raise it`;
      return Promise.reject(
        new RaftoralError('OVERLOADED', text, { details: { limit: 'proposals.queueLengthMax', value: tuning.queueLengthMax } }),
      );
    }
    return new Promise<number>((resolve, reject) => {
      const read = new Read(this, clock.monotonic() + (options?.deadlineMs ?? tuning.requestTimeoutMs), resolve, reject);
      this.liveCount++;
      deadlines.add(read);
      this.queue.push(read);
      this.context.gatherFlush(false);
    });
  }

  flush(): void {
    if (this.queue.length === 0) return;
    const { raw } = this.context;
    if (!raw.isLeader && raw.leaderId === 0) return;
    const reads = this.queue.filter(isWaiting);
    this.queue = [];
    if (reads.length === 0) return;
    const context = ++this.lastContext;
    if (raw.readIndex(encodeContext(context)) === ReadResult.Accepted) this.rounds.set(context, { reads, ticks: 0, isRepeated: false });
    else this.queue = reads;
    this.context.changed();
  }

  onReadState(state: ReadState): void {
    const context = decodeContext(state.context);
    const round = this.rounds.get(context);
    if (round === undefined) return;
    this.rounds.delete(context);
    for (const read of round.reads) {
      if (!isWaiting(read)) continue;
      read.isConfirmed = true;
      read.index = state.index;
      if (state.index <= this.context.appliedIndex()) this.resolve(read);
      else this.confirmed.push(read);
    }
  }

  /** The state machine has applied up to `index`. */
  applied(index: number): void {
    if (this.confirmed.length === 0) return;
    const waiting: Read[] = [];
    for (const read of this.confirmed) {
      if (read.isSettled) continue;
      if (read.index <= index) this.resolve(read);
      else waiting.push(read);
    }
    this.confirmed = waiting;
  }

  leadershipChanged(): void {
    for (const round of this.rounds.values()) this.repeat(round);
    this.rounds.clear();
    if (this.queue.length > 0) this.context.wantFlush();
  }

  tick(): void {
    if (this.rounds.size > 0) this.tickRounds();
    // A node that gets no entries keeps nothing of the reads that ran out of time meanwhile.
    if (this.confirmed.length > 0) this.confirmed = this.confirmed.filter((read) => !read.isSettled);
    if (this.queue.length === 0) return;
    this.queue = this.queue.filter(isWaiting);
    this.context.wantFlush();
  }

  private tickRounds(): void {
    for (const [context, round] of this.rounds) {
      if (!round.reads.some(isWaiting)) this.rounds.delete(context);
      else if (++round.ticks > REPEAT_AFTER_TICKS) this.repeat(round);
    }
    this.forget();
  }

  close(error: RaftoralError): void {
    this.closedBy = error;
    const all = [...this.queue, ...this.confirmed, ...[...this.rounds.values()].flatMap((round) => round.reads)];
    this.queue = [];
    this.confirmed = [];
    this.rounds.clear();
    for (const read of all) if (!read.isSettled) this.fail(read, new RaftoralError(error.code, error.message));
  }

  expire(read: Read): void {
    const text = `group ${this.context.groupId}: no leader confirmed the read with a majority before the deadline; retry, and see which nodes are down`;
    this.fail(read, new RaftoralError('NO_LEADER', text));
  }

  private repeat(round: Round): void {
    if (round.isRepeated) return;
    round.isRepeated = true;
    for (const read of round.reads) if (isWaiting(read)) this.queue.push(read);
    this.context.wantFlush();
  }

  /** Of the repeated ones, the oldest. */
  private forget(): void {
    const repeated = [...this.rounds].filter(([, { isRepeated }]) => isRepeated);
    for (const [context] of repeated.slice(0, Math.max(0, repeated.length - REPEATED_MAX))) this.rounds.delete(context);
  }

  private resolve(read: Read): void {
    this.settle(read);
    read.resolve(read.index);
  }

  private fail(read: Read, error: RaftoralError): void {
    this.settle(read);
    read.reject(error);
  }

  private settle(read: Read): void {
    read.isSettled = true;
    this.liveCount--;
    this.context.deadlines.remove(read);
  }
}

function isWaiting({ isSettled, isConfirmed }: Read): boolean {
  return !isSettled && !isConfirmed;
}

function encodeContext(context: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, context, true);
  return bytes;
}

function decodeContext(bytes: Uint8Array): number {
  return bytes.length === 8 ? new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true) : -1;
}
