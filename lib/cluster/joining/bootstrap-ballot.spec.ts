import { beforeEach, describe, expect, it } from '@jest/globals';
import { BOOTSTRAP_NOTE, MemoryNodeNotes, type NodeNotes, type Note } from '../../storage/node-notes.js';
import { BootstrapBallot, type Vote } from './bootstrap-ballot.js';

/** Notes whose next write waits, or fails. */
class TroubledNotes implements NodeNotes {
  readonly kept = new MemoryNodeNotes();
  failure: Error | null = null;
  gate: Promise<void> = Promise.resolve();

  read(name: string): Promise<Note | null> {
    return this.kept.read(name);
  }
  async write(name: string, note: Note): Promise<void> {
    await this.gate;
    if (this.failure !== null) throw this.failure;
    await this.kept.write(name, note);
  }
  remove(name: string): Promise<void> {
    return this.kept.remove(name);
  }
  placeOf(name: string): string {
    return `data/${name}.json`;
  }
}

let notes: TroubledNotes;
let ballot: BootstrapBallot;
const again = (): Promise<BootstrapBallot> => BootstrapBallot.open(notes, 'another id');
const vote = (ballotId: string, attempt: number): Vote => ({ ballotId, attempt, address: `${ballotId}:1` });

beforeEach(async () => {
  notes = new TroubledNotes();
  ballot = await BootstrapBallot.open(notes, 'self');
});

describe('BootstrapBallot', () => {
  it('keeps its id, attempts and vote over a restart', async () => {
    expect(await ballot.stand()).toBe(1);
    await ballot.abandon();
    expect(await ballot.grant(vote('a', 3))).toBe(true);
    const restarted = await again();
    expect([restarted.ballotId, restarted.vote]).toEqual(['self', vote('a', 3)]);
  });

  it('V1: a vote goes to one candidate; a later attempt of it replaces the earlier one, never the other way round', async () => {
    expect(await ballot.grant(vote('a', 2))).toBe(true);
    expect(await ballot.grant(vote('b', 9))).toBe(false);
    expect(await ballot.grant(vote('a', 1))).toBe(false);
    expect(await ballot.grant(vote('a', 2))).toBe(true);
    expect(await ballot.grant(vote('a', 5))).toBe(true);
    expect(ballot.vote).toEqual(vote('a', 5));
    expect(await ballot.stand()).toBe(0);
  });

  it('V1: of votes asked for at once one is given', async () => {
    expect(await Promise.all([ballot.grant(vote('a', 1)), ballot.grant(vote('b', 1)), ballot.stand()])).toEqual([true, false, 0]);
  });

  it('V2: a vote is given up for the very attempt that came to nothing', async () => {
    await ballot.grant(vote('a', 2));
    await ballot.giveUp(vote('a', 1));
    await ballot.giveUp(vote('b', 2));
    expect(ballot.vote).toEqual(vote('a', 2));
    await ballot.giveUp(vote('a', 2));
    expect([ballot.vote, (await again()).vote]).toEqual([null, null]);
  });

  it('V3: numbers of attempts grow, over restarts too, and what is void stays void', async () => {
    expect(await ballot.stand()).toBe(1);
    expect([ballot.outcomeOf(1), ballot.isPursuing(1)]).toEqual(['pending', true]);
    await ballot.abandon();
    expect(ballot.outcomeOf(1)).toBe('void');
    expect(await ballot.stand()).toBe(2);
    expect(ballot.outcomeOf(1)).toBe('void');
    const restarted = await again();
    expect(restarted.outcomeOf(2)).toBe('void');
    expect(await restarted.stand()).toBe(3);
  });

  it('an attempt that ended begins nothing', async () => {
    const attempt = await ballot.stand();
    await ballot.abandon();
    await expect(ballot.begin(attempt, 'd')).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED' });
    expect([ballot.began, ballot.outcomeOf(attempt)]).toEqual(['', 'void']);
  });

  it('V4: that a deployment began is said once it is on disk, and not before', async () => {
    const attempt = await ballot.stand();
    let open = (): void => undefined;
    notes.gate = new Promise((resolve) => (open = resolve));
    const beginning = ballot.begin(attempt, 'd');
    await new Promise((resolve) => setImmediate(resolve));
    expect([ballot.began, ballot.outcomeOf(attempt)]).toEqual(['', 'pending']);
    open();
    await beginning;
    expect([ballot.began, ballot.outcomeOf(attempt), (await again()).began]).toEqual(['d', 'began', 'd']);
  });

  it('V6: a vote that could not be written was not given: asked again, it is written first', async () => {
    notes.failure = new Error('the disk is full');
    await expect(ballot.grant(vote('a', 1))).rejects.toThrow('the disk is full');
    await expect(ballot.grant(vote('a', 1))).rejects.toThrow('the disk is full');
    await expect(ballot.stand()).rejects.toThrow('the disk is full');
    expect([ballot.vote, ballot.outcomeOf(1)]).toEqual([null, 'void']);
    notes.failure = null;
    expect(await ballot.grant(vote('b', 1))).toBe(true);
    expect((await again()).vote).toEqual(vote('b', 1));
  });

  it.each<[string, Note]>([
    ['another format', { format: 2, ballotId: 'x', attempt: 0, vote: null, began: '' }],
    ['no id', { format: 1, attempt: 0, vote: null, began: '' }],
    ['half an attempt', { format: 1, ballotId: 'x', attempt: 0.5, vote: null, began: '' }],
    ['a vote for nobody', { format: 1, ballotId: 'x', attempt: 0, vote: { attempt: 1, address: 'a:1' }, began: '' }],
    ['no vote field', { format: 1, ballotId: 'x', attempt: 0, began: '' }],
  ])('a note that can not be read is STORAGE_DAMAGED: %s', async (_what, note) => {
    await notes.kept.write(BOOTSTRAP_NOTE, note);
    await expect(again()).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      message: expect.stringContaining('data/bootstrap.json'),
      details: { file: 'data/bootstrap.json' },
    });
  });
});
