/**
 * Storage writes of a host: one per turn for all groups, in order, many in flight (DESIGN §4).
 *
 * W1. Writes are handed to the storage in order, and their responses delivered in that order, each after its write is durable.
 * W2. A snapshot is saved before the write that resets the log to it is handed over, and holds up everything behind it (R36).
 * W3. A failed write ends it all: nothing is delivered any more (a failed sync is never retried over).
 * W4. A storage that answers at once costs no queue, no promise.
 * W5. emptied() is told once all that was in the queue when it was asked has been taken, or never will be.
 * Tests: write-pipeline.spec.ts, test/cluster/host.spec.ts.
 */
import type { Message, Snapshot } from '../raft/index.js';
import type { GroupWrite, RaftStorage } from '../storage/storage.js';

export interface Appended {
  appended(append: Message): void;
}

/** What a turn has to write. Parallel arrays: appends[i] belongs to groups[i]; `writes` may be shorter, for groups that only wait their turn. */
export interface WriteBatch<Group extends Appended> {
  readonly groups: readonly Group[];
  readonly appends: readonly Message[];
  readonly writes: readonly GroupWrite[];
}

interface Queued<Group extends Appended> {
  readonly batch: WriteBatch<Group>;
  state: 'waiting' | 'busy' | 'done';
  /** W5. */
  whenTaken: (() => void)[] | null;
}

export class WritePipeline<Group extends Appended> {
  private queue: Queued<Group>[] = [];
  private isBroken = false;
  /** A snapshot is being saved: nothing behind it may start. */
  private isBarred = false;

  /** `save` makes the state of a group durable; `resume` asks for a turn, in which deliver() is to be called. */
  constructor(
    private readonly storage: Pick<RaftStorage, 'write'>,
    private readonly save: (groupId: number, snapshot: Snapshot) => void | Promise<void>,
    private readonly resume: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  get inFlight(): number {
    return this.queue.length;
  }

  /**
   * In a turn. The first `count` of both arrays, which stay the caller's; appends[i] belongs to groups[i]. Returns true if all is durable already:
   * then the caller delivers.
   */
  writeNow(groups: readonly Group[], appends: readonly Message[], count: number, writes: readonly GroupWrite[]): boolean {
    if (this.isBroken) return false;
    if (this.queue.length === 0 && !hasReset(writes)) {
      const written = this.start(writes);
      if (written === undefined) return !this.isBroken;
      const queued = this.queued(groups.slice(0, count), appends.slice(0, count), writes, 'busy');
      this.queue.push(queued);
      this.follow(queued, written);
      return false;
    }
    this.queue.push(this.queued(groups.slice(0, count), appends.slice(0, count), writes, 'waiting'));
    this.pump();
    // A turn delivers it: this one, if it goes on, else one of its own.
    if (this.queue[0]?.state === 'done') this.resume();
    return false;
  }

  /** In a turn: the batches that are durable, in order. */
  takeDone(): WriteBatch<Group>[] {
    const done: WriteBatch<Group>[] = [];
    // What is taken may have held up a snapshot behind it, and that may be done at once.
    do {
      while (this.isFirstDone()) {
        const { batch, whenTaken } = this.queue.shift()!;
        done.push(batch);
        if (whenTaken !== null) for (const tell of whenTaken) tell();
      }
      this.pump();
    } while (this.isFirstDone());
    return this.isBroken ? [] : done;
  }

  private isFirstDone(): boolean {
    return this.queue[0]?.state === 'done';
  }

  /** W5. null: nothing is in the queue. */
  emptied(): Promise<void> | null {
    const last = this.queue.at(-1);
    return last === undefined ? null : new Promise((resolve) => (last.whenTaken ??= []).push(resolve));
  }

  stop(): void {
    this.isBroken = true;
    const { queue } = this;
    this.queue = [];
    for (const { whenTaken } of queue) if (whenTaken !== null) for (const tell of whenTaken) tell();
  }

  private queued(
    groups: readonly Group[],
    appends: readonly Message[],
    writes: readonly GroupWrite[],
    state: Queued<Group>['state'],
  ): Queued<Group> {
    return { batch: { groups, appends, writes }, state, whenTaken: null };
  }

  private pump(): void {
    for (const queued of this.queue) {
      if (this.isBroken || this.isBarred) return;
      if (queued.state !== 'waiting') continue;
      if (hasReset(queued.batch.writes)) {
        if (this.queue[0] !== queued) return;
        this.saveThenWrite(queued);
      } else {
        this.begin(queued);
      }
    }
  }

  private begin(queued: Queued<Group>): void {
    queued.state = 'busy';
    const written = this.start(queued.batch.writes);
    if (written === undefined) queued.state = 'done';
    else this.follow(queued, written);
  }

  private saveThenWrite(queued: Queued<Group>): void {
    const saves: Promise<void>[] = [];
    try {
      for (const { groupId, reset } of queued.batch.writes) {
        if (reset === null) continue;
        const saved = this.save(groupId, reset);
        if (saved !== undefined) saves.push(saved);
      }
    } catch (error) {
      // That is what is told. Those that have begun may fail as well, and nobody waits for them.
      void Promise.allSettled(saves);
      this.break(error);
      return;
    }
    if (saves.length === 0) {
      this.begin(queued);
      return;
    }
    queued.state = 'busy';
    this.isBarred = true;
    Promise.all(saves).then(
      () => {
        this.isBarred = false;
        this.begin(queued);
        this.resume();
      },
      (error: unknown) => this.break(error),
    );
  }

  private start(writes: readonly GroupWrite[]): void | Promise<void> {
    if (writes.length === 0) return undefined;
    try {
      return this.storage.write(writes);
    } catch (error) {
      this.break(error);
      return undefined;
    }
  }

  private follow(queued: Queued<Group>, written: Promise<void>): void {
    written.then(
      () => {
        queued.state = 'done';
        this.resume();
      },
      (error: unknown) => this.break(error),
    );
  }

  private break(error: unknown): void {
    if (this.isBroken) return;
    this.stop();
    this.failed(error);
  }
}

function hasReset(writes: readonly GroupWrite[]): boolean {
  for (let i = 0; i < writes.length; i++) if (writes[i]!.reset !== null) return true;
  return false;
}
