/**
 * A deployment for the cluster manager: the real state machine of the management cluster, the memberships of the groups under the real rules of
 * lib/cluster/membership-rules.ts, nodes that live and die, slots with loads. Carries out what the manager decides, and throws for what would be refused.
 */
import { isMember, refusalOf, type MembershipOperation } from '../../lib/cluster/membership-rules.js';
import { SLOT_COUNT, TopologyKind, type NodeInfo, type TopologyCommand } from '../../lib/management/command.js';
import { planRound } from '../../lib/management/placement/manager/manager.js';
import {
  DEFAULT_MANAGER_POLICY,
  type Decision,
  type GroupObservation,
  type GroupStep,
  type ManagerPlan,
  type ManagerPolicy,
  type ManagerView,
  type NodeObservation,
} from '../../lib/management/placement/manager/view.js';
import type { ConfState } from '../../lib/raft/types.js';
import { TopologyUnderTest, idOf, outcomeOf } from './topology-machine.js';

interface WorldGroup {
  voters: number[];
  learners: number[];
  confIndex: number;
  /** A change of its membership is under way. */
  isChanging?: boolean;
  readonly caughtUp: Set<number>;
}

export interface WorldOptions {
  readonly nodes: number | ReadonlyArray<Partial<NodeInfo>>;
  readonly members?: readonly number[];
  readonly management?: readonly number[];
  readonly policy?: Partial<ManagerPolicy>;
}

const NEXT = { copying: 'frozen', frozen: 'imported', imported: 'activated', aborting: 'aborted' } as const;

export class TopologyWorld {
  readonly t: TopologyUnderTest;
  readonly policy: ManagerPolicy;
  readonly groups = new Map<number, WorldGroup>();
  /** Open workflows of each slot. */
  readonly slotLoad = new Float64Array(SLOT_COUNT);
  /** Slots that were on their way in all moves so far. */
  slotsMoved = 0;
  private readonly seen = new Map<number, NodeObservation>();
  private tokens = 0;

  constructor({ nodes, members = [1, 2, 3], management, policy }: WorldOptions) {
    this.t = TopologyUnderTest.founded(nodes, members);
    this.policy = { ...DEFAULT_MANAGER_POLICY, ...policy };
    const ids = [...this.t.topology.nodes.keys()];
    const voters = [...(management ?? ids.slice(0, 3))];
    this.groups.set(0, { voters, learners: ids.filter((node) => !voters.includes(node)), confIndex: 1, caughtUp: new Set(ids) });
    this.tellManagement();
    for (const node of ids) this.setLive(node, true);
    this.meetClusters();
  }

  get nowMs(): number {
    return this.t.nowMs;
  }

  pass(ms: number): void {
    this.t.nowMs += ms;
  }

  // --- what happens to it --------------------------------------------------------------------------------------------------------

  setLive(node: number, isLive: boolean): void {
    this.seen.set(node, { isLive, sinceMs: this.nowMs });
  }

  isLive(node: number): boolean {
    return this.seen.get(node)?.isLive === true;
  }

  /** Silent for so long that it counts as down, and known to be. */
  lose(...nodes: readonly number[]): void {
    for (const node of nodes) {
      this.setLive(node, false);
      idOf(this.t.nodeState(node, 'down'));
    }
  }

  join(info: Partial<NodeInfo> = {}): number {
    const node = idOf(this.t.addNode(`token-${++this.tokens}`, info));
    this.setLive(node, true);
    return node;
  }

  /** The same load on each slot of a cluster; `open` in all. */
  load(clusterId: number, open: number): void {
    const { slots } = this.t.topology;
    for (let slot = 0; slot < SLOT_COUNT; slot++)
      if (slots.ownerOf(slot) === clusterId) this.slotLoad[slot] = open / slots.countOf(clusterId);
  }

  // --- what the manager sees, and what becomes of it -------------------------------------------------------------------------------

  view(): ManagerView {
    return {
      topology: this.t.topology,
      nowMs: this.nowMs,
      nodes: this.seen,
      groups: new Map([...this.groups.keys()].map((id) => [id, this.observe(id)])),
    };
  }

