/**
 * A cluster that has too much to do is split, and one that has too little to do is merged away again, on real nodes, while workflows begin and end on all of them.
 * The books of the outside world tell whether one was lost or run twice.
 */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { CheckpointCompute, RaftoralError, Workflow, context, idempotencyKey, signalRef } from '../../lib/index.js';
import { freePorts } from '../support/cluster-processes.js';
import { NetworkApps, clientOf, nodeOf } from '../support/network-apps.js';

/** A machine that has other work too, and slots that move meanwhile. */
const PATIENT = { timeoutMs: 120_000 } as const;
const NODES = 3;
/** A cluster with more open workflows is split; two with less than a quarter of it together are merged. */
const OPEN_MAX = 80;
const WAITING = 100;
/** Of these, still open while the two are merged: with the clients' own, below a quarter of OPEN_MAX. */
const WAITING_LONG = 8;
const CLIENTS = 4;

interface Entry {
  readonly id: string;
  readonly isWaiting: boolean;
}

const GO = signalRef('go');

/** The outside world: for each entry, under which keys it was made. */
class Books {
  readonly keys = new Map<string, Set<string>>();

  enter(id: string, key: string): void {
    const keys = this.keys.get(id) ?? new Set();
    this.keys.set(id, keys.add(key));
  }
}

@Workflow('keep_books', 1)
class KeepBooks {
  constructor(private readonly books: Books) {}

  async run({ id, isWaiting }: Entry): Promise<string> {
    const entered = await this.enter(id);
    if (isWaiting) await context().waitForSignal('go');
    return entered;
  }

  @CheckpointCompute('enter')
  async enter(id: string): Promise<string> {
    this.books.enter(id, idempotencyKey());
    return `entered ${id}`;
  }
}

let apps: NetworkApps;
let isUnderWay = false;
let failure: Error | null = null;
beforeEach(() => {
  apps = new NetworkApps();
  failure = null;
});
afterEach(async () => {
  isUnderWay = false;
  await apps.close();
});

async function until(what: () => boolean, about: () => unknown): Promise<void> {
  for (let left = 15_000; !what(); left--) {
    if (failure !== null) throw failure;
    if (left === 0) throw new Error(`it did not come to that: ${JSON.stringify(about())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What may be asked again is asked again, as clients do: a machine that has other work too is without a leader now and then. */
async function patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof RaftoralError) || !error.retryable || !isUnderWay) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe('the cluster manager, under load', () => {
  it('R41 P1 P5: splits a cluster that has too much to do, merges two that have too little, and no workflow is lost or run twice', async () => {
    const ports = await freePorts(NODES);
    const books = new Books();
    const nodes: INestApplicationContext[] = [];
    for (const [at, port] of ports.entries())
      nodes.push(
        await apps.boot(
          {
            cluster: at === 0 ? { bootstrap: true } : { seeds: [`127.0.0.1:${ports[0]}`] },
            transport: { type: 'grpc', listen: `127.0.0.1:${port}` },
            management: { roundEveryMs: 100, nodeDownAfterMs: 60_000, openWorkflowsMax: OPEN_MAX, settleMs: 1_000 },
          },
          [KeepBooks, { provide: Books, useValue: books }],
        ),
      );
    const topology = () => nodeOf(nodes[0]!).management.topology;
    const about = (): unknown => ({
      clusters: [...topology().clusters.values()].map(({ clusterId, state, slotTarget }) => [
        clusterId,
        state,
        topology().slots.countOf(clusterId),
        slotTarget,
        nodes.map((app) => nodeOf(app).clusters?.get(clusterId)?.state.openRunCount ?? null),
      ]),
      moves: [...topology().moves.values()].map(({ from, to, phase }) => [from, to, phase]),
    });
    const areAtRest = (count: number): boolean =>
      topology().clusters.size === count &&
      topology().moves.size === 0 &&
      [...topology().clusters.values()].every(
        ({ clusterId, slotTarget, members }) =>
          slotTarget > 0 &&
          topology().slots.countOf(clusterId) === slotTarget &&
          members.filter(({ state }) => state === 'voter').length === NODES,
      );
    await until(
      () => nodeOf(nodes[0]!).hasManagement && areAtRest(1),
      () => 'not founded, or cluster 1 is not full',
    );

    const runIds = new Map<string, string>();
    const results = new Map<string, string>();
    const on = (i: number) => clientOf(nodes[i % NODES]!);
    const start = async (id: string, isWaiting: boolean, i: number): Promise<void> => {
      const options = { workflowId: id, requestId: `start ${id}`, ...PATIENT };
      const { runId } = await patiently(() => on(i).start(KeepBooks, { id, isWaiting }, options));
      runIds.set(id, runId);
    };
    const end = async (id: string, i: number): Promise<void> => {
      results.set(id, await patiently(() => on(i).getHandle(KeepBooks, id).result(PATIENT)));
    };
    /** Begins one after the other on one node, and waits for its end on the next. */
    const work = async (client: number): Promise<void> => {
      for (let i = 0; !isEnough(); i++) {
        const id = `short-${client}-${i}`;
        await start(id, false, client + i);
        await end(id, client + i + 1);
      }
    };
    isUnderWay = true;
    let areEnough = false;
    const isEnough = (): boolean => areEnough;
    const load = Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(client)));
    load.catch((error: Error) => (failure = error));
    const ended = (): number => results.size;
    /** Of the load, since: what was decided meanwhile was decided under load. */
    const moreEnded = async (): Promise<void> => {
      const before = ended();
      await until(
        () => ended() >= before + 20,
        () => ended(),
      );
    };

    const waiting = Array.from({ length: WAITING }, (_, i) => `waiting-${i}`);
    await Promise.all(waiting.map((id, i) => start(id, true, i)));
    await until(() => areAtRest(2), about);
    expect([...topology().clusters.keys()]).toEqual([1, 2]);
    const openIn = (clusterId: number): number => nodeOf(nodes[0]!).clusters!.get(clusterId)!.state.openRunCount;
    // They went with their slots.
    expect(openIn(2)).toBeGreaterThan(WAITING / 4);
    expect(openIn(1)).toBeGreaterThan(WAITING / 4);
    await moreEnded();

    const go = async (ids: readonly string[], turn: number): Promise<void> => {
      await Promise.all(
        ids.map((id, i) =>
          on(i + turn)
            .getHandle(KeepBooks, id)
            .signal(GO, undefined, PATIENT),
        ),
      );
      await Promise.all(ids.map((id, i) => end(id, i + turn + 1)));
    };
    await go(waiting.slice(WAITING_LONG), 1);
    await until(() => areAtRest(1), about);
    const [survivor] = topology().clusters.keys();
    expect(topology().slots.countOf(survivor!)).toBe(4_096);
    await moreEnded();
    await go(waiting.slice(0, WAITING_LONG), 2);
    areEnough = true;
    await load;

    expect(results.size).toBe(runIds.size);
    expect([...results].filter(([id, result]) => result !== `entered ${id}`)).toEqual([]);
    // Each once: under one key, by the run that its start was told of.
    expect([...books.keys].filter(([, keys]) => keys.size !== 1)).toEqual([]);
    expect([...books.keys.keys()].sort()).toEqual([...runIds.keys()].sort());
    const described = await Promise.all(
      [...runIds.keys()].map((id, i) => patiently(() => on(i).getHandle(KeepBooks, id).describe(PATIENT))),
    );
    expect(described.filter(({ workflowId, runId, status }) => runIds.get(workflowId) !== runId || status !== 'completed')).toEqual([]);
  }, 600_000);
});
