/** When a start is refused because nobody has its code: on a state machine, with a read index that is the test's own. */
import { describe, expect, it } from '@jest/globals';
import { MachineUnderTest, conf } from '../../test/support/workflow-machine.js';
import { WorkflowRegistry } from './registry.js';
import { confirmedVersion, registeredVersion, type StartableParts } from './startable.js';

interface Asked {
  readonly m: MachineUnderTest;
  /** Applied before the read index is answered. */
  readonly meanwhile?: () => unknown;
}

function parts({ m, meanwhile }: Asked): StartableParts {
  return { clusterId: 1, state: m.machine, registry: new WorkflowRegistry([]), readIndex: async () => meanwhile?.() };
}

const wanted = { name: 'order', version: 1, workflowId: 'w' };
/** Nodes that are members and run nothing. */
const onlyVoting = { workflows: [] };

function bare(): MachineUnderTest {
  const m = new MachineUnderTest({ silent: [1, 2, 3] });
  for (const node of [1, 2, 3]) m.hello(node, onlyVoting);
  return m;
}

describe('a start whose code nobody has', () => {
  it('is refused for good where others have code, and what is registered is named', async () => {
    const m = new MachineUnderTest();
    const start = { ...wanted, name: 'ordre' };
    expect(registeredVersion(parts({ m }), start)).toBeUndefined();
    await expect(confirmedVersion(parts({ m }), start)).rejects.toMatchObject({
      code: 'UNKNOWN_WORKFLOW',
      message: "workflow 'ordre' version 1 is registered by no member of cluster 1; registered are 'order' (1, 2)",
      details: { known: ['order'] },
    });
  });

  it.each([1, undefined])(
    'G2: where no voter runs any code the refusal passes: nobody can tell a wrong name (version %s)',
    async (version) => {
      const m = bare();
      const blocked = { code: 'WORKFLOW_BLOCKED', retryable: true, details: { clusterId: 1, blockedReason: 'no-implementation' } };
      await expect(confirmedVersion(parts({ m }), { ...wanted, version })).rejects.toMatchObject(blocked);
      // One that is no voter runs none of its runs either.
      m.membership(conf([1, 2, 3], { learners: [4] }));
      m.hello(4);
      await expect(confirmedVersion(parts({ m }), { ...wanted, version })).rejects.toMatchObject(blocked);
      m.membership(conf([1, 2, 3, 4]));
      expect(registeredVersion(parts({ m }), { ...wanted, version })).toBe(version ?? 2);
    },
  );

  it('G1: a replica that is behind says nothing before a read index: the code may be there', async () => {
    const m = bare();
    expect(registeredVersion(parts({ m }), wanted)).toBeUndefined();
    expect(await confirmedVersion(parts({ m, meanwhile: () => m.hello(2) }), wanted)).toBe(1);
  });

  it('G1: nor of an id whose slot is elsewhere: its cluster is asked', async () => {
    const m = new MachineUnderTest({ groupId: 2 });
    await expect(confirmedVersion(parts({ m }), { ...wanted, name: 'ordre' })).rejects.toMatchObject({ code: 'WRONG_CLUSTER' });
  });

  it('nor of what is no id', async () => {
    await expect(confirmedVersion(parts({ m: bare() }), { ...wanted, workflowId: '' })).rejects.toMatchObject({
      code: 'INVALID_WORKFLOW_ID',
    });
  });

  it.each([
    ['open', false],
    ['ended', true],
  ] as const)('G1, R26: a start that was carried out while somebody had the code is for the log to answer (%s)', async (_what, isEnded) => {
    const m = new MachineUnderTest();
    const answer = m.start('w', { name: 'order', version: 2 });
    if (!answer.ok) throw new Error('it was not started');
    if (isEnded) m.finish(answer.runId);
    for (const node of [1, 2, 3]) m.hello(node, { ...onlyVoting, incarnation: 2 });
    expect(registeredVersion(parts({ m }), { ...wanted, version: 2 })).toBeUndefined();
    expect(await confirmedVersion(parts({ m }), { ...wanted, version: 2 })).toBe(2);
    expect(await confirmedVersion(parts({ m }), { ...wanted, version: undefined })).toBe(2);
    await expect(confirmedVersion(parts({ m }), { ...wanted, workflowId: 'another' })).rejects.toMatchObject({ code: 'WORKFLOW_BLOCKED' });
  });
});
