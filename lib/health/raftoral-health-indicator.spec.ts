/** What is alive, and what is ready. */
import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../cluster/clock.js';
import type { GroupStatus } from '../cluster/group.js';
import type { Scheduler } from '../cluster/scheduler.js';
import type { NodeStatus } from '../cluster/status-port.js';
import { RaftoralHealthIndicator } from './raftoral-health-indicator.js';

const MEMBERSHIP = { voters: [1, 2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
const GROUP = {
  membership: MEMBERSHIP as GroupStatus['membership'],
  groupId: 1,
  nodeId: 2,
  role: 'follower',
  term: 3,
  leaderId: 1,
  commitIndex: 10,
  appliedIndex: 10,
} as unknown as GroupStatus;
const WELL: NodeStatus = {
  nodeId: 2,
  running: true,
  progress: null,
  alarm: null,
  isDivided: false,
  live: [1, 2, 3],
  failure: null,
  groups: [GROUP],
};

/** A loop whose next turn comes after `turnMs`. */
function indicator(status: Partial<NodeStatus>, turnMs = 0): RaftoralHealthIndicator {
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    setTimer: (delayMs, callback) => {
      if (delayMs < turnMs) queueMicrotask(() => ((nowMs = delayMs), callback()));
      return { cancel: () => undefined };
    },
  };
  const scheduler = { turn: (callback: () => void) => queueMicrotask(() => ((nowMs = Math.max(nowMs, turnMs)), callback())) } as Scheduler;
  return new RaftoralHealthIndicator({ nodeStatus: () => ({ ...WELL, ...status }) }, clock, scheduler, {
    loopDelayMsMax: 100,
    applyLagEntriesMax: 5,
  });
}

describe('RaftoralHealthIndicator', () => {
  it('alive while the loop moves: a turn of 100 ms is, one of 101 ms is not', async () => {
    expect(await indicator({}, 100).isAlive()).toEqual({ raftoral: { status: 'up', nodeId: 2, loopDelayMs: 100 } });
    expect(await indicator({}, 101).isAlive('node')).toEqual({
      node: { status: 'down', message: 'a turn of the event loop took 101 ms', nodeId: 2, loopDelayMs: 101 },
    });
  });

  it('a loop that stands still for ever is answered all the same', async () => {
    expect(await indicator({}, 1e9).isAlive()).toMatchObject({ raftoral: { status: 'down' } });
  });

  it('a node that stopped or failed is neither alive nor ready, and says why', async () => {
    const failed = indicator({ failure: 'cluster 1: the disk is full' });
    expect(await failed.isAlive()).toMatchObject({ raftoral: { status: 'down', message: 'cluster 1: the disk is full' } });
    expect(await failed.isReady()).toMatchObject({ raftoral: { status: 'down', message: 'cluster 1: the disk is full' } });
    expect(await indicator({ running: false }).isReady()).toMatchObject({ raftoral: { status: 'down', message: 'the node does not run' } });
  });

  it('a node without a leader is alive and not ready', async () => {
    const alone = indicator({ groups: [{ ...GROUP, leaderId: 0 }] });
    expect(await alone.isAlive()).toMatchObject({ raftoral: { status: 'up' } });
    expect(await alone.isReady()).toMatchObject({ raftoral: { status: 'down', clusters: [{ clusterId: 1, leader: 0 }] } });
  });

  it('ready with an apply lag of 5, not with one of 6', async () => {
    expect(await indicator({ groups: [{ ...GROUP, commitIndex: 15 }] }).isReady()).toMatchObject({
      raftoral: { status: 'up', clusters: [{ applyLag: 5 }] },
    });
    expect(await indicator({ groups: [{ ...GROUP, commitIndex: 16 }] }).isReady()).toMatchObject({
      raftoral: { status: 'down', message: 'cluster 1 is 6 entries behind on this node' },
    });
  });

  it('a group whose replicas differ without a majority is not ready, and one that lost an odd replica is, with an alarm', async () => {
    const divided = await indicator({ isDivided: true, alarm: 'no majority agrees' }).isReady();
    expect(divided.raftoral).toMatchObject({ status: 'down', message: 'no majority agrees', alarm: 'no majority agrees' });
    const warned = await indicator({ alarm: 'node 3 differs' }).isReady();
    expect(warned.raftoral).toMatchObject({ status: 'up', alarm: 'node 3 differs' });
    expect((await indicator({}).isReady()).raftoral).not.toHaveProperty('alarm');
  });
});
