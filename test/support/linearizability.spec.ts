/**
 * The checker against histories whose verdict is known, and against one that tries every order.
 */
import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { registerModel, workflowModel, type RegisterInput, type WorkflowInput, type WorkflowOutput } from './linearizability-models.js';
import { HistoryRecorder } from './linearizability-recorder.js';
import { checkByKey, checkLinearizable, explain, type Model, type Operation } from './linearizability.js';

type RegisterOperation = Operation<RegisterInput, string>;

const put = (value: string, invokedAt: number, returnedAt = Infinity): RegisterOperation => ({
  client: `put ${value}`,
  input: { key: 'k', put: value },
  output: returnedAt === Infinity ? undefined : '',
  invokedAt,
  returnedAt,
});
const read = (output: string, invokedAt: number, returnedAt: number): RegisterOperation => ({
  client: `read ${output}`,
  input: { key: 'k' },
  output,
  invokedAt,
  returnedAt,
});
const register = (...operations: RegisterOperation[]): string => checkLinearizable(registerModel, operations).verdict;

describe('Linearizability of a register', () => {
  it('takes histories that one machine could have had', () => {
    expect(register()).toBe('linearizable');
    expect(register(put('a', 1, 2), read('a', 3, 4))).toBe('linearizable');
    expect(register(put('a', 1, 4), read('', 2, 3))).toBe('linearizable');
    expect(register(put('a', 1, 10), put('b', 2, 9), read('b', 3, 4), read('a', 5, 6))).toBe('linearizable');
    // At one moment: concurrent.
    expect(register(put('a', 1, 2), read('', 2, 3))).toBe('linearizable');
  });

  it('refuses a stale read', () => {
    expect(register(put('a', 1, 2), put('b', 3, 4), read('a', 5, 6))).toBe('violated');
    expect(register(put('a', 1, 2), read('', 3, 4))).toBe('violated');
    // Two readers see one put in an order that can not be.
    expect(register(put('a', 1, 10), read('a', 2, 3), read('', 4, 5))).toBe('violated');
  });

  it('refuses a lost update, and a value that nobody put', () => {
    expect(register(put('a', 1, 2), put('b', 3, 4), read('b', 5, 6), read('a', 7, 8))).toBe('violated');
    expect(register(put('a', 1, 2), read('c', 3, 4))).toBe('violated');
  });

  it('refuses a put that takes effect twice', () => {
    expect(register(put('a', 1, 2), put('b', 3, 4), read('b', 5, 6), read('a', 7, 8), read('b', 9, 10))).toBe('violated');
    expect(register(put('a', 1, 20), put('b', 2, 4), read('a', 5, 6), read('b', 7, 8), read('a', 9, 10))).toBe('violated');
  });

  it('lets a put that was never answered take effect late, or never, and only once, and not before it was sent', () => {
    expect(register(put('a', 1), read('', 2, 3), read('a', 4, 5))).toBe('linearizable');
    expect(register(put('a', 1), read('', 2, 3), read('', 4, 5))).toBe('linearizable');
    expect(register(put('a', 1), read('a', 2, 3), put('b', 4, 5), read('a', 6, 7))).toBe('violated');
    expect(register(read('a', 1, 2), put('a', 3))).toBe('violated');
    expect(register(put('a', 1), put('b', 2), read('b', 3, 4), read('a', 5, 6), read('b', 7, 8))).toBe('violated');
    expect(register(put('a', 1), put('b', 2), read('b', 3, 4), read('a', 5, 6))).toBe('linearizable');
  });

  it('names the key, the order so far and the operation that nothing explains', () => {
    const verdict = checkByKey(registerModel, [put('a', 1, 2), put('b', 3, 4), read('a', 5, 6)], ({ key }) => key);
    expect(explain(verdict)).toBe(
      [
        `the history of 'k' is not linearizable; in order so far:`,
        `  put a: {"key":"k","put":"a"} → "" (1..2)`,
        `  put b: {"key":"k","put":"b"} → "" (3..4)`,
        `and nothing explains read a: {"key":"k"} → "a" (5..6)`,
      ].join('\n'),
    );
  });

  it('agrees with a checker that tries every order, on random histories', () => {
    const random = new SeededRandom(2017);
    const counts = { linearizable: 0, violated: 0 };
    for (let round = 0; round < 3000; round++) {
      const operations = randomHistory(random);
      const expected = anyOrderFits(registerModel, operations) ? 'linearizable' : 'violated';
      const verdict = checkLinearizable(registerModel, operations);
      if (verdict.verdict !== expected) throw new Error(`round ${round}: ${JSON.stringify(operations)}, expected ${expected}`);
      counts[expected]++;
    }
    // Both are there often enough to tell.
    expect(Math.min(counts.linearizable, counts.violated)).toBeGreaterThan(500);
  });

  it('takes 100,000 operations of 500 keys, some without an answer, in a number of steps that grows with their number only', () => {
    const random = new SeededRandom(1993);
    const operations = longHistory(random, 100_000, 500);
    const verdict = checkByKey(registerModel, operations, ({ key }) => key);
    expect(verdict.verdict).toBe('linearizable');
    expect(verdict.steps).toBeLessThan(40 * operations.length);
    // One old value, late: found among all of them.
    const stale: RegisterOperation = { ...read('', 200_001, 200_002), input: { key: operations.at(-1)!.input.key } };
    expect(checkByKey(registerModel, [...operations, stale], ({ key }) => key).verdict).toBe('violated');
  });

  it('says that it has not decided when its budget is used up', () => {
    const values = Array.from({ length: 14 }, (_, i) => String(i));
    const operations = [...values.map((value) => put(value, 1, 100)), read('x', 2, 99)];
    const verdict = checkLinearizable(registerModel, operations, { stepsMax: 2000 });
    expect(verdict).toEqual({ verdict: 'not decided', steps: 2000, key: '' });
    expect(explain(verdict)).toBe('the history is not decided after 2000 steps');
    expect(checkByKey(registerModel, operations, ({ key }) => key, { stepsMax: 2000 }).verdict).toBe('not decided');
  });
});

