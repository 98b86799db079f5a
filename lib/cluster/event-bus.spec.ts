import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { EventBus, type EventHistory } from './event-bus.js';
import { StandingStream } from './event-bus-standing.js';
import type { Scheduler } from './scheduler.js';

type Item =
  | { readonly type: 'event'; readonly run: string; readonly wseq: number; readonly last?: boolean }
  | { readonly type: 'gap'; readonly run: string; readonly from: number; readonly to: number }
  | { readonly type: 'note'; readonly run: string; readonly wseq: number };

class ManualScheduler implements Scheduler {
  turns: Array<() => void> = [];

  turn(callback: () => void): void {
    this.turns.push(callback);
  }

  soon(callback: () => void): void {
    queueMicrotask(callback);
  }

  runTurns(): void {
    while (this.turns.length !== 0) this.turns.shift()!();
  }
}

/** Histories of runs, as a state machine would hold them. */
class Histories implements EventHistory<Item> {
  readonly runs = new Map<string, Item[]>();

  add(run: string, last = false): Item {
    const items = this.runs.get(run) ?? [];
    this.runs.set(run, items);
    const item: Item = { type: 'event', run, wseq: items.length + 1, last };
    items.push(item);
    return item;
  }

  keyOf(item: Item): string {
    return item.run;
  }

  sequenceOf(item: Item): number {
    return item.type === 'gap' ? item.to : item.wseq;
  }

  labelOf(item: Item): string {
    return `label of ${item.run}`;
  }

  read(run: string, from: number, limit: number): readonly Item[] | null {
    return (this.runs.get(run) ?? []).filter((item) => this.sequenceOf(item) >= from).slice(0, limit);
  }

  ended(run: string, sequence: number): boolean {
    const items = this.runs.get(run);
    const last = items?.at(-1);
    return last === undefined || (last.type === 'event' && last.last === true && last.wseq <= sequence);
  }

  gap(run: string, label: string, from: number, to: number): Item {
    expect(label).toBe(`label of ${run}`);
    return { type: 'gap', run, from, to };
  }
}

function setUp(subscriberBufferMax = 4) {
  const history = new Histories();
  const scheduler = new ManualScheduler();
  const bus = new EventBus<Item>({ history, scheduler, subscriberBufferMax });
  return { history, scheduler, bus, emit: (run: string, last = false) => bus.publish(history.add(run, last)) };
}

const label = (item: Item): string =>
  item.type === 'gap' ? `${item.run}:gap ${item.from}-${item.to}` : `${item.run}:${item.type === 'note' ? 'note ' : ''}${item.wseq}`;

