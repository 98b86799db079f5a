/** Processes that start at once agree on one deployment, whatever dies meanwhile (docs/adr/0043). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { BOOTSTRAP_VOTE } from '../../lib/cluster/joining/joining-port.js';
import { BOOTSTRAP_NOTE } from '../../lib/storage/node-notes.js';
import type { WireTap } from '../../lib/testing/memory-carrier.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { JoiningWorld, type ProcessOptions } from '../support/joining-world.js';

type Passing = Parameters<WireTap>[0];

let world: JoiningWorld;

afterEach(async () => {
  await world.close();
});

const ALL = ['a', 'b', 'c', 'd'];

function expecting(seeds: readonly string[] = ALL, more: Partial<ProcessOptions> = {}): ProcessOptions {
  return { cluster: { bootstrapExpect: 3, seeds: world.seeds(...seeds) }, ...more };
}

describe('bootstrapExpect: 3', () => {
  it.each([1, 2, 3])('seed %i: three that start at once are the voters of one deployment', async (seed) => {
    world = new JoiningWorld(seed);
    await Promise.all(['a', 'b', 'c'].map((name) => world.start(name, expecting())));
    await world.untilVoters('a', 'b', 'c');
    expect(world.deployments.size).toBe(1);
    // B3: promises are gone with the identity.
    for (const name of ['a', 'b', 'c']) expect(await world.notes(name).read(BOOTSTRAP_NOTE)).toBeNull();
  });

  it('two alone begin nothing; the third brings it about', async () => {
    world = new JoiningWorld();
    await Promise.all(['a', 'b'].map((name) => world.start(name, expecting())));
    await world.advance(20_000);
    expect([...world.running.values()].map(({ booted, node }) => [booted, node.nodeId, node.phase])).toEqual([
      ['no', 0, 'joining'],
      ['no', 0, 'joining'],
    ]);
    expect(world.get('a').node.nodeStatus().progress).toMatch(/waits for 3 processes .* has met 1 \(b\.test:7000\)/);
    await world.start('c', expecting());
    await world.untilVoters('a', 'b', 'c');
  });

  it.each([1, 2, 3, 4, 5])('seed %i: four that expect three are one deployment of four', async (seed) => {
    world = new JoiningWorld(seed);
    await Promise.all(ALL.map((name) => world.start(name, expecting())));
    await world.untilVoters(...ALL);
    expect(world.deployments.size).toBe(1);
  });

  it.each(['a', 'b', 'c'])('G2: nothing begins while the votes to and from %s are lost', async (name) => {
    world = new JoiningWorld();
    const isLost = ({ from, to, message }: Passing): boolean =>
      [from, to].includes(world.addressOf(name)) && Buffer.from(message).includes(BOOTSTRAP_VOTE);
    world.wire.tap = (passing) => (isLost(passing) ? [] : [passing.message]);
    await Promise.all(['a', 'b', 'c'].map((each) => world.start(each, expecting())));
    await world.advance(20_000);
    expect([...world.running.values()].map(({ booted, node }) => [booted, node.nodeId])).toEqual(
      Array.from({ length: 3 }, () => ['no', 0]),
    );
    world.wire.tap = null;
    await world.untilVoters('a', 'b', 'c');
    expect(world.deployments.size).toBe(1);
  });

  it('processes that know each other only by hearsay find together', async () => {
    world = new JoiningWorld();
    await world.start('a', expecting(['b']));
    await world.start('b', expecting(['c']));
    await world.start('c', expecting(['b']));
    await world.untilVoters('a', 'b', 'c');
    expect(world.deployments.size).toBe(1);
  });

  it.each([300, 500, 600, 700, 800, 1_000])(
    'one that dies after %i ms and comes back is one of them, and nothing is begun twice',
    async (ms) => {
      world = new JoiningWorld(ms);
      await Promise.all(['a', 'b', 'c'].map((name) => world.start(name, expecting())));
      await world.advance(ms);
      world.kill('b');
      await world.advance(3_000);
      await world.start('b', expecting());
      await world.untilVoters('a', 'b', 'c');
      expect(world.deployments.size).toBe(1);
    },
  );

  it.each([1, 5, 20, 100, 300, 700])('all die after %i ms, and come back to one deployment', async (ms) => {
    world = new JoiningWorld(ms);
    const names = ['a', 'b', 'c'];
    await Promise.all(names.map((name) => world.start(name, expecting())));
    await world.advance(ms);
    for (const name of names) world.kill(name);
    await Promise.all(names.map((name) => world.start(name, expecting())));
    await world.untilVoters(...names);
    expect(world.deployments.size).toBe(1);
  });

  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    'seed %i: however they die, come back and are cut off while they begin, there is one deployment',
    async (seed) => {
      world = new JoiningWorld(seed);
      const random = new SeededRandom(seed, 'bootstrap');
      const names = random.int(2) === 0 ? ['a', 'b', 'c'] : ALL;
      const pick = (): string => names[random.int(names.length)]!;
      await Promise.all(names.map((name) => world.start(name, expecting())));
      for (let step = 0; step < 25; step++) {
        await world.advance(random.int(4) === 0 ? random.int(1_500) : random.int(40));
        const name = pick();
        const roll = random.int(5);
        if (roll === 0) world.wire.cut(world.addressOf(name), world.addressOf(pick()));
        else if (roll === 1) world.wire.heal();
        else if (world.running.has(name)) world.kill(name);
        else await world.start(name, expecting());
        expect(world.deployments.size).toBeLessThanOrEqual(1);
      }
      world.wire.heal();
      for (const name of names) if (!world.running.has(name)) await world.start(name, expecting());
      await world.until('all are voters', () => names.every((name) => world.get(name).isVoter));
      expect(world.deployments.size).toBe(1);
    },
  );

  it('B2: a node that is to begin, and whose seed belongs to a deployment, joins that', async () => {
    world = new JoiningWorld();
    await world.start('a', { cluster: { bootstrap: true } });
    await world.untilVoters('a');
    await world.start('b', { cluster: { bootstrap: true, seeds: world.seeds('a') } });
    await world.untilVoters('a', 'b');
    expect(world.deployments.size).toBe(1);
  });

  it('while the node that began is down, the others wait for it, and begin nothing', async () => {
    world = new JoiningWorld();
    await world.start('a', { cluster: { bootstrap: true } });
    await world.untilVoters('a');
    const [deployment] = world.deployments;
    for (const name of ['b', 'c']) await world.start(name, { cluster: { seeds: world.seeds('a') } });
    world.kill('a');
    await world.advance(30_000);
    expect([...world.running.values()].map(({ booted }) => booted)).toEqual(['no', 'no']);
    await world.start('a', { cluster: { bootstrap: true } });
    await world.untilVoters('a', 'b', 'c');
    expect([...world.deployments]).toEqual([deployment]);
  });
});
