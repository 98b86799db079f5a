/**
 * Watches what every node of a group applies. Owns the one true log, as far as any node has applied it.
 *
 * O1. One leader per term.
 * O2. The entry at an index is the same on every node and never changes; no node skips, repeats or reorders one, also behind a snapshot:
 *     each node's position in the list of all applied entries moves by one.
 * O3. State machines are equal at equal applied index (compared every few entries, at every snapshot and at the end).
 * O4. What a node applied is never lost: at the end every live node has all of it.
 *
 * It only takes note: a violation is kept, and thrown by check(), so that no host can swallow it.
 */
import { createHash } from 'node:crypto';
import type { ConfState } from '../../lib/raft/index.js';
import type { StateMachine } from '../../lib/state-machine/index.js';
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
}

export class GroupOracle {
  private readonly leaders = new Map<number, number>();
  private readonly applied: AppliedEntry[] = [];
  private readonly states = new Map<number, { readonly digest: string; readonly node: number }>();
  private violation: Violation | null = null;

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
  observe<Result>(node: number, machine: StateMachine<Result>, onApplied?: (index: number, frame: Uint8Array, result: Result) => void): StateMachine<Result> {
    let position = -1; // in the list, of the last applied entry
    let lastIndex = 0;
    return {
      apply: (index: number, term: number, frame: Uint8Array): Result => {
        if (index <= lastIndex) this.note('log', `node ${node} applied ${index} after ${lastIndex}`);
        lastIndex = index;
        position = this.follow(node, position, index, term, frame);
        const result = machine.apply(index, term, frame);
        if (position % COMPARE_EVERY === COMPARE_EVERY - 1) this.compareState(node, index, machine.snapshot());
        onApplied?.(index, frame, result);
        return result;
      },
      applyMembership: (index: number, membership: ConfState): void => machine.applyMembership(index, membership),
      snapshot: (): Uint8Array => machine.snapshot(),
      restore: (index: number, bytes: Uint8Array): void => {
        if (index < lastIndex) this.note('log', `node ${node} was restored to ${index} after it had applied ${lastIndex}`);
        machine.restore(index, bytes);
        lastIndex = index;
        position = this.positionAt(index);
      },
    };
  }

  /** All of them have applied everything, and are equal. */
  compareFinal(nodes: ReadonlyArray<{ readonly id: number; readonly appliedIndex: number; readonly machine: StateMachine<unknown> }>): void {
    const first = nodes[0]!;
    const digest = digestOf(first.machine.snapshot());
    for (const node of nodes) {
      if (node.appliedIndex < this.lastIndex) {
        this.note('P1', `node ${node.id} ended at ${node.appliedIndex}, but ${this.lastIndex} had been applied by node ${this.applied.at(-1)!.node}`);
      }
      if (digestOf(node.machine.snapshot()) !== digest) this.note('states equal', `nodes ${first.id} and ${node.id} differ at the end`);
    }
  }

  private follow(node: number, position: number, index: number, term: number, frame: Uint8Array): number {
    const next = position + 1;
    const known = this.applied[next];
    if (known === undefined) this.applied.push({ index, term, frame, node });
    else if (known.index !== index || known.term !== term || (known.frame !== frame && Buffer.compare(known.frame, frame) !== 0)) {
      const what = known.index === index ? 'another entry' : `an entry at ${index} where ${known.index} stands`;
      this.note('log', `node ${node} applied ${what} than node ${known.node}, at ${index} in term ${term}`);
    }
    return next;
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

function digestOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}
