import { describe, expect, it } from '@jest/globals';
import { RequestForwarder } from './client/request-forwarder.js';
import { SingleClusterSlotMap } from './cluster/slot-map-port.js';
import { ExecutionClusters, type ExecutionClustersParts } from './raftoral.clusters.js';

/** Groups are begun and ended by hand. */
class Groups {
  readonly begun: number[] = [];
  private readonly ends = new Map<number, { readonly open: () => void; readonly fail: (error: Error) => void }>();

  readonly clusters = new ExecutionClusters({
    identity: { deployment: 'd', nodeId: 1 },
    host: { incarnation: 1 },
    makeGroup: ({ groupId }: { readonly groupId: number }) => {
      this.begun.push(groupId);
      const group = {
        groupId,
        membership: { voters: [1], votersOutgoing: [], learners: [], learnersNext: [] },
        subscribe: () => () => undefined,
      };
      return new Promise((resolve, reject) => this.ends.set(groupId, { open: () => resolve(group as never), fail: reject }));
    },
    makeService: () => ({ runtime: { start: () => undefined, stop: () => undefined }, service: {} }),
    forwarder: new RequestForwarder(new SingleClusterSlotMap(1)),
    checkStarting: () => undefined,
  } as unknown as ExecutionClustersParts);

  open(groupId: number): void {
    this.ends.get(groupId)!.open();
  }

  fail(groupId: number): void {
    this.ends.get(groupId)!.fail(new Error(`group ${groupId} is damaged`));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ExecutionClusters.openAll', () => {
  it('begins all of them side by side, so that what is stored of them is read together', async () => {
    const groups = new Groups();
    const all = groups.clusters.openAll([1, 2, 3], []);
    await turn();
    expect(groups.begun).toEqual([1, 2, 3]);
    for (const groupId of [3, 1, 2]) groups.open(groupId);
    await all;
    expect(groups.clusters.all().map(({ clusterId }) => clusterId)).toEqual([1, 2, 3]);
  });

  it('fails with the error of one, and not before the others are open: nothing is opened behind the back of who closes then', async () => {
    const groups = new Groups();
    let outcome: unknown = null;
    const all = groups.clusters.openAll([1, 2, 3], []).catch((error: unknown) => (outcome = error));
    await turn();
    groups.fail(2);
    groups.open(1);
    await turn();
    expect(outcome).toBeNull();
    groups.open(3);
    await all;
    expect(outcome).toMatchObject({ message: 'group 2 is damaged' });
    expect(groups.clusters.all().map(({ clusterId }) => clusterId)).toEqual([1, 3]);
  });
});
