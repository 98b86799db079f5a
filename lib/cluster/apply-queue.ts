/**
 * Committed entries that wait for what the state machine has to fetch before it applies them (R27). Only with a state store.
 *
 * Q1. Messages are applied in order, each as a whole; none overtakes one that waits.
 * Q2. Between a fetch and the entries that it was made for nothing else is fetched or applied.
 * Q3. A snapshot that is about to be installed covers all that waits: drop() hands it back, and what is being fetched is waited for, not used.
 * Bound: the core hands out no more than its limit of bytes before they are applied.
 * Tests: apply-queue.spec.ts, test/cluster/stored-state.spec.ts.
 */
import { EntryType, type Message } from '../raft/index.js';

const NO_MESSAGES: readonly Message[] = [];

export class ApplyQueue {
  private waiting: Message[] = [];
  /** Of the first one, or of one that was dropped. Never rejects. */
  private fetching: Promise<void> | null = null;
  private isFetched = false;

  constructor(
    private readonly prefetch: (frames: readonly Uint8Array[]) => Promise<void> | null,
    /** Asks for a turn, in which next() is to be called. */
    private readonly resume: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  push(message: Message): void {
    this.waiting.push(message);
  }

  /** In a turn: the next message that may be applied now. */
  next(): Message | null {
    const first = this.waiting[0];
    if (first === undefined || this.fetching !== null) return null;
    if (!this.isFetched) {
      const fetched = this.prefetch(framesOf(first));
      if (fetched !== null) {
        this.follow(fetched);
        return null;
      }
    }
    this.isFetched = false;
    this.waiting.shift();
    return first;
  }

  /** What waits, and waits no more. */
  drop(): readonly Message[] {
    this.isFetched = false;
    if (this.waiting.length === 0) return NO_MESSAGES;
    return this.waiting.splice(0);
  }

  /** Resolves when nothing is being fetched; null: nothing is. */
  get settled(): Promise<void> | null {
    return this.fetching;
  }

  private follow(fetched: Promise<void>): void {
    const first = this.waiting[0];
    this.fetching = fetched.then(
      () => {
        this.fetching = null;
        this.isFetched = this.waiting[0] === first;
        this.resume();
      },
      (error: unknown) => {
        this.fetching = null;
        this.failed(error);
      },
    );
  }
}

function framesOf(message: Message): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const { entries } = message;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    if (entry.type === EntryType.Normal && entry.data.length > 0) frames.push(entry.data);
  }
  return frames;
}
