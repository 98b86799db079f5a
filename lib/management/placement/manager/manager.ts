/**
 * The cluster manager's decisions: a view of the deployment in, ordered decisions out, each with its explanation. Pure; the same function is the dry run.
 *
 * D1. Nothing is remembered between rounds: what was begun stands in the topology and in the groups' own logs, so the next leader goes on where the last one stopped.
 * D2. Equal views give equal plans. A view in which nothing is to be done gives an empty plan, and decisions that are carried out lead to one.
 * D3. No decision takes a live majority from a cluster, or has a node in a cluster twice; the state machine and the group each check that again.
 * D4. A round has at most decisionsMax decisions, one for the members of each cluster; what is urgent comes first.
 * Source: DESIGN §7. Tests: manager.spec.ts (a row a decision), manager.property.spec.ts (to a fixed point).
 */
import { clusterSet } from './cluster-rules.js';
import { Draft } from './draft.js';
import { managementCluster } from './management-rules.js';
import { followMembers } from './member-rules.js';
import { forgetNodes, nameWithoutCode, nodeStates } from './node-rules.js';
import { slots } from './slot-rules.js';
import { upkeep } from './upkeep-rules.js';
import { DEFAULT_MANAGER_POLICY, type ManagerPlan, type ManagerPolicy, type ManagerView } from './view.js';

export function planRound(view: ManagerView, policy: ManagerPolicy = DEFAULT_MANAGER_POLICY): ManagerPlan {
  const draft = new Draft(view, policy);
  // Before it is founded there is nothing to manage.
  if (view.topology.deployment === '') return draft.plan;
  for (const rule of [nodeStates, followMembers, managementCluster, upkeep, clusterSet, slots, forgetNodes, nameWithoutCode]) rule(draft);
  return draft.plan;
}
