/**
 * A deployment that is not left alone: nodes are cut off and come back, die and are started again, are drained and taken back, while workflows are started. Whatever happened, in the end the cluster manager has
 * brought everything to where it is to be, and nothing that was acknowledged is lost. Each seed is one course of events.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { isRaftoralError } from '../../lib/errors/index.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { ManagementWorld } from '../support/management-world.js';
import { frame } from '../support/raft-cluster.js';

const NODES = 7;
const STEPS = 24;

let world: ManagementWorld;
afterEach(() => world.stop());

class Chaos {
  readonly acknowledged: string[] = [];
  readonly told: string[] = [];
  private cutOff = 0;
  private dead = 0;
  private started = 0;
  private readonly random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed, 'chaos');
  }

  async step(): Promise<void> {
    await this.start();
    const steps: ReadonlyArray<() => void | Promise<void>> = [
      () => this.cut(),
      () => this.heal(),
      () => this.drain(),
      () => this.takeBack(),
      () => this.crash(),
      () => this.restart(),
      () => this.change(),
    ];
    await steps[this.random.int(steps.length)]!();
    await world.time.advance(500 + this.random.int(9_000));
  }

  async end(): Promise<void> {
    this.heal();
    await world.until(() => world.alive.every(({ group }) => group.leaderId !== 0), 'all know a leader');
    for (let tries = 0; tries < 20 && [...world.topology.nodes.values()].some(({ isDraining }) => isDraining); tries++) {
      for (const { node, isDraining } of world.topology.nodes.values()) {
        if (isDraining) await this.quietly(world.leader.management.runtime.setNodeState(node, 'active'));
      }
      await world.time.advance(2_000);
    }
  }

  /** Two texts at most: of a start whose outcome is not known nothing is claimed. */
  private async start(): Promise<void> {
    for (let i = this.random.int(3); i > 0; i--) {
      const execution = world.executionLeader(1);
      const text = `order-${++this.started}`;
      if (execution !== undefined && (await this.quietly(execution.group.propose(frame(text), { deadlineMs: 2_000 }))))
        this.acknowledged.push(text);
    }
  }

  /** One at a time, so that each group keeps a majority among the others. */
  private cut(): void {
    if (this.cutOff !== 0 || this.dead !== 0) return;
    const { nodeId } = this.pick();
    this.cutOff = nodeId;
    this.told.push(`${nodeId} is cut off`);
    world.isolate(nodeId);
  }

  private heal(): void {
    if (this.cutOff !== 0) this.told.push(`${this.cutOff} is back`);
    this.cutOff = 0;
    world.network.heal();
  }

  private async drain(): Promise<void> {
    const { nodeId } = this.pick();
    this.told.push(`${nodeId} is drained`);
    await this.call((runtime) => runtime.setNodeState(nodeId, 'draining'));
  }

  private async takeBack(): Promise<void> {
    const { nodeId } = this.pick();
    this.told.push(`${nodeId} is taken back`);
    await this.call((runtime) => runtime.setNodeState(nodeId, 'active'));
  }

  private async change(): Promise<void> {
    const targetSize = 3 + 2 * this.random.int(2);
    this.told.push(`cluster 1 is to have ${targetSize} voters`);
    await this.call((runtime) => runtime.setMetadata(1, { targetSize }));
  }

  /** One at a time, when nobody is cut off and cluster 1 has recovered from what was before. */
  private async crash(): Promise<void> {
    if (this.dead !== 0 || this.cutOff !== 0) return;
    const isWhole = (): boolean => world.membersOf(1).split(' ').length >= 3 && !/[+-]/.test(world.membersOf(1));
    await world.until(isWhole, 'cluster 1 is whole');
    this.dead = this.pick().nodeId;
    this.told.push(`${this.dead} dies`);
    world.crash(this.dead);
  }

  private async restart(): Promise<void> {
    if (this.dead === 0) return;
    this.told.push(`${this.dead} is started again`);
    await world.add(this.dead);
    this.dead = 0;
  }

  private pick(): ReturnType<ManagementWorld['node']> {
    const { alive } = world;
    return alive[this.random.int(alive.length)]!;
  }

  private async call(act: (runtime: ReturnType<ManagementWorld['node']>['management']['runtime']) => Promise<unknown>): Promise<void> {
    await this.quietly(act(this.pick().management.runtime));
  }

  /** True: done. What the typed errors of the engine say is no news here. */
  private async quietly(work: Promise<unknown>): Promise<boolean> {
    try {
      await world.settled(work);
      return true;
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      return false;
    }
  }
}

describe('a deployment that is not left alone', () => {
  it.each([1, 2, 3])(
    'seed %d',
    async (seed) => {
      // One cluster: what slots do is another matter.
      world = await ManagementWorld.start({ nodes: NODES, policy: { targetSize: 4, nodeForgetAfterMs: 1e9, nodeDownAfterMs: 3_000 } });
      const chaos = new Chaos(seed);
      for (let i = 0; i < STEPS; i++) {
        await chaos.step();
        // One process leads in a term, a node is in a cluster once, and a voter is one that the topology knows.
        const { clusters, nodes } = world.alive[0]!.state.topology;
        for (const { members } of clusters.values()) {
          expect(new Set(members.map(({ node }) => node)).size).toBe(members.length);
          for (const { node } of members) expect(nodes.has(node)).toBe(true);
        }
      }
      await chaos.end();
      const { targetSize } = world.topology.clusters.get(1)!;
      const isSettled = (): boolean => {
        const members = world.membersOf(1);
        return (
          members.split(' ').length === targetSize &&
          !/[+-]/.test(members) &&
          world.votersOf(1) === members &&
          world.leader.group.membership.voters.length === 3 &&
          world.alive.every(({ state }) => state.topology.version === world.topology.version)
        );
      };
      await world.until(isSettled, `all is as it is to be: ${world.membersOf(1)}; ${chaos.told.join('; ')}`, 180_000);
      await world.time.advance(5_000);
      const plan = await world.settled(world.alive[0]!.management.plan());
      expect(plan.decisions).toEqual([]);
      const dead = [...world.nodes.values()].filter(({ time }) => !time.alive).map(({ nodeId }) => nodeId);
      for (const nodeId of dead) expect(world.votersOf(0).split(' ')).not.toContain(String(nodeId));
      expect(chaos.acknowledged.length).toBeGreaterThan(5);
      const { texts } = world.executionLeader(1)!.machine;
      expect(texts).toEqual(expect.arrayContaining(chaos.acknowledged));
    },
    120_000,
  );
});
