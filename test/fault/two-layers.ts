/**
 * A deployment of two layers, whole: six nodes that found it, a third execution cluster that an operator makes and takes away again, so that slots move with their open workflows,
 * and load through any node. `kill -9` of who leads the management, the source or the target of moves that are under way; a node that never comes back, and another one that comes;
 * everything at once.
 *
 * L1. A kill is for a move if one of the kind is still under way after it, as another node says. One that was not is made again.
 * L2. After each one the topology comes to rest: every slot is where it is to be, every cluster has three voters on nodes that are up, every node hosts what it is to host.
 */
import { countAndClose, sleep, type CaseContext, type FaultCase } from './fault-case.js';
import { Fleet, freePorts } from './fleet.js';
import type { Request, SaidTopology } from './protocol.js';
import { Torture } from './torture.js';
import { Refused, VictimGone } from './victim-process.js';

const FIRST_NODES = 6;
const CLUSTERS = 2;
const CLUSTER_SIZE = 3;
const SLOTS = 4096;
const LANES = 8;
const MANAGEMENT_CLUSTER_ID = 0;
const KILLS_PER_ROUND_MAX = 4;
/** As long as one of the kinds has met no move (L1). */
const MORE_ROUNDS_MAX = 6;
/** Generous: how slow a busy machine is decides nothing. */
const PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 50;

/** Moves of few slots, one at a time: there is one to be met for long enough. Nothing is merged for having little to do. */
const MANAGEMENT = { roundEveryMs: 200, nodeDownAfterMs: 6_000, slotsPerMoveMax: 256, movesMax: 1, settleMs: 3_600_000 };

const LEADERS = ['management', 'source', 'target'] as const;
type Leader = (typeof LEADERS)[number];
type Seated = SaidTopology & { readonly index: number };
type Move = SaidTopology['moves'][number];

export const twoLayersCase: FaultCase = {
  name: 'two-layers',
  what: 'kill -9 of the leaders of management, source and target while slots move, of a node for good, of all at once, under load',
  async run(context) {
    const members = (await freePorts(FIRST_NODES + 1)).map((port, index) => ({
      listen: `127.0.0.1:${port}`,
      isLater: index >= FIRST_NODES,
    }));
    const torture = new Torture(context, context.random, 'two-layers');
    const { machine, random } = context;
    const fleet = new Fleet({ machine, torture, random, name: 'two-layers', members, management: MANAGEMENT });
    try {
      await new TwoLayers(context, torture, fleet).run();
    } catch (error) {
      context.report.say(`as the nodes have it: ${JSON.stringify(await fleet.topologies())}`);
      throw error;
    }
    countAndClose(context, ...fleet.all);
  },
};

class TwoLayers {
  /** Of kills that met a move, by who was killed. */
  private readonly met = new Map<Leader, number>();
  private readonly phases = new Map<string, number>();
  private readonly beganMs = performance.now();

  constructor(
    private readonly context: CaseContext,
    private readonly torture: Torture,
    private readonly fleet: Fleet,
  ) {}

  async run(): Promise<void> {
    const { fleet, torture } = this;
    const { report, rounds } = this.context;
    await fleet.bootAll();
    const load = torture.load(fleet, LANES);
    await this.atRest('founded');
    this.sayWhen('founded');
    const wanted = LEADERS.slice(0, rounds);
    const missed = (): Leader | undefined => wanted.find((leader) => !this.met.has(leader));
    let round = 0;
    for (; round < rounds || (missed() !== undefined && round < rounds + MORE_ROUNDS_MAX); round++) {
      const isMade = round % 2 === 0;
      if (isMade) await this.makeCluster();
      else await this.takeCluster();
      await this.strike(round < rounds ? LEADERS[round % LEADERS.length]! : missed()!);
      await this.atRest(`round ${round + 1}`, isMade ? CLUSTERS + 1 : CLUSTERS);
      report.clean(`round ${round + 1}: what was acknowledged is there`, await torture.verify(fleet, 'touched'), fleet.log);
      this.sayWhen(`round ${round + 1}: a cluster ${isMade ? 'made' : 'taken away'}`);
    }
    if (round % 2 === 1) await this.takeCluster();
    report.check('each was killed while slots moved', missed() === undefined, this.said);
    await this.loseOne();
    this.sayWhen('one lost, another one come');
    await load.stop();
    await this.settle();
  }

  private sayWhen(what: string): void {
    this.context.report.say(`${((performance.now() - this.beganMs) / 1000).toFixed(1)} s: ${what}; ${this.said}`);
  }