  plan(): ManagerPlan {
    return planRound(this.view(), this.policy);
  }

  /** One round: the decisions, then what takes its time. */
  round(): ManagerPlan {
    const plan = this.plan();
    for (const decision of plan.decisions) this.carryOut(decision);
    this.goOn();
    return plan;
  }

  /** What is decided now, without what takes its time; `more` rounds of it. */
  carryOutAll(more = 1): void {
    for (let i = 0; i < more; i++) for (const decision of this.plan().decisions) this.carryOut(decision);
    this.meetClusters();
  }

  leaveManagement(node: number): void {
    const group = this.groups.get(0)!;
    group.learners = group.learners.filter((one) => one !== node);
    this.tellManagement();
  }

  carryOut(decision: Decision): void {
    if (decision.step !== undefined) return this.step(decision.step);
    const answer = this.t.apply(decision.command);
    if (outcomeOf(answer) !== 'ok') {
      throw new Error(`${describeDecision(decision)} (${decision.explanation}): ${answer.ok ? 'it was so already' : answer.message}`);
    }
    this.meetClusters();
  }

  /** Learners catch up, moves go on by one phase. */
  goOn(): void {
    for (const group of this.groups.values()) for (const node of group.learners) if (this.isLive(node)) group.caughtUp.add(node);
    for (const { moveId, from, to, phase, ranges } of [...this.t.topology.moves.values()]) {
      if (this.leaderOf(from) === 0 || this.leaderOf(to) === 0) continue;
      if (phase === 'activated' || phase === 'aborted') {
        if (phase === 'activated') this.slotsMoved += ranges.reduce((sum, { count }) => sum + count, 0);
        idOf(this.t.finish(moveId));
      } else idOf(this.t.advance(moveId, NEXT[phase]));
    }
  }

  /** Rounds until there is nothing to do, now and after every waiting time is over; throws after `roundsMax`. */
  untilQuiet(roundsMax: number): number {
    const { settleMs, nodeDownAfterMs, nodeForgetAfterMs } = this.policy;
    const waits = [nodeDownAfterMs, settleMs, nodeForgetAfterMs, settleMs];
    let waited = 0;
    for (let rounds = 1; rounds <= roundsMax; rounds++) {
      const { decisions } = this.round();
      this.pass(1_000);
      if (decisions.length > 0 || this.t.topology.moves.size > 0) {
        waited = 0;
        continue;
      }
      if (waited === waits.length) return rounds;
      this.pass(waits[waited++]! + 1);
    }
    throw new Error(`there is still something to do after ${roundsMax} rounds: ${this.plan().decisions.map(describeDecision).join('; ')}`);
  }

  leaderOf(clusterId: number): number {
    const { voters } = this.groups.get(clusterId)!;
    const up = voters.filter((node) => this.isLive(node));
    return up.length * 2 > voters.length ? up[0]! : 0;
  }

  private observe(clusterId: number): GroupObservation {
    const { voters, learners, confIndex, caughtUp, isChanging = false } = this.groups.get(clusterId)!;
    let open = 0;
    for (let slot = 0; slot < SLOT_COUNT; slot++) if (this.t.topology.slots.ownerOf(slot) === clusterId) open += this.slotLoad[slot]!;
    return {
      leader: this.leaderOf(clusterId),
      confIndex,
      voters: [...voters],
      learners: [...learners],
      isChanging,
      caughtUp: [...caughtUp].filter((node) => learners.includes(node)),
      openWorkflows: Math.round(open),
      startsPerSecond: 0,
    };
  }

