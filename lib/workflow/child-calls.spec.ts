/** Calls that the owner of a parent makes for its children, and what answers them (docs/adr/0065): with a clock of the test's own. */
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { RaftoralError } from '../errors/index.js';
import { AbortScope } from './abort-scope.js';
import { ChildCalls, type ChildStart } from './child-calls.js';
import type { ComputeAttempt } from './compute-runner.js';
import type { ServiceOf } from './service.js';

const CHILD: ChildStart = {
  name: 'ship',
  version: undefined,
  inputText: '1',
  workflowId: 'w',
  parent: { workflowId: 'p', runId: 'r', key: '$child/k', occurrence: 0, token: 'token', onClose: 'cancel' },
};

interface Called {
  readonly result: Promise<unknown>;
  readonly attempt: ComputeAttempt;
  readonly calls: string[];
  /** Lets time pass until it is answered, at most so long, ms. */
  settle(): Promise<unknown>;
}

/** A start, which is answered by these one after the other; the last one again and again. */
function starting(...answers: ReadonlyArray<RaftoralError | string>): Called {
  const clock = new ManualClock(0);
  const calls: string[] = [];
  const attempt = { over: false, abortScope: new AbortScope() } as unknown as ComputeAttempt;
  const serviceOf = ((workflowId: string): Partial<ReturnType<ServiceOf>> => ({
    startChild: async () => {
      const answer = answers[Math.min(calls.length, answers.length - 1)]!;
      calls.push(workflowId);
      if (answer instanceof RaftoralError) throw answer;
      return { workflowId, runId: answer, existing: false, requestId: 'token' };
    },
  })) as ServiceOf;
  const result = new ChildCalls({ clock, serviceOf, warning: () => undefined }).start(CHILD, attempt);
  result.catch(() => undefined);
  const settle = async (): Promise<unknown> => {
    const ended = { isOver: false };
    void result.then(
      () => (ended.isOver = true),
      () => (ended.isOver = true),
    );
    for (let turns = 0; turns < 500 && !ended.isOver; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.step(clock.now() + 10_000);
    }
    if (!ended.isOver) throw new Error('it is not answered');
    return result;
  };
  return { result, attempt, calls, settle };
}

describe('a child that is started', () => {
  it.each([
    'NO_LEADER',
    'NOT_MEMBER',
    'OUTCOME_UNKNOWN',
    'WRONG_CLUSTER',
    'NO_ROUTE',
    'SHUTTING_DOWN',
    'OVERLOADED',
    'MEMBERSHIP_REFUSED',
    'WORKFLOW_BLOCKED',
  ] as const)('C1: %s passes: the call is made again until it is answered, and is never a failure of the workflow', async (code) => {
    const called = starting(...Array.from({ length: 30 }, () => new RaftoralError(code, 'not now')), 'run-1');
    expect(await called.settle()).toEqual({ workflowId: 'w', runId: 'run-1' });
    expect(called.calls).toHaveLength(31);
  });

  it('C1: a node of an older build, which does not know the call, has the last word no more than one that is silent', async () => {
    const unknown = new RaftoralError('INVALID_ARGUMENT', 'no such call', { details: { argument: 'method' } });
    expect(await starting(unknown, unknown, 'run-1').settle()).toMatchObject({ runId: 'run-1' });
    const refused = starting(new RaftoralError('INVALID_ARGUMENT', 'no such version', { details: { argument: 'version' } }));
    await expect(refused.settle()).rejects.toMatchObject({ code: 'CHILD_NOT_STARTED', cause: { code: 'INVALID_ARGUMENT' } });
    expect(refused.calls).toHaveLength(1);
  });

  it('C4: an attempt that is given up makes no further call', async () => {
    const called = starting(new RaftoralError('NO_LEADER', 'not now'));
    await new Promise((resolve) => setImmediate(resolve));
    (called.attempt as { over: boolean }).over = true;
    const before = called.calls.length;
    await expect(called.settle()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(called.calls).toHaveLength(before);
  });
});
