/**
 * Rules about nodes: who is active, who is down, who has no code, who is forgotten. Pure.
 */
import { TopologyKind, type NodeState } from '../../command.js';
import type { NodeView } from '../../state.js';
import { list, type Draft } from './draft.js';

/** Joining or down, and heard of: active. Silent for nodeDownAfterMs: down. */
export function nodeStates(draft: Draft): void {
  for (const record of draft.topology.nodes.values()) {
    const observed = draft.view.nodes.get(record.node);
    if (record.state === 'left') continue;
    if (observed?.isLive === true) {
      if (record.state === 'joining') setState(draft, record, 'active', `node ${record.node} has joined and answers`);
      if (record.state === 'down') setState(draft, record, 'active', `node ${record.node} is back: it answers again`);
      continue;
    }
    if (record.state === 'down') continue;
    // Who was never heard of is silent since it is what it is.
    const silentMs = draft.nowMs - (observed?.sinceMs ?? record.stateSinceMs);
    if (silentMs < draft.policy.nodeDownAfterMs) continue;
    setState(
      draft,
      record,
      'down',
      `node ${record.node} has been silent for ${Math.round(silentMs)} ms, and nodeDownAfter is ${draft.policy.nodeDownAfterMs} ms`,
    );
  }
}

function setState(draft: Draft, { node }: NodeView, state: NodeState, explanation: string): void {
  draft.decide('node-state', { kind: TopologyKind.SET_NODE_STATE, node, state, decidedOn: draft.topology.version }, explanation);
}

/** Who could run code and has none to run: clusters are made for others (C1 of code.ts). */
export function nameWithoutCode(draft: Draft): void {
  const without = [...draft.topology.nodes.values()]
    // One that has not said yet what it is may still register.
    .filter(({ node, state, info }) => state === 'active' && info.role === 'full' && info.incarnation > 0 && !draft.runsCode(node))
    .map(({ node }) => node);
  if (without.length === 0) return;
  const who = without.length === 1 ? `node ${without[0]}` : `each of nodes ${list(without)}`;
  draft.wait(
    `${who} has registered no workflow: it stores and votes, and no cluster is made for it; start it with the application, or as voter-only if that is meant`,
  );
}

/** Left, or down for nodeForgetAfterMs: first out of the execution clusters (member-rules.ts), then out of cluster 0, then out of the list. */
export function forgetNodes(draft: Draft): void {
  const { topology, nowMs, policy } = draft;
  for (const { node, state, stateSinceMs } of topology.nodes.values()) {
    if (state !== 'left' && !isLost(draft, node)) continue;
    if (topology.hostedBy(node) > 0) continue;
    const why =
      state === 'left'
        ? 'it has left'
        : `it has been down for ${Math.round(nowMs - stateSinceMs)} ms, and nodeForgetAfter is ${policy.nodeForgetAfterMs} ms`;
    const group = draft.group(0);
    const { voters, votersOutgoing, learners, learnersNext } = topology.membership;
    if ([...voters, ...votersOutgoing, ...learners, ...learnersNext].includes(node)) {
      if (group === undefined || group.isChanging || draft.isTouched(0)) continue;
      if (group.voters.includes(node)) {
        draft.wait(`node ${node} is to be forgotten and is a voter of the management cluster: another one has to take its place first`);
        continue;
      }
      draft.touch(0);
      draft.step('forget', { clusterId: 0, operation: 'remove', node }, `node ${node} leaves the management cluster: ${why}`);
      continue;
    }
    draft.decide(
      'forget',
      { kind: TopologyKind.REMOVE_NODE, node, decidedOn: topology.version },
      `node ${node} is forgotten: ${why}, and it hosts nothing`,
    );
  }
}

/** Down for so long that it is not waited for. One that answers again is there, whatever the topology still says: a step of cluster 0 is never stale. */
export function isLost(draft: Draft, node: number): boolean {
  const record = draft.node(node);
  return record?.state === 'down' && !draft.isLive(node) && draft.nowMs - record.stateSinceMs >= draft.policy.nodeForgetAfterMs;
}
