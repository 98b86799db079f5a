/**
 * Are the answers that clients had those of one machine that does one operation at a time, in an order that respects real time? Pure.
 *
 * L1. An operation takes effect at one moment between its invocation and its return. One that never returned may take effect at any moment after its
 *     invocation, or never. One that surely had no effect is no operation: leave it out.
 * L2. Search: depth first over the operations that may come next, those invoked before the first return among the rest (Wing and Gong 1993). What was tried
 *     is remembered as (set of operations done, state), and not tried again (Lowe 2017); the set is kept exactly, so no answer hangs on a hash.
 * L3. Operations without an answer are tried last, and not at all where they change nothing: leaving them out can not be worse.
 * L4. Histories of different keys are independent where the model is a product over keys (Horn and Kroening 2015): checkByKey() takes each alone.
 * L5. The search is exponential in the worst case. It ends after `stepsMax` calls of the model, and says that it has not decided.
 * Tests: linearizability.spec.ts.
 */

/** What the operations act on. */
export interface Model<State, Input, Output> {
  init(): State;
  /**
   * The state after `input`, or null where a machine in `state` can not do it, or would have answered otherwise. `output` is undefined where no answer
   * is known: then null says that it has no effect here. Never changes `state`.
   */
  step(state: State, input: Input, output: Output | undefined): { readonly state: State } | null;
  /** Equal texts for equal states, and for no others. */
  hash(state: State): string;
}

export interface Operation<Input, Output> {
  /** For the report only. */
  readonly client: string;
  readonly input: Input;
  /** undefined: it never returned. */
  readonly output: Output | undefined;
  /** Any clock that all share; at equal times two operations count as concurrent. */
  readonly invokedAt: number;
  /** Infinity: it never returned. */
  readonly returnedAt: number;
}

export interface CheckOptions {
  /** Calls of model.step() over all keys. Default 10 million. */
  readonly stepsMax?: number;
}

export type Verdict<Input, Output> =
  | { readonly verdict: 'linearizable'; readonly steps: number }
  | { readonly verdict: 'not decided'; readonly steps: number; readonly key: string }
  | {
      readonly verdict: 'violated';
      readonly steps: number;
      readonly key: string;
      /** The longest order that was found, and the operation whose return could not be passed. */
      readonly prefix: ReadonlyArray<Operation<Input, Output>>;
      readonly stuckAt: Operation<Input, Output>;
    };

const STEPS_MAX = 10_000_000;

/** One history, as a whole. */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: ReadonlyArray<Operation<Input, Output>>,
  options: CheckOptions = {},
): Verdict<Input, Output> {
  return new Search(model, operations, options.stepsMax ?? STEPS_MAX, '').run();
}

/** Each key's history alone (L4). Answers with the first key that is violated; else with one that is not decided, if there is one. */
export function checkByKey<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: ReadonlyArray<Operation<Input, Output>>,
  keyOf: (input: Input) => string,
  options: CheckOptions = {},
): Verdict<Input, Output> {
  const byKey = new Map<string, Array<Operation<Input, Output>>>();
  for (const operation of operations) {
    const key = keyOf(operation.input);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [operation]);
    else known.push(operation);
  }
  let left = options.stepsMax ?? STEPS_MAX;
  let steps = 0;
  let undecided: Verdict<Input, Output> | null = null;
  for (const [key, part] of byKey) {
    const verdict = new Search(model, part, left, key).run();
    steps += verdict.steps;
    left -= verdict.steps;
    if (verdict.verdict === 'violated') return { ...verdict, steps };
    if (verdict.verdict === 'not decided') undecided ??= verdict;
  }
  return undecided === null ? { verdict: 'linearizable', steps } : { ...undecided, steps };
}

