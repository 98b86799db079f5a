/**
 * What the membership costs, and how fast and how truly it tells who is there: groups of 10 to 500 nodes in virtual time (test/membership/gossip-world.ts).
 *
 *   failure    nodes die one by one: until the first other node counts it as down, and until all do; messages and bytes per node and second meanwhile
 *   idle       nobody dies: messages and bytes per node and second
 *   loads      the same while the load of every node changes much at every moment
 *   slow       some nodes hear and say everything late, again and again, as in the paper of Lifeguard (§V): healthy nodes that somebody takes to be down
 *
 * Each with Lifeguard and without. Virtual times do not depend on the machine; the same seed gives the same figures.
 */
import { MemberStatus } from '../../lib/membership/swim/record.js';
import { WITHOUT_LIFEGUARD, type MembershipSettings } from '../../lib/membership/swim/settings.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { GossipWorld } from '../membership/gossip-world.js';
import { percentile, round, type Measure } from './measure.js';
import type { BenchOptions } from './options.js';

const SIZES = [10, 50, 100, 200, 500];
/** The paper's: α 5, β 6, three confirmations. */
const PAPER: Partial<MembershipSettings> = { suspicionMultiplier: 5 };
const VARIANTS: ReadonlyArray<readonly [string, Partial<MembershipSettings>]> = [
  ['swim', { ...PAPER, ...WITHOUT_LIFEGUARD }],
  ['lifeguard', PAPER],
];
const LOSS_RATE = 0.01;
const SETTLE_MS_MAX = 120_000;
/** The first tables are exchanged within 30 s, as of a small group; then every 150 s where there are 500. */
const IDLE_WARM_MS = 31_000;
const IDLE_S = 150;
const LOADS_S = 20;
/** Slow for so long, then well for so long, again and again. */
const SLOW_MS = 16_384;
const WELL_MS = 64;

function settledWorld(nodes: number, settings: Partial<MembershipSettings>, lossRate: number, warmMs = 2_000): GossipWorld {
  const world = new GossipWorld({ nodes, seed: nodes, settings, lossRate, delayMsMin: 0.2, delayMsMax: 5 });
  world.acquaint();
  world.run(warmMs);
  return world;
}

class Meter {
  private readonly begin: { readonly atMs: number; readonly messages: number; readonly bytes: number };

  constructor(private readonly world: GossipWorld) {
    this.begin = { atMs: world.nowMs, ...this.sums() };
  }

  /** Per node that lives and second of virtual time. */
  read(): { readonly messagesPerNodeS: number; readonly bytesPerNodeS: number } {
    const { messages, bytes } = this.sums();
    const nodeSeconds = (this.world.living.length * (this.world.nowMs - this.begin.atMs)) / 1_000;
    return {
      messagesPerNodeS: round((messages - this.begin.messages) / nodeSeconds),
      bytesPerNodeS: round((bytes - this.begin.bytes) / nodeSeconds),
    };
  }

  private sums(): { messages: number; bytes: number } {
    let [messages, bytes] = [0, 0];
    for (const { sent } of this.world.nodes) {
      messages += sent.messages;
      bytes += sent.bytes;
    }
    return { messages, bytes };
  }
}

function failures(nodes: number, deaths: number, variant: string, settings: Partial<MembershipSettings>): Measure {
  const suspectedS: number[] = [];
  const firstS: number[] = [];
  const allS: number[] = [];
  let falsePositives = 0;
  const world = settledWorld(nodes, settings, LOSS_RATE);
  const meter = new Meter(world);
  const random = new SeededRandom(nodes, 'deaths');
  for (let death = 0; death < deaths; death++) {
    const nodeId = random.pick(world.living).nodeId;
    const beganMs = world.nowMs;
    let isSuspected = false;
    const knowing = new Set<number>();
    world.onChange = (observer, change) => {
      if (change.after === MemberStatus.SUSPECT && change.nodeId === nodeId && !isSuspected) {
        isSuspected = true;
        suspectedS.push((world.nowMs - beganMs) / 1_000);
      }
      if (change.after !== MemberStatus.DOWN) return;
      if (change.nodeId !== nodeId) falsePositives++;
      else {
        if (knowing.size === 0) firstS.push((world.nowMs - beganMs) / 1_000);
        knowing.add(observer.nodeId);
      }
    };
    world.kill(nodeId);
    if (!world.runUntil(() => knowing.size === nodes - 1, 600_000, 20)) throw new Error(`the death of node ${nodeId} did not get around`);
    allS.push((world.nowMs - beganMs) / 1_000);
    world.onChange = null;
    world.restart(nodeId);
    if (!world.runUntil(() => world.isSettled, SETTLE_MS_MAX, 200)) throw new Error(`node ${nodeId} is not back`);
  }
  for (const samples of [suspectedS, firstS, allS]) samples.sort((a, b) => a - b);
  return {
    bench: 'gossip failure',
    nodes,
    variant,
    deaths,
    suspectedP50S: round(percentile(suspectedS, 0.5)),
    downFirstP50S: round(percentile(firstS, 0.5)),
    downFirstMaxS: round(firstS[firstS.length - 1]!),
    downAllP50S: round(percentile(allS, 0.5)),
    downAllMaxS: round(allS[allS.length - 1]!),
    falsePositives,
    ...meter.read(),
  };
}

