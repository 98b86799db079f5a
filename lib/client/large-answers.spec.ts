import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { LargeAnswers, PART_BYTES, receiveAnswer } from './large-answers.js';

function body(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7) % 251);
}

const never = (): Promise<never> => Promise.reject(new Error('nothing is to be fetched'));

describe('large answers', () => {
  it('a small one travels whole', async () => {
    const answers = new LargeAnswers(new ManualClock());
    for (const length of [0, 1, PART_BYTES]) {
      const sent = answers.send(2, body(length));
      expect(Buffer.compare(await receiveAnswer(sent, never), body(length))).toBe(0);
    }
    expect(answers.keptBytes).toBe(0);
  });

  it('a large one comes in parts, and is kept until the last one is fetched', async () => {
    const clock = new ManualClock();
    const answers = new LargeAnswers(clock);
    for (const length of [PART_BYTES + 1, 2 * PART_BYTES, 3 * PART_BYTES + 5]) {
      const sent = answers.send(2, body(length));
      expect(sent.length).toBeLessThan(PART_BYTES + 100);
      expect(answers.keptBytes).toBe(length);
      const whole = await receiveAnswer(sent, async (request) => answers.part(2, request));
      expect(Buffer.compare(whole, body(length))).toBe(0);
      expect([answers.keptBytes, clock.timerCount]).toEqual([0, 0]);
    }
  });

  it('L1: what nobody fetches is dropped, and what has no room is OVERLOADED', async () => {
    const clock = new ManualClock();
    const answers = new LargeAnswers(clock, 3 * PART_BYTES);
    const sent = answers.send(2, body(2 * PART_BYTES));
    expect(() => answers.send(2, body(2 * PART_BYTES))).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
    while (clock.step(clock.now() + 60_000));
    expect(answers.keptBytes).toBe(0);
    await expect(receiveAnswer(sent, async (request) => answers.part(2, request))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('L2: another node may not fetch it', async () => {
    const answers = new LargeAnswers(new ManualClock());
    const sent = answers.send(2, body(2 * PART_BYTES));
    await expect(receiveAnswer(sent, async (request) => answers.part(3, request))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(() => answers.part(2, new Uint8Array(3))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
  });

  it('P8: what is no answer is MALFORMED_FRAME, and so are parts that do not fit', async () => {
    for (const bad of [[], [2], [1, 0, 0]])
      await expect(receiveAnswer(Uint8Array.from(bad), never)).rejects.toMatchObject({ code: 'MALFORMED_FRAME' });
    const answers = new LargeAnswers(new ManualClock());
    const sent = answers.send(2, body(PART_BYTES + 10));
    for (const part of [new Uint8Array(0), new Uint8Array(11)])
      await expect(receiveAnswer(sent, async () => part)).rejects.toMatchObject({ code: 'MALFORMED_FRAME' });
  });
});
