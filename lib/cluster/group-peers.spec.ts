import { describe, expect, it } from '@jest/globals';
import { peersOf } from './group-peers.js';

const group = (groupId: number, voters: number[], more: { votersOutgoing?: number[]; learners?: number[]; isOver?: boolean } = {}) => {
  const { votersOutgoing = [], learners = [], isOver = false } = more;
  return { groupId, isOver, membership: { voters, votersOutgoing, learners, learnersNext: [], autoLeave: false } };
};
const peers = (nodeId: number, ...groups: ReturnType<typeof group>[]): number[] => [...peersOf(nodeId, groups)].sort((a, b) => a - b);

describe('whom a host watches', () => {
  it('Q1: the other members of its groups, outgoing ones and learners included, each once', () => {
    expect(peers(1)).toEqual([]);
    expect(peers(1, group(1, [1]))).toEqual([]);
    expect(peers(1, group(1, [1, 2], { votersOutgoing: [1, 3], learners: [4] }), group(2, [2, 5]))).toEqual([2, 3, 4, 5]);
  });

  it('Q1: nobody for a group that is over', () => {
    expect(peers(1, group(1, [1, 2], { isOver: true }), group(2, [1, 3]))).toEqual([3]);
  });

  it('Q2: voters of cluster 0 watch each other, and its learners nobody', () => {
    const management = group(0, [1, 2], { votersOutgoing: [3], learners: [4, 5] });
    expect([1, 3, 4].map((nodeId) => peers(nodeId, management))).toEqual([[2, 3], [1, 2], []]);
    expect(peers(4, management, group(1, [4, 5]))).toEqual([5]);
  });
});