  private step(step: GroupStep): void {
    const group = this.groups.get(step.clusterId)!;
    const { operation, node } = step;
    const asked: MembershipOperation =
      operation === 'replace' || operation === 'exchange' ? { type: operation, node, lost: step.lost } : { type: operation, node };
    const confState: ConfState = { voters: group.voters, votersOutgoing: [], learners: group.learners, learnersNext: [], autoLeave: false };
    const refusal = refusalOf(asked, {
      confState,
      isLive: (one) => this.isLive(one),
      lag: (one) => (group.caughtUp.has(one) ? 0 : Infinity),
      promoteLagEntriesMax: 100,
    });
    if (refusal !== null) throw new Error(`cluster ${step.clusterId} refuses ${operation} of ${node}: ${refusal.message}`);
    if (operation === 'add-learner' && isMember(confState, node)) throw new Error(`node ${node} is in cluster ${step.clusterId} already`);
    const without = (ids: readonly number[], id: number): number[] => ids.filter((one) => one !== id);
    group.learners = without(group.learners, node);
    group.voters = without(group.voters, node);
    if (operation === 'add-learner' || operation === 'demote') group.learners.push(node);
    else if (operation !== 'remove') group.voters.push(node);
    if (operation === 'replace' || operation === 'exchange') group.voters = without(group.voters, step.lost);
    if (operation === 'exchange') group.learners.push(step.lost);
    if (operation === 'remove' || operation === 'add-learner') group.caughtUp.delete(node);
    group.confIndex += 2;
    if (step.clusterId === 0) this.tellManagement();
  }

  private tellManagement(): void {
    const { voters, learners } = this.groups.get(0)!;
    const ascending = (a: number, b: number): number => a - b;
    this.t.membership([...voters].sort(ascending), { learners: [...learners].sort(ascending) });
  }

  /** Groups of clusters that were made, or destroyed. */
  private meetClusters(): void {
    const { clusters } = this.t.topology;
    for (const { clusterId, members } of clusters.values()) {
      if (this.groups.has(clusterId)) continue;
      this.groups.set(clusterId, { voters: members.map(({ node }) => node), learners: [], confIndex: 0, caughtUp: new Set() });
    }
    for (const clusterId of this.groups.keys()) if (clusterId !== 0 && !clusters.has(clusterId)) this.groups.delete(clusterId);
  }
}

const NAMES = new Map(Object.entries(TopologyKind).map(([name, kind]) => [kind, name]));

/** One line, for tables. */
export function describeDecision({ rule, command, step }: Decision): string {
  if (step !== undefined) {
    const place = step.operation === 'replace' || step.operation === 'exchange' ? ` for ${step.lost}` : '';
    return `${rule}: cluster ${step.clusterId} ${step.operation} ${step.node}${place}`;
  }
  return `${rule}: ${describeCommand(command)}`;
}

function describeCommand(command: TopologyCommand): string {
  const name = NAMES.get(command.kind)!;
  switch (command.kind) {
    case TopologyKind.SET_NODE_STATE:
      return `${name} ${command.node} ${command.state}`;
    case TopologyKind.REMOVE_NODE:
      return `${name} ${command.node}`;
    case TopologyKind.ASSOCIATE:
      return `${name} ${command.clusterId} + ${command.node}${command.replaces === 0 ? '' : ` for ${command.replaces}`}`;
    case TopologyKind.DISASSOCIATE:
      return `${name} ${command.clusterId} - ${command.node}`;
    case TopologyKind.RECORD_MEMBERS:
      return `${name} ${command.clusterId} ${command.voters.join(' ')} | ${command.learners.join(' ')}`;
    case TopologyKind.CREATE_CLUSTER:
      return `${name} ${command.members.join(' ')}`;
    case TopologyKind.DESTROY_CLUSTER:
      return `${name} ${command.clusterId}`;
    case TopologyKind.SET_CLUSTER_STATE:
      return `${name} ${command.clusterId} ${command.state}`;
    case TopologyKind.SET_SLOT_TARGETS:
      return `${name} ${command.targets.map(({ clusterId, slots }) => `${clusterId}=${slots}`).join(' ')}`;
    case TopologyKind.BEGIN_MOVE:
      return `${name} ${command.from} > ${command.to} ${command.ranges.map(({ first, count }) => `${first}+${count}`).join(' ')}`;
    default:
      return name;
  }
}
