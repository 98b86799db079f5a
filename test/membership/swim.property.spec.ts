/**
 * Properties of the membership over random schedules: nodes die, come back, leave, stand still, are slow and are cut off, while messages are lost, late and repeated.
 * What must always hold is looked at after every step (gossip-world.ts, watch); when the faults are over, everybody knows who is there.
 */
import { describe, expect, it } from '@jest/globals';
import { MemberStatus } from '../../lib/membership/swim/record.js';
import { storm } from './gossip-storm.js';
import { GossipWorld } from './gossip-world.js';

describe('membership under random schedules', () => {
  it.each(Array.from({ length: 16 }, (_, i) => i + 1))('seed %i: claims only rise, and in the end all agree on who is there', (seed) => {
    const world = storm(seed);
    expect(world.runUntil(() => world.isSettled, 300_000, 500)).toBe(true);
    for (const observer of world.living) {
      for (const node of world.living) {
        if (node === observer) continue;
        expect(observer.swim.get(node.nodeId)).toMatchObject({ process: node.process, facts: node.swim.self.facts });
      }
    }
  });

  it('W4: a newcomer of which the news was lost is known to all within seconds, and not with the next exchange of tables', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const world = new GossipWorld({ nodes: 5, seed });
      const others = [1, 2, 3, 4];
      world.partition([5], others);
      world.kill(5);
      world.run(5_000);
      world.kill(4);
      world.run(12_000);
      // Its first exchange with two of them is lost, and part of what the third tells goes to who is down.
      world.heal();
      world.partition([5], [1, 2]);
      world.restart(5);
      world.run(500);
      world.heal();
      const isKnown = (): boolean => [1, 2, 3].every((nodeId) => world.node(nodeId).swim.get(5)?.status === MemberStatus.ALIVE);
      expect([seed, world.runUntil(isKnown, 5_000)]).toEqual([seed, true]);
    }
  });

  it('who leaves in order is known to have left, and nobody suspected it', () => {
    const world = new GossipWorld({ nodes: 6, seed: 5, isEncoded: true, isWatched: true });
    expect(world.runUntil(() => world.isSettled, 30_000)).toBe(true);
    const seen: unknown[] = [];
    world.onChange = (_, change) => seen.push([change.nodeId, change.before, change.after]);
    world.act(4, (swim) => swim.leave(world.nowMs));
    expect(world.runUntil(() => world.node(4).swim.isOwnNewsTold, 10_000)).toBe(true);
    world.kill(4);
    world.run(60_000);
    expect(seen).toEqual(Array.from({ length: 5 }, () => [4, MemberStatus.ALIVE, MemberStatus.LEFT]));
  });

  it('the same seed gives the same course', () => {
    const course = (): unknown[] => {
      const world = storm(3);
      return world.nodes.map(({ sent, received, swim }) => [sent, received, swim.self.incarnation, swim.statistics]);
    };
    expect(course()).toEqual(course());
  });
});
