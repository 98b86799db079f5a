import { describe, expect, it } from '@jest/globals';
import type { NodeAddress } from '../../transport/network-transport-port.js';
import { Contacts, type ContactsOptions } from './contacts.js';

function contacts(options: Partial<Pick<ContactsOptions, 'seeds' | 'resolve'>> = {}, draws: number[] = []) {
  const book: NodeAddress[] = [];
  const network = {
    advertised: 'self:1',
    addresses: () => book,
    learnAddresses: (nodes: readonly NodeAddress[]) => void book.push(...nodes),
  };
  const random = { int: (below: number) => Math.min(draws.shift() ?? below - 1, below - 1) };
  const made = new Contacts({ network, seeds: [], random: random as unknown as ContactsOptions['random'], ...options });
  return { contacts: made, network, book };
}

const node = (nodeId: number, address: string): NodeAddress => ({ nodeId, address, incarnation: 1 });

describe('Contacts', () => {
  it('C1: seeds, what was learned and what the address book has, each once, and never the own address', async () => {
    const { contacts: known, book } = contacts({ seeds: ['a:1', 'self:1', 'b:1'] });
    known.learn(['b:1', 'c:1', 'self:1', '']);
    book.push(node(4, 'd:1'), node(1, 'self:1'));
    expect((await known.all()).sort()).toEqual(['a:1', 'b:1', 'c:1', 'd:1']);
  });

  it('C1: also when the own address is only known later', async () => {
    const { contacts: known, network } = contacts({ seeds: ['a:1'] });
    known.learn(['b:1']);
    network.advertised = 'b:1';
    expect(await known.all()).toEqual(['a:1']);
  });

  it('C2: the order is drawn anew each time', async () => {
    const { contacts: known } = contacts({ seeds: ['a:1', 'b:1', 'c:1'] }, [0, 0, 2, 1]);
    expect(await known.all()).toEqual(['b:1', 'c:1', 'a:1']);
    expect(await known.all()).toEqual(['a:1', 'b:1', 'c:1']);
  });

  it('C3: 256 are remembered, the oldest goes first, and what is heard of again is young', async () => {
    const { contacts: known } = contacts();
    known.learn(['first:1', 'second:1']);
    known.learn(Array.from({ length: 254 }, (_, i) => `n${i}:1`));
    known.learn(['first:1', 'new:1']);
    const all = await known.all();
    expect(all).toHaveLength(256);
    expect([all.includes('first:1'), all.includes('second:1'), all.includes('new:1')]).toEqual([true, false, true]);
  });

  it('a name is resolved each time; one that stands for nothing is left out, and remembered with the reason until it does', async () => {
    const answers = [['10.0.0.1:1'], new Error('ENOTFOUND'), ['10.0.0.2:1', '10.0.0.3:1']];
    const { contacts: known } = contacts({
      seeds: ['nodes:1'],
      resolve: async () => {
        const answer = answers.shift()!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    expect(await known.all()).toEqual(['10.0.0.1:1']);
    expect(await known.all()).toEqual([]);
    expect([...known.unresolved]).toEqual([['nodes:1', 'ENOTFOUND']]);
    expect((await known.all()).sort()).toEqual(['10.0.0.2:1', '10.0.0.3:1']);
    expect(known.unresolved.size).toBe(0);
  });

  it('nodes that are learned are told to the network too', () => {
    const { contacts: known, book } = contacts();
    known.learnNodes([node(2, 'b:1')]);
    expect([book, known.known()]).toEqual([[node(2, 'b:1')], ['b:1']]);
  });
});
