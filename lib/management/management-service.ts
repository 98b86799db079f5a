/**
 * The management of a deployment on one node: gossip, what this node says of itself, the cluster manager where this node leads cluster 0, and the calls of operators. Made
 * by the face on every member of cluster 0, over the group, its state machine and the node (node-port.ts).
 *
 * V1. start() waits for nobody; stop() tells the others that this node goes, and ends everything that it began.
 * V2. A new process of a known node hears from the leader soon after gossip has it: a group that hibernates would not speak to it.
 * V3. plan() is the same on every member: the leader makes it, and nothing is carried out.
 * Tests: test/management/management.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import type { Logger } from '../cluster/logger.js';
import type { Random } from '../cluster/random.js';
import type { Scheduler } from '../cluster/scheduler.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { MembershipService, type MembershipSettings } from '../membership/index.js';
import { ClientDesk } from './client-desk.js';
import { TOPOLOGY_CODEC_LEVEL_MAX, type NodeInfo } from './command.js';
import { Farewell } from './farewell.js';
import { Founding, type FirstCluster } from './founding.js';
import { GroupSteps } from './group-steps.js';
import { ManagementRuntime } from './management-runtime.js';
import { ManagerRunner } from './manager-runner.js';
import { MoveRunner } from './move-runner.js';
import { NodeDuty } from './node-duty.js';
import { factsOf, inOneForm, openWorkflowsToldBy } from './node-info.js';
import type { ManagementNode } from './node-port.js';
import { Observer } from './observer.js';
import type { ManagerPlan, ManagerPolicy } from './placement/manager/view.js';
import { decodePlan, encodePlan, type LedGroup } from './request-codec.js';
import type { TopologyStateMachine } from './state-machine.js';
import type { TopologyAnswer, TopologyView } from './state.js';
import { TopologyChanges } from './topology-changes.js';

export const PLAN_METHOD = 'management.plan';

export interface ManagementOptions {
  readonly node: ManagementNode;
  /** Cluster 0 on this node. */
  readonly group: RaftGroup<TopologyAnswer>;
  /** Of that group; its sink is set here. */
  readonly state: TopologyStateMachine;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: Logger;
  readonly policy: ManagerPolicy;
  /** What this node says of itself; incarnation and codec level are filled in. Lists in any order. */
  readonly info: NodeInfo;
  /** Nodes that gossip begins with: members of clusters 0 and 1, as far as they are known. */
  readonly seeds: readonly number[];
  /** What cluster 1 says, for the founding; null while this node can not tell. Asked on the leader of cluster 0, until the deployment is founded. */
  readonly firstCluster: () => FirstCluster | null;
  /** ms. */
  readonly roundEveryMs: number;
  /** For one answer of another node in a round, ms. Default 1,000. */
  readonly askTimeoutMs?: number;
  readonly gossip?: Partial<MembershipSettings>;
}

const ASK_TIMEOUT_MS = 1_000;
const PLAN_TIMEOUT_MS = 10_000;
const LOAD_EVERY_MS = 5_000;
const LEAVE_TIMEOUT_MS = 500;
const NO_BYTES = new Uint8Array(0);

export class ManagementService {
  readonly runtime: ManagementRuntime;
  private readonly info: NodeInfo;
  private readonly gossip: MembershipService;
  private readonly changes: TopologyChanges;
  private readonly observer: Observer;
  private readonly steps: GroupSteps;
  private readonly founding: Founding;
  private readonly farewell: Farewell;
  private readonly duty: NodeDuty;
  private readonly runner: ManagerRunner;
  private readonly moves: MoveRunner;
  private readonly clients: ClientDesk;
  private readonly endings: Array<() => void> = [];
  private loadTimer: Timer | null = null;
  private startsBefore = 0;
  private isStopped = false;

  /** Throws INVALID_CONFIGURATION or INVALID_ARGUMENT for what another node would not take. */
  constructor(private readonly options: ManagementOptions) {
    const { node, group, state, clock, scheduler, random, logger, policy, seeds, firstCluster, roundEveryMs } = options;
    const { askTimeoutMs = ASK_TIMEOUT_MS, gossip = {} } = options;
    const topology = (): TopologyView => state.topology;
    const info = (): NodeInfo => this.info;
    this.info = inOneForm({ ...options.info, incarnation: node.incarnation, codecLevelMax: TOPOLOGY_CODEC_LEVEL_MAX });
    this.gossip = new MembershipService({
      nodeId: node.nodeId,
      process: node.incarnation,
      carrier: node,
      clock,
      scheduler,
      random,
      facts: factsOf(this.info),
      seeds: seeds.filter((seed) => seed !== node.nodeId),
      settings: gossip,
    });
    this.changes = new TopologyChanges({ group, state, scheduler });
    this.steps = new GroupSteps(node, group);
    const isStepping = (clusterId: number): boolean => this.steps.isUnderWay(clusterId);
    const onLed = (led: LedGroup): void => this.steps.heard(led);
    this.observer = new Observer({ node, group, topology, gossip: this.gossip, clock, askTimeoutMs, isStepping, onLed });
    this.founding = new Founding({ node, info, targetSize: policy.targetSize, askTimeoutMs });
    this.farewell = new Farewell({ node, group, topology, clock });
    this.duty = new NodeDuty({ group, topology, clock, info });
    const { observer, steps, founding } = this;
    this.runner = new ManagerRunner({ group, topology, observer, steps, founding, firstCluster, clock, logger, policy, roundEveryMs });
    this.moves = new MoveRunner({ node, group, topology, clock, logger });
    this.clients = new ClientDesk({ node, group, topology });
    this.runtime = new ManagementRuntime({ group, topology, changes: this.changes, observer, policy });
  }

