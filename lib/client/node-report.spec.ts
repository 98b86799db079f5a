/** Reports of a node: what is wrong is named, most urgent first; what is well is not. */
import { describe, expect, it } from '@jest/globals';
import type { GroupStatus } from '../cluster/group.js';
import type { StateCheckView } from '../workflow/state.js';
import { reportMembers, reportNode, type NodeSources } from './node-report.js';

const GROUP: GroupStatus = {
  groupId: 1,
  nodeId: 1,
  role: 'leader',
  term: 7,
  leaderId: 1,
  commitIndex: 90,
  appliedIndex: 90,
  lastIndex: 20_100,
  firstIndex: 1,
  membership: { voters: [1, 2, 3], votersOutgoing: [], learners: [4], learnersNext: [], autoLeave: false },
  hibernating: false,
  snapshots: [],
  halted: null,
  progress: [
    { id: 2, match: 20_100, next: 20_101, state: 'replicate', learner: false, active: true },
    { id: 3, match: 100, next: 101, state: 'snapshot', learner: false, active: false },
  ],
};

function sources(changes: Partial<NodeSources> = {}, group: Partial<GroupStatus> = {}): NodeSources {
  return {
    nodeId: 1,
    deployment: 'd',
    incarnation: 3,
    state: 'running',
    progress: null,
    failure: null,
    address: '127.0.0.1:7401',
    host: { alarm: null, groups: [{ ...GROUP, lastIndex: 90, progress: [], ...group }], loopLagMs: 0, loopLagMsMax: 4, stalls: 0 },
    live: [1, 2, 3, 4],
    addresses: [{ nodeId: 2, address: '127.0.0.1:7402', incarnation: 1 }],
    connections: [],
    runs: new Map(),
    ...changes,
  };
}

const CHECK: StateCheckView = {
  index: 40,
  atMs: 1,
  voters: [1, 2, 3],
  reported: [1, 2, 3],
  outcome: 'agreed',
  isDiffering: false,
  agreedIndex: 40,
  diverged: [],
  isRefusing: false,
  problem: null,
};

describe('reportMembers', () => {
  it('names voters and learners with role, leadership, liveness and address', () => {
    const report = reportMembers({ group: GROUP, live: [1, 2, 4], addresses: sources().addresses });
    expect(report).toMatchObject({ clusterId: 1, leader: 1, term: 7, voters: [1, 2, 3], learners: [4], isChanging: false });
    expect(report.members).toEqual([
      { nodeId: 1, role: 'voter', isLeader: true, isAlive: true, address: null },
      { nodeId: 2, role: 'voter', isLeader: false, isAlive: true, address: '127.0.0.1:7402' },
      { nodeId: 3, role: 'voter', isLeader: false, isAlive: false, address: null },
      { nodeId: 4, role: 'learner', isLeader: false, isAlive: true, address: null },
    ]);
  });

  it('in a joint configuration voters of both halves are voters, each once', () => {
    const membership = { voters: [1, 2, 4], votersOutgoing: [1, 2, 3], learners: [], learnersNext: [3], autoLeave: true };
    const report = reportMembers({ group: { ...GROUP, membership }, live: [], addresses: [] });
    expect(report).toMatchObject({ voters: [1, 2, 3, 4], learners: [], isChanging: true });
  });
});

