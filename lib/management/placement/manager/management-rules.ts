/**
 * Rules about cluster 0 itself: every node but clients is a member, 1, 3 or 5 of them vote. Pure.
 *
 * G1. A voter that is down or is drained exchanges its place with a learner that has caught up, in one joint change: it follows the topology until it is forgotten. One
 *     that has left, or that nobody knows, is replaced. Without such a learner it stays.
 * G2. Voters are added up to managementVoters, as far as there are nodes for an odd number of them: two voters are worse than one.
 * G3. One step a round: the group makes one change after the other.
 */
import type { NodeState } from '../../command.js';
import type { NodeView } from '../../state.js';
import { zoneCounts, zoneOf } from './candidates.js';
import { list, type Draft } from './draft.js';
import { keepsMajority, waitForChange } from './member-rules.js';
import type { GroupObservation, GroupStep, ManagerRule } from './view.js';

const UNABLE: readonly NodeState[] = ['down', 'draining', 'left'];

export function managementCluster(draft: Draft): void {
  const group = draft.group(0);
  if (group === undefined) return;
  if (group.isChanging) return waitForChange(draft, 'the management cluster');
  const found = replaceVoter(draft, group) ?? addVoter(draft, group) ?? removeVoter(draft, group) ?? addMember(draft, group);
  if (found === null) return;
  draft.touch(0);
  draft.step(found.rule, found.step, found.why);
}

interface Found {
  readonly rule: ManagerRule;
  readonly step: GroupStep;
  readonly why: string;
}

function voterStep(step: GroupStep, why: string): Found {
  return { rule: 'management-voters', step, why };
}

function isUnable(draft: Draft, node: number): boolean {
  const state = draft.node(node)?.state;
  return state === undefined || (UNABLE.includes(state) && !(state === 'down' && draft.isLive(node)));
}

/** Not before it has said itself what it is (UNKNOWN_NODE_INFO). */
function mayVote(draft: Draft, { node, state, info }: NodeView): boolean {
  return state === 'active' && info.role !== 'client' && info.incarnation > 0 && draft.isLive(node);
}

/** Learners that can vote from now on, best first. */
function candidates(draft: Draft, group: GroupObservation, staying: readonly number[]): NodeView[] {
  const zones = zoneCounts(draft, staying);
  const rank = (record: NodeView): readonly number[] => [
    draft.policy.managementPinned.includes(record.node) ? 0 : 1,
    zones.get(zoneOf(record, record.node)) ?? 0,
    record.info.role === 'full' ? 0 : 1,
    record.node,
  ];
  return group.caughtUp
    .filter((node) => group.learners.includes(node))
    .map((node) => draft.node(node))
    .filter((record) => record !== undefined && mayVote(draft, record))
    .map((record) => record!)
    .sort(
      (a, b) =>
        rank(a)
          .map((value, i) => value - rank(b)[i]!)
          .find((difference) => difference !== 0) ?? 0,
    );
}

function replaceVoter(draft: Draft, group: GroupObservation): Found | null {
  const { managementPinned } = draft.policy;
  const lost = group.voters.find((node) => isUnable(draft, node));
  if (lost !== undefined) {
    const staying = group.voters.filter((node) => node !== lost);
    const [next] = candidates(draft, group, staying);
    const why = `voter ${lost} of the management cluster is ${draft.node(lost)?.state ?? 'unknown'}`;
    if (next === undefined) {
      draft.wait(`${why}, and no learner that has caught up can take its place`);
      return null;
    }
    const state = draft.node(lost)?.state;
    const operation = state === undefined || state === 'left' ? 'replace' : 'exchange';
    return voterStep(
      { clusterId: 0, operation, node: next.node, lost },
      `${why}: learner ${next.node} takes its place, in one joint change`,
    );
  }
  const guest = group.voters.find((node) => !managementPinned.includes(node));
  const [pinned] = candidates(draft, group, group.voters).filter(({ node }) => managementPinned.includes(node));
  if (guest === undefined || pinned === undefined || group.voters.length < draft.policy.managementVoters) return null;
  return voterStep(
    { clusterId: 0, operation: 'exchange', node: pinned.node, lost: guest },
    `node ${pinned.node} is pinned as a management voter, node ${guest} is not`,
  );
}

/** G2. */
function votersWanted(draft: Draft): number {
  const able = [...draft.topology.nodes.values()].filter(
    ({ node, state, info }) => state === 'active' && info.role !== 'client' && draft.isLive(node),
  ).length;
  return Math.min(draft.policy.managementVoters, able - 1 + (able % 2));
}

function addVoter(draft: Draft, group: GroupObservation): Found | null {
  const wanted = votersWanted(draft);
  if (group.voters.length >= wanted) return null;
  const [next] = candidates(draft, group, group.voters);
  if (next === undefined) return null;
  return voterStep(
    { clusterId: 0, operation: 'promote', node: next.node },
    `the management cluster has ${group.voters.length} of ${wanted} voters (${list(group.voters)}): learner ${next.node} becomes one`,
  );
}

function removeVoter(draft: Draft, group: GroupObservation): Found | null {
  const { managementVoters, managementPinned } = draft.policy;
  if (group.voters.length <= managementVoters) return null;
  const zones = zoneCounts(draft, group.voters);
  const crowded = (node: number): number => zones.get(zoneOf(draft.node(node), node))!;
  const [first] = group.voters
    .filter((node) => node !== group.leader && keepsMajority(draft, group.voters, node))
    .sort(
      (a, b) =>
        Number(draft.isLive(a)) - Number(draft.isLive(b)) ||
        Number(managementPinned.includes(a)) - Number(managementPinned.includes(b)) ||
        crowded(b) - crowded(a) ||
        b - a,
    );
  if (first === undefined) return null;
  return voterStep(
    { clusterId: 0, operation: 'demote', node: first },
    `the management cluster has ${group.voters.length} voters, and ${managementVoters} are asked for: node ${first} goes on as a learner`,
  );
}

function addMember(draft: Draft, group: GroupObservation): Found | null {
  const members = new Set([...group.voters, ...group.learners]);
  for (const { node, state, info } of draft.topology.nodes.values()) {
    if (members.has(node) || state !== 'active' || info.role === 'client' || !draft.isLive(node)) continue;
    const step = { clusterId: 0, operation: 'add-learner', node } as const;
    return {
      rule: 'management-members',
      step,
      why: `node ${node} is to follow the topology: it becomes a learner of the management cluster`,
    };
  }
  return null;
}
