/**
 * How a node stands, for people and programs outside: the reports of the administration port, made of what its parts say of themselves. Pure.
 *
 * R1. Everything is plain JSON with every field present; what is not known is null, 0 or empty.
 * R2. `problems` names what a person should look at, most urgent first; a healthy node has none.
 * Tests: node-report.spec.ts.
 */
import type { GroupStatus } from '../cluster/group.js';
import type { HostStatus } from '../cluster/host-status.js';
import type { NodeAddress, PeerLinkStatus } from '../transport/network-transport-port.js';
import type { RunStatus } from '../workflow/event.js';
import type { StateCheckView } from '../workflow/state.js';
import type {
  ClusterReport,
  MemberReport,
  MembersReport,
  NodeReport,
  ReplicationReport,
  RunCountsReport,
  StateCheckReport,
} from './administration-port.js';

const MANAGEMENT_GROUP_ID = 0;
/** How far a replica may be behind before it is called a problem, entries. */
const LAG_ENTRIES_MAX = 10_000;
/** Silence of the event loop that is worth a word, ms. */
const LOOP_LAG_MS_MAX = 500;

/** The runs of a cluster, as its state machine has them. */
export interface CountedRuns {
  readonly openRunCount: number;
  readonly closedRunCount: number;
  readonly stateCheck: StateCheckView;
  openRuns(): Iterable<{ readonly owner: number; readonly status: RunStatus }>;
}

export interface MembersSources {
  readonly group: GroupStatus;
  /** Peers that the node hears, itself included. */
  readonly live: readonly number[];
  readonly addresses: readonly NodeAddress[];
}

export interface NodeSources {
  readonly nodeId: number;
  readonly deployment: string;
  readonly incarnation: number;
  readonly state: NodeReport['state'];
  readonly progress: string | null;
  readonly failure: string | null;
  readonly address: string | null;
  /** null before the host exists. */
  readonly host: Pick<HostStatus, 'alarm' | 'groups' | 'loopLagMs' | 'loopLagMsMax' | 'stalls'> | null;
  /** Peers of the execution clusters that the node hears, itself included. */
  readonly live: readonly number[];
  /** The same of cluster 0, whose members are watched by gossip; absent where there is none. */
  readonly liveInManagement?: readonly number[];
  readonly addresses: readonly NodeAddress[];
  readonly connections: readonly PeerLinkStatus[];
  /** By cluster id; absent where the node has no state of it yet. */
  readonly runs: ReadonlyMap<number, CountedRuns>;
}

const NO_CHECK: StateCheckReport = { index: 0, agreedIndex: 0, diverged: [], isRefusing: false, problem: null };
const NO_RUNS: RunCountsReport = { open: 0, closed: 0, blocked: 0, owners: [] };

export function reportMembers({ group, live, addresses }: MembersSources): MembersReport {
  const { voters, votersOutgoing, learners, learnersNext } = group.membership;
  const addressOf = new Map(addresses.map(({ nodeId, address }) => [nodeId, address]));
  const allVoters = sorted([...voters, ...votersOutgoing]);
  const allLearners = sorted([...learners, ...learnersNext].filter((node) => !allVoters.includes(node)));
  const member = (nodeId: number): MemberReport => ({
    nodeId,
    role: allVoters.includes(nodeId) ? 'voter' : 'learner',
    isLeader: nodeId === group.leaderId,
    isAlive: live.includes(nodeId),
    address: addressOf.get(nodeId) ?? null,
  });
  return {
    clusterId: group.groupId,
    leader: group.leaderId,
    term: group.term,
    voters: allVoters,
    learners: allLearners,
    isChanging: votersOutgoing.length > 0,
    members: sorted([...allVoters, ...allLearners]).map(member),
  };
}

export function reportNode(sources: NodeSources): NodeReport {
  const { nodeId, deployment, incarnation, state, progress, failure, address, host, connections } = sources;
  const clusters = (host?.groups ?? []).map((group) => reportCluster(group, sources));
  const report = {
    nodeId,
    deployment,
    incarnation,
    state,
    progress,
    failure,
    alarm: host?.alarm ?? null,
    address,
    loopLagMs: host?.loopLagMs ?? 0,
    loopLagMsMax: host?.loopLagMsMax ?? 0,
    stalls: host?.stalls ?? 0,
    clusters,
    connections,
  };
  return { ...report, problems: problemsOf(report) };
}