describe('EventBus', () => {
  it('delivers in a turn, never inside publish', () => {
    const { bus, emit, scheduler } = setUp();
    const seen: string[] = [];
    bus.all().subscribe((item) => seen.push(label(item)));
    emit('a');
    emit('b');
    expect(seen).toEqual([]);
    expect(scheduler.turns).toHaveLength(1);
    scheduler.runTurns();
    expect(seen).toEqual(['a:1', 'b:1']);
  });

  it('schedules nothing without subscribers, and says that nothing is wanted', () => {
    const { bus, emit, scheduler } = setUp();
    emit('a');
    expect(bus.wanted).toBe(false);
    const subscription = bus.all().subscribe();
    expect(bus.wanted).toBe(true);
    subscription.unsubscribe();
    emit('a');
    expect(bus.wanted).toBe(false);
    expect(scheduler.turns).toHaveLength(0);
  });

  it('R43: a subscriber that lags more than its buffer gets one gap per run, then what comes later', () => {
    const { bus, emit, scheduler } = setUp(4);
    const seen: string[] = [];
    bus.all().subscribe((item) => seen.push(label(item)));
    for (const run of ['a', 'b', 'a', 'a', 'b', 'a']) emit(run);
    scheduler.runTurns();
    expect(seen).toEqual(['a:gap 1-3', 'b:gap 1-1', 'b:2', 'a:4']);
    emit('a');
    scheduler.runTurns();
    expect(seen.at(-1)).toBe('a:5');
  });

  it('R43: an asynchronous subscriber sets the pace; each sequence is delivered or covered by exactly one gap', async () => {
    const { bus, emit, scheduler } = setUp(8);
    const seen: Item[] = [];
    let release: (() => void) | undefined;
    bus
      .all({
        ready: () =>
          new Promise<void>((resolve) => {
            release = resolve;
          }),
      })
      .subscribe((item) => seen.push(item));
    for (let round = 0; round < 200; round++) {
      emit(`run${(round * 7) % 5}`);
      if (round % 3 === 0) {
        release?.();
        await Promise.resolve();
      }
      scheduler.runTurns();
    }
    for (let i = 0; i < 100; i++) {
      release?.();
      await Promise.resolve();
      scheduler.runTurns();
    }
    const next = new Map<string, number>();
    let gaps = 0;
    for (const item of seen) {
      const expected = next.get(item.run) ?? 1;
      if (item.type === 'gap') {
        gaps++;
        expect(item.from).toBe(expected);
        next.set(item.run, item.to + 1);
      } else {
        expect(item.wseq).toBe(expected);
        next.set(item.run, expected + 1);
      }
    }
    expect(gaps).toBeGreaterThan(0);
    expect([...next.values()]).toEqual([41, 41, 41, 41, 41]);
  });

  it('R43: a run stream replays from its cursor, goes live, loses nothing by lag, and completes after the last event', async () => {
    const { bus, emit, scheduler } = setUp(3);
    for (let i = 0; i < 5; i++) emit('a');
    const seen: string[] = [];
    let completed = false;
    let free = false;
    bus
      .stream('a', { after: 2, ready: () => (free ? undefined : Promise.resolve()) })
      .subscribe({ next: (item) => seen.push(label(item)), complete: () => (completed = true) });
    for (let i = 0; i < 20; i++) emit('a');
    emit('b');
    scheduler.runTurns();
    expect(seen).toEqual([]);
    free = true;
    await Promise.resolve();
    scheduler.runTurns();
    expect(seen).toEqual(Array.from({ length: 23 }, (_, i) => `a:${i + 3}`));
    expect(completed).toBe(false);
    emit('a', true);
    scheduler.runTurns();
    expect(seen.at(-1)).toBe('a:26');
    expect(completed).toBe(true);
    expect(bus.wanted).toBe(false);
  });

  it('R43: a run stream whose history lost its beginning starts with a gap', () => {
    const { bus, history, scheduler } = setUp();
    for (let i = 0; i < 5; i++) history.add('a');
    history.runs.set('a', history.runs.get('a')!.slice(3));
    const seen: string[] = [];
    bus.stream('a').subscribe((item) => seen.push(label(item)));
    scheduler.runTurns();
    expect(seen).toEqual(['a:gap 1-3', 'a:4', 'a:5']);
  });

  it('R36: events that a snapshot brought are a gap for the live stream and are read by a run stream', () => {
    const { bus, history, emit, scheduler } = setUp();
    const live: string[] = [];
    const run: string[] = [];
    bus.all().subscribe((item) => live.push(label(item)));
    bus.stream('a').subscribe((item) => run.push(label(item)));
    emit('a');
    history.add('a');
    history.add('a');
    bus.skipped('a', 'label of a', 2, 3);
    emit('a');
    scheduler.runTurns();
    expect(live).toEqual(['a:gap 1-3', 'a:4']);
    expect(run).toEqual(['a:1', 'a:2', 'a:3', 'a:4']);
  });

  it('a stream of a run that ended at or before the cursor completes at once', () => {
    const { bus, emit, scheduler } = setUp();
    emit('a', true);
    let completed = 0;
    bus.stream('a', { after: 1 }).subscribe({ complete: () => completed++ });
    bus.stream('forgotten').subscribe({ complete: () => completed++ });
    scheduler.runTurns();
    expect(completed).toBe(2);
  });

  it('an overflow never turns an item beside the history into a gap', () => {
    const { bus, emit, scheduler } = setUp(2);
    const seen: string[] = [];
    bus.all().subscribe((item) => seen.push(label(item)));
    emit('a');
    bus.note({ type: 'note', run: 'a', wseq: 1 });
    emit('a');
    emit('a');
    scheduler.runTurns();
    expect(seen).toEqual(['a:gap 1-2', 'a:note 1', 'a:3']);
  });

  it('a subscriber that breaks in its operators does not touch the others', () => {
    const { bus, emit, scheduler } = setUp();
    const seen: string[] = [];
    const errors: unknown[] = [];
    bus
      .all()
      .pipe(
        map(() => {
          throw new Error('mine');
        }),
      )
      .subscribe({ error: (error: unknown) => errors.push(error) });
    bus.all().subscribe((item) => seen.push(label(item)));
    emit('a');
    emit('a');
    scheduler.runTurns();
    expect(seen).toEqual(['a:1', 'a:2']);
    expect(errors).toHaveLength(1);
  });

  it('a subscriber may unsubscribe, subscribe and publish inside next', () => {
    const { bus, emit, scheduler } = setUp();
    const first: string[] = [];
    const second: string[] = [];
    const subscription = bus.all().subscribe((item) => {
      first.push(label(item));
      subscription.unsubscribe();
      bus.stream('a').subscribe((inner) => second.push(label(inner)));
      emit('a');
    });
    emit('a');
    emit('a');
    scheduler.runTurns();
    expect(first).toEqual(['a:1']);
    expect(second).toEqual(['a:1', 'a:2', 'a:3']);
  });

  it('close() completes every stream', () => {
    const { bus } = setUp();
    let completed = 0;
    bus.all().subscribe({ complete: () => completed++ });
    bus.stream('a').subscribe({ complete: () => completed++ });
    bus.close();
    bus.all().subscribe({ complete: () => completed++ });
    expect(completed).toBe(3);
    expect(bus.wanted).toBe(false);
  });

  it('close() first tells live streams what they were given; who waits for its own pace is not waited for', () => {
    const { bus, emit, scheduler } = setUp();
    const told: string[] = [];
    const add = (text: string): void => void told.push(text);
    bus.all().subscribe({ next: (item) => add(label(item)), complete: () => add('end') });
    bus.all({ ready: () => new Promise(() => undefined) }).subscribe({ next: () => add('paced'), complete: () => add('end of paced') });
    for (let i = 0; i < 3; i++) emit('a');
    bus.note({ type: 'note', run: 'a', wseq: 3 });
    expect(told).toEqual([]);
    bus.close();
    scheduler.runTurns();
    expect(told).toEqual(['a:1', 'a:2', 'a:3', 'a:note 3', 'end', 'end of paced']);
  });

  describe('R43: a stream of which not everything is in memory', () => {
    /** Sequences up to `dropped` are fetched only; each fetch waits for its turn. */
    function setUpDropped(dropped: number) {
      const parts = setUp();
      const { history } = parts;
      const state = { dropped, fetches: 0 };
      const answers: Array<(error?: Error) => void> = [];
      const read = history.read.bind(history);
      history.read = (run, from, limit) => (from <= state.dropped ? null : read(run, from, limit));
      const fetch = (): Promise<{ read: (from: number, limit: number) => readonly Item[]; ended: (sequence: number) => boolean }> => {
        state.fetches++;
        const copy = [...(history.runs.get('a') ?? [])];
        return new Promise((resolve, reject) =>
          answers.push((error) =>
            error !== undefined
              ? reject(error)
              : resolve({
                  read: (from, limit) => copy.slice(from - 1, from - 1 + limit),
                  ended: (sequence) => history.ended('a', sequence) && sequence >= copy.length,
                }),
          ),
        );
      };
      const turns = async (): Promise<void> => {
        for (let i = 0; i < 4; i++) {
          parts.scheduler.runTurns();
          await Promise.resolve();
        }
      };
      return { ...parts, state, fetch, answers, turns };
    }

    it('is fetched; live items and those that leave memory meanwhile follow, each once', async () => {
      const { bus, emit, state, fetch, answers, turns } = setUpDropped(6);
      for (let i = 0; i < 6; i++) emit('a');
      const seen: string[] = [];
      bus.stream('a', { after: 1, fetch }).subscribe((item) => seen.push(label(item)));
      await turns();
      emit('a');
      bus.note({ type: 'note', run: 'a', wseq: 6 });
      await turns();
      expect(seen).toEqual(['a:note 6']);
      emit('a');
      answers.shift()!();
      await turns();
      expect(seen.slice(1)).toEqual([2, 3, 4, 5, 6, 7, 8].map((wseq) => `a:${wseq}`));
      emit('a');
      state.dropped = 9;
      await turns();
      expect(state.fetches).toBe(2);
      answers.shift()!();
      await turns();
      expect(seen.at(-1)).toBe('a:9');
      emit('a', true);
      await turns();
      expect(seen.slice(1)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10].map((wseq) => `a:${wseq}`));
    });

    it('completes when what was fetched is the end, and errors when it can not be fetched', async () => {
      const { bus, emit, fetch, answers, turns } = setUpDropped(3);
      for (let i = 1; i <= 3; i++) emit('a', i === 3);
      const seen: string[] = [];
      const watch = (): void =>
        void bus.stream('a', { fetch }).subscribe({
          next: (item) => seen.push(label(item)),
          complete: () => seen.push('end'),
          error: (error: Error) => seen.push(error.message),
        });
      watch();
      await turns();
      answers.shift()!();
      await turns();
      expect(seen).toEqual(['a:1', 'a:2', 'a:3', 'end']);
      watch();
      await turns();
      answers.shift()!(new Error('damaged'));
      await turns();
      expect(seen.at(-1)).toBe('damaged');
    });

    it('a key that is gone ends its stream; who left during the fetch is told nothing', async () => {
      const { bus, fetch, answers, turns } = setUpDropped(3);
      const seen: string[] = [];
      bus.stream('a', { fetch: () => Promise.resolve(null) }).subscribe({ complete: () => seen.push('end') });
      const left = bus.stream('a', { fetch }).subscribe({ next: () => seen.push('item'), complete: () => seen.push('late end') });
      await turns();
      left.unsubscribe();
      answers.shift()!();
      await turns();
      expect(seen).toEqual(['end']);
      expect(bus.wanted).toBe(false);
    });
  });
});

