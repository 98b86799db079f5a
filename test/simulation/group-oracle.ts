/**
 * Watches what every node of a group applies. Owns the one true log, as far as any node has applied it.
 *
 * O1. One leader per term.
 * O2. The entry at an index is the same on every node and never changes; no node skips, repeats or reorders one, also behind a snapshot:
 *     each node's position in the list of all applied entries moves by one.
 * O3. State machines are equal at equal applied index (compared every few entries, at every snapshot and at the end).
 * O4. What a node applied is never lost: at the end every live node has all of it.
 * O5. Where nodes start again from their disks: every answer of apply is that of a machine that was never stopped and holds everything in memory.
 *
 * It only takes note: a violation is kept, and thrown by check(), so that no host can swallow it.
 */
import { createHash } from 'node:crypto';
import type { ConfState } from '../../lib/raft/index.js';
import { isDeepStrictEqual } from 'node:util';
import { isRaftoralError } from '../../lib/errors/index.js';
import type { RowStateMachine, StateImage, StateMachine, StateSource, StoredState } from '../../lib/state-machine/index.js';
import type { TraceHash } from '../../lib/testing/trace-hash.js';
import { Violation } from './violation.js';

/** Entries between two comparisons of whole states. */
const COMPARE_EVERY = 100;

interface AppliedEntry {
  readonly index: number;
  readonly term: number;
  readonly frame: Uint8Array;
  /** Who applied it first. */
  readonly node: number;
  /** Of the reference. */
  readonly result: unknown;
}

/** A node at the end. */
export interface FinalNode {
  readonly id: number;
  readonly appliedIndex: number;
  snapshot(): Uint8Array | Promise<Uint8Array>;
  /** Its disk may be damaged, and not have noticed yet. */
  readonly mayBeDamaged?: boolean;
}

export class GroupOracle {
  /** Snapshots that were put in place of a node's state. */
  restores = 0;
  private readonly leaders = new Map<number, number>();
  private readonly applied: AppliedEntry[] = [];
  private readonly states = new Map<number, { readonly digest: string; readonly node: number }>();
  /** Entries that onEntry was told of. */
  private told = 0;
  private violation: Violation | null = null;
  private reference: StateMachine<unknown> | null = null;
  private readonly memberships: Array<{ readonly index: number; readonly confState: ConfState }> = [];
  private membership: { readonly index: number; readonly confState: ConfState | null } = { index: 0, confState: null };

  get lastIndex(): number {
    return this.applied.at(-1)?.index ?? 0;
  }

  get entries(): number {
    return this.applied.length;
  }

  /** Adds everything that was committed. */
  addTo(trace: TraceHash): void {
    for (const { index, term, frame } of this.applied) {
      trace.number(index);
      trace.number(term);
      trace.bytes(frame);
    }
  }

  /** Told of each entry once, by the first node that applies it, with its answer. */
  onEntry: ((node: number, index: number, frame: Uint8Array, result: unknown) => void) | null = null;

  /** Told of each entry once, before the first node applies it. */
  beforeEntry: ((frame: Uint8Array) => void) | null = null;

  /** O5. `machine` is fed every entry, once. */
  compareWith(machine: StateMachine<unknown>): void {
    this.reference = machine;
  }

  /** Throws the first violation that anybody noted. */
  check(): void {
    if (this.violation !== null) throw this.violation;
  }

  note(promise: string, message: string): void {
    this.violation ??= new Violation(promise, message);
  }

  leads(term: number, node: number): void {
    const known = this.leaders.get(term);
    if (known === undefined) this.leaders.set(term, node);
    else if (known !== node) this.note('one leader per term', `nodes ${known} and ${node} both led in term ${term}`);
  }

  /** The machine that a host is given in place of `machine`. */
  observe<Result>(node: number, machine: StateMachine<Result>): StateMachine<Result> {
    let position = -1; // in the list, of the last applied entry
    let lastIndex = 0;
    const begin = (index: number): void => {
      lastIndex = index;
      position = this.positionAt(index);
    };
    const observed: StateMachine<Result> = {
      get logTimeMs() {
        return machine.logTimeMs ?? 0;
      },
      apply: (index: number, term: number, frame: Uint8Array): Result => {
        if (index <= lastIndex) this.note('log', `node ${node} applied ${index} after ${lastIndex}`);
        lastIndex = index;
        position = this.follow(node, position, index, term, frame);
        if (position === this.told) this.beforeEntry?.(frame);
        const result = machine.apply(index, term, frame);
        if (this.reference !== null) this.compareResult(node, position, result);
        else if (position % COMPARE_EVERY === COMPARE_EVERY - 1) this.compareState(node, index, machine.snapshot());
        if (position === this.told) {
          this.told++;
          this.onEntry?.(node, index, frame, result);
        }
        return result;
      },
      applyMembership: (index: number, membership: ConfState): void => {
        this.followMembership(index, membership);
        machine.applyMembership(index, membership);
      },
      snapshot: (): Uint8Array => machine.snapshot(),
      restore: (index: number, bytes: Uint8Array): void => {
        if (index < lastIndex) this.note('log', `node ${node} was restored to ${index} after it had applied ${lastIndex}`);
        machine.restore(index, bytes);
        this.compareState(node, index, bytes);
        begin(index);
      },
    };
    if (machine.check !== undefined) observed.check = (frame): void => machine.check!(frame);
    return isRowMachine(machine) ? this.observeRows(observed, machine, begin) : observed;
  }