function reportCluster(group: GroupStatus, sources: NodeSources): ClusterReport {
  const { addresses, runs, liveInManagement = sources.live } = sources;
  const live = group.groupId === MANAGEMENT_GROUP_ID ? liveInManagement : sources.live;
  const counted = runs.get(group.groupId);
  return {
    ...reportMembers({ group, live, addresses }),
    role: group.role,
    firstIndex: group.firstIndex,
    lastIndex: group.lastIndex,
    commitIndex: group.commitIndex,
    appliedIndex: group.appliedIndex,
    isHibernating: group.hibernating,
    halted: group.halted,
    replication: group.progress.map(({ id, match, state }): ReplicationReport => ({
      nodeId: id,
      matchIndex: match,
      lagEntries: Math.max(0, group.lastIndex - match),
      state,
    })),
    stateCheck: counted === undefined ? NO_CHECK : reportCheck(counted.stateCheck),
    runs: counted === undefined ? NO_RUNS : countRuns(counted),
  };
}

function reportCheck(check: StateCheckView): StateCheckReport {
  const { index, agreedIndex, diverged, isRefusing, problem } = check;
  return { index, agreedIndex, diverged, isRefusing, problem };
}

function countRuns(runs: CountedRuns): RunCountsReport {
  const owners = new Map<number, number>();
  let blocked = 0;
  for (const { owner, status } of runs.openRuns()) {
    owners.set(owner, (owners.get(owner) ?? 0) + 1);
    if (status === 'blocked') blocked++;
  }
  return {
    open: runs.openRunCount,
    closed: runs.closedRunCount,
    blocked,
    owners: [...owners].sort(([a], [b]) => a - b).map(([nodeId, count]) => ({ nodeId, runs: count })),
  };
}

function problemsOf(report: Omit<NodeReport, 'problems'>): readonly string[] {
  const problems: string[] = [];
  if (report.failure !== null) problems.push(`This node has stopped: ${report.failure}`);
  if (report.state === 'left') problems.push('This node has left its cluster for good.');
  for (const cluster of report.clusters) problems.push(...problemsOfCluster(cluster, report));
  const known = new Set(report.clusters.flatMap(({ members }) => members.map((member) => member.nodeId)));
  for (const { nodeId, address, state, problem } of report.connections) {
    // One that is no member (any more) may be away. Before the node has its cluster everybody counts.
    if (problem !== null && state !== 'connected' && (known.size === 0 || nodeId === 0 || known.has(nodeId))) {
      const name = nodeId === 0 ? `the process at ${address ?? 'an unknown address'}` : `node ${nodeId} (${address ?? 'address unknown'})`;
      problems.push(`No connection to ${name}: ${problem}`);
    }
  }
  if (report.loopLagMs > LOOP_LAG_MS_MAX)
    problems.push(`The event loop of this process stood still for ${Math.round(report.loopLagMs)} ms.`);
  if (report.alarm !== null && report.alarm !== report.failure) problems.push(`Last alarm: ${report.alarm}`);
  return problems;
}

function problemsOfCluster(cluster: ClusterReport, { nodeId, state }: Pick<NodeReport, 'nodeId' | 'state'>): readonly string[] {
  const problems: string[] = [];
  const name = `cluster ${cluster.clusterId}`;
  if (cluster.halted !== null) problems.push(`${name} is halted on this node: ${cluster.halted}`);
  if (cluster.stateCheck.problem !== null) problems.push(`${name}: ${cluster.stateCheck.problem}.`);
  const silent = cluster.members.filter(({ isAlive }) => !isAlive);
  const liveVoters = cluster.members.filter(({ role, isAlive }) => role === 'voter' && isAlive).length;
  if (cluster.voters.length > 0 && liveVoters * 2 <= cluster.voters.length)
    problems.push(
      `${name} has no majority: ${liveVoters} of ${cluster.voters.length} voters are heard; nothing is decided until another comes back.`,
    );
  else if (cluster.leader === 0 && state === 'running') problems.push(`${name} has no leader that this node knows.`);
  if (silent.length > 0) problems.push(`${name}: not heard: ${silent.map((member) => `node ${member.nodeId}`).join(', ')}.`);
  if (cluster.voters.length > 0 && !cluster.members.some((member) => member.nodeId === nodeId) && state === 'running')
    problems.push(`This node is no member of ${name}.`);
  if (cluster.isChanging) problems.push(`${name}: a change of the voters is under way.`);
  for (const { nodeId: behind, lagEntries } of cluster.replication)
    if (lagEntries > LAG_ENTRIES_MAX) problems.push(`${name}: node ${behind} is ${lagEntries} entries behind.`);
  if (cluster.runs.blocked > 0)
    problems.push(
      `${name}: ${cluster.runs.blocked} ${cluster.runs.blocked === 1 ? 'run is' : 'runs are'} blocked; \`workflow list --status blocked\` names them.`,
    );
  return problems;
}

function sorted(nodes: readonly number[]): number[] {
  return [...new Set(nodes)].sort((a, b) => a - b);
}
