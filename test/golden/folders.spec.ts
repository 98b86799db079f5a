/** Data folders that earlier builds left: today's nodes open them, find every history as it was, and go on. */
import { rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { WorkflowClient } from '../../lib/index.js';
import { GO, GoldenOrder, outside } from './folder-workflows.js';
import { FolderCluster, RUNS, folderSets, readExpected, unpack } from './folders.js';

type Clients = readonly [WorkflowClient, WorkflowClient, WorkflowClient];

const linesOf = (history: string): string[] => history.trimEnd().split('\n').slice(1);
const count = (history: string, text: string): number => linesOf(history).filter((line) => line.includes(text)).length;

async function opened(set: string, act: (cluster: FolderCluster) => Promise<void>): Promise<void> {
  const path = unpack(set);
  try {
    const cluster = await FolderCluster.boot(path);
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
});
