/** How a removal ends: nobody goes before the others can do without it (lib/cluster/removal.ts). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { isMember } from '../../lib/cluster/membership-rules.js';
import { EnvelopeKind } from '../../lib/transport/transport.js';
import { codeOf, frame, type TestNode } from '../support/raft-cluster.js';
import { RowCluster } from '../support/row-cluster.js';

const WRITE_MS = 5;

let rows: RowCluster;
afterEach(() => rows.cluster.stop());

async function start(ids: readonly number[]): Promise<{ readonly leader: TestNode; readonly victim: TestNode }> {
  rows = await RowCluster.start(ids, { writeMs: WRITE_MS });
  const leader = await rows.cluster.elect();
  await rows.cluster.settled(leader.group.propose(frame('before')));
  return { leader, victim: rows.cluster.followers()[0]! };
}

const isOut = (node: TestNode): boolean => node.heard.includes('removed');
const reasonOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: { code: string; details: { reason?: string } }) => error.details.reason ?? error.code,
  );

/** Until the removed node has applied its removal: the leader knows that it is committed, its disk does not. */
async function untilAppliedBy(victim: TestNode): Promise<number> {
  const isApplied = (): boolean => !isMember(victim.group.membership, victim.id);
  expect(await rows.time.runUntil(isApplied, 5_000)).toBe(true);
  expect(isOut(victim)).toBe(false);
  return victim.group.appliedIndex;
}

/** Answers the index of the removal. */
async function untilAppliedByLeader(leader: TestNode, victim: TestNode): Promise<number> {
  expect(await rows.time.runUntil(() => !leader.group.membership.voters.includes(victim.id), 5_000)).toBe(true);
  return leader.group.appliedIndex;
}

/** A majority of these has it on disk that everything up to `index` is committed. */
function isKnownBy(ids: readonly number[], index: number): boolean {
  const knowing = ids.filter((id) => rows.disk(id).log(1).initialState().hardState.commit >= index);
  return knowing.length * 2 > ids.length;
}

describe('from two members to one', () => {
  it('P1: the last one dies before its disk knows that the removal is committed, comes back, and leads', async () => {
    const { leader, victim } = await start([1, 2]);
    void codeOf(leader.group.remove(victim.id));
    const index = await untilAppliedBy(victim);
    rows.crash(leader.id);
    expect(rows.disk(leader.id).log(1).initialState().hardState.commit).toBeLessThan(index);
    await rows.time.advance(3_000);
    expect(isOut(victim)).toBe(false);
    const again = await rows.add(leader.id);
    const isSole = (): boolean => again.group.isLeader && again.group.membership.voters.join() === `${again.id}`;
    expect(await rows.time.runUntil(isSole, 20_000)).toBe(true);
    expect(await rows.time.runUntil(() => isOut(victim), 5_000)).toBe(true);
    await rows.cluster.settled(again.group.propose(frame('after')));
    expect(rows.machine(again.id).texts).toEqual(['before', 'after']);
  });

  it('P1: both die before it is known, and the removed one, whose own disk may say that it is out, votes all the same', async () => {
    const { leader, victim } = await start([1, 2]);
    void codeOf(leader.group.remove(victim.id));
    const index = await untilAppliedBy(victim);
    rows.crash(leader.id);
    expect(rows.disk(leader.id).log(1).initialState().hardState.commit).toBeLessThan(index);
    await rows.time.advance(3_000);
    rows.crash(victim.id);
    const again = await rows.add(leader.id);
    await rows.time.advance(3_000);
    expect(again.group.isLeader).toBe(false);
    await rows.add(victim.id);
    const isSole = (): boolean => again.group.isLeader && again.group.membership.voters.join() === `${again.id}`;
    expect(await rows.time.runUntil(isSole, 20_000)).toBe(true);
    await rows.cluster.settled(again.group.propose(frame('after')));
    expect(rows.machine(again.id).texts).toEqual(['before', 'after']);
  });

  it('the removed node is out only when the disk of the last one knows it, and both can be switched off once the call resolves', async () => {
    const { leader, victim } = await start([1, 2]);
    const removing = leader.group.remove(victim.id);
    const index = await untilAppliedBy(victim);
    const knows = (): boolean => rows.disk(leader.id).log(1).initialState().hardState.commit >= index;
    expect(await rows.time.runUntil(() => isOut(victim), 5_000)).toBe(true);
    expect(knows()).toBe(true);
    await rows.cluster.settled(removing);
    for (const { id } of [victim, leader]) rows.crash(id);
    const again = await rows.add(leader.id);
    expect(await rows.time.runUntil(() => again.group.isLeader, 5_000)).toBe(true);
    expect(again.group.membership.voters).toEqual([leader.id]);
  });

  it('the call resolves when the disk of the last one knows it, and not before', async () => {
    const { leader, victim } = await start([1, 2]);
    const removing = leader.group.remove(victim.id);
    const index = await untilAppliedByLeader(leader, victim);
    expect(isKnownBy([leader.id], index)).toBe(false);
    await rows.cluster.settled(removing);
    expect(isKnownBy([leader.id], index)).toBe(true);
  });

  it('that a node is no member any more is not said before it may go, either', async () => {
    const { leader, victim } = await start([1, 2]);
    const first = codeOf(leader.group.remove(victim.id));
    await untilAppliedBy(victim);
    let answer = '';
    void reasonOf(leader.group.remove(victim.id)).then((reason) => (answer = reason));
    await rows.time.advance(1);
    expect(answer).toBe('');
    expect(await rows.cluster.settled(first)).toBe('resolved');
    expect(await rows.time.runUntil(() => answer !== '', 5_000)).toBe(true);
    expect(answer).toBe('unknown-node');
    expect(isOut(victim)).toBe(true);
  });
});

