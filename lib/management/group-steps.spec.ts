import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RaftGroup, RequestHandler } from '../cluster/group.js';
import { RaftoralError } from '../errors/index.js';
import { GroupSteps, STEP_METHOD } from './group-steps.js';
import type { ManagementNode } from './node-port.js';
import type { GroupStep } from './placement/manager/view.js';
import { encodeStep, type LedGroup } from './request-codec.js';

const PROMOTE: GroupStep = { clusterId: 1, operation: 'promote', node: 4 };
const REMOVE: GroupStep = { clusterId: 1, operation: 'remove', node: 4 };
const REPLACE: GroupStep = { clusterId: 1, operation: 'replace', node: 4, lost: 3 };

interface Asked {
  readonly answer: () => void;
  /** As after its deadline. */
  readonly lose: () => void;
}

let asked: Asked[];
let handlers: Map<string, RequestHandler>;
/** Of group 1, which this node leads as well: ends a change. */
let end: (() => void) | null;
let steps: GroupSteps;

/** Node 1, beside node 2. */
beforeEach(() => {
  asked = [];
  handlers = new Map();
  end = null;
  const promote = (): Promise<void> => new Promise((resolve) => (end = resolve));
  const group = { groupId: 1, nodeId: 1, isLeader: true, promote } as unknown as RaftGroup;
  const node = {
    nodeId: 1,
    request: () =>
      new Promise<Uint8Array>((resolve, reject) => {
        const lose = (): void => reject(new RaftoralError('OUTCOME_UNKNOWN', 'no answer'));
        asked.push({ answer: () => resolve(new Uint8Array(0)), lose });
      }),
    handle: (method: string, handler: RequestHandler) => void handlers.set(method, handler),
    groups: () => [{ group, openWorkflows: 0, startsTotal: 0 }],
  } as unknown as ManagementNode;
  steps = new GroupSteps(node, { groupId: 0 } as unknown as RaftGroup);
  steps.start();
});

/** What node 2 says of group 1, which it leads. */
function heard(voters: readonly number[], learners: readonly number[] = [], isChanging = false): boolean {
  const counts = { term: 1, confIndex: 9, caughtUp: [], openWorkflows: 0, startsTotal: 0 };
  steps.heard({ clusterId: 1, voters, learners, isChanging, ...counts } as LedGroup);
  return steps.isUnderWay(1);
}

describe('steps of a membership (S3)', () => {
  it('one whose answer is lost is over once the leader says that it is done, and not before', async () => {
    const lost = steps.ask(2, PROMOTE, 10_000);
    expect(steps.isUnderWay(1)).toBe(true);
    expect(heard([1, 2, 3], [4])).toBe(true);
    // Done, and its leader has yet to end it.
    expect(heard([1, 2, 3, 4], [], true)).toBe(true);
    await expect(steps.ask(2, REMOVE, 10_000)).rejects.toMatchObject({ code: 'MEMBERSHIP_REFUSED', details: { reason: 'under-way' } });
    expect(heard([1, 2, 3, 4])).toBe(false);
    expect(asked).toHaveLength(1);
    // The next one is its own: the end of the first, of which nobody hears, is not the end of it.
    const next = steps.ask(2, REMOVE, 10_000);
    asked[0]!.lose();
    await expect(lost).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(heard([1, 2, 3, 4])).toBe(true);
    asked[1]!.answer();
    await next;
    expect(steps.isUnderWay(1)).toBe(false);
  });

  it('a replacement is done when both are where they are to be; what another cluster says is of no account', () => {
    void steps.ask(2, REPLACE, 10_000);
    expect(heard([1, 2, 3, 4])).toBe(true);
    steps.heard({ clusterId: 2, voters: [1, 2, 4], learners: [] as number[], isChanging: false } as unknown as LedGroup);
    expect(steps.isUnderWay(1)).toBe(true);
    expect(heard([1, 2, 4], [3])).toBe(true);
    expect(heard([1, 2, 4])).toBe(false);
  });

  it('one that this node carries out itself ends with it alone, whatever another leader says', async () => {
    const done = handlers.get(STEP_METHOD)!(2, encodeStep(PROMOTE), 1_000);
    await Promise.resolve();
    expect(heard([1, 2, 3, 4])).toBe(true);
    end!();
    await done;
    expect(steps.isUnderWay(1)).toBe(false);
  });
});