describe('StandingStream', () => {
  function setUpStanding() {
    const scheduler = new ManualScheduler();
    const standing = new StandingStream<string>(scheduler);
    const listen = (): string[] => {
      const seen: string[] = [];
      standing.stream$.subscribe({ next: (item) => seen.push(item), complete: () => seen.push('end') });
      return seen;
    };
    return { scheduler, standing, listen };
  }

  it('N1: delivers in a turn, in order, also what a subscriber told meanwhile', () => {
    const { scheduler, standing, listen } = setUpStanding();
    const seen = listen();
    standing.stream$.subscribe((item) => {
      if (item === 'b') standing.tell('c', true);
    });
    standing.tell('a', true);
    standing.tell('b', true);
    expect([seen, scheduler.turns.length]).toEqual([[], 1]);
    scheduler.turns.shift()!();
    expect([seen, scheduler.turns.length]).toEqual([['a', 'b'], 1]);
    scheduler.runTurns();
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('who comes late hears what stands, once, and nothing of what is over', () => {
    const { scheduler, standing, listen } = setUpStanding();
    standing.tell('a', true);
    const early = listen();
    scheduler.runTurns();
    expect([early, listen()]).toEqual([['a'], ['a']]);
    standing.tell('well again', false);
    scheduler.runTurns();
    expect([early, listen()]).toEqual([['a', 'well again'], []]);
  });

  it('N2: ends behind what was told before, and then for whoever comes', () => {
    const { scheduler, standing, listen } = setUpStanding();
    const seen = listen();
    standing.tell('a', true);
    standing.close();
    scheduler.runTurns();
    expect([seen, listen()]).toEqual([
      ['a', 'end'],
      ['a', 'end'],
    ]);
  });

  it('forgets who left', () => {
    const { scheduler, standing } = setUpStanding();
    const seen: string[] = [];
    const subscription = standing.stream$.subscribe((item) => seen.push(item));
    subscription.unsubscribe();
    standing.tell('a', true);
    expect(scheduler.turns).toEqual([]);
    expect(seen).toEqual([]);
  });
});
