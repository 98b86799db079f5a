/** A deployment that grows while its workflows are open: the cluster manager makes a second cluster and moves half of the slots there, with what is open in them. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { freePorts } from '../support/cluster-processes.js';
import { CountWords, NetworkApps, WORD, clientOf, nodeOf } from '../support/network-apps.js';

/** A machine that has other work too, and slots that move meanwhile. */
const PATIENT = { timeoutMs: 60_000 } as const;

let apps: NetworkApps;
beforeEach(() => {
  apps = new NetworkApps();
});
afterEach(async () => {
  await apps.close();
});

async function until(what: () => boolean, about: () => unknown): Promise<void> {
  for (let left = 4_000; !what(); left--) {
    if (left === 0) throw new Error(`it did not come to that: ${JSON.stringify(about())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a second cluster', () => {
  it('R41: gets its slots with the workflows that are open in them; they end wherever they are asked', async () => {
    const ports = await freePorts(6);
    const nodes: INestApplicationContext[] = [];
    const add = async (): Promise<void> => {
      const at = nodes.length;
      nodes.push(
        await apps.boot({
          cluster: at === 0 ? { bootstrap: true } : { seeds: [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`] },
          transport: { type: 'grpc', listen: `127.0.0.1:${ports[at]}` },
          management: { roundEveryMs: 50, nodeDownAfterMs: 60_000 },
        }),
      );
    };
    await add();
    const topology = () => nodeOf(nodes[0]!).management.topology;
    await until(
      () => nodeOf(nodes[0]!).hasManagement && topology().deployment !== '',
      () => 'not founded',
    );
    const ids = Array.from({ length: 40 }, (_, i) => `words-${i}`);
    for (const workflowId of ids) await clientOf(nodes[0]!).start(CountWords, 1, { workflowId, ...PATIENT });
    for (let i = 0; i < 5; i++) await add();
    const about = (): unknown => ({
      slots: [...topology().clusters.keys()].map((id) => [id, topology().slots.countOf(id)]),
      moves: [...topology().moves.values()],
    });
    await until(() => topology().slots.countOf(2) === 2048 && topology().moves.size === 0, about);
    const moved = nodes.flatMap((app) => nodeOf(app).clusters!.get(2)?.state ?? []);
    expect(moved.length).toBe(3);
    expect(moved[0]!.openRunCount).toBeGreaterThan(5);
    expect(moved[0]!.openRunCount).toBeLessThan(35);
    await Promise.all(
      ids.map((workflowId, i) =>
        clientOf(nodes[i % 6]!)
          .getHandle(CountWords, workflowId)
          .signal(WORD, undefined, PATIENT),
      ),
    );
    const results = await Promise.all(
      ids.map((workflowId, i) =>
        clientOf(nodes[(i + 3) % 6]!)
          .getHandle(CountWords, workflowId)
          .result(),
      ),
    );
    expect(results).toEqual(ids.map(() => 1));
  }, 180_000);
});