function idle(nodes: number, seconds: number, variant: string, settings: Partial<MembershipSettings>, withLoad: boolean): Measure {
  const world = settledWorld(nodes, settings, 0, IDLE_WARM_MS);
  const random = new SeededRandom(nodes, 'loads');
  const meter = new Meter(world);
  for (let second = 0; second < seconds; second++) {
    // Loads that change much at every moment: the most that the rate allows is told.
    if (withLoad)
      for (const { nodeId } of world.nodes)
        world.act(nodeId, (swim) =>
          swim.setLoad(world.nowMs, { openWorkflows: random.int(100_000), commandsPerSecond: random.int(10_000) }),
        );
    world.run(1_000);
  }
  const falsePositives = world.nodes.reduce((sum, { swim }) => sum + swim.statistics.givenUp, 0);
  return { bench: withLoad ? 'gossip loads' : 'gossip idle', nodes, variant, falsePositives, ...meter.read() };
}

function slow(nodes: number, slowNodes: number, periods: number, variant: string, settings: Partial<MembershipSettings>): Measure {
  const world = settledWorld(nodes, settings, 0);
  const sick = new Set(
    new SeededRandom(nodes, 'slow')
      .shuffle(world.nodes)
      .slice(0, slowNodes)
      .map(({ nodeId }) => nodeId),
  );
  let [falsePositives, atHealthy] = [0, 0];
  const victims = new Set<number>();
  world.onChange = (observer, change) => {
    if (change.after !== MemberStatus.DOWN || sick.has(change.nodeId)) return;
    falsePositives++;
    victims.add(change.nodeId);
    if (!sick.has(observer.nodeId)) atHealthy++;
  };
  const meter = new Meter(world);
  for (let period = 0; period < periods; period++) {
    for (const nodeId of sick) world.slowDown(nodeId, SLOW_MS);
    world.run(SLOW_MS + WELL_MS);
  }
  return {
    bench: 'gossip slow',
    nodes,
    slow: slowNodes,
    variant,
    seconds: round((periods * (SLOW_MS + WELL_MS)) / 1_000),
    falsePositives,
    falsePositivesAtHealthy: atHealthy,
    healthyTakenToBeDown: victims.size,
    ...meter.read(),
  };
}

export async function run(options: BenchOptions): Promise<readonly Measure[]> {
  const sizes = options.nodes > 1 ? [options.nodes] : SIZES;
  const periods = Math.max(1, Math.round((options.seconds * 1_000) / (SLOW_MS + WELL_MS)));
  const measures: Measure[] = [];
  for (const kind of ['idle', 'loads', 'failure', 'slow'].filter((name) => name.includes(options.only))) {
    for (const nodes of sizes) {
      for (const [variant, settings] of VARIANTS) {
        if (variant === 'lifeguard' && kind === 'idle') measures.push(idle(nodes, IDLE_S, variant, settings, false));
        if (variant === 'lifeguard' && kind === 'loads') measures.push(idle(nodes, LOADS_S, variant, settings, true));
        if (kind === 'failure') measures.push(failures(nodes, options.kills, variant, settings));
        if (kind === 'slow') {
          for (const slowNodes of [Math.max(1, Math.round(nodes / 50)), Math.max(2, Math.round(nodes / 8))])
            measures.push(slow(nodes, slowNodes, periods, variant, settings));
        }
        // Other work of the process goes on between two measures.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
  return measures;
}
