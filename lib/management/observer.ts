/**
 * What the cluster manager looks at beside the topology: who is there, by gossip; how each group stands, by what its leader says. Asked on demand, kept between rounds for
 * what only differences tell.
 *
 * O1. Who does not answer is missing, and delays a round by `askTimeoutMs` at most; so many nodes are asked at a time.
 * O2. Who led a group in the last round is asked first; all its members only when that one leads no more.
 * O3. Of two that say they lead, the later term is believed.
 * O4. Nobody is called silent for longer than this process has listened, or than the node has had its state: after a start of all nodes none of them is down because nobody was heard
 *     yet, nor is one that has just been added and has not arrived.
 * Tests: test/management/management.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { GroupStatus, RaftGroup } from '../cluster/group.js';
import type { MembershipService } from '../membership/index.js';
import { MemberStatus } from '../membership/index.js';
import type { HostedExecutionGroup, ManagementNode } from './node-port.js';
import type { GroupObservation, ManagerView, NodeObservation } from './placement/manager/view.js';
import { decodeLedGroups, encodeLedGroups, type LedGroup } from './request-codec.js';
import type { TopologyView } from './state.js';

export const GROUPS_METHOD = 'management.groups';

/** Entries that a learner may lack to be proposed for promotion; the group has the last word. */
const CAUGHT_UP_LAG_ENTRIES_MAX = 100;
const ASKED_AT_ONCE = 16;
/** A rate is made of counts that are at least so far apart, ms. */
const RATE_SPAN_MS = 1_000;
const MANAGEMENT_CLUSTER_ID = 0;
const NO_BYTES = new Uint8Array(0);

export interface ObserverParts {
  readonly node: ManagementNode;
  readonly group: RaftGroup;
  readonly topology: () => TopologyView;
  readonly gossip: MembershipService;
  readonly clock: Clock;
  readonly askTimeoutMs: number;
  /** Clusters whose members this node changes at the moment. */
  readonly isStepping: (clusterId: number) => boolean;
  /** Told of what a leader says, before isStepping is asked of that cluster. */
  readonly onLed: (led: LedGroup) => void;
}

interface Seen {
  readonly isLive: boolean;
  /** Since this process listens. */
  readonly isHeard: boolean;
  readonly sinceMonotonicMs: number;
}

interface Counted {
  readonly leader: number;
  readonly startsTotal: number;
  readonly atMs: number;
  readonly startsPerSecond: number;
}

export class Observer {
  private readonly seen = new Map<number, Seen>();
  private readonly leaders = new Map<number, number>();
  private readonly counts = new Map<number, Counted>();
  private readonly bornMonotonicMs: number;
  private unsubscribe: (() => void) | null = null;

  constructor(private readonly parts: ObserverParts) {
    this.bornMonotonicMs = parts.clock.monotonic();
  }

  start(): void {
    const { node, gossip } = this.parts;
    node.handle(GROUPS_METHOD, () => Promise.resolve(encodeLedGroups(this.led())));
    this.unsubscribe = gossip.subscribe(({ nodeId }) => this.look(nodeId));
  }

  stop(): void {
    this.unsubscribe?.();
  }

  /** What this node leads, as it would tell another. */
  led(): LedGroup[] {
    return this.parts.node
      .groups()
      .filter(({ group }) => isLeading(group))
      .map((hosted) => this.describe(hosted));
  }

  /** On the management leader. */
  async view(): Promise<ManagerView> {
    const groups = await this.groups([...this.parts.topology().clusters.keys()]);
    const { group } = this.parts;
    if (isLeading(group)) {
      const { term: _term, clusterId: _id, startsTotal: _starts, ...own } = this.describe({ group, openWorkflows: 0, startsTotal: 0 });
      groups.set(MANAGEMENT_CLUSTER_ID, { ...own, leader: group.nodeId, startsPerSecond: 0 });
    }
    return { ...this.glance(), groups };
  }

  /** Without the groups: what is known here and now. */
  glance(): ManagerView {
    return { topology: this.parts.topology(), nowMs: this.nowMs, nodes: this.nodes(), groups: new Map() };
  }

  /** Of these clusters, by id; those without a leader that answers are missing. */
  async groups(clusterIds: readonly number[]): Promise<Map<number, GroupObservation>> {
    const found = new Map<number, { readonly node: number; readonly led: LedGroup }>();
    const asked = new Set<number>();
    const ask = async (nodes: readonly number[]): Promise<void> => {
      const fresh = [...new Set(nodes)].filter((node) => !asked.has(node));
      for (const node of fresh) asked.add(node);
      await this.askAll(fresh, (node, led) => {
        const known = found.get(led.clusterId);
        if (known === undefined || led.term > known.led.term) found.set(led.clusterId, { node, led });
      });
    };
    await ask(clusterIds.map((id) => this.leaders.get(id) ?? 0).filter((node) => node !== 0));
    await ask(clusterIds.filter((id) => !found.has(id)).flatMap((id) => this.membersOf(id)));
    const observations = new Map<number, GroupObservation>();
    for (const clusterId of clusterIds) {
      const one = found.get(clusterId);
      if (one === undefined) {
        this.leaders.delete(clusterId);
        continue;
      }
      this.leaders.set(clusterId, one.node);
      observations.set(clusterId, this.observation(one.node, one.led));
    }
    for (const clusterId of this.counts.keys()) if (!this.parts.topology().clusters.has(clusterId)) this.counts.delete(clusterId);
    return observations;
  }

