/** What a leader with a disk tells its followers of a commit, and when (turn-loop.ts, U5). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_TUNING } from '../../lib/cluster/host-options.js';
import type { Clock } from '../../lib/cluster/clock.js';
import type { RaftStorage } from '../../lib/storage/storage.js';
import { frame, TestCluster, type TestNode } from '../support/raft-cluster.js';
import { SlowStorage } from '../support/slow-storage.js';

const COMMANDS = 50;
const SYNC_MS = 0.3;

let cluster: TestCluster;
afterEach(() => cluster.stop());

/** A disk that is asked to sync takes a while; what needs no sync is done at once, as in the file adapter. */
async function started(): Promise<TestNode> {
  cluster = new TestCluster();
  for (const id of [1, 2, 3]) {
    let clock: Clock | null = null;
    const slow = new SlowStorage(() => clock!, SYNC_MS);
    const write: RaftStorage['write'] = (batch) =>
      batch.some(({ mustSync }) => mustSync) ? SlowStorage.prototype.write.call(slow, batch) : slow.inner.write(batch);
    const storage = Object.assign(slow as RaftStorage, { write });
    await cluster.settled(cluster.add(id, { members: [1, 2, 3], storage, onTime: (time) => (clock = time) }));
  }
  const leader = await cluster.elect();
  await cluster.time.advance(500);
  return leader;
}

/** One command after the other; the next comes `turns` macrotasks behind the answer, as from a workflow that goes from step to step. */
async function proposeInTurn(node: TestNode, turns: number): Promise<void> {
  const all = async (): Promise<void> => {
    for (let i = 0; i < COMMANDS; i++) {
      await node.group.propose(frame(`command ${i}`));
      for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => node.time.turn(resolve));
    }
  };
  await cluster.settled(all());
}

const sentBy = (node: TestNode): number => node.host.status().network.framesSent;

describe('notices of commits', () => {
  it.each([0, 1])(
    'leave with the next command of the leader, %i macrotasks later: one frame a command to each follower, one answer',
    async (turns) => {
      const leader = await started();
      const before = cluster.alive.map(sentBy);
      const beganMs = cluster.time.nowMs;
      await proposeInTurn(leader, turns);
      const heartbeats = Math.ceil((cluster.time.nowMs - beganMs) / DEFAULT_TUNING.tickMs) + 1;
      cluster.alive.forEach((node, at) => {
        const frames = sentBy(node) - before[at]!;
        expect(frames).toBeLessThanOrEqual((node === leader ? 2 : 1) * (COMMANDS + 2 * heartbeats));
      });
    },
  );

  it('leave at once if nothing follows: followers need no heartbeat to apply what was committed', async () => {
    const leader = await started();
    await cluster.settled(leader.group.propose(frame('last')));
    const atMs = cluster.time.nowMs;
    const { appliedIndex } = leader.group;
    await cluster.time.runUntil(() => cluster.followers().every(({ group }) => group.appliedIndex === appliedIndex), 100);
    expect(cluster.followers().map(({ machine }) => machine.texts)).toEqual([['last'], ['last']]);
    expect(cluster.time.nowMs - atMs).toBeLessThan(1);
  });

  it('a follower hears of the commit of its own command in a frame of its own, before the leader’s next macrotask', async () => {
    const leader = await started();
    const [follower] = cluster.followers();
    const before = sentBy(leader);
    await proposeInTurn(follower!, 0);
    // The answer to the proposal may travel with the append.
    expect(sentBy(leader) - before).toBeGreaterThanOrEqual(3 * COMMANDS);
    expect(follower!.machine.texts).toHaveLength(COMMANDS);
  });
});
