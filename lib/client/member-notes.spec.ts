import { describe, expect, it } from '@jest/globals';
import { MemberNotes } from './member-notes.js';

const standing = (leaderId: number, logTimeMs = 1_000) => ({ leaderId, logTimeMs, requestRetentionMs: 600_000 });

describe('MemberNotes', () => {
  it('asks members in turn; the leader first where that is wanted, and who is named before all', () => {
    const notes = new MemberNotes(() => 0);
    const firsts = Array.from({ length: 6 }, () => notes.order(1, [4, 5, 6], { leaderFirst: false })[0]);
    expect(firsts).toEqual([4, 5, 6, 4, 5, 6]);
    notes.heard(1, standing(6));
    expect(Array.from({ length: 3 }, () => notes.order(1, [4, 5, 6], { leaderFirst: true })[0])).toEqual([6, 6, 6]);
    expect(notes.order(1, [4, 5, 6], { leaderFirst: true, first: 5 }).slice(0, 2)).toEqual([5, 6]);
    expect(notes.order(2, [4, 5, 6], { leaderFirst: true }).length).toBe(3);
    expect(notes.order(1, [], { leaderFirst: true })).toEqual([]);
  });

  it('who was silent is asked last, for a while, or until it answers', () => {
    let now = 0;
    const notes = new MemberNotes(() => now);
    notes.heard(1, standing(4));
    notes.silent(4);
    const order = (): number[] => notes.order(1, [4, 5], { leaderFirst: true, first: 4 });
    expect(order()).toEqual([5, 4]);
    notes.answered(4);
    expect(order()).toEqual([4, 5]);
    notes.silent(4);
    now = 1_999;
    expect(order()).toEqual([5, 4]);
    now = 2_000;
    expect(order()).toEqual([4, 5]);
  });

  it('R26: the expiry of a write is the log time that was heard, what has passed since, and the retention', () => {
    let now = 50;
    const notes = new MemberNotes(() => now);
    expect(notes.expiryMs(1)).toBeUndefined();
    notes.heard(1, standing(4, 7_000));
    now = 80;
    expect(notes.expiryMs(1)).toBe(7_030 + 600_000);
    expect(notes.expiryMs(2)).toBeUndefined();
  });
});
