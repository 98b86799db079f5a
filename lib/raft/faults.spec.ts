/** Bugs that other implementations had, where no other spec has their test. Each names its thread. */
import { describe, expect, it } from '@jest/globals';
import {
  BareNode,
  RaftNetwork,
  bytes,
  configOf,
  entriesOf,
  entry,
  seededRandom,
  storageWith,
  text,
  voters,
} from '../../test/support/raft-network.js';
import { RawNode } from './raw-node.js';
import { becomeFollower } from './roles.js';
import { HardState, MessageType } from './types.js';

const { Append, HeartbeatResp } = MessageType;

describe('log', () => {
  it('a leader whose storage fails to read sends nothing and takes nothing for sent (openraft#1795)', () => {
    const made = new BareNode(1, { confState: voters(1, 2), entries: entriesOf(1, 1, 1), hardState: new HardState(1, 0, 0) });
    made.lead();
    const peer = made.core.tracker.get(2)!;
    peer.becomeProbe();
    peer.next = 1;
    made.storage.entries = () => {
      throw new Error('disk error');
    };
    expect(() => made.step(HeartbeatResp, { from: 2, term: made.core.term })).toThrow('disk error');
    expect([made.core.outbox.length, peer.next, peer.inflights.count]).toEqual([0, 1, 0]);
  });

  it('nothing that was applied is truncated, whatever a leader of a later term sends (canonical/raft#355)', () => {
    const made = new BareNode(1, { confState: voters(1, 2), entries: entriesOf(1, 1, 1) });
    becomeFollower(made.core, 1, 2);
    made.core.log.commitTo(3);
    expect(made.apply().length).toBe(3);
    made.step(Append, { from: 2, term: 2, index: 1, logTerm: 1, entries: [entry(2, 2)] });
    expect(made.logTerms()).toEqual([1, 1, 1]);
    expect(() => made.core.log.append([entry(2, 3)])).toThrow(/committed entry/);
  });

  it('a state machine ahead of the stored commit index is believed, one ahead of the log stops the node (etcd#10508, #20426)', () => {
    const seed = { confState: voters(1, 2), entries: entriesOf(1, 1, 1), hardState: new HardState(1, 0, 1) };
    const node = new RawNode(configOf(1, storageWith(seed), { applied: 3 }));
    expect([node.commitIndex, node.appliedIndex]).toEqual([3, 3]);
    expect(() => new RawNode(configOf(1, storageWith(seed), { applied: 4 }))).toThrow(/ahead of the log/);
  });
});

describe('durability, as far as the core decides it', () => {
  it('no acknowledged proposal is lost if nodes crash with their unfinished writes, as long as a majority keeps its disk (etcd#14143)', () => {
    for (let run = 0; run < 15; run++) {
      const random = seededRandom(run + 100);
      const network = new RaftNetwork({
        base: 5,
        patch: { asyncStorageWrites: true, preVote: true, checkQuorum: true, random: seededRandom(run) },
      });
      network.elect(1);
      const committed = new Map<number, string>();
      for (let i = 0; i < 150; i++) {
        const id = 1 + random(3);
        switch (random(7)) {
          case 0:
            network.held.add(id);
            break;
          case 1:
            network.held.delete(id);
            network.doWork(id);
            break;
          case 2:
            network.doWork(id, false);
            break;
          case 3:
            // Whatever was not written is gone; the state machine keeps what it has applied.
            network.held.delete(id);
            network.peer(id).restart();
            break;
          default:
            network.propose(network.leader() || id, `${i}`);
        }
        network.filter = () => random(10) > 0;
        network.tickAll();
        for (const peer of network.peers.values()) {
          for (const one of peer.applied) {
            const known = committed.get(one.index);
            const found = `${one.term}:${text(one.data)}`;
            if (known !== undefined && known !== found) throw new Error(`run ${run}: entry ${one.index} was ${known}, is ${found}`);
            committed.set(one.index, found);
          }
        }
      }
      expect(committed.size).toBeGreaterThan(5);
    }
  });

  it('a vote that was not written is not remembered, and was not published either: at most one leader a term across crashes (canonical/raft#386)', () => {
    for (let run = 0; run < 10; run++) {
      const random = seededRandom(run + 500);
      const network = new RaftNetwork({ patch: { asyncStorageWrites: true, random: seededRandom(run) } });
      const leaderOf = new Map<number, number>();
      for (let i = 0; i < 120; i++) {
        const id = 1 + random(3);
        if (random(3) === 0) network.held.add(id);
        else network.held.delete(id);
        if (random(4) === 0) network.doWork(id);
        if (random(4) === 0) network.peer(id).restart();
        if (random(2) === 0) network.elect(1 + random(3));
        network.filter = () => random(8) > 0;
        network.tickAll();
        for (const [peerId, peer] of network.peers) {
          if (!peer.raw.isLeader) continue;
          if ((leaderOf.get(peer.raw.term) ?? peerId) !== peerId) throw new Error(`run ${run}: two leaders in term ${peer.raw.term}`);
          leaderOf.set(peer.raw.term, peerId);
        }
      }
      expect(leaderOf.size).toBeGreaterThan(2);
    }
  });
});

describe('JavaScript', () => {
  it('a proposal made while a Ready is being handled is not lost and not mixed into it (re-entrance)', () => {
    const storage = storageWith({ confState: voters(1) });
    const node = new RawNode(configOf(1, storage));
    node.campaign();
    for (let i = 0; i < 2; i++) {
      storage.append(node.ready().entries);
      node.advance();
    }
    const ready = node.ready();
    const handed = ready.entries.length;
    node.propose(bytes('from an apply callback'));
    expect(ready.entries.length).toBe(handed);
    storage.append(ready.entries);
    node.advance();
    expect(node.ready().entries.map((one) => text(one.data))).toEqual(['from an apply callback']);
  });

  it('ids, terms and indices past 32 bits survive a whole run', () => {
    const ids = [2 ** 32 + 1, 2 ** 40 + 2, Number.MAX_SAFE_INTEGER - 3];
    const base = 2 ** 52;
    const network = new RaftNetwork({ ids, base, seedOf: undefined });
    for (const id of ids) becomeFollower(network.core(id), 2 ** 50, 0);
    network.elect(ids[2]);
    for (let i = 0; i < 5; i++) network.propose(ids[2], `${i}`);
    for (const id of ids) {
      expect(network.peer(id).payloads()).toEqual(['0', '1', '2', '3', '4']);
      expect([network.node(id).commitIndex, network.node(id).term, network.node(id).leaderId]).toEqual([base + 6, 2 ** 50 + 1, ids[2]]);
    }
  });

  it('the last safe integer is an end that is noticed, not passed', () => {
    const network = new RaftNetwork({ ids: [1], base: Number.MAX_SAFE_INTEGER - 3 });
    network.elect(1);
    expect(() => {
      for (let i = 0; i < 5; i++) network.propose(1, 'x');
    }).toThrow(/safe integers/);
  });
});
