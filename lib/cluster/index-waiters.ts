/**
 * Those who wait until an index is applied. Owns the list, ascending by index.
 *
 * I1. A waiter settles once: when its index is applied, or when the group is over on this node.
 */
interface IndexWaiter {
  readonly index: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class IndexWaiters {
  private waiters: IndexWaiter[] = [];

  get length(): number {
    return this.waiters.length;
  }

  wait(index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let at = this.waiters.length;
      while (at > 0 && this.waiters[at - 1]!.index > index) at--;
      this.waiters.splice(at, 0, { index, resolve, reject });
    });
  }

  applied(index: number): void {
    if (this.waiters.length === 0 || this.waiters[0]!.index > index) return;
    let count = 0;
    while (count < this.waiters.length && this.waiters[count]!.index <= index) this.waiters[count++]!.resolve();
    this.waiters = this.waiters.slice(count);
  }

  close(error: Error): void {
    for (const waiter of this.waiters) waiter.reject(error);
    this.waiters = [];
  }
}