/** What is against a history, for people. */
export function explain<Input, Output>(verdict: Verdict<Input, Output>): string {
  if (verdict.verdict === 'linearizable') return `linearizable (${verdict.steps} steps)`;
  const of = verdict.key === '' ? '' : ` of '${verdict.key}'`;
  if (verdict.verdict === 'not decided') return `the history${of} is not decided after ${verdict.steps} steps`;
  const order = verdict.prefix.slice(-12).map((operation) => `  ${lineOf(operation)}`);
  const more = verdict.prefix.length > order.length ? [`  … ${verdict.prefix.length - order.length} before`] : [];
  return [
    `the history${of} is not linearizable; in order so far:`,
    ...more,
    ...order,
    `and nothing explains ${lineOf(verdict.stuckAt)}`,
  ].join('\n');
}

function lineOf({ client, input, output, invokedAt, returnedAt }: Operation<unknown, unknown>): string {
  const answer = output === undefined ? 'no answer' : JSON.stringify(output);
  return `${client}: ${JSON.stringify(input)} → ${answer} (${invokedAt}..${returnedAt})`;
}

/** A place in the list of what is left: calls and returns in the order of time. */
interface Entry {
  /** Of its operation, in the order of invocation. */
  readonly at: number;
  readonly isReturn: boolean;
  /** Position in time among all calls and returns. */
  readonly moment: number;
  previous: Entry | null;
  next: Entry | null;
  /** Of a call that returned. */
  end: Entry | null;
}

interface Choice<State> {
  readonly entry: Entry;
  /** Before it. */
  readonly state: State;
}

class Search<State, Input, Output> {
  private readonly operations: ReadonlyArray<Operation<Input, Output>>;
  private readonly head: Entry = { at: -1, isReturn: false, moment: -1, previous: null, next: null, end: null };
  /** Calls without a return, in the order of invocation; they stand in no list. */
  private readonly unanswered: Entry[] = [];
  private readonly isDone: Uint8Array;
  private readonly tried = new Set<string>();
  private readonly choices: Array<Choice<State>> = [];
  private steps = 0;
  /** Operations with an answer that are left. */
  private left = 0;
  /** All with an answer below are done; none above `highest` is. */
  private lowest = 0;
  private highest = -1;
  private longest: number[] = [];
  private stuckAt = 0;
  private isOver = false;

  constructor(
    private readonly model: Model<State, Input, Output>,
    operations: ReadonlyArray<Operation<Input, Output>>,
    private readonly stepsMax: number,
    private readonly key: string,
  ) {
    this.operations = [...operations].sort((a, b) => a.invokedAt - b.invokedAt);
    this.isDone = new Uint8Array(operations.length);
    this.link();
  }

  private link(): void {
    interface Point {
      readonly at: number;
      readonly isReturn: boolean;
      readonly time: number;
    }
    const points: Point[] = [];
    for (const [at, { invokedAt, returnedAt, output }] of this.operations.entries()) {
      points.push({ at, isReturn: false, time: invokedAt });
      if (output !== undefined) points.push({ at, isReturn: true, time: returnedAt });
    }
    // At one time calls come first: what may be concurrent counts as concurrent.
    points.sort((a, b) => a.time - b.time || Number(a.isReturn) - Number(b.isReturn) || a.at - b.at);
    const calls: Entry[] = [];
    let last = this.head;
    for (const [moment, { at, isReturn }] of points.entries()) {
      const entry: Entry = { at, isReturn, moment, previous: null, next: null, end: null };
      if (!isReturn) calls[at] = entry;
      else {
        calls[at]!.end = entry;
        this.left++;
      }
      if (this.operations[at]!.output === undefined) {
        this.unanswered.push(entry);
        continue;
      }
      entry.previous = last;
      last.next = entry;
      last = entry;
    }
  }

