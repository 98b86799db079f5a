/** Replicas that compare themselves, as an application sees it: three nodes of the module, one of which differs. */
import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  RaftoralEvents,
  RaftoralNode,
  Workflow,
  WorkflowClient,
  context,
  isRaftoralError,
  signalRef,
  type StateCheckEvent,
} from '../../lib/index.js';
import { RaftoralTestingModule, type TestCluster } from '../../lib/testing/index.js';

@Workflow('guest', 1)
class Guest {
  async run(): Promise<string> {
    return await context().waitForSignal<string>('leave');
  }
}

let cluster: TestCluster;
afterEach(async () => cluster.close());

const clientOf = (nodeId: number): WorkflowClient => cluster.node(nodeId).get(WorkflowClient);
const stateOf = (nodeId: number): RaftoralNode['state'] => cluster.node(nodeId).get(RaftoralNode).state;

/** What subscribers of a node hear, with `end`. */
function heardAt(nodeId: number): Array<StateCheckEvent | 'end'> {
  const heard: Array<StateCheckEvent | 'end'> = [];
  cluster
    .node(nodeId)
    .get(RaftoralEvents)
    .stateChecks$.subscribe({ next: (event) => heard.push(event), complete: () => heard.push('end') });
  return heard;
}

const typesOf = (heard: ReturnType<typeof heardAt>): readonly string[] => heard.map((event) => (event === 'end' ? event : event.type));

/** Starts runs, which are entries, until it is so. */
async function workUntil(nodeId: number, what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; !isSo(); i++) {
    if (i === 200) throw new Error(`it never came that ${what}`);
    await cluster.settle(clientOf(nodeId).start(Guest, undefined, { workflowId: `${what} ${i}` }));
    await cluster.advance(200);
  }
}

describe('RaftoralEvents.stateChecks$', () => {
  it('P7: tells that the replicas differ, then which is wrong; the wrong one tells that it has halted; its replacement makes all well', async () => {
    cluster = await RaftoralTestingModule.forTest({
      nodes: 3,
      providers: [Guest],
      options: { stateChecks: { everyMs: 2_000, entriesMin: 5 } },
    });
    const leader = cluster.leaderId;
    const [odd, third] = cluster.nodeIds.filter((nodeId) => nodeId !== leader) as [number, number];
    const heard = new Map(cluster.nodeIds.map((nodeId) => [nodeId, heardAt(nodeId)]));
    const of = (nodeId: number): Array<StateCheckEvent | 'end'> => heard.get(nodeId)!;

    const handle = await cluster.settle(clientOf(odd).start(Guest, undefined, { workflowId: 'a' }));
    await workUntil(leader, 'all are alike', () => stateOf(leader).stateCheck.agreedIndex > 0);
    expect([...heard.values()].flat()).toEqual([]);

    // As a broken processor would do it: the replica of one node counts a death that there was not.
    (stateOf(odd).run(handle.runId) as { suspectDeaths?: number }).suspectDeaths = 1;
    cluster.partition(third);
    await workUntil(leader, 'two differ', () => of(leader).length > 0 && of(odd).length > 0);
    for (const nodeId of [leader, odd]) {
      expect(of(nodeId)).toEqual([
        {
          type: 'undecided',
          clusterId: 1,
          node: nodeId,
          index: stateOf(leader).stateCheck.index,
          diverged: [],
          parts: [],
          message: expect.stringMatching(/which is right is not known/),
        },
      ]);
    }
    expect(of(third)).toEqual([]);

    cluster.heal();
    await workUntil(
      leader,
      'it is decided',
      () => of(odd).length > 1 && [leader, third].every((nodeId) => typesOf(of(nodeId)).includes('diverged')),
    );
    const index = stateOf(leader).stateCheck.agreedIndex;
    const verdict = { clusterId: 1, index, diverged: [odd] };
    expect(of(odd).slice(1)).toEqual([
      { ...verdict, type: 'halted', node: odd, parts: ['open runs'], message: expect.stringMatching(/replace it/) },
    ]);
    expect(typesOf(of(leader))).toEqual(['undecided', 'diverged']);
    for (const nodeId of [leader, third]) {
      const message = expect.stringMatching(new RegExp(`node ${odd} differs`));
      expect(of(nodeId).at(-1)).toEqual({ ...verdict, type: 'diverged', node: nodeId, parts: [], message });
    }
    const refused = await cluster.settle(
      clientOf(odd)
        .start(Guest, undefined, { workflowId: 'b' })
        .then(
          () => null,
          (error: unknown) => error,
        ),
    );
    expect(isRaftoralError(refused, 'STATE_DIVERGED')).toBe(true);
    // Who comes late hears what stands.
    expect(typesOf(heardAt(third))).toEqual(['diverged']);

    await cluster.restart(odd);
    expect(typesOf(of(odd))).toEqual(['undecided', 'halted', 'end']);
    await workUntil(leader, 'it is repaired', () => [leader, third].every((nodeId) => typesOf(of(nodeId)).includes('agreed')));
    expect(typesOf(of(leader))).toEqual(['undecided', 'diverged', 'agreed']);
    await cluster.settle(clientOf(third).getHandle(Guest, 'a').signal(signalRef<string>('leave'), 'bye'));
    expect(await cluster.settle(clientOf(leader).getHandle(Guest, 'a').result())).toBe('bye');
  });
});