  start(): void {
    const { node, group } = this.options;
    this.observer.start();
    this.steps.start();
    this.founding.start();
    this.clients.start();
    this.farewell.start();
    node.handle(PLAN_METHOD, async () => encodePlan(await this.planHere()));
    this.endings.push(
      this.changes.onVersion(() => {
        this.duty.review();
        this.runner.ask();
        this.moves.ask();
      }),
      group.subscribe({
        onLeadership: () => {
          this.duty.review();
          this.runner.ask();
          this.moves.ask();
        },
        onMembership: () => this.runner.ask(),
      }),
      this.gossip.subscribe(({ isNewProcess }) => {
        if (isNewProcess) this.speak();
        this.runner.ask();
      }),
    );
    this.gossip.start();
    this.tellLoad();
    this.duty.review();
    this.runner.ask();
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.runner.stop();
    this.moves.stop();
    this.duty.stop();
    this.farewell.stop();
    this.observer.stop();
    this.loadTimer?.cancel();
    for (const end of this.endings) end();
    this.changes.close();
    await this.gossip.leave(LEAVE_TIMEOUT_MS);
  }

  /** As this node has applied it. Read only, and valid until the next apply. */
  get topology(): TopologyView {
    return this.options.state.topology;
  }

  /** Of cluster 0; 0: none known. */
  get leaderId(): number {
    return this.options.group.leaderId;
  }

  /** Told of the newest version between two applied batches. Returns what ends it. */
  onTopology(listener: (version: number) => void): () => void {
    return this.changes.onVersion(listener);
  }

  /** Nodes that gossip takes to be there, this one included; suspected ones too. */
  liveNodes(): ReadonlySet<number> {
    const { nodes } = this.observer.glance();
    return new Set([...nodes].filter(([, { isLive }]) => isLive).map(([node]) => node));
  }

  /** Open workflows of the clusters that a node leads, as gossip has it; undefined: it has not said. */
  openWorkflowsLedBy(node: number): number | undefined {
    return openWorkflowsToldBy(this.gossip.member(node));
  }

  /** What the cluster manager would do now, and why. From any member. Rejects with NO_LEADER, NOT_LEADER, OUTCOME_UNKNOWN: nothing is changed by it. */
  async plan(): Promise<ManagerPlan> {
    const { node, group } = this.options;
    if (group.isLeader) return this.planHere();
    if (group.leaderId === 0)
      throw new RaftoralError(
        'NO_LEADER',
        'Cluster 0 has no leader that this node knows: nobody plans. Try again once a majority of its voters is up.',
      );
    return decodePlan(await node.request(group.leaderId, PLAN_METHOD, NO_BYTES, PLAN_TIMEOUT_MS));
  }

  /**
   * Of a node that cluster 0 has removed: the topology is told that it has left for good (farewell.ts). Never rejects: who is not heard is down, and forgotten later.
   * `needed`: the topology counts on this node, to the last.
   */
  async sayFarewell(timeoutMs: number): Promise<'recorded' | 'needed' | 'unheard'> {
    const { node, logger } = this.options;
    try {
      await this.farewell.say(timeoutMs);
      return 'recorded';
    } catch (error) {
      if (isRaftoralError(error, 'TOPOLOGY_REFUSED') && error.details['reason'] === 'node-in-use') return 'needed';
      logger.log(
        'warn',
        `node ${node.nodeId} has left, and nobody could record it: it counts as down until it is forgotten: ${String(error)}`,
      );
      return 'unheard';
    }
  }

  private async planHere(): Promise<ManagerPlan> {
    const { group, node } = this.options;
    if (!group.isLeader) {
      throw new RaftoralError('NOT_LEADER', `Node ${node.nodeId} does not lead cluster 0; ask node ${group.leaderId}.`, {
        details: { leaderId: group.leaderId },
      });
    }
    return this.runner.plan();
  }

  /** V2. Its answer is of no interest: a group that can not confirm its leader does not hibernate, and speaks anyway. */
  private speak(): void {
    const { group } = this.options;
    const spoken = (): void => undefined;
    if (group.isLeader) void group.readIndex().then(spoken, spoken);
  }

  private readonly tellLoad = (): void => {
    if (this.isStopped) return;
    const led = this.observer.led();
    const startsTotal = led.reduce((sum, { startsTotal: starts }) => sum + starts, 0);
    const openWorkflows = led.reduce((sum, { openWorkflows: open }) => sum + open, 0);
    const commandsPerSecond = Math.max(0, Math.round(((startsTotal - this.startsBefore) * 1_000) / LOAD_EVERY_MS));
    this.startsBefore = startsTotal;
    this.gossip.setLoad({ openWorkflows, commandsPerSecond });
    this.loadTimer = this.options.clock.setTimer(LOAD_EVERY_MS, this.tellLoad, { unref: true });
  };
}
