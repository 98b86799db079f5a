/**
 * One command on its way, and the list of those whose place in the log is known. Owned by ProposalRouter.
 *
 * O1. A proposal settles once. `isSettled` proposals may still stand in a list; whoever meets one there skips it.
 * O2. PlacedList is ascending by index.
 */
import type { DeadlineItem } from './deadline-heap.js';
import type { Applied } from './group.js';

export interface ProposalOwner<Result> {
  expire(proposal: Proposal<Result>): void;
}

export class Proposal<Result> implements DeadlineItem {
  heapIndex = -1;
  isSettled = false;
  /** Sends whose outcome is not known. Above 0, nobody may claim that it did not take effect. */
  unknownSends = 0;
  hasBeenSent = false;
  index = 0;
  term = 0;

  /** `resolve` null: a command of the engine, sent again for ever (submit). */
  constructor(
    private readonly owner: ProposalOwner<Result>,
    readonly frame: Uint8Array,
    public dueAt: number,
    readonly requestId: string | undefined,
    readonly resolve: ((applied: Applied<Result>) => void) | null,
    readonly reject: ((error: Error) => void) | null,
    readonly cancelled: (() => boolean) | null,
  ) {}

  onDue(): void {
    this.owner.expire(this);
  }
}

const SHRINK_AT = 1024;

export class PlacedList<Result> {
  private items: Proposal<Result>[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  /** Index of the first, Infinity if there is none. */
  get firstIndex(): number {
    return this.head < this.items.length ? this.items[this.head]!.index : Infinity;
  }

  add(proposal: Proposal<Result>): void {
    const items = this.items;
    let at = items.length;
    while (at > this.head && items[at - 1]!.index > proposal.index) at--;
    if (at === items.length) items.push(proposal);
    else items.splice(at, 0, proposal);
  }

  shift(): Proposal<Result> {
    const items = this.items;
    const first = items[this.head++]!;
    if (this.head === items.length) {
      // The common case of one in flight spares the slow setter of `length`.
      if (items.length === 1) items.pop();
      else this.items = [];
      this.head = 0;
    } else if (this.head >= SHRINK_AT && this.head * 2 > items.length) {
      this.items = items.slice(this.head);
      this.head = 0;
    }
    return first;
  }

  /** Removes and returns everything. */
  drain(): Proposal<Result>[] {
    const all = this.items.slice(this.head);
    this.items = [];
    this.head = 0;
    return all;
  }
}
