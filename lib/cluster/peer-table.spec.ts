import { describe, expect, it } from '@jest/globals';
import { PeerTable } from './peer-table.js';

function table(): { readonly peers: PeerTable; readonly heard: string[] } {
  const heard: string[] = [];
  const peers = new PeerTable(
    { peerDownAfterMs: 600, peerGraceMs: 100 },
    (peer) => heard.push(`down ${peer}`),
    (peer) => heard.push(`up ${peer}`),
  );
  peers.keepOnly(new Set([2, 3]), 0);
  return { peers, heard };
}

describe('PeerTable', () => {
  it('who is added is watched from now on, and nothing changes for those that are there', () => {
    const { peers, heard } = table();
    peers.heard(2, 7, 500);
    peers.add(new Set([2, 4]), 550);
    expect([...peers.all()].map(({ id, incarnation, lastHeardAt }) => [id, incarnation, lastHeardAt])).toEqual([
      [2, 7, 500],
      [3, 0, 0],
      [4, 0, 550],
    ]);
    peers.check(1_100);
    expect(heard).toEqual(['down 2', 'down 3']);
    peers.check(1_150);
    expect(heard).toEqual(['down 2', 'down 3', 'down 4']);
  });

  it('silence makes a peer down once, any frame brings it up once', () => {
    const { peers, heard } = table();
    peers.heard(2, 1, 500);
    peers.check(599);
    expect(heard).toEqual([]);
    peers.check(600);
    peers.check(700);
    expect(heard).toEqual(['down 3']);
    peers.heard(3, 1, 710);
    peers.heard(3, 1, 720);
    expect(heard).toEqual(['down 3', 'up 3']);
  });

  it('a broken connection shortens the wait, and a sign of life ends it', () => {
    const { peers, heard } = table();
    peers.heard(2, 1, 100);
    peers.heard(3, 1, 100);
    expect(peers.disconnected(2, 110)).toBe(true);
    expect(peers.disconnected(3, 110)).toBe(true);
    expect(peers.disconnected(9, 110)).toBe(false);
    expect(peers.nextSuspectAt()).toBe(210);
    peers.heard(3, 1, 150);
    peers.check(210);
    expect(heard).toEqual(['down 2']);
    expect(peers.nextSuspectAt()).toBe(Infinity);
  });

  it('time in which this process stood still is no silence of others', () => {
    const { peers, heard } = table();
    peers.stalled(5_000, 5_050);
    peers.check(5_100);
    expect(heard).toEqual([]);
  });

  it('whoever was heard at the end of a stall is down after its silence, not later', () => {
    const { peers, heard } = table();
    peers.heard(2, 1, 5_000);
    peers.stalled(5_000, 5_000);
    peers.heard(3, 1, 5_590);
    peers.check(5_600);
    expect(heard).toEqual(['down 2']);
  });

  it('a refused connection right after one broke: down at once; without a break before, or with a sign of life since, it says nothing', () => {
    const { peers, heard } = table();
    peers.refused(2);
    peers.disconnected(2, 100);
    peers.heard(2, 1, 101);
    peers.refused(2);
    peers.refused(9);
    expect(heard).toEqual([]);
    peers.disconnected(2, 110);
    peers.refused(2);
    peers.refused(2);
    expect(heard).toEqual(['down 2']);
    peers.check(10_000);
    expect(heard).toEqual(['down 2', 'down 3']);
  });

  it('R13: a restarted peer is down and up again, and frames of its earlier process are dropped', () => {
    const { peers, heard } = table();
    expect(peers.heard(2, 5, 10)).toBe(true);
    expect(peers.heard(2, 6, 20)).toBe(true);
    expect(heard).toEqual(['down 2', 'up 2']);
    expect(peers.heard(2, 5, 30)).toBe(false);
    expect(peers.get(2)!.lastHeardAt).toBe(20);
  });

  it('R23: the median of the clocks is of a majority, and a slow answer says nothing', () => {
    const { peers } = table();
    const pong = (id: number, aheadMs: number, roundTripMs: number): void => {
      peers.get(id)!.pingSentAt = 1_000;
      peers.clockHeard(id, 50_000 - aheadMs, 50_000 + roundTripMs / 2, 1_000 + roundTripMs, 500);
    };
    expect(peers.clockAheadOfMedian([1, 2, 3], 1)).toBe(0);
    pong(2, 4_000, 10);
    expect(peers.clockAheadOfMedian([1, 2, 3], 1)).toBe(0);
    pong(3, 3_000, 10);
    expect(peers.clockAheadOfMedian([1, 2, 3], 1)).toBe(3_000);
    pong(3, -9_000, 501);
    expect(peers.clockAheadOfMedian([1, 2, 3], 1)).toBe(3_000);
  });
});
