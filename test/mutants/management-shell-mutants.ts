/**
 * Planted faults of the management on a node: what the cluster manager looks at, when it acts, what a node says of itself, who watches whom.
 */
import type { Mutant } from './mutant.js';

const MANAGEMENT = 'test/management/management.spec.ts';
const PEERS = 'test/cluster/management-peers.spec.ts';
const OBSERVER = 'lib/management/observer.spec.ts';
const RUNNER = 'lib/management/manager-runner.spec.ts';
const CHANGES = 'lib/management/topology-changes.spec.ts';
const RULES = 'lib/cluster/membership-rules.spec.ts';

export const MANAGEMENT_SHELL_MUTANTS: readonly Mutant[] = [
  {
    id: 'dead-learner-votes',
    layer: 'management',
    what: 'a learner of cluster 0 is made a voter without a sign of life',
    file: 'lib/management/group-steps.ts',
    find: "if (clusterId === MANAGEMENT_CLUSTER_ID && step.operation !== 'add-learner') await this.hear(step);",
    replace: '',
    killers: [PEERS],
  },
  {
    id: 'learners-ping',
    layer: 'management',
    what: 'learners of cluster 0 watch its voters',
    file: 'lib/cluster/group-peers.ts',
    find: 'if (isWide && !voters.includes(nodeId) && !votersOutgoing.includes(nodeId)) continue;',
    replace: '',
    killers: [PEERS],
  },
  {
    id: 'leader-is-mute',
    layer: 'management',
    what: 'the leader of cluster 0 does not speak to a node that was started again',
    file: 'lib/management/management-service.ts',
    find: 'if (isNewProcess) this.speak();',
    replace: '',
    killers: [PEERS],
  },
  {
    id: 'unheard-is-down',
    layer: 'management',
    what: 'a node that was never heard of is silent for ever',
    file: 'lib/management/observer.ts',
    find: 'sinceMonotonicMs: isHeard ? clock.monotonic() : this.bornMonotonicMs',
    replace: 'sinceMonotonicMs: isHeard ? clock.monotonic() : -1e9',
    killers: [OBSERVER],
  },
  {
    id: 'newcomer-is-down',
    layer: 'management',
    what: 'a node that has just been added is as silent as the process that looks is old',
    file: 'lib/management/observer.ts',
    find: 'sinceMs: isHeard ? sinceMs : Math.max(sinceMs, stateSinceMs)',
    replace: 'sinceMs: isHeard ? sinceMs : sinceMs',
    killers: [OBSERVER, MANAGEMENT],
  },
  {
    id: 'down-is-alive',
    layer: 'management',
    what: 'a node that gossip has given up counts as alive',
    file: 'lib/management/observer.ts',
    find: 'status === MemberStatus.ALIVE || status === MemberStatus.SUSPECT;',
    replace: 'status !== MemberStatus.LEFT;',
    killers: [OBSERVER, MANAGEMENT],
  },
  {
    id: 'former-leader-believed',
    layer: 'management',
    what: 'of two that say they lead a group, the earlier term is believed',
    file: 'lib/management/observer.ts',
    find: 'led.term > known.led.term',
    replace: 'led.term < known.led.term',
    killers: [OBSERVER],
  },
  {
    id: 'asks-the-former-leader-only',
    layer: 'management',
    what: 'a group whose leader has changed is not asked for',
    file: 'lib/management/observer.ts',
    find: 'clusterIds.filter((id) => !found.has(id)).flatMap',
    replace: 'clusterIds.filter((id) => !found.has(id) && !this.leaders.has(id)).flatMap',
    killers: [OBSERVER, MANAGEMENT],
  },
  {
    id: 'manager-acts-unproved',
    layer: 'management',
    what: 'the cluster manager acts without a proof that its node leads',
    file: 'lib/management/manager-runner.ts',
    find: 'if (draft.decisions.length === 0 || !(await this.leadsStill(term))) return false;',
    replace: 'if (draft.decisions.length === 0) return false;',
    killers: [RUNNER],
  },
  {
    id: 'round-outlives-leadership',
    layer: 'management',
    what: 'a round goes on when its node leads no more',
    file: 'lib/management/manager-runner.ts',
    find: 'if (!this.isLeading(term)) return false;\n        if (await',
    replace: 'if (await',
    killers: [RUNNER],
  },
  {
    id: 'plans-on-what-was',
    layer: 'management',
    what: 'what was committed before the proof of leadership is not planned on',
    file: 'lib/management/manager-runner.ts',
    find: 'const { decisions } = this.planOf({ ...view, topology: this.parts.topology() });',
    replace: 'const { decisions } = draft;',
    killers: [RUNNER],
  },
  {
    id: 'founding-forgets-ids',
    layer: 'management',
    what: 'ids that cluster 1 gave out to nodes that are gone are given out again',
    file: 'lib/management/founding.ts',
    find: 'nodeIdHighest: Math.max(nodeIdHighest, ...nodes),',
    replace: 'nodeIdHighest: Math.min(nodeIdHighest, Math.max(...nodes)),',
    killers: [MANAGEMENT],
  },
  {
    id: 'destroys-unasked',
    layer: 'management',
    what: 'a cluster is destroyed without a question for its open workflows',
    file: 'lib/management/management-runtime.ts',
    find: 'await this.openWorkflowsOf(clusterId) : 0;',
    replace: '0 : 0;',
    killers: [MANAGEMENT],
  },
  {
    id: 'restored-without-a-gap',
    layer: 'management',
    what: 'who watches the topology is not told that a snapshot skipped changes',
    file: 'lib/management/topology-changes.ts',
    find: 'this.bus.skipped(KEY, KEY, before + 1, state.topology.version);',
    replace: '',
    killers: [CHANGES],
  },
  {
    id: 'demoted-without-majority',
    layer: 'management',
    what: 'a voter is demoted though the others have no live majority',
    file: 'lib/cluster/membership-rules.ts',
    find: 'if (isMember(confState, node)) return refusalOfRemoval(node, view);',
    replace: 'if (isMember(confState, node)) return null;',
    killers: [RULES],
  },
];
