import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { TopologyUnderTest, nodeInfo } from '../../test/support/topology-machine.js';
import type { RaftGroup } from '../cluster/group.js';
import { RaftoralError } from '../errors/index.js';
import { MemberStatus, type MemberChange, type MembershipService } from '../membership/index.js';
import { TopologyKind } from './command.js';
import type { ManagementNode } from './node-port.js';
import { Observer } from './observer.js';
import { encodeLedGroups, type LedGroup } from './request-codec.js';

const LED: LedGroup = {
  clusterId: 1,
  term: 5,
  confIndex: 40,
  voters: [1, 2, 3],
  learners: [],
  isChanging: false,
  caughtUp: [],
  openWorkflows: 7,
  startsTotal: 1_000,
};

let t: TopologyUnderTest;
let clock: ManualClock;
/** What nodes answer; absent: nothing. */
let led: Map<number, readonly LedGroup[]>;
let asked: number[];
let statuses: Map<number, MemberStatus>;
let told: ((change: MemberChange) => void)[];
let observer: Observer;
/** Of cluster 1, by this node. */
let isStepping: boolean;
let onLed: (led: LedGroup) => void;

/** On node 4, which leads nothing. */
beforeEach(() => {
  t = TopologyUnderTest.founded(4, [1, 2, 3]);
  clock = new ManualClock();
  led = new Map();
  asked = [];
  statuses = new Map([1, 2, 3].map((node) => [node, MemberStatus.ALIVE]));
  told = [];
  isStepping = false;
  onLed = () => undefined;
  const node: ManagementNode = {
    nodeId: 4,
    deployment: 'd',
    incarnation: 1,
    request: (to) => {
      asked.push(to);
      const groups = led.get(to);
      return groups === undefined
        ? Promise.reject(new RaftoralError('OUTCOME_UNKNOWN', 'no answer'))
        : Promise.resolve(encodeLedGroups(groups));
    },
    tell: () => undefined,
    handle: () => undefined,
    groups: () => [],
  };
  const gossip = {
    member: (id: number) => (statuses.has(id) ? { status: statuses.get(id) } : undefined),
    subscribe: (listener: (change: MemberChange) => void) => {
      told.push(listener);
      return () => undefined;
    },
  } as unknown as MembershipService;
  const group = { isLeader: false } as unknown as RaftGroup;
  observer = new Observer({
    ...{ node, group, topology: () => t.topology, gossip, clock, askTimeoutMs: 100 },
    isStepping: () => isStepping,
    onLed: (one) => onLed(one),
  });
  observer.start();
});

function change(node: number, status: MemberStatus): void {
  statuses.set(node, status);
  for (const listener of told) listener({ nodeId: node } as MemberChange);
}

describe('what the cluster manager looks at', () => {
  it('O1: who does not answer is missing; a group that nobody says to lead is missing', async () => {
    led.set(1, []);
    led.set(2, [LED]);
    expect((await observer.groups([1])).get(1)).toMatchObject({ leader: 2, openWorkflows: 7, confIndex: 40 });
    led.delete(2);
    expect((await observer.groups([1])).size).toBe(0);
  });

  it('O2: who led is asked first, and all members only when it leads no more; who is not alive is not asked', async () => {
    for (const node of [1, 3]) led.set(node, []);
    led.set(2, [LED]);
    await observer.groups([1]);
    expect([...asked].sort()).toEqual([1, 2, 3]);
    asked = [];
    await observer.groups([1]);
    expect(asked).toEqual([2]);
    asked = [];
    led.set(2, []);
    led.set(3, [{ ...LED, term: 6 }]);
    statuses.set(1, MemberStatus.DOWN);
    expect((await observer.groups([1])).get(1)!.leader).toBe(3);
    expect(asked).toEqual([2, 3]);
  });

  it('O3: of two that say they lead, the later term is believed, whoever answers first', async () => {
    led.set(3, []);
    led.set(1, [{ ...LED, term: 5 }]);
    led.set(2, [{ ...LED, term: 6 }]);
    expect((await observer.groups([1])).get(1)!.leader).toBe(2);
    const again = new Map(led);
    led.set(1, again.get(2)!);
    led.set(2, again.get(1)!);
    // The first one asked is who led before: node 2, with the earlier term now. It is believed until the topology, or its silence, shows otherwise.
    expect((await observer.groups([1])).get(1)!.leader).toBe(2);
    led.set(2, []);
    expect((await observer.groups([1])).get(1)!.leader).toBe(1);
  });

  it('O4: who was never heard is silent since this process listens; who was, since it fell silent; who is suspected is alive', () => {
    const bornMs = clock.now();
    statuses.delete(3);
    for (const node of [1, 2]) change(node, MemberStatus.ALIVE);
    clock.step(clock.now() + 4_000);
    change(2, MemberStatus.SUSPECT);
    change(1, MemberStatus.DOWN);
    const downMs = clock.now();
    clock.step(clock.now() + 1_000);
    const { nodes, nowMs } = observer.glance();
    expect(nowMs).toBe(clock.now());
    expect(nodes.get(1)).toEqual({ isLive: false, sinceMs: downMs });
    expect(nodes.get(2)!.isLive).toBe(true);
    expect(nodes.get(3)).toEqual({ isLive: false, sinceMs: bornMs });
    expect(nodes.get(4)!.isLive).toBe(true);
  });

  it('O4: who has just been added is silent since then, however long this process listens', () => {
    clock.step(clock.now() + 3_600_000);
    t.nowMs = clock.now();
    const node = t.accept({ kind: TopologyKind.ADD_NODE, deployment: '', token: 'token', above: 0, info: nodeInfo() });
    clock.step(clock.now() + 500);
    expect(observer.glance().nodes.get(node)).toEqual({ isLive: false, sinceMs: clock.now() - 500 });
  });

  it('a step that is done by what the leader says is not under way in that very observation', async () => {
    led.set(2, [LED]);
    isStepping = true;
    const isChanging = async (): Promise<boolean> => (await observer.groups([1])).get(1)!.isChanging;
    expect(await isChanging()).toBe(true);
    onLed = ({ clusterId, voters }) => (isStepping = clusterId !== 1 || !voters.includes(3));
    expect(await isChanging()).toBe(false);
  });

  it('a rate is made of two counts of one leader, a second apart at least; another leader, or one that counts anew, begins a new span', async () => {
    const rate = async (node: number, startsTotal: number): Promise<number> => {
      for (const other of [1, 2, 3]) led.set(other, other === node ? [{ ...LED, startsTotal }] : []);
      return (await observer.groups([1])).get(1)!.startsPerSecond;
    };
    expect(await rate(1, 1_000)).toBe(0);
    clock.step(clock.now() + 2_000);
    expect(await rate(1, 1_600)).toBe(300);
    clock.step(clock.now() + 500);
    expect(await rate(1, 9_999)).toBe(300);
    expect(await rate(2, 50)).toBe(300);
    clock.step(clock.now() + 1_000);
    expect(await rate(2, 60)).toBe(10);
    clock.step(clock.now() + 1_000);
    expect(await rate(2, 0)).toBe(10);
  });
});