describe('Linearizability of a workflow id', () => {
  const history = (script: (recorder: HistoryRecorder<WorkflowInput, WorkflowOutput>) => void): string => {
    const recorder = new HistoryRecorder<WorkflowInput, WorkflowOutput>();
    script(recorder);
    return checkByKey(workflowModel, recorder.operations, ({ workflowId }) => workflowId).verdict;
  };
  type Recorder = HistoryRecorder<WorkflowInput, WorkflowOutput>;
  const call = (recorder: Recorder, name: WorkflowInput['call'], output?: WorkflowOutput): number => {
    const id = recorder.invoke('c', { workflowId: 'w', call: name });
    if (output !== undefined) recorder.returned(id, output);
    return id;
  };

  it('takes a run that is started, signalled, looked at, and ends by itself', () => {
    const verdict = history((recorder) => {
      call(recorder, 'describe', 'absent');
      const start = call(recorder, 'start');
      call(recorder, 'end');
      call(recorder, 'describe', 'open');
      recorder.returned(start, 'r1');
      call(recorder, 'signal', 'recorded');
      const late = call(recorder, 'signal');
      call(recorder, 'seen', 1);
      call(recorder, 'seen', 2);
      recorder.returned(late, 'recorded');
      call(recorder, 'result', 'closed');
      call(recorder, 'describe', 'closed');
    });
    expect(verdict).toBe('linearizable');
  });

  it.each<[string, (recorder: Recorder) => void]>([
    ['a start that was acknowledged and is not seen', (r) => (call(r, 'start', 'r1'), call(r, 'end'), call(r, 'describe', 'absent'))],
    ['one id, two runs', (r) => (call(r, 'start', 'r1'), call(r, 'end'), call(r, 'start', 'r2'))],
    [
      'a run that is open again after its result was known',
      (r) => (call(r, 'start', 'r1'), call(r, 'end'), call(r, 'result', 'closed'), call(r, 'describe', 'open')),
    ],
    [
      'a query that misses a signal that was acknowledged before it',
      (r) => (call(r, 'start', 'r1'), call(r, 'end'), call(r, 'signal', 'recorded'), call(r, 'seen', 0)),
    ],
    ['a signal that counts twice', (r) => (call(r, 'start', 'r1'), call(r, 'end'), call(r, 'signal', 'recorded'), call(r, 'seen', 2))],
  ])('refuses %s', (_, script) => {
    expect(history(script)).toBe('violated');
  });

  it('forgets what surely had no effect', () => {
    const recorder = new HistoryRecorder<WorkflowInput, WorkflowOutput>();
    recorder.hadNoEffect(call(recorder, 'start'));
    expect(recorder.size).toBe(0);
  });
});

function randomHistory(random: SeededRandom): RegisterOperation[] {
  const values = ['a', 'b'];
  return Array.from({ length: 1 + random.int(6) }, () => {
    const invokedAt = random.int(12);
    const returnedAt = invokedAt + 1 + random.int(6);
    if (random.chance(0.5)) return put(random.pick(values), invokedAt, random.chance(0.25) ? Infinity : returnedAt);
    return read(random.pick(['', ...values]), invokedAt, returnedAt);
  });
}

/** Every order of every subset that has all answered operations. */
function anyOrderFits<S, I, O>(model: Model<S, I, O>, operations: ReadonlyArray<Operation<I, O>>): boolean {
  const search = (state: S, left: ReadonlyArray<Operation<I, O>>): boolean => {
    if (left.every(({ output }) => output === undefined)) return true;
    return left.some((operation) => {
      if (left.some((other) => other !== operation && other.output !== undefined && other.returnedAt < operation.invokedAt)) return false;
      const next = model.step(state, operation.input, operation.output);
      return (
        next !== null &&
        search(
          next.state,
          left.filter((other) => other !== operation),
        )
      );
    });
  };
  return search(model.init(), operations);
}

/** Of real registers: each operation takes effect somewhere between its invocation and its return. */
function longHistory(random: SeededRandom, count: number, keys: number): RegisterOperation[] {
  const values = new Map<string, string>();
  const drafts: Array<{ input: RegisterInput; invokedAt: number; effectAt: number; returnedAt: number; lost: boolean }> = [];
  for (let i = 0; i < count; i++) {
    const key = `k${random.int(keys)}`;
    const isPut = random.chance(0.5);
    const invokedAt = 2 * i;
    const effectAt = invokedAt + random.int(3 * keys);
    const input: RegisterInput = isPut ? { key, put: `v${i}` } : { key };
    drafts.push({ input, invokedAt, effectAt, returnedAt: effectAt + random.int(3 * keys), lost: isPut && random.chance(0.002) });
  }
  const outputs = new Map<(typeof drafts)[number], string>();
  for (const draft of [...drafts].sort((a, b) => a.effectAt - b.effectAt)) {
    const { key, put: value } = draft.input;
    if (value === undefined) outputs.set(draft, values.get(key) ?? '');
    else if (!draft.lost || random.chance(0.5)) values.set(key, value);
  }
  return drafts.map((draft, i) => ({
    client: String(i),
    input: draft.input,
    output: draft.lost ? undefined : (outputs.get(draft) ?? ''),
    invokedAt: draft.invokedAt,
    returnedAt: draft.lost ? Infinity : draft.returnedAt,
  }));
}
