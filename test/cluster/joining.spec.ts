/** Identity and joining: nodes that begin, join, come back and leave by themselves (docs/adr/0043). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { signalRef } from '../../lib/index.js';
import { JoiningWorld, WaitForWord } from '../support/joining-world.js';

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