  /** The manager's clock: that of log times, which the states of nodes and clusters bear. */
  private get nowMs(): number {
    return Math.max(this.parts.clock.now(), this.parts.topology().logTimeMs);
  }

  private nodes(): Map<number, NodeObservation> {
    const { node: self, clock } = this.parts;
    const now = clock.monotonic();
    const observed = new Map<number, NodeObservation>();
    for (const { node, stateSinceMs } of this.parts.topology().nodes.values()) {
      const { isLive, isHeard, sinceMonotonicMs } = node === self.nodeId ? this.self : this.look(node);
      const sinceMs = this.nowMs - (now - sinceMonotonicMs);
      observed.set(node, { isLive, sinceMs: isHeard ? sinceMs : Math.max(sinceMs, stateSinceMs) });
    }
    return observed;
  }

  /** O4. Suspected is alive: it has time to refute. */
  private look(node: number): Seen {
    const { gossip, clock } = this.parts;
    const status = gossip.member(node)?.status;
    const isLive = status === MemberStatus.ALIVE || status === MemberStatus.SUSPECT;
    const before = this.seen.get(node);
    if (before?.isLive === isLive) return before;
    const isHeard = before !== undefined || isLive;
    const seen = { isLive, isHeard, sinceMonotonicMs: isHeard ? clock.monotonic() : this.bornMonotonicMs };
    this.seen.set(node, seen);
    return seen;
  }

  private get self(): Seen {
    return { isLive: true, isHeard: true, sinceMonotonicMs: this.bornMonotonicMs };
  }

  private membersOf(clusterId: number): number[] {
    const cluster = this.parts.topology().clusters.get(clusterId);
    const members = cluster?.members.map(({ node }) => node) ?? [];
    return members.filter((node) => node === this.parts.node.nodeId || this.look(node).isLive);
  }

  private async askAll(nodes: readonly number[], heard: (node: number, led: LedGroup) => void): Promise<void> {
    const waiting = [...nodes];
    const askOneAfterTheOther = async (): Promise<void> => {
      for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
        for (const led of await this.ask(node)) heard(node, led);
      }
    };
    await Promise.all(Array.from({ length: Math.min(ASKED_AT_ONCE, waiting.length) }, askOneAfterTheOther));
  }

  /** O1. */
  private async ask(to: number): Promise<readonly LedGroup[]> {
    const { node, askTimeoutMs } = this.parts;
    if (to === node.nodeId) return this.led();
    try {
      return decodeLedGroups(await node.request(to, GROUPS_METHOD, NO_BYTES, askTimeoutMs));
    } catch {
      return [];
    }
  }

  private describe({ group, openWorkflows, startsTotal }: HostedExecutionGroup): LedGroup {
    const status = group.status();
    const { voters, votersOutgoing, learners } = status.membership;
    return {
      clusterId: group.groupId,
      term: status.term,
      confIndex: status.appliedIndex,
      voters: [...voters],
      learners: [...learners],
      isChanging: votersOutgoing.length > 0 || this.parts.isStepping(group.groupId),
      caughtUp: caughtUp(status),
      openWorkflows,
      startsTotal,
    };
  }

  private observation(leader: number, led: LedGroup): GroupObservation {
    const { confIndex, voters, learners, isChanging, openWorkflows } = led;
    this.parts.onLed(led);
    return {
      leader,
      confIndex,
      voters,
      learners,
      isChanging: isChanging || this.parts.isStepping(led.clusterId),
      caughtUp: led.caughtUp,
      openWorkflows,
      startsPerSecond: this.rate(leader, led),
    };
  }

  /** Another leader, or one that counts anew, begins a new span. */
  private rate(leader: number, { clusterId, startsTotal }: LedGroup): number {
    const atMs = this.parts.clock.monotonic();
    const before = this.counts.get(clusterId);
    if (before === undefined || before.leader !== leader || startsTotal < before.startsTotal) {
      const startsPerSecond = before?.startsPerSecond ?? 0;
      this.counts.set(clusterId, { leader, startsTotal, atMs, startsPerSecond });
      return startsPerSecond;
    }
    const spanMs = atMs - before.atMs;
    if (spanMs < RATE_SPAN_MS) return before.startsPerSecond;
    const startsPerSecond = ((startsTotal - before.startsTotal) * 1_000) / spanMs;
    this.counts.set(clusterId, { leader, startsTotal, atMs, startsPerSecond });
    return startsPerSecond;
  }
}

function isLeading(group: RaftGroup): boolean {
  return group.isLeader && group.status().halted === null;
}

function caughtUp({ progress, lastIndex }: GroupStatus): number[] {
  return progress
    .filter(({ learner, match, state }) => learner && state === 'replicate' && match > 0 && lastIndex - match <= CAUGHT_UP_LAG_ENTRIES_MAX)
    .map(({ id }) => id);
}
