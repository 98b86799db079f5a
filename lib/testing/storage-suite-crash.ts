/**
 * What the log half of the storage suite asks of an adapter; crashes between the calls of a script, and what may be found after them.
 *
 * K1. Found is the log as it was after one of the calls: at the earliest the last one that was acknowledged, at the latest the last one that was made.
 *     A call for several groups may be found in some of them.
 * K2. A commit index may be older: nobody was promised one. Entries that were compacted may still be there.
 */
import assert from 'node:assert/strict';
import { HardState, type Entry, type LogStorage } from '../raft/index.js';
import type { GroupWrite, RaftStorage, StorageIdentity } from '../storage/storage.js';

export interface RaftStorageFixture {
  /** Open. */
  readonly storage: RaftStorage;
  /** That open() resolved with. */
  readonly incarnation: number;
  /** Closes it, and opens it again, with changes to the identity. If that is refused, dispose() of this fixture still cleans up. */
  reopen(changes?: Partial<StorageIdentity>): Promise<RaftStorageFixture>;
  /**
   * The storage as it would be found, opened anew, if the process had been killed at this moment. Has copied what it needs when it returns its promise,
   * not when that resolves: the storage goes on writing.
   */
  crashCopy(): Promise<RaftStorageFixture>;
  dispose(): Promise<void>;
}

interface GroupContent {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
}

const NOTHING: GroupContent = { hardState: new HardState(0, 0, 0), entries: [] };

/** What each group had after each call, and which calls were acknowledged. Knows no resets. */
export class LogModel {
  private readonly histories = new Map<number, GroupContent[]>();
  private readonly running = new Set<Promise<void>>();
  private calls = 0;
  private acknowledged = 0;

  /** Makes a call, and does not wait for it. */
  call(writes: readonly GroupWrite[], make: () => void | Promise<void>): void {
    const number = ++this.calls;
    for (const write of writes) this.take(number, write);
    const made = Promise.resolve(make()).then(() => {
      assert.equal(this.acknowledged, number - 1, 'calls are acknowledged in their order');
      this.acknowledged = number;
    });
    this.running.add(made);
    void made.finally(() => this.running.delete(made)).catch(() => undefined);
  }

  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  /** Takes note of what may be found from now on; the check comes later (K1). */
  moment(): (logOf: (groupId: number) => LogStorage) => void {
    const { acknowledged, calls } = this;
    return (logOf) => {
      for (const [groupId, history] of this.histories) {
        fill(history, calls + 1);
        const log = logOf(groupId);
        const first = log.firstIndex();
        const found = { hard: log.initialState().hardState, entries: log.entries(first, log.lastIndex() + 1, Infinity)! };
        const isAllowed = history
          .slice(acknowledged, calls + 1)
          .some(({ hardState, entries }) => isSameVote(found.hard, hardState) && isSame(found.entries, entries.slice(first - 1)));
        assert.ok(
          isAllowed,
          `group ${groupId}: entries ${first}…${log.lastIndex()} (term ${log.term(log.lastIndex())}) with ${JSON.stringify(found.hard)} are not what any call from ${acknowledged} to ${calls} left`,
        );
      }
    };
  }

  private take(number: number, { groupId, entries, hardState }: GroupWrite): void {
    const history = this.histories.get(groupId) ?? [NOTHING];
    this.histories.set(groupId, history);
    fill(history, number);
    const before = history.at(-1)!;
    const kept = entries.length === 0 ? before.entries : before.entries.slice(0, entries[0]!.index - 1);
    history[number] = { hardState: hardState ?? before.hardState, entries: [...kept, ...entries] };
  }
}

/**
 * Makes the calls one after the other, crashes at once after each, again a little later, and once more when it is acknowledged; then looks at what each
 * crash left.
 */
export async function playCrashes(
  fixture: RaftStorageFixture,
  model: LogModel,
  script: readonly (() => void | Promise<void>)[],
): Promise<void> {
  const crashes: { readonly copy: Promise<RaftStorageFixture>; readonly check: (logOf: (groupId: number) => LogStorage) => void }[] = [];
  const crash = (): void => {
    crashes.push({ check: model.moment(), copy: fixture.crashCopy() });
  };
  crash();
  for (const [i, step] of script.entries()) {
    await step();
    crash();
    // eslint-disable-next-line no-restricted-globals -- the crash is to fall while a disk is at work, and that knows no virtual time
    await new Promise((resolve) => setImmediate(resolve));
    crash();
    // Every other call is made while the one before it may be on its way.
    if (i % 2 === 1) await model.settle();
    crash();
  }
  await model.settle();
  crash();
  for (const { copy, check } of crashes) {
    const found = await copy;
    check((groupId) => found.storage.log(groupId));
    await found.dispose();
  }
}

/** A call that is not for the group leaves it as it was. */
function fill(history: GroupContent[], length: number): void {
  while (history.length < length) history.push(history.at(-1)!);
}

const isSameVote = (a: HardState, b: HardState): boolean => a.term === b.term && a.vote === b.vote && a.commit <= b.commit;

function isSame(a: readonly Entry[], b: readonly Entry[]): boolean {
  return (
    a.length === b.length &&
    a.every((entry, i) => entry.index === b[i]!.index && entry.term === b[i]!.term && Buffer.compare(entry.data, b[i]!.data) === 0)
  );
}
