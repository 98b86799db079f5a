/**
 * Rules that follow a change of members through the group's own log: what the topology wishes for becomes steps for the group's leader, and what its log has decided
 * is recorded. Pure.
 *
 * F1. The next step follows from wish and membership alone: whoever leads goes on where the last one stopped.
 * F2. A learner is promoted when it has caught up; in the place of a voter, in one joint change.
 * F3. Nobody is removed whose removal leaves the group without a live majority.
 * F4. While a change is under way nothing else is decided for the group, and the plan says so: one that is empty means that there is nothing to do.
 */
import { TopologyKind } from '../../command.js';
import type { ClusterView } from '../../state.js';
import { list, type Draft } from './draft.js';
import type { GroupObservation, GroupStep } from './view.js';

export function followMembers(draft: Draft): void {
  for (const cluster of draft.clusters()) {
    const group = draft.group(cluster.clusterId);
    if (group === undefined) {
      draft.wait(
        `cluster ${cluster.clusterId} has no leader that is known (voters ${list(cluster.members.filter(({ state }) => state === 'voter').map(({ node }) => node))}): its members can not be changed until a majority of them is back`,
      );
      draft.touch(cluster.clusterId);
      continue;
    }
    if (record(draft, cluster, group) || group.isChanging) {
      if (group.isChanging) waitForChange(draft, `cluster ${cluster.clusterId}`);
      draft.touch(cluster.clusterId);
      continue;
    }
    const step = nextStep(draft, cluster, group);
    if (step === null) continue;
    draft.touch(cluster.clusterId);
    draft.step('group-step', step.step, step.why);
  }
}

/** F4. */
export function waitForChange(draft: Draft, name: string): void {
  draft.wait(`a change of the members of ${name} is under way: what else is to be done for them is decided when it has ended`);
}

/** True: what the log has decided is not known to the topology yet. */
function record(draft: Draft, cluster: ClusterView, { confIndex, voters, learners }: GroupObservation): boolean {
  if (confIndex < cluster.confIndex) return false;
  const unknown = [...voters, ...learners].filter((node) => !draft.topology.nodes.has(node));
  if (unknown.length > 0) {
    draft.wait(`cluster ${cluster.clusterId} has members that the topology does not know: ${list(unknown)}; let them join, or remove them`);
    return true;
  }
  const isRecorded = cluster.members.every(({ node, state }) => {
    if (state === 'voter') return voters.includes(node);
    if (state === 'leaving') return voters.includes(node) || learners.includes(node);
    return !voters.includes(node);
  });
  const known = new Set(cluster.members.map(({ node }) => node));
  if (isRecorded && [...voters, ...learners].every((node) => known.has(node))) return false;
  draft.decide(
    'record-members',
    { kind: TopologyKind.RECORD_MEMBERS, clusterId: cluster.clusterId, confIndex, voters, learners },
    `the log of cluster ${cluster.clusterId} has decided: voters ${list(voters)}, learners ${list(learners)}`,
  );
  return true;
}

function nextStep(draft: Draft, cluster: ClusterView, group: GroupObservation): { readonly step: GroupStep; readonly why: string } | null {
  const { clusterId, members } = cluster;
  for (const { node, state } of members) {
    if (state !== 'leaving') continue;
    if (!group.voters.includes(node) || keepsMajority(draft, group.voters, node)) {
      return { step: { clusterId, operation: 'remove', node }, why: `node ${node} is to leave cluster ${clusterId}` };
    }
    draft.wait(
      `node ${node} is to leave cluster ${clusterId}, whose other voters have no live majority without it: they have to come back first`,
    );
  }
  for (const { node, state, replaces } of members) {
    if (state !== 'joining' || !draft.isLive(node)) continue;
    if (!group.learners.includes(node)) {
      return {
        step: { clusterId, operation: 'add-learner', node },
        why: `node ${node} is to become a voter of cluster ${clusterId}: it begins as a learner`,
      };
    }
    if (!group.caughtUp.includes(node)) {
      draft.wait(`node ${node} catches up with cluster ${clusterId}`);
      continue;
    }
    if (replaces !== 0 && group.voters.includes(replaces)) {
      return {
        step: { clusterId, operation: 'replace', node, lost: replaces },
        why: `node ${node} has caught up: it takes the place of node ${replaces} in cluster ${clusterId}, in one joint change`,
      };
    }
    return {
      step: { clusterId, operation: 'promote', node },
      why: `node ${node} has caught up with cluster ${clusterId}: it becomes a voter`,
    };
  }
  return null;
}

/** F3. */
export function keepsMajority(draft: Draft, voters: readonly number[], without: number): boolean {
  const rest = voters.filter((node) => node !== without);
  return rest.filter((node) => draft.isLive(node)).length * 2 > rest.length;
}
