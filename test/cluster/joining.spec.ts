/** Identity and joining: nodes that begin, join, come back and leave by themselves (docs/adr/0043). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { JOIN_ADMIT } from '../../lib/cluster/joining/joining-port.js';
import { RAFTORAL_TRANSPORT, signalRef } from '../../lib/index.js';
import type { NetworkTransport } from '../../lib/transport/network-transport-port.js';
import { JoiningWorld, WaitForWord, type ProcessOptions } from '../support/joining-world.js';

const WORD = signalRef('word');
let world: JoiningWorld;

afterEach(async () => {
  await world.close();
});

/** One node that began, and `joiners` that joined it. */
async function grown(...joiners: readonly string[]): Promise<void> {
  await world.start('a', { cluster: { bootstrap: true } });
  await world.untilVoters('a');
  for (const name of joiners) await world.start(name, { cluster: { seeds: world.seeds('a') } });
  await world.untilVoters('a', ...joiners);
}

describe('one node begins, others join', () => {
  it('one becomes three, and three become five, while workflows run', async () => {
    world = new JoiningWorld();
    await grown();
    const { client } = world.get('a');
    const handle = await world.settle(client.start(WaitForWord, 4, { workflowId: 'long' }));
    await world.settle(handle.signal(WORD));
    for (const name of ['b', 'c']) await world.start(name, { cluster: { seeds: world.seeds('a') } });
    await world.untilVoters('a', 'b', 'c');
    await world.settle(handle.signal(WORD));
    for (const name of ['d', 'e']) await world.start(name, { cluster: { seeds: world.seeds('b', 'c') } });
    await world.untilVoters('a', 'b', 'c', 'd', 'e');
    expect([...world.running.values()].map(({ node }) => node.nodeId).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(world.deployments.size).toBe(1);
    await world.settle(handle.signal(WORD));
    world.kill('a');
    world.kill('b');
    const afar = world.get('e').client.getHandle(WaitForWord, 'long');
    await world.settle(afar.signal(WORD));
    expect(await world.settle(afar.result())).toBe(4);
  });

  it('many join at once: each has an id of its own, and no more than votersMax vote', async () => {
    world = new JoiningWorld();
    await grown();
    const names = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    await Promise.all(names.map((name) => world.start(name, { cluster: { seeds: world.seeds('a'), votersMax: 5 } })));
    await world.until('all are members', () => [...world.running.values()].every(({ booted, isMember }) => booted === 'yes' && isMember));
    const { voters, learners } = world.get('a').node.group.membership;
    expect([...voters, ...learners].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(voters).toHaveLength(5);
  });
});

it('D3: a node asks for its own admission, and for nobody else’s', async () => {
  world = new JoiningWorld();
  await grown('b');
  const network = world.get('b').app.get<NetworkTransport>(RAFTORAL_TRANSPORT);
  const request = { nodeId: 7, replaces: 0, votersMax: 5, isVolatile: false, address: 'elsewhere.test:7000' };
  const asked = network.call(world.addressOf('a'), JOIN_ADMIT, request, { timeoutMs: 5_000 });
  await expect(world.settle(asked)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const { voters, learners } = world.get('a').node.group.membership;
  expect([...voters, ...learners]).toEqual([1, 2]);
});

describe('nodes that end in the middle of it', () => {
  it.each([1, 10, 50, 100, 200, 400, 800])('a joiner killed after %i ms comes back and is a voter', async (ms) => {
    world = new JoiningWorld(ms);
    await grown();
    await world.start('b', { cluster: { seeds: world.seeds('a') } });
    await world.advance(ms);
    world.kill('b');
    await world.advance(1_000);
    await world.start('b', { cluster: { seeds: world.seeds('a') } });
    await world.until('b votes', () => world.get('b').isVoter && world.get('a').node.group.membership.voters.length === 2);
    expect(world.deployments.size).toBe(1);
  });

  it('a member that dies does not keep a joiner from getting in by another seed', async () => {
    world = new JoiningWorld();
    await grown('b', 'c');
    world.kill('a');
    await world.start('d', { cluster: { seeds: world.seeds('a', 'b', 'c') } });
    await world.until('d votes', () => world.get('d').booted === 'yes' && world.get('d').isVoter);
  });

  it('with `replaces` a new node takes the place of a lost one, and the lost one is told when it comes back', async () => {
    world = new JoiningWorld();
    await grown('b', 'c');
    const lost = world.get('c').node.nodeId;
    world.kill('c');
    await world.start('d', { cluster: { seeds: world.seeds('a', 'b'), replaces: lost } });
    await world.untilVoters('a', 'b', 'd');
    await world.start('c', { cluster: { seeds: world.seeds('a') } });
    await world.until('c is told', () => /was removed from it|left deployment/.test(world.get('c').node.nodeStatus().failure ?? ''));
    expect(world.get('c').node.phase).toBe('left');
  });

  it('a volatile node that comes back has a new id, and takes the place of what it was', async () => {
    world = new JoiningWorld();
    await grown('b');
    const volatileC = { cluster: { seeds: world.seeds('a', 'b') }, isVolatile: true } as const;
    await world.start('c', volatileC);
    await world.untilVoters('a', 'b', 'c');
    const before = world.get('c').node.nodeId;
    world.kill('c');
    await world.advance(100);
    await world.start('c', volatileC);
    await world.untilVoters('a', 'b', 'c');
    expect(world.get('c').node.nodeId).toBeGreaterThan(before);
  });
});

it('D4: a learner that was removed while it was away is refused for good', async () => {
  world = new JoiningWorld();
  await grown();
  const asLearner = { cluster: { seeds: world.seeds('a'), votersMax: 1 } };
  await world.start('b', asLearner);
  await world.until('b is a learner', () => world.get('b').booted === 'yes' && world.get('b').isMember);
  const { nodeId } = world.get('b').node;
  world.kill('b');
  await world.settle(world.get('a').node.group.remove(nodeId));
  await world.start('b', asLearner);
  await world.until('b is told', () => world.get('b').node.phase === 'left');
  expect(world.get('a').node.group.membership).toMatchObject({ voters: [1], learners: [] });
});

describe('leaving', () => {
  it('a node leaves, the rest go on, and it does not come back under its id', async () => {
    world = new JoiningWorld();
    await grown('b', 'c');
    const { node } = world.get('a');
    const handle = await world.settle(world.get('a').client.start(WaitForWord, 1, { workflowId: 'w' }));
    await world.settle(node.leave());
    expect(node.phase).toBe('left');
    world.kill('a');
    await world.untilVoters('b', 'c');
    await world.settle(world.get('b').client.getHandle(WaitForWord, 'w').signal(WORD));
    expect(await world.settle(world.get('c').client.getHandle(WaitForWord, 'w').result())).toBe(1);
    expect(handle.workflowId).toBe('w');
    const again = await world.start('a', { cluster: { seeds: world.seeds('b') } });
    await world.until('it is refused', () => again.booted instanceof Error);
    expect(again.booted).toMatchObject({ code: 'NODE_LEFT' });
    world.kill('a');
    world.wipe('a');
    await world.start('a', { cluster: { seeds: world.seeds('b') } });
    await world.untilVoters('a', 'b', 'c');
    expect(world.get('a').node.nodeId).toBe(4);
  });

  it.each([
    ['b', 'c'],
    ['a', 'b'],
    ['c', 'a'],
  ])(
    'two of three, four and five leave at once (%s and %s), and the rest go on',
    async (...leavers) => {
      for (const others of [
        ['b', 'c'],
        ['b', 'c', 'd'],
        ['b', 'c', 'd', 'e'],
      ]) {
        world = new JoiningWorld();
        await grown(...others);
        const rest = ['a', ...others].filter((name) => !leavers.includes(name));
        await world.settle(world.get(rest[0]!).client.start(WaitForWord, 1, { workflowId: 'w' }));
        await world.settle(Promise.all(leavers.map((name) => world.get(name).node.leave())));
        expect(leavers.map((name) => world.get(name).node.phase)).toEqual(['left', 'left']);
        for (const name of leavers) world.kill(name);
        await world.untilVoters(...rest);
        await world.settle(world.get(rest.at(-1)!).client.getHandle(WaitForWord, 'w').signal(WORD));
        expect(await world.settle(world.get(rest[0]!).client.getHandle(WaitForWord, 'w').result())).toBe(1);
        await world.close();
      }
    },
    120_000,
  );

  it('a node that leaves while another removes it has left, whoever was first', async () => {
    for (const headStartMs of [-40, -20, -10, -5, -2, -1, 0, 1, 2, 5, 10, 20, 40]) {
      world = new JoiningWorld();
      await grown('b', 'c');
      const { node } = world.get('b');
      const { nodeId } = node;
      const remove = () => world.get('a').node.group.remove(nodeId);
      // One of the two calls may hear that the other was first; that of the node itself is no failure.
      const [first, second] = headStartMs < 0 ? [remove, () => node.leave()] : [() => node.leave(), remove];
      const begun = first().catch((error: unknown) => error);
      await world.advance(Math.abs(headStartMs));
      const ended = await world.settle(Promise.all([begun, second().catch((error: unknown) => error)]));
      const left = headStartMs < 0 ? ended[1] : ended[0];
      expect([headStartMs, left]).toEqual([headStartMs, undefined]);
      await world.until('it is out', () => node.phase === 'left');
      world.kill('b');
      await world.untilVoters('a', 'c');
      await world.close();
    }
  }, 120_000);

  it('the last voter is refused, and goes on', async () => {
    world = new JoiningWorld();
    await grown();
    await expect(world.settle(world.get('a').node.leave())).rejects.toMatchObject({ code: 'MEMBERSHIP_REFUSED' });
    const handle = await world.settle(world.get('a').client.start(WaitForWord, 0, { workflowId: 'w' }));
    expect(await world.settle(handle.result())).toBe(0);
  });
});

describe('a static membership', () => {
  const options = (id: number): ProcessOptions => ({
    node: { id },
    cluster: { members: [1, 2, 3], seeds: world.seeds('a', 'b', 'c') },
  });

  async function three(): Promise<void> {
    world = new JoiningWorld();
    await Promise.all(['a', 'b', 'c'].map((name, i) => world.start(name, options(i + 1))));
    await world.untilVoters('a', 'b', 'c');
  }

  it.each(['while it ran', 'while it was away'])('a member that was removed %s says that it left, and does not come back', async (when) => {
    await three();
    if (when === 'while it was away') world.kill('c');
    await world.settle(world.get('a').node.group.remove(3));
    if (when === 'while it was away') await world.start('c', options(3));
    await world.until('it knows', () => world.get('c').node.phase === 'left');
    world.kill('c');
    const again = await world.start('c', options(3));
    await world.until('it is refused', () => again.booted instanceof Error);
    expect(again.booted).toMatchObject({ code: 'NODE_LEFT' });
    world.kill('c');
    await world.untilVoters('a', 'b');
  });
});