describe('who tells', () => {
  it.each([0, 1, 2])('E2: who leads no more tells nobody by an entry of its successor (follower %i is removed)', async (which) => {
    const { leader } = await start([1, 2, 3, 4]);
    const victim = rows.cluster.followers()[which]!;
    const others = rows.cluster.followers().filter((node) => node !== victim);
    void codeOf(leader.group.remove(victim.id));
    const index = await untilAppliedByLeader(leader, victim);
    rows.cluster.network.partition(
      [leader.id],
      [victim, ...others].map(({ id }) => id),
    );
    expect(await rows.time.runUntil(() => others.some(({ group }) => group.isLeader), 20_000)).toBe(true);
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => isOut(victim), 20_000)).toBe(true);
    const rest = [leader, ...others].map(({ id }) => id);
    expect(isKnownBy(rest, index)).toBe(true);
  });

  it('E2: who led before takes no entry of its successor for its own, though it stands at the same place', async () => {
    const { leader } = await start([1, 2, 3, 4]);
    const [victim, ...others] = rows.cluster.followers() as [TestNode, TestNode, TestNode];
    const { network } = rows.cluster;
    const before = leader.group.appliedIndex;
    // The leader's own disk commits the removal when the others hear nothing of it any more; the removed node, which lacks it, can not lead next.
    network.partition([leader.id], [victim.id]);
    const release = rows.storage(leader.id).hold('write');
    void codeOf(leader.group.remove(victim.id));
    const isThere = ({ id }: TestNode): boolean => rows.disk(id).log(1).lastIndex() > before;
    expect(await rows.time.runUntil(() => others.every(isThere), 1_000)).toBe(true);
    await rows.time.advance(1);
    network.partition(
      [leader.id],
      others.map(({ id }) => id),
    );
    release();
    const index = await untilAppliedByLeader(leader, victim);
    expect(await rows.time.runUntil(() => rows.disk(leader.id).log(1).lastIndex() > index, 1_000)).toBe(true);
    const leads = ({ group }: TestNode): boolean => group.isLeader && !group.membership.voters.includes(victim.id);
    expect(await rows.time.runUntil(() => others.some(leads), 20_000)).toBe(true);
    // What its successor commits is on no disk but that of who led before.
    const goOn = others.map(({ id }) => rows.storage(id).hold('write'));
    network.heal();
    expect(await rows.time.runUntil(() => leader.group.appliedIndex > index, 2_000)).toBe(true);
    await rows.time.advance(50);
    const rest = [leader, ...others].map(({ id }) => id);
    expect(isKnownBy(rest, index)).toBe(false);
    expect(isOut(victim)).toBe(false);
    for (const go of goOn) go();
    expect(await rows.time.runUntil(() => isOut(victim), 20_000)).toBe(true);
    expect(isKnownBy(rest, index)).toBe(true);
  });

  it('E3: who leads again begins anew', async () => {
    const { leader } = await start([1, 2, 3, 4]);
    const [victim, ...others] = rows.cluster.followers() as [TestNode, TestNode, TestNode];
    const { network } = rows.cluster;
    const ids = others.map(({ id }) => id);
    void codeOf(leader.group.remove(victim.id));
    const index = await untilAppliedByLeader(leader, victim);
    // The entry that is to cover the removal gets to the others, and their answers do not get back.
    for (const id of ids) rows.cluster.dropEnvelopes(id, leader.id, [EnvelopeKind.RAFT]);
    await untilAppliedBy(victim);
    expect(await rows.time.runUntil(() => others.every(({ group }) => group.appliedIndex >= index), 1_000)).toBe(true);
    network.partition([leader.id], ids);
    network.partition([victim.id], [leader.id, ...ids]);
    rows.cluster.restoreLinks();
    expect(leader.group.appliedIndex).toBe(index);
    expect(await rows.time.runUntil(() => others.some(({ group }) => group.isLeader), 20_000)).toBe(true);
    network.heal();
    network.partition([victim.id], [leader.id, ...ids]);
    const next = await rows.cluster.elect([leader, ...others], 20_000);
    if (next !== leader) await rows.cluster.settled(next.group.transferLeadership(leader.id));
    expect(isOut(victim)).toBe(false);
    network.heal();
    expect(await rows.time.runUntil(() => isOut(victim), 5_000)).toBe(true);
    expect(leader.group.isLeader).toBe(true);
  });

  it('E3: a removed node that nothing reached asks until it is told, and who leads by then begins anew', async () => {
    const { leader, victim } = await start([1, 2, 3]);
    const other = rows.cluster.followers().find((node) => node !== victim)!;
    const removing = leader.group.remove(victim.id);
    await untilAppliedBy(victim);
    rows.cluster.network.partition([victim.id], [leader.id, other.id]);
    await rows.cluster.settled(removing);
    await rows.cluster.settled(leader.group.transferLeadership(other.id));
    await rows.time.advance(3_500);
    expect(isOut(victim)).toBe(false);
    rows.cluster.network.heal();
    expect(await rows.time.runUntil(() => isOut(victim), 2_000)).toBe(true);
  });

  it('a removed node whose leader died before it told asks the next one', async () => {
    const { leader, victim } = await start([1, 2, 3]);
    void codeOf(leader.group.remove(victim.id));
    await untilAppliedBy(victim);
    rows.crash(leader.id);
    const rest = [rows.cluster.followers().find(({ id }) => id !== victim.id)!, await rows.add(leader.id)];
    await rows.cluster.elect(rest, 20_000);
    expect(await rows.time.runUntil(() => isOut(victim), 5_000)).toBe(true);
    for (const node of rest) expect(node.group.membership.voters).not.toContain(victim.id);
  });

  it('a replacement that is asked for on the node that goes by it resolves there, and then it may go', async () => {
    const { leader, victim } = await start([1, 2]);
    await rows.add(3, { members: [], join: true });
    await rows.cluster.settled(leader.group.addLearner(3));
    const replacing = codeOf(victim.group.replace(victim.id, 3));
    await untilAppliedBy(victim);
    let answer = '';
    void reasonOf(leader.group.remove(victim.id)).then((reason) => (answer = reason));
    await rows.time.advance(1);
    expect(answer).toBe('');
    expect(await rows.cluster.settled(replacing)).toBe('resolved');
    expect(await rows.time.runUntil(() => answer !== '', 5_000)).toBe(true);
    expect(answer).toBe('unknown-node');
    expect(isOut(victim)).toBe(true);
  });

  it('E3: a node that was away while the group went over to others, and knows only members that are gone, is told once it asks those that are there', async () => {
    const { leader, victim } = await start([1, 2]);
    for (const id of [3, 4]) {
      await rows.add(id, { members: [], join: true });
      await rows.cluster.settled(leader.group.addLearner(id));
    }
    const promoted = async (id: number): Promise<boolean> => (await codeOf(leader.group.promote(id))) === 'resolved';
    for (const id of [3, 4]) while (!(await rows.cluster.settled(promoted(id)))) await rows.time.advance(50);
    rows.cluster.network.partition([victim.id], [leader.id, 3, 4]);
    await rows.cluster.settled(leader.group.remove(victim.id));
    await rows.cluster.settled(leader.group.transferLeadership(3));
    const now = rows.cluster.node(3).group;
    await rows.cluster.settled(now.remove(leader.id));
    rows.crash(leader.id);
    expect(now.membership.voters).toEqual([3, 4]);
    // It is heard by who does not lead alone, who tells nobody.
    rows.cluster.network.heal();
    rows.cluster.network.partition([victim.id], [3]);
    await rows.time.advance(5_000);
    expect(isOut(victim)).toBe(false);
    rows.cluster.network.heal();
    victim.group.askWhetherRemoved([3, 4]);
    expect(await rows.time.runUntil(() => isOut(victim), 2_000)).toBe(true);
  });

  it('a removed learner goes at once: nobody needs its vote', async () => {
    const { leader } = await start([1, 2]);
    const learner = await rows.add(3, { members: [], join: true });
    await rows.cluster.settled(leader.group.addLearner(3));
    void codeOf(leader.group.remove(3));
    expect(await rows.time.runUntil(() => isOut(learner), 5_000)).toBe(true);
  });
});
