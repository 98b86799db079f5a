import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';
import { VirtualTime } from './virtual-time.js';

describe('VirtualTime', () => {
  it('runs what is due in order of time, then of scheduling, and shows each its time', async () => {
    const time = new VirtualTime();
    const node = time.createNode();
    const seen: string[] = [];
    for (const delay of [30, 10, 20, 10]) node.setTimer(delay, () => seen.push(`${delay}@${time.nowMs}`));
    node.turn(() => seen.push(`turn@${time.nowMs}`));
    await time.advance(20);
    expect(seen).toEqual(['turn@0', '10@10', '10@10', '20@20']);
    expect(time.nowMs).toBe(20);
    await time.advance(100);
    expect(seen.at(-1)).toBe('30@30');
    expect(time.nowMs).toBe(120);
  });

  it.each([1, 64])(
    'R3: all microtasks and nextTicks of a task drain before the next task, chains included, at %d tasks a turn of the loop',
    async (tasksPerLoop) => {
      const time = new VirtualTime({ tasksPerLoop });
      const node = time.createNode();
      const seen: string[] = [];
      node.turn(() => {
        process.nextTick(() => seen.push('nextTick'));
        node.soon(() => seen.push('soon'));
        void (async () => {
          for (let i = 0; i < 50; i++) await Promise.resolve();
          process.nextTick(() => seen.push('late nextTick'));
          seen.push('end of chain');
        })();
      });
      node.turn(() => seen.push('next turn'));
      await time.advance(0);
      expect(seen.at(-1)).toBe('next turn');
      expect(seen.slice(0, 4).sort()).toEqual(['end of chain', 'late nextTick', 'nextTick', 'soon']);
    },
  );

  it('with many tasks a turn of the loop, time ends where it is told to, and goes on from there', async () => {
    const time = new VirtualTime({ tasksPerLoop: 64 });
    const node = time.createNode();
    const seen: string[] = [];
    const tick = (): void => {
      seen.push(`${time.nowMs}`);
      node.setTimer(1, tick);
    };
    node.setTimer(1, tick);
    await time.advance(100);
    await time.advance(3);
    expect([seen.length, time.nowMs]).toEqual([103, 103]);
    expect(await time.runUntil(() => seen.length === 110, 1000)).toBe(true);
    expect([seen.length, time.nowMs]).toEqual([110, 110]);
    node.turn(() => {
      throw new Error('of a task');
    });
    await expect(time.advance(1)).rejects.toThrow('of a task');
    await time.advance(10);
    expect(time.nowMs).toBe(120);
  });

  it('a cancelled timer does not run, cancelling twice or too late does nothing', async () => {
    const time = new VirtualTime();
    const node = time.createNode();
    let ran = 0;
    const first = node.setTimer(5, () => ran++);
    const second = node.setTimer(5, () => ran++);
    first.cancel();
    first.cancel();
    await time.advance(5);
    second.cancel();
    expect(ran).toBe(1);
    expect(time.pendingWork).toBe(0);
  });

  it('a killed node runs nothing more and schedules nothing more; the others go on', async () => {
    const time = new VirtualTime();
    const [one, two] = [time.createNode(), time.createNode()];
    const seen: string[] = [];
    one.setTimer(5, () => seen.push('one'));
    one.turn(() => {
      one.soon(() => seen.push('soon of the dead'));
      one.kill();
      one.turn(() => seen.push('turn of the dead'));
      one.setTimer(1, () => seen.push('timer of the dead'));
      one.soon(() => seen.push('soon after death'));
    });
    two.setTimer(6, () => seen.push('two'));
    await time.advance(10);
    expect(seen).toEqual(['two']);
    expect(one.alive).toBe(false);
    expect(time.pendingWork).toBe(0);
  });

  it('a paused node runs what it missed when it resumes, in order, and a timer can still be cancelled', async () => {
    const time = new VirtualTime();
    const node = time.createNode();
    const seen: string[] = [];
    const note = (text: string) => () => seen.push(`${text}@${time.nowMs}`);
    node.setTimer(10, note('a'));
    const cancelled = node.setTimer(15, note('b'));
    node.setTimer(20, note('c'));
    node.setTimer(60, note('d'));
    node.pause();
    await time.advance(50);
    expect(seen).toEqual([]);
    cancelled.cancel();
    node.resume();
    await time.advance(50);
    expect(seen).toEqual(['a@50', 'c@50', 'd@60']);
  });

  it('T1: turns of a node keep their order under random delays; those of two nodes interleave', async () => {
    const time = new VirtualTime();
    const random = new SeededRandom(3);
    const nodes = ['x', 'y'].map((name) => time.createNode({ name, turnDelayMs: () => random.float() }));
    const seen: string[] = [];
    for (let i = 0; i < 50; i++) for (const node of nodes) node.turn(() => seen.push(`${node.name}${i}`));
    await time.runUntilIdle();
    const inOrder = Array.from({ length: 50 }, (_, i) => i);
    for (const name of ['x', 'y']) expect(seen.filter((text) => text.startsWith(name))).toEqual(inOrder.map((i) => `${name}${i}`));
    expect(seen.join().replace(/\d+,?/g, '')).not.toBe('xy'.repeat(50));
  });

  it('clocks have an offset, a rate and jumps of their own; timers follow the rate, never the jump', async () => {
    const time = new VirtualTime();
    const exact = time.createNode();
    const fast = time.createNode({ clockOffsetMs: 500, clockRate: 2 });
    const epoch = exact.now();
    let firedAt = 0;
    fast.setTimer(100, () => (firedAt = time.nowMs));
    fast.jumpClock(-10_000);
    await time.advance(1000);
    expect(firedAt).toBe(50);
    expect(exact.now() - epoch).toBe(1000);
    expect(fast.now() - epoch).toBe(500 + 2000 - 10_000);
    expect(fast.monotonic()).toBe(2000);
  });

  it('runUntil stops right after the task that made it true, or at its limit', async () => {
    const time = new VirtualTime();
    const node = time.createNode();
    let count = 0;
    const tick = (): void => {
      count++;
      node.setTimer(10, tick);
    };
    node.setTimer(10, tick);
    expect(await time.runUntil(() => count === 3, 1000)).toBe(true);
    expect(time.nowMs).toBe(30);
    expect(await time.runUntil(() => count === 1000, 100)).toBe(false);
    expect(time.nowMs).toBe(130);
    expect(await time.runUntilIdle()).toBe(true); // only timers lie ahead
  });

  it('runUntilSettled gives the value, the error, or says that the time passed', async () => {
    const time = new VirtualTime();
    const node = time.createNode();
    const sleep = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        node.setTimer(ms, resolve);
      });
    await expect(
      time.runUntilSettled(
        sleep(100).then(() => 'value'),
        1000,
      ),
    ).resolves.toBe('value');
    const failing = sleep(100).then(() => Promise.reject(new Error('mine')));
    await expect(time.runUntilSettled(failing, 1000)).rejects.toThrow('mine');
    await expect(time.runUntilSettled(sleep(5000), 1000)).rejects.toThrow('1000 ms of virtual time');
  });

  it('what a task, a microtask or the oracle throws rejects the advance, and time can go on', async () => {
    const time = new VirtualTime();
    const node = time.createNode();
    const fail = (text: string) => () => {
      throw new Error(text);
    };
    node.setTimer(1, fail('task'));
    node.setTimer(2, () => node.soon(fail('microtask')));
    await expect(time.advance(10)).rejects.toThrow('task');
    expect(time.nowMs).toBe(1);
    await expect(time.advance(10)).rejects.toThrow('microtask');
    time.afterTask = fail('oracle');
    await expect(time.advance(10)).rejects.toThrow('oracle');
    time.afterTask = null;
    await time.advance(10);
  });

  it('refuses to be advanced twice at once', async () => {
    const time = new VirtualTime();
    const first = time.advance(1);
    await expect(time.advance(1)).rejects.toThrow('already');
    await first;
  });

  it('T2: nothing runs in the context of the request that scheduled it', async () => {
    const storage = new AsyncLocalStorage<string>();
    const time = new VirtualTime();
    const node = time.createNode();
    const seen: Array<string | undefined> = [];
    const look = (): void => {
      seen.push(storage.getStore());
    };
    storage.run('request', () => {
      node.turn(look);
      node.soon(look);
      node.setTimer(1, look);
    });
    await storage.run('another request', () => time.advance(1));
    expect(seen).toEqual([undefined, undefined, undefined]);
  });
});
