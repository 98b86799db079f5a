import { describe, expect, it } from '@jest/globals';
import { TopologyUnderTest, idOf } from '../../../test/support/topology-machine.js';
import type { NodeInfo } from '../command.js';
import { codeRunners, isLastVoterWithCode } from './code.js';

const NOTHING: Partial<NodeInfo> = { workflows: [] };
const VOTES: Partial<NodeInfo> = { role: 'voter-only' };

function runners(nodes: ReadonlyArray<Partial<NodeInfo>>, after?: (t: TopologyUnderTest) => void): number[] {
  const t = TopologyUnderTest.founded(nodes, [1]);
  after?.(t);
  return [...t.topology.nodes.keys()].filter(codeRunners(t.topology));
}

describe('who runs code (C1)', () => {
  it.each([
    ['all of role full while nobody has registered anything', [NOTHING, NOTHING, { ...VOTES, ...NOTHING }], [1, 2]],
    ['who has registered a workflow, once anybody has', [NOTHING, {}, NOTHING, {}], [2, 4]],
    ['nobody who only votes, whatever it has registered', [{}, VOTES, NOTHING], [1]],
    ['what those register that run no code counts for nothing', [NOTHING, VOTES, { role: 'client' as const }], [1]],
  ])('%s', (_name, nodes, expected) => expect(runners(nodes)).toEqual(expected));

  it('a node that registers after it joined runs code from then on', () => {
    const said = (t: TopologyUnderTest): void => void idOf(t.nodeInfo(2, { incarnation: 2 }));
    expect(runners([{}, NOTHING, NOTHING], said)).toEqual([1, 2]);
  });

  it('who is down is still there; who has left is not, nor who was never known', () => {
    expect(runners([NOTHING, {}, NOTHING], (t) => void idOf(t.nodeState(2, 'down')))).toEqual([2]);
    expect(runners([NOTHING, {}, NOTHING], (t) => void idOf(t.nodeState(2, 'left')))).toEqual([1, 2, 3]);
    expect(codeRunners(TopologyUnderTest.founded(1, [1]).topology)(9)).toBe(false);
  });
});

describe('the last voter that runs code (C2)', () => {
  const last = (nodes: ReadonlyArray<Partial<NodeInfo>>, after?: (t: TopologyUnderTest) => void): boolean => {
    const t = TopologyUnderTest.founded(nodes, [1, 2, 3]);
    after?.(t);
    return isLastVoterWithCode(t.topology, t.cluster(1), 1);
  };

  it.each([
    ['beside two that only vote', [{}, VOTES, VOTES], true],
    ['beside two that registered nothing', [{}, NOTHING, NOTHING], true],
    ['not beside another one', [{}, {}, NOTHING], false],
    ['not if it has registered nothing itself', [NOTHING, {}, VOTES], false],
    ['not where nobody has registered anything', [NOTHING, NOTHING, NOTHING], false],
    ['also if a node that runs code stands by: it has none of the data', [{}, VOTES, VOTES, {}], true],
  ])('%s', (_name, nodes, expected) => expect(last(nodes)).toBe(expected));

  it('another one counts if it is up, a voter, and stays', () => {
    const two = [{}, {}, VOTES, {}, VOTES];
    expect(last(two, (t) => void idOf(t.nodeState(2, 'down')))).toBe(true);
    expect(last(two, (t) => void idOf(t.nodeState(2, 'draining')))).toBe(true);
    expect(last(two, (t) => void idOf(t.disassociate(1, 2)))).toBe(true);
    expect(last(two, (t) => void idOf(t.associate(1, 5, { replaces: 2 })))).toBe(true);
    expect(last([{}, VOTES, VOTES, {}], (t) => void idOf(t.associate(1, 4)))).toBe(true);
  });

  it('who is no voter, or is down, takes nothing away', () => {
    const one = [{}, VOTES, VOTES, {}];
    expect(last(one, (t) => void idOf(t.nodeState(1, 'down')))).toBe(false);
    const t = TopologyUnderTest.founded([VOTES, VOTES, VOTES, {}], [1, 2, 3]);
    idOf(t.associate(1, 4));
    expect(isLastVoterWithCode(t.topology, t.cluster(1), 4)).toBe(false);
  });
});