  private get said(): string {
    const text = (counts: ReadonlyMap<string, number>): string => [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
    return `kills that met a move: ${text(this.met) || 'none'}; those moves were ${text(this.phases) || 'none'}`;
  }

  // --- what an operator does ---------------------------------------------------------------------------------------------------------

  private async makeCluster(): Promise<void> {
    const nodes = (await this.topology()).nodes.filter(({ state }) => state === 'active').map(({ nodeId }) => nodeId);
    const members = this.context.random.shuffle(nodes).slice(0, CLUSTER_SIZE);
    await this.operate(
      (decidedOn) => ({ op: 'create-cluster', members, decidedOn }),
      ({ clusters }) => clusters.length > CLUSTERS,
    );
  }

  /** It gives its slots away, and is destroyed then. */
  private async takeCluster(): Promise<void> {
    const clusterId = Math.max(...(await this.topology()).clusters.map((cluster) => cluster.clusterId));
    const isTaken = ({ clusters }: SaidTopology): boolean =>
      clusters.every((cluster) => cluster.clusterId !== clusterId || cluster.state === 'retiring');
    await this.operate((decidedOn) => ({ op: 'retire-cluster', clusterId, decidedOn }), isTaken);
  }

  /** A call that may have been done is not done again: it is decided on a topology in which it was not, and refused where that is not the newest. */
  private async operate(request: (decidedOn: number) => Request, isDone: (topology: SaidTopology) => boolean): Promise<void> {
    const { fleet } = this;
    for (const endMs = performance.now() + PATIENCE_MS; performance.now() < endMs; await sleep(LOOK_EVERY_MS)) {
      const [one] = this.context.random.shuffle(await fleet.topologies());
      if (one === undefined || one.version === 0) continue;
      if (isDone(one)) return;
      try {
        await fleet.victim(one.index).call(request(one.version));
      } catch (error) {
        if (!(error instanceof Refused || error instanceof VictimGone)) throw error;
      }
    }
    throw new Error(`${JSON.stringify(request(0))} was not done\n${fleet.log}`);
  }

  // --- what goes wrong ---------------------------------------------------------------------------------------------------------------

  /** L1. */
  private async strike(leader: Leader): Promise<void> {
    const { fleet } = this;
    const { random, report } = this.context;
    for (let kills = 0, hasMet = false; kills < KILLS_PER_ROUND_MAX && !hasMet; kills++) {
      const target = await this.target(leader);
      if (target === null) return;
      await fleet.kill(target.index);
      report.kills++;
      const left = (await this.topology()).moves.find((move) => leader === 'management' || sideOf(move, leader) === target.clusterId);
      hasMet = left !== undefined;
      if (left !== undefined) {
        this.met.set(leader, (this.met.get(leader) ?? 0) + 1);
        this.phases.set(left.phase, (this.phases.get(left.phase) ?? 0) + 1);
      }
      await sleep(random.int(1_500));
      fleet.boot(target.index);
      await fleet.ready();
    }
  }

  /** The seat of who leads it, once slots move; null: they do not any more. */
  private async target(leader: Leader): Promise<{ readonly index: number; readonly clusterId: number } | null> {
    for (const endMs = performance.now() + PATIENCE_MS; performance.now() < endMs; await sleep(LOOK_EVERY_MS)) {
      const topologies = await this.fleet.topologies();
      const newest = newestOf(topologies);
      const move = newest?.moves[0];
      if (move === undefined) {
        if (newest !== undefined && newest.clusters.every(isSettled)) return null;
        continue;
      }
      const clusterId = leader === 'management' ? MANAGEMENT_CLUSTER_ID : sideOf(move, leader);
      const found = topologies.find(({ leads }) => leads.includes(clusterId));
      if (found !== undefined) return { index: found.index, clusterId };
    }
    throw new Error(`nobody leads the ${leader}: ${JSON.stringify(await this.fleet.topologies())}\n${this.fleet.log}`);
  }

  /** Its places are taken by others; a newcomer takes places, too. */
  private async loseOne(): Promise<void> {
    const { fleet, torture } = this;
    const { random, report } = this.context;
    const lost = random.int(FIRST_NODES);
    await fleet.lose(lost);
    report.kills++;
    const { nodes } = await this.atRest('one is lost');
    const down = nodes.filter(({ state }) => state === 'down').length;
    report.check('the lost node is down, and nobody counts on it', down === 1, JSON.stringify(nodes));
    report.clean('one is lost: what was acknowledged is there', await torture.verify(fleet, 'touched'), fleet.log);
    fleet.boot(FIRST_NODES);
    await fleet.ready();
    // One of the five is in both clusters: the newcomer takes its place in one of them, some rounds after it has come.
    const isNewcomerIn = (topologies: readonly Seated[]): boolean =>
      topologies.some(({ index, hosts }) => index === FIRST_NODES && hosts.length > 0);
    await this.atRest('another one has come and hosts a cluster', CLUSTERS, isNewcomerIn);
  }

  // --- what has to be --------------------------------------------------------------------------------------------------------------

  private async topology(): Promise<SaidTopology> {
    for (const endMs = performance.now() + PATIENCE_MS; performance.now() < endMs; await sleep(LOOK_EVERY_MS)) {
      const newest = newestOf(await this.fleet.topologies());
      if (newest !== undefined) return newest;
    }
    throw new Error(`nobody has a topology\n${this.fleet.log}`);
  }

  /** L2, as every node says. */
  private async atRest(
    when: string,
    clusters = CLUSTERS,
    isMore: (topologies: readonly Seated[]) => boolean = () => true,
  ): Promise<SaidTopology> {
    const { fleet } = this;
    let topologies = await fleet.topologies();
    for (const endMs = performance.now() + PATIENCE_MS; performance.now() < endMs; topologies = await fleet.topologies()) {
      if (topologies.length === fleet.size && topologies.every((one) => isAtRest(one, fleet.size, clusters)) && isMore(topologies)) {
        this.context.report.check(`${when}: the topology comes to rest`, true);
        return topologies[0]!;
      }
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`${when}: the topology does not come to rest: ${JSON.stringify(topologies)}\n${fleet.log}`);
  }

  /** As settleFleet(): every run gets its result, all dies at once, and all of it is still there. */
  private async settle(): Promise<void> {
    const { fleet, torture } = this;
    const { report } = this.context;
    report.clean('every open run goes on to its result', await torture.finishAll(fleet), fleet.log);
    for (const victim of fleet.victims) report.clean('each node lists all of it', await torture.verifyList(victim), victim.log);
    report.kills += fleet.size;
    await fleet.kill(...fleet.indexes);
    await fleet.bootAll();
    await this.atRest('killed all at once and started again');
    report.clean('killed all at once and started again: all of it is there', await torture.verify(fleet, 'all'), fleet.log);
    const failures = (await fleet.topologies()).flatMap(({ failure }) => failure ?? []);
    report.check('no node has stopped', failures.length === 0, ...failures);
    const { calls, problems } = torture.checkHistory();
    report.check(`the answers to ${calls} calls at any node are linearizable`, problems.length === 0, ...problems);
    report.check('nothing was refused', torture.refusals.length === 0, ...torture.refusals.slice(0, 5).map(({ message }) => message));
    await Promise.all(fleet.victims.map((victim) => victim.kill()));
    report.add(torture.ledger.acknowledged);
    const { starts, signals, checkpoints, results } = torture.ledger.acknowledged;
    report.say(`acknowledged: ${starts} starts, ${signals} signals, ${checkpoints} checkpoints, ${results} results`);
  }
}

/** It is to stay, and has all that it is to have. */
function isSettled({ state, slots, slotTarget }: SaidTopology['clusters'][number]): boolean {
  return state === 'active' && slots > 0 && slots === slotTarget;
}

function sideOf(move: Move, side: 'source' | 'target'): number {
  return side === 'source' ? move.from : move.to;
}

function newestOf<One extends SaidTopology>(topologies: readonly One[]): One | undefined {
  const known = topologies.filter(({ version }) => version > 0);
  return known.length === 0 ? undefined : known.reduce((newest, one) => (one.version > newest.version ? one : newest));
}

function isAtRest({ nodeId, failure, hosts, nodes, clusters, moves }: SaidTopology, size: number, wanted: number): boolean {
  const active = new Set(nodes.filter(({ state }) => state === 'active').map((node) => node.nodeId));
  const hosted = clusters.filter(({ members }) => members.some((member) => member.nodeId === nodeId)).map(({ clusterId }) => clusterId);
  return (
    failure === null &&
    active.size === size &&
    moves.length === 0 &&
    clusters.length === wanted &&
    clusters.reduce((sum, { slots }) => sum + slots, 0) === SLOTS &&
    clusters.every(
      (cluster) =>
        isSettled(cluster) &&
        cluster.members.length === CLUSTER_SIZE &&
        cluster.members.every((member) => member.state === 'voter' && active.has(member.nodeId)),
    ) &&
    hosted.join() === hosts.join()
  );
}