  /** What a node sends to others is what every node has at that position: as the bytes of a snapshot. */
  async compareImage<Result>(node: number, machine: StateMachine<Result>, image: StateImage): Promise<void> {
    if (isRowMachine(machine)) this.compareState(node, image.position.index, await machine.bytesOf(image));
    else await image.close();
  }

  /** All of them have applied everything, and are equal. */
  async compareFinal(nodes: readonly FinalNode[]): Promise<void> {
    let expected = this.reference === null ? null : digestOf(this.reference.snapshot());
    let whose = 'the reference';
    for (const node of nodes) {
      const { id, appliedIndex } = node;
      if (appliedIndex < this.lastIndex) {
        this.note('P1', `node ${id} ended at ${appliedIndex}, but ${this.lastIndex} had been applied by node ${this.applied.at(-1)!.node}`);
      }
      const digest = await finalDigest(node);
      if (digest === null) continue;
      expected ??= digest;
      if (digest !== expected) this.note('states equal', `${whose} and node ${id} differ at the end`);
      whose = `node ${id}`;
    }
  }

  private observeRows<Result>(
    observed: StateMachine<Result>,
    machine: RowStateMachine<Result>,
    begin: (index: number) => void,
  ): RowStateMachine<Result> {
    return {
      ...observed,
      // Spread would freeze it.
      get logTimeMs() {
        return machine.logTimeMs ?? 0;
      },
      cut: () => machine.cut(),
      load: (stored: StoredState, source: StateSource): void => {
        machine.load(stored, source);
        begin(stored.position.index);
      },
      prefetch: (frames) => machine.prefetch(frames),
      rowsOf: (position, bytes) => machine.rowsOf(position, bytes),
      expectRows: (position, group) => machine.expectRows(position, group),
      bytesOf: (image) => machine.bytesOf(image),
    };
  }

  private follow(node: number, position: number, index: number, term: number, frame: Uint8Array): number {
    const next = position + 1;
    const known = this.applied[next];
    if (known === undefined) this.applied.push({ index, term, frame, node, result: this.reference?.apply(index, term, frame) });
    else if (known.index !== index || known.term !== term || (known.frame !== frame && Buffer.compare(known.frame, frame) !== 0)) {
      const what = known.index === index ? 'another entry' : `an entry at ${index} where ${known.index} stands`;
      this.note('log', `node ${node} applied ${what} than node ${known.node}, at ${index} in term ${term}`);
    }
    return next;
  }

  /** Voters by the last membership that any node has applied, at or before `index`. */
  votersAt(index: number): readonly number[] {
    for (let i = this.memberships.length - 1; i >= 0; i--) {
      const { index: at, confState } = this.memberships[i]!;
      if (at <= index) return [...new Set([...confState.voters, ...confState.votersOutgoing])];
    }
    return [];
  }

  private followMembership(index: number, membership: ConfState): void {
    if (index > (this.memberships.at(-1)?.index ?? -1)) this.memberships.push({ index, confState: membership });
    const { reference } = this;
    if (reference === null || index <= this.membership.index || isDeepStrictEqual(membership, this.membership.confState)) return;
    this.membership = { index, confState: membership };
    reference.applyMembership(index, membership);
  }

  private compareResult(node: number, position: number, result: unknown): void {
    const known = this.applied[position];
    if (known === undefined || isDeepStrictEqual(withoutReason(known.result), withoutReason(result))) return;
    const text = `${JSON.stringify(result)}, and a node that was never stopped ${JSON.stringify(known.result)}`;
    this.note('states equal', `node ${node} answered at ${known.index} with ${text}`);
  }

  private positionAt(index: number): number {
    for (let i = this.applied.length - 1; i >= 0; i--) if (this.applied[i]!.index <= index) return i;
    return -1;
  }

  private compareState(node: number, index: number, snapshot: Uint8Array): void {
    const digest = digestOf(snapshot);
    const known = this.states.get(index);
    if (known === undefined) this.states.set(index, { digest, node });
    else if (known.digest !== digest) this.note('states equal', `nodes ${known.node} and ${node} differ at ${index}`);
  }
}

/** Why an owner's command was ignored is for people, and a closed run may be known as closed or not at all. */
function withoutReason(result: unknown): unknown {
  return typeof result === 'object' && result !== null && 'ignored' in result && result.ignored === true ? 'ignored' : result;
}

function isRowMachine<Result>(machine: StateMachine<Result>): machine is RowStateMachine<Result> {
  return 'cut' in machine;
}

/** null: its disk is damaged, and says so. */
async function finalDigest(node: FinalNode): Promise<string | null> {
  try {
    return digestOf(await node.snapshot());
  } catch (error) {
    if (node.mayBeDamaged === true && isRaftoralError(error, 'STORAGE_DAMAGED')) return null;
    throw error;
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}
