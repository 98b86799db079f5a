import { describe, expect, it } from '@jest/globals';
import type { RequestHandler } from '../cluster/group.js';
import { RaftoralError } from '../errors/index.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { TopologyUnderTest } from '../../test/support/topology-machine.js';
import type { NodeCalls } from './routing-port.js';
import { FetchedRoutes, LocalRoutes, TOPOLOGY_METHOD, serveRoutes } from './topology-routes.js';

class Source {
  readonly under = TopologyUnderTest.founded(6);
  readonly listeners = new Set<(version: number) => void>();

  get topology() {
    return this.under.topology;
  }

  onTopology(listener: (version: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(): void {
    this.under.create([4, 5, 6]);
    for (const listener of [...this.listeners]) listener(this.under.version);
  }
}

/** Nodes that call each other; one that is not there does not answer. */
class Calls {
  readonly handlers = new Map<number, RequestHandler>();
  readonly asked: number[] = [];

  of(nodeId: number): NodeCalls {
    return {
      nodeId,
      request: async (to, method, body) => {
        expect(method).toBe(TOPOLOGY_METHOD);
        this.asked.push(to);
        const handler = this.handlers.get(to);
        if (handler === undefined) throw new RaftoralError('OUTCOME_UNKNOWN', 'no answer');
        return handler(nodeId, body, 1_000);
      },
      handle: (_, handler) => void this.handlers.set(nodeId, handler),
    };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('LocalRoutes', () => {
  it('is made anew for each version, and not more often', () => {
    const source = new Source();
    const routes = new LocalRoutes(source);
    const first = routes.table()!;
    expect(routes.table()).toBe(first);
    source.change();
    expect(routes.table()!.version).toBeGreaterThan(first.version);
    expect([...routes.table()!.clusters.keys()]).toEqual([1, 2]);
  });

  it('refresh() resolves at the next change, at once for a version that is there, and holds one listener for all', async () => {
    const source = new Source();
    const routes = new LocalRoutes(source);
    const { version } = routes.table()!;
    await routes.refresh(version - 1);
    let resolved = 0;
    for (let i = 0; i < 5; i++) void routes.refresh(version).then(() => resolved++);
    await turn();
    expect([resolved, source.listeners.size]).toEqual([0, 1]);
    source.change();
    await turn();
    expect([resolved, source.listeners.size]).toEqual([5, 0]);
  });
});

describe('FetchedRoutes', () => {
  function world(seeds: readonly number[]): { source: Source; calls: Calls; clock: ManualClock; routes: FetchedRoutes } {
    const [source, calls, clock] = [new Source(), new Calls(), new ManualClock()];
    serveRoutes(calls.of(2), new LocalRoutes(source));
    const routes = new FetchedRoutes({ calls: calls.of(9), clock, random: { int: () => 0 }, seeds: () => seeds });
    return { source, calls, clock, routes };
  }

  it('asks one after the other until one knows a newer table', async () => {
    const { source, calls, routes } = world([7, 8, 2]);
    expect(routes.table()).toBeNull();
    await routes.refresh(-1);
    expect(routes.table()!.version).toBe(source.under.version);
    expect(calls.asked.at(-1)).toBe(2);
    // Members of the clusters are asked as well from now on, and the node itself never.
    source.change();
    calls.asked.length = 0;
    await routes.refresh(routes.table()!.version);
    expect(routes.table()!.version).toBe(source.under.version);
    expect(calls.asked).not.toContain(9);
  });

  it('R2: one fetch for all who wait; where nothing is newer, the pause before the next one doubles', async () => {
    const { calls, clock, routes } = world([2]);
    await Promise.all([routes.refresh(-1), routes.refresh(-1), routes.refresh(-1)]);
    expect(calls.asked).toEqual([2]);
    const { version } = routes.table()!;
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      const began = clock.now();
      const wait = { isDone: false };
      void routes.refresh(version).then(() => (wait.isDone = true));
      await turn();
      while (!wait.isDone) {
        clock.step(clock.now() + 5_000);
        await turn();
      }
      pauses.push(clock.now() - began);
    }
    expect(pauses).toEqual([0, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  });

  it('R3: when three have answered that nothing is newer, no more are asked, however many there are; who does not answer counts for nothing', async () => {
    const nodes = Array.from({ length: 60 }, (_, i) => 100 + i);
    const { source, calls, routes } = world([...nodes, 2]);
    for (const node of nodes.slice(0, 40)) serveRoutes(calls.of(node), new LocalRoutes(source));
    await routes.refresh(-1);
    const { version } = routes.table()!;
    calls.asked.length = 0;
    await routes.refresh(version);
    const answered = calls.asked.filter((node) => calls.handlers.has(node));
    expect(answered).toHaveLength(3);
    // Members of the clusters come first: they follow the topology.
    expect(calls.asked.slice(0, 3).every((node) => [1, 2, 3].includes(node))).toBe(true);
  });

  it('R3: the node that it fetched from is gone: another one is asked, those that are known to be down last', async () => {
    const { source, calls, clock } = world([]);
    serveRoutes(calls.of(3), new LocalRoutes(source));
    serveRoutes(calls.of(7), new LocalRoutes(source));
    const isDown = (node: number): boolean => node === 1 || node === 2;
    const routes = new FetchedRoutes({ calls: calls.of(9), clock, random: { int: () => 0 }, seeds: () => [1, 2, 3, 7], isDown });
    await routes.refresh(-1);
    expect(calls.asked).toHaveLength(1);
    calls.handlers.delete(calls.asked[0]!);
    source.change();
    await routes.refresh(routes.table()!.version);
    expect(routes.table()!.version).toBe(source.under.version);
    expect(calls.asked).not.toContain(1);
  });

  it('R4: an idle node asks again by the age of its table, until it stops', async () => {
    const { source, calls, clock, routes } = world([2]);
    await routes.refresh(-1);
    routes.keepFresh();
    source.change();
    const pass = async (ms: number): Promise<void> => {
      for (const untilMs = clock.now() + ms; clock.step(untilMs);) await turn();
    };
    await pass(13_000);
    expect(routes.table()!.version).toBe(source.under.version);
    // Once more, and nothing new: whoever waits for something newer does not wait longer for that.
    const asked = calls.asked.length;
    await pass(13_000);
    expect(calls.asked.length).toBeGreaterThan(asked);
    const { version } = routes.table()!;
    source.change();
    await routes.refresh(version);
    expect(routes.table()!.version).toBeGreaterThan(version);
    routes.stop();
    expect(clock.timerCount).toBe(0);
  });

  it('R1: a table is never replaced by an older one, whoever has it', async () => {
    const { source, calls, routes } = world([2]);
    const older = new LocalRoutes(source).table()!.encode();
    source.change();
    await routes.refresh(-1);
    const { version } = routes.table()!;
    for (const node of [2, 4, 5, 6]) calls.handlers.set(node, async () => older);
    await routes.refresh(version);
    expect(routes.table()!.version).toBe(version);
  });

  it('never rejects: who does not answer, or answers nonsense, is passed over', async () => {
    const { calls, routes } = world([7]);
    calls.handlers.set(7, async () => Buffer.from('{"version":1}'));
    await routes.refresh(-1);
    expect(routes.table()).toBeNull();
  });

  it('what is no question is refused', async () => {
    const { calls } = world([2]);
    await expect(calls.handlers.get(2)!(9, Buffer.from('x'), 1)).rejects.toMatchObject({ code: 'MALFORMED_FRAME' });
  });
});
