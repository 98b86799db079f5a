/** Data folders that earlier builds left: today's nodes open them, find every history as it was, and go on. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { WorkflowClient } from '../../lib/index.js';
import { SqliteConnection } from '../../lib/storage/typeorm/sqlite-connection.js';
import { GO, GoldenOrder, outside } from './folder-workflows.js';
import { FolderCluster, RUNS, folderSets, readExpected, unpack } from './folders.js';

type Clients = readonly [WorkflowClient, WorkflowClient, WorkflowClient];

const linesOf = (history: string): string[] => history.trimEnd().split('\n').slice(1);
const count = (history: string, text: string): number => linesOf(history).filter((line) => line.includes(text)).length;

async function opened(
  set: string,
  act: (cluster: FolderCluster) => Promise<void>,
  options: Parameters<typeof FolderCluster.boot>[1] & { readonly beforeBoot?: (path: string) => Promise<void> } = {},
): Promise<void> {
  const path = unpack(set);
  const { beforeBoot, ...more } = options;
  try {
    await beforeBoot?.(path);
    const cluster = await FolderCluster.boot(path, more);
    try {
      await act(cluster);
    } finally {
      await cluster.close();
    }
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

async function goesOn(set: string, cluster: FolderCluster): Promise<void> {
  const { histories } = readExpected(set);
  const [first, second, third] = cluster.clients as Clients;
  const found = await cluster.histories(second);
  for (const [id, released] of Object.entries(histories)) {
    // What goes on may have gone on: its history begins with what it was.
    expect(linesOf(found[id]!).slice(0, linesOf(released).length)).toEqual(linesOf(released));
  }
  for (const id of ['completed', 'failed']) expect(found[id]).toBe(histories[id]);
  expect((await third.list()).items.map(({ workflowId }) => workflowId).sort()).toEqual(Object.keys(RUNS).sort());

  await first.getHandle(GoldenOrder, 'waits').signal(GO, 2);
  for (const [id, { result }] of Object.entries(RUNS)) {
    const outcome = third.getHandle(GoldenOrder, id).result({ timeoutMs: 45_000 });
    if (result === null) await expect(outcome).rejects.toMatchObject({ code: 'WORKFLOW_FAILED' });
    else expect(await outcome).toBe(result);
  }
  const after = await cluster.histories(first);
  for (const client of [second, third]) expect(await cluster.histories(client)).toEqual(after);
  // The attempt that failed before counts: the next one is the second.
  expect([count(after['retries']!, '"event":"attempt-failed"'), count(after['retries']!, '"event":"compute-result"')]).toEqual([1, 1]);
  expect(count(after['retries']!, '"attempt":2')).toBeGreaterThan(0);
}

/** Rows of cluster 1 that no later entry has a reason to touch: its log, histories of all that was there, and closed runs. No node runs. */
async function rowsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const rows = new Map<string, string>();
  const tables = [
    ['log.db', 'log'],
    ['state.db', 'closed_workflows'],
    ['state.db', 'history'],
  ] as const;
  for (const id of [1, 2, 3]) {
    for (const [file, table] of tables) {
      const connection = await SqliteConnection.open(join(path, `node-${id}`, file), { isReadOnly: true });
      const found = await connection.all(`SELECT rowid AS "row", * FROM "${table}" WHERE "group_id" = 1`);
      for (const { row, ...columns } of found) {
        const bytesAsHex = (_: string, value: unknown): unknown => (isBuffer(value) ? Buffer.from(value.data).toString('hex') : value);
        rows.set(`${id} ${table} ${row}`, JSON.stringify(columns, bytesAsHex));
      }
      await connection.close();
    }
  }
  return rows;
}

/** A Buffer, as JSON is handed it. */
const isBuffer = (value: unknown): value is { readonly data: number[] } =>
  typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer';

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => void setTimeout(resolve, 20));
};

/** The topology, as each node has it, is cluster 1 with all slots. */
async function isTakenOver({ nodes }: FolderCluster): Promise<void> {
  await until(() => nodes.every((node) => node.hasManagement && node.management.topology.deployment !== ''));
  for (const node of nodes) {
    const { nodes: known, clusters, slots, deployment, nodeIdHighest } = node.management.topology;
    expect([[...known.keys()], [...clusters.keys()], deployment]).toEqual([[1, 2, 3], [1], node.deployment]);
    expect(clusters.get(1)!.members.map(({ node: id, state }) => [id, state])).toEqual([1, 2, 3].map((id) => [id, 'voter']));
    expect([slots.countOf(1), nodeIdHighest]).toEqual([4096, 3]);
  }
  // Ids go on above the highest one, and cluster 1 gives none any more.
  const info = { incarnation: 0, addresses: [], zone: '', labels: [], capacity: 0, role: 'full', codecLevelMax: 1, workflows: [] } as const;
  expect(await nodes[1]!.management.runtime.addNode({ token: 'a', info })).toBe(4);
}

describe('golden data folders', () => {
  it('there are some of each codec level', () => {
    expect(folderSets()).toEqual(expect.arrayContaining(['level-1-killed', 'level-1-stopped', 'level-2-killed', 'level-2-stopped']));
  });

  // Each on files and a network of its own.
  it.concurrent.each(folderSets())(
    '%s: nothing is lost, closed runs are the same, and open ones go on to their results',
    async (set) => {
      outside.isBroken = false;
      await opened(set, (cluster) => goesOn(set, cluster));
    },
    90_000,
  );

  it.each(['level-1-stopped', 'level-2-killed'])(
    '%s: a deployment that knew cluster 1 alone is taken over by two layers, and nothing of it is written anew',
    async (set) => {
      outside.isBroken = false;
      let before: ReadonlyMap<string, string> = new Map();
      const act = async (cluster: FolderCluster): Promise<void> => {
        await isTakenOver(cluster);
        await goesOn(set, cluster);
        await cluster.close();
        const after = await rowsOf(cluster.path);
        for (const [row, columns] of before) expect([row, after.get(row)]).toEqual([row, columns]);
        // By its own rows, and whoever is asked for two layers or not.
        const again = await FolderCluster.boot(cluster.path);
        try {
          expect(again.nodes.map((node) => node.hasManagement)).toEqual([true, true, true]);
          await until(() => again.nodes.every((node) => node.management.topology.nodeIdHighest === 4));
          expect(again.nodes.map((node) => node.hosted?.founders)).toEqual(Array(3).fill([1, 2, 3]));
        } finally {
          await again.close();
        }
      };
      await opened(set, act, {
        management: { roundEveryMs: 100 },
        beforeBoot: async (path) => {
          before = await rowsOf(path);
          expect(before.size).toBeGreaterThan(5);
        },
      });
    },
    120_000,
  );
});
