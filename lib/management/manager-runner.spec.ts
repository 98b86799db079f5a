import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { TopologyUnderTest } from '../../test/support/topology-machine.js';
import type { RaftGroup } from '../cluster/group.js';
import type { LogLevel } from '../cluster/logger.js';
import { RaftoralError } from '../errors/index.js';
import { decodeTopologyCommand } from './command-codec.js';
import { TopologyKind, type TopologyCommand } from './command.js';
import { Founding } from './founding.js';
import { GroupSteps } from './group-steps.js';
import { ManagerRunner } from './manager-runner.js';
import type { ManagementNode } from './node-port.js';
import type { Observer } from './observer.js';
import { DEFAULT_MANAGER_POLICY, type GroupObservation, type ManagerView, type NodeObservation } from './placement/manager/view.js';
import type { TopologyAnswer } from './state.js';

let t: TopologyUnderTest;
let clock: ManualClock;
let proposed: TopologyCommand[];
let log: string[];
let leading: { isLeader: boolean; term: number };
let readIndex: () => Promise<number>;
let propose: (command: TopologyCommand) => Promise<TopologyAnswer>;
let observations: number;
let nodes: ReadonlyMap<number, NodeObservation>;
let groups: Map<number, GroupObservation>;
/** Steps of cluster 0 that its group was asked for. */
let added: number[];
let runner: ManagerRunner;

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** Runs what is due within so many ms, round by round. */
async function pass(ms: number): Promise<void> {
  const untilMs = clock.now() + ms;
  while (clock.step(untilMs)) await settle();
}

/** Node 1 leads a deployment of four, of which nobody was heard for long: all others are to be down. */
beforeEach(() => {
  t = TopologyUnderTest.founded(4, [1, 2, 3]);
  clock = new ManualClock();
  proposed = [];
  log = [];
  observations = 0;
  added = [];
  leading = { isLeader: true, term: 3 };
  readIndex = () => Promise.resolve(1);
  propose = (command) => Promise.resolve(t.apply(command));
  const group = {
    groupId: 0,
    nodeId: 1,
    get isLeader() {
      return leading.isLeader;
    },
    get term() {
      return leading.term;
    },
    readIndex: () => readIndex(),
    addLearner: (node: number) => {
      added.push(node);
      return Promise.reject(new RaftoralError('MEMBERSHIP_REFUSED', 'not now'));
    },
    propose: async (frame: Uint8Array) => {
      const command = decodeTopologyCommand(frame);
      proposed.push(command);
      return { index: 1, term: 3, result: await propose(command) };
    },
  } as unknown as RaftGroup<TopologyAnswer>;
  const node = { nodeId: 1, groups: () => [], handle: () => undefined } as unknown as ManagementNode;
  nodes = new Map([1, 2, 3, 4].map((id) => [id, { isLive: id === 1, sinceMs: 0 }]));
  groups = new Map();
  const observer = {
    view: (): Promise<ManagerView> => {
      observations++;
      return Promise.resolve({ topology: t.topology, nowMs: clock.now(), nodes, groups });
    },
  } as unknown as Observer;
  const info = t.topology.nodes.get(1)!.info;
  runner = new ManagerRunner({
    group,
    topology: () => t.topology,
    observer,
    steps: new GroupSteps(node, group),
    founding: new Founding({ node, info: () => info, targetSize: 3, askTimeoutMs: 100 }),
    firstCluster: () => null,
    clock,
    logger: { isDebug: false, log: (level: LogLevel, text: string) => void log.push(`${level}: ${text}`) },
    policy: DEFAULT_MANAGER_POLICY,
    roundEveryMs: 1_000,
  });
});

const downs = (): number[] => proposed.flatMap((command) => (command.kind === TopologyKind.SET_NODE_STATE ? [command.node] : []));

describe('rounds of the cluster manager', () => {
  it('R3: what changed in one moment is one round soon; then one every roundEveryMs, that proposes nothing where nothing is to be done', async () => {
    for (let i = 0; i < 5; i++) runner.ask();
    await pass(60);
    expect({ observations, downs: downs() }).toEqual({ observations: 1, downs: [2, 3, 4] });
    await pass(5_000);
    expect(downs()).toEqual([2, 3, 4]);
    expect(observations).toBeGreaterThanOrEqual(5);
    expect(observations).toBeLessThanOrEqual(7);
  });

  it('R3: what is refused is no reason for another round at once: it is decided again after roundEveryMs', async () => {
    propose = () => Promise.resolve({ ok: false, version: 1, code: 'TOPOLOGY_REFUSED', reason: 'limit', message: 'no more of that' });
    runner.ask();
    await pass(5_000);
    expect(observations).toBeGreaterThanOrEqual(5);
    expect(observations).toBeLessThanOrEqual(7);
  });

  it('R3: nor is a step that its group refuses', async () => {
    nodes = new Map([1, 2, 3, 4].map((id) => [id, { isLive: true, sinceMs: 0 }]));
    const load = { openWorkflows: 0, startsPerSecond: 0 };
    groups.set(0, { leader: 1, confIndex: 1, voters: [1], learners: [], isChanging: false, caughtUp: [], ...load });
    runner.ask();
    await pass(5_000);
    expect(new Set(added)).toEqual(new Set([2]));
    expect(added.length).toBeGreaterThanOrEqual(4);
    expect(added.length).toBeLessThanOrEqual(7);
    expect(log.filter((line) => line.includes('not now'))).toHaveLength(1);
  });

  it('R2: a leader that can not prove that it leads carries nothing out', async () => {
    readIndex = () => Promise.reject(new RaftoralError('NO_LEADER', 'nobody answers'));
    runner.ask();
    await pass(3_000);
    expect(proposed).toEqual([]);
    expect(log.filter((line) => line.includes('NO_LEADER'))).toHaveLength(1);
  });

  it('R2: what was committed meanwhile is planned on', async () => {
    readIndex = () => {
      for (const node of [2, 3]) t.nodeState(node, 'down');
      return Promise.resolve(1);
    };
    runner.ask();
    await pass(60);
    expect(downs()).toEqual([4]);
  });

  it('R2: once it leads no more, or in another term, nothing of the round is begun', async () => {
    propose = (command) => {
      leading = { isLeader: true, term: 4 };
      return Promise.resolve(t.apply(command));
    };
    runner.ask();
    await pass(60);
    expect(downs()).toEqual([2]);
    leading = { isLeader: false, term: 5 };
    await pass(10_000);
    expect(downs()).toEqual([2]);
  });

  it('R4: what is refused is said once, and the next round decides anew', async () => {
    propose = () => Promise.resolve({ ok: false, version: 1, code: 'TOPOLOGY_REFUSED', reason: 'limit', message: 'no more of that' });
    runner.ask();
    await pass(60);
    const said = log.filter((line) => line.includes('no more of that'));
    expect(said).toHaveLength(3);
    expect(downs()).toEqual([2, 3, 4]);
  });

  it('R4: what was stale is not worth a word', async () => {
    propose = () => Promise.resolve({ ok: false, version: 1, code: 'TOPOLOGY_STALE', reason: 'stale', message: 'it changed' });
    runner.ask();
    await pass(60);
    expect(log.filter((line) => line.includes('it changed'))).toEqual([]);
  });

  it('stop() ends the rounds', async () => {
    runner.ask();
    runner.stop();
    await pass(5_000);
    expect({ observations, proposed }).toEqual({ observations: 0, proposed: [] });
  });
});