describe('reportNode', () => {
  it('a healthy node has no problems', () => {
    expect(reportNode(sources()).problems).toEqual([]);
  });

  it('members of cluster 0 are alive as gossip has them: most of them are no peers of any execution cluster', () => {
    const group = { groupId: 0, membership: { ...GROUP.membership, learners: [4, 5, 6] } };
    expect(reportNode(sources({ live: [1], liveInManagement: [1, 2, 3, 4, 5, 6] }, group)).problems).toEqual([]);
    expect(reportNode(sources({ live: [1], liveInManagement: [1, 2, 3, 4, 6] }, group)).problems).toEqual([
      'cluster 0: not heard: node 5.',
    ]);
    expect(reportNode(sources({ live: [1], liveInManagement: [1, 4] })).problems).toHaveLength(2);
  });

  it('a node without an identity is reported, with what it is at', () => {
    const report = reportNode(sources({ nodeId: 0, state: 'joining', progress: 'waits for a seed', host: null }));
    expect(report).toMatchObject({ nodeId: 0, state: 'joining', progress: 'waits for a seed', clusters: [], problems: [] });
  });

  it('counts runs by owner and the blocked ones, and lag by member', () => {
    const runs = new Map([
      [
        1,
        {
          openRunCount: 3,
          closedRunCount: 8,
          stateCheck: CHECK,
          openRuns: () => [
            { owner: 2, status: 'running' as const },
            { owner: 1, status: 'running' as const },
            { owner: 0, status: 'blocked' as const },
          ],
        },
      ],
    ]);
    const report = reportNode(sources({ runs }, { lastIndex: 20_100, progress: GROUP.progress }));
    expect(report.clusters[0]!.runs).toEqual({
      open: 3,
      closed: 8,
      blocked: 1,
      owners: [
        { nodeId: 0, runs: 1 },
        { nodeId: 1, runs: 1 },
        { nodeId: 2, runs: 1 },
      ],
    });
    expect(report.clusters[0]!.replication).toEqual([
      { nodeId: 2, matchIndex: 20_100, lagEntries: 0, state: 'replicate' },
      { nodeId: 3, matchIndex: 100, lagEntries: 20_000, state: 'snapshot' },
    ]);
    expect(report.problems).toEqual([
      'cluster 1: node 3 is 20000 entries behind.',
      'cluster 1: 1 run is blocked; `workflow list --status blocked` names them.',
    ]);
  });

  it('names what is wrong, what stopped the node first', () => {
    const report = reportNode(
      sources(
        {
          failure: 'the disk is full',
          live: [1],
          host: { alarm: 'clock ahead', groups: [{ ...GROUP, progress: [], leaderId: 0 }], loopLagMs: 900, loopLagMsMax: 900, stalls: 1 },
          connections: [
            { nodeId: 2, address: '127.0.0.1:7402', state: 'waiting', problem: 'ECONNREFUSED', framesDropped: 3 },
            { nodeId: 3, address: '127.0.0.1:7403', state: 'connected', problem: null, framesDropped: 0 },
            { nodeId: 9, address: '127.0.0.1:7409', state: 'waiting', problem: 'it left', framesDropped: 0 },
          ],
        },
        {},
      ),
    );
    expect(report.problems).toEqual([
      'This node has stopped: the disk is full',
      'cluster 1 has no majority: 1 of 3 voters are heard; nothing is decided until another comes back.',
      'cluster 1: not heard: node 2, node 3, node 4.',
      'No connection to node 2 (127.0.0.1:7402): ECONNREFUSED',
      'The event loop of this process stood still for 900 ms.',
      'Last alarm: clock ahead',
    ]);
  });

  it('a node that leads nobody and is no member says so', () => {
    const membership = { voters: [2, 3], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
    expect(reportNode(sources({}, { membership, leaderId: 0 })).problems).toEqual([
      'cluster 1 has no leader that this node knows.',
      'This node is no member of cluster 1.',
    ]);
  });

  it('names replicas that differ, and the last checked index', () => {
    const none = { openRunCount: 0, closedRunCount: 0, openRuns: () => [] };
    const differing = { ...CHECK, diverged: [3], problem: 'the replica of node 3 differs' };
    const report = reportNode(sources({ runs: new Map([[1, { ...none, stateCheck: differing }]]) }));
    expect(report.clusters[0]!.stateCheck).toMatchObject({ index: 40, agreedIndex: 40, diverged: [3], isRefusing: false });
    expect(report.problems).toContain('cluster 1: the replica of node 3 differs.');
    const well = reportNode(sources({ runs: new Map([[1, { ...none, stateCheck: CHECK }]]) }));
    expect(well.problems).toEqual([]);
  });
});