  run(): Verdict<Input, Output> {
    let state = this.model.init();
    let entry: Entry | null = this.head.next;
    let unansweredAt = 0;
    while (this.left > 0) {
      const chosen = this.choose(state, entry, unansweredAt);
      if (this.isOver) return { verdict: 'not decided', steps: this.steps, key: this.key };
      if (chosen !== null) {
        state = chosen.state;
        entry = this.head.next;
        unansweredAt = 0;
        continue;
      }
      const back = this.choices.pop();
      if (back === undefined) {
        const prefix = this.longest.map((at) => this.operations[at]!);
        return { verdict: 'violated', steps: this.steps, key: this.key, prefix, stuckAt: this.operations[this.stuckAt]! };
      }
      this.undo(back.entry);
      state = back.state;
      if (this.isAnswered(back.entry)) {
        entry = back.entry.next;
        unansweredAt = 0;
      } else {
        entry = null;
        unansweredAt = this.unanswered.indexOf(back.entry) + 1;
      }
    }
    return { verdict: 'linearizable', steps: this.steps };
  }

  /** Takes the next operation that fits, from `entry` on (null: those with an answer were all tried), then from `unansweredAt` on. */
  private choose(state: State, from: Entry | null, unansweredAt: number): { readonly state: State } | null {
    let entry = from;
    for (; entry !== null && !entry.isReturn; entry = entry.next) {
      const next = this.attempt(state, entry);
      if (next !== null || this.isOver) return next;
    }
    if (entry !== null && this.choices.length >= this.longest.length) {
      this.longest = this.choices.map(({ entry: { at } }) => at);
      this.stuckAt = entry.at;
    }
    const firstReturn = this.firstReturn();
    for (let i = unansweredAt; i < this.unanswered.length; i++) {
      const call = this.unanswered[i]!;
      if (call.moment > firstReturn) return null;
      if (this.isDone[call.at] === 1) continue;
      const next = this.attempt(state, call);
      if (next !== null || this.isOver) return next;
    }
    return null;
  }

  private firstReturn(): number {
    let entry = this.head.next;
    while (entry !== null && !entry.isReturn) entry = entry.next;
    return entry === null ? Infinity : entry.moment;
  }

  private attempt(state: State, entry: Entry): { readonly state: State } | null {
    if (this.steps >= this.stepsMax) {
      this.isOver = true;
      return null;
    }
    this.steps++;
    const { input, output } = this.operations[entry.at]!;
    const next = this.model.step(state, input, output);
    if (next === null) return null;
    const hash = this.model.hash(next.state);
    if (output === undefined && hash === this.model.hash(state)) return null;
    this.do(entry);
    const memo = this.memo(hash);
    if (this.tried.has(memo)) {
      this.undo(entry);
      return null;
    }
    this.tried.add(memo);
    this.choices.push({ entry, state });
    return next;
  }

  private isAnswered(entry: Entry): boolean {
    return entry.end !== null;
  }

  private do(entry: Entry): void {
    const { at, end } = entry;
    this.isDone[at] = 1;
    if (end === null) return;
    this.left--;
    unlink(entry);
    unlink(end);
    if (at > this.highest) this.highest = at;
    this.lowest = this.firstLeft();
  }

  private undo(entry: Entry): void {
    const { at, end } = entry;
    this.isDone[at] = 0;
    if (end === null) return;
    this.left++;
    relink(end);
    relink(entry);
    while (this.highest >= 0 && (this.isDone[this.highest] === 0 || this.operations[this.highest]!.output === undefined)) this.highest--;
    this.lowest = this.firstLeft();
  }

  /** What is left with an answer stands in the list in the order of invocation: its first entry is a call. */
  private firstLeft(): number {
    return this.head.next === null ? this.operations.length : this.head.next.at;
  }

  /** The set of operations done, and the state: exact, and short where few are under way at a time. */
  private memo(hash: string): string {
    let bits = '';
    for (let at = this.lowest; at <= this.highest; at++) bits += this.isDone[at];
    let unanswered = '';
    for (const { at } of this.unanswered) if (this.isDone[at] === 1) unanswered += `,${at}`;
    return `${this.lowest}/${bits}/${unanswered}/${hash}`;
  }
}

function unlink(entry: Entry): void {
  entry.previous!.next = entry.next;
  if (entry.next !== null) entry.next.previous = entry.previous;
}

/** In the reverse order of unlink(). */
function relink(entry: Entry): void {
  entry.previous!.next = entry;
  if (entry.next !== null) entry.next.previous = entry;
}
