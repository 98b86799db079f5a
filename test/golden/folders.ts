/**
 * Whole data folders of three nodes, as a stopped and as a killed deployment leave them: open and closed runs, a pending sleep, a pending retry, signals.
 *
 *   folders/<set>/expected.json             deployment, and the history of each workflow
 *   folders/<set>/node-<id>/<file>.gz       log.db, log.db-wal, state.db, state.db-wal, notes
 *
 * F1. A folder is written once, and never edited (G2). Tests work on copies.
 * F2. Retention is ten years, the most that there is: until then nothing of them is swept.
 */
import 'reflect-metadata';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InProcessNetwork, RaftoralModule, RaftoralNode, WorkflowClient, type RaftoralModuleOptions } from '../../lib/index.js';
import { GO, GoldenOrder, outside } from './folder-workflows.js';

const FOLDERS = join('test', 'golden', 'folders');
const DEPLOYMENT = '5f0e2f43-0c57-4f6e-8a3b-64d0a7c1b9e2';
const MEMBERS = [1, 2, 3];
const RETENTION_MS = 3_650 * 24 * 3_600_000;

/** What the runs are given, and what they come to once they are let go on. */
export const RUNS: Readonly<Record<string, { readonly order: Parameters<GoldenOrder['run']>[0]; readonly result: string | null }>> = {
  completed: { order: { item: 'hammer', waits: 0, sleeps: false, fails: false }, result: 'größe ✓ 1 hammer 0' },
  failed: { order: { item: 'anvil', waits: 0, sleeps: false, fails: true }, result: null },
  waits: { order: { item: 'file', waits: 2, sleeps: false, fails: false }, result: 'größe ✓ 1 file 42' },
  sleeps: { order: { item: 'easel', waits: 0, sleeps: true, fails: false }, result: 'größe ✓ 1 easel 0' },
  retries: { order: { item: 'broken', waits: 0, sleeps: false, fails: false }, result: 'größe ✓ 1 broken 0' },
};

export interface Expected {
  readonly deployment: string;
  /** JSON lines by workflow id. */
  readonly histories: Readonly<Record<string, string>>;
}

/** Three nodes on folders of their own, below one. */
export class FolderCluster {
  private constructor(
    readonly path: string,
    private readonly apps: readonly INestApplicationContext[],
  ) {}

  static async boot(path: string, more: Pick<RaftoralModuleOptions, 'management'> = {}): Promise<FolderCluster> {
    const network = new InProcessNetwork();
    const apps: INestApplicationContext[] = [];
    for (const id of MEMBERS) {
      class App {}
      const options = {
        node: { id },
        cluster: { members: MEMBERS },
        deployment: DEPLOYMENT,
        network,
        buildId: 'golden',
        limits: { retentionMs: RETENTION_MS },
        storage: { type: 'sqlite', path: join(path, `node-${id}`) },
        ...more,
      } as const;
      Module({ imports: [RaftoralModule.forRoot(options)], providers: [GoldenOrder] })(App);
      apps.push(await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }));
    }
    return new FolderCluster(path, apps);
  }

  get clients(): readonly WorkflowClient[] {
    return this.apps.map((app) => app.get(WorkflowClient));
  }

  get nodes(): readonly RaftoralNode[] {
    return this.apps.map((app) => app.get(RaftoralNode));
  }

  async histories(client: WorkflowClient): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const id of Object.keys(RUNS)) found[id] = await client.getHandle(GoldenOrder, id).history();
    return found;
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
  }
}

export function folderSets(): string[] {
  return existsSync(FOLDERS) ? readdirSync(FOLDERS).sort() : [];
}

export function readExpected(set: string): Expected {
  return JSON.parse(readFileSync(join(FOLDERS, set, 'expected.json'), 'utf8')) as Expected;
}

/** A copy to work on. The caller removes it. */
export function unpack(set: string): string {
  const path = mkdtempSync(join(tmpdir(), 'raftoral-golden-'));
  for (const id of MEMBERS) {
    const name = `node-${id}`;
    mkdirSync(join(path, name));
    for (const file of readdirSync(join(FOLDERS, set, name)))
      writeFileSync(join(path, name, file.slice(0, -'.gz'.length)), gunzipSync(readFileSync(join(FOLDERS, set, name, file))));
  }
  return path;
}

/** Only after the nodes have nothing to do: what is copied is what a kill would leave. */
function pack(path: string, set: string, expected: Expected): void {
  for (const id of MEMBERS) {
    const name = `node-${id}`;
    mkdirSync(join(FOLDERS, set, name), { recursive: true });
    // The index of a write-ahead log is made anew at every start.
    for (const file of readdirSync(join(path, name)).filter((one) => !one.endsWith('-shm')))
      writeFileSync(join(FOLDERS, set, name, `${file}.gz`), gzipSync(readFileSync(join(path, name, file)), { level: 9 }), { flag: 'wx' });
  }
  writeFileSync(join(FOLDERS, set, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`, { flag: 'wx' });
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => void setTimeout(resolve, 50));
}

/** Both sets of a name: as killed, and as stopped. Throws if they are there. */
export async function writeFolders(name: string): Promise<void> {
  const sets = [`${name}-killed`, `${name}-stopped`] as const;
  for (const set of sets)
    if (existsSync(join(FOLDERS, set))) throw new Error(`${join(FOLDERS, set)} is there: a golden folder is never written over`);
  const path = mkdtempSync(join(tmpdir(), 'raftoral-golden-'));
  outside.isBroken = true;
  const cluster = await FolderCluster.boot(path);
  try {
    const [client] = cluster.clients as [WorkflowClient];
    for (const [workflowId, { order }] of Object.entries(RUNS)) await client.start(GoldenOrder, order, { workflowId });
    await client.getHandle(GoldenOrder, 'waits').signal(GO, 40);
    const reached: Readonly<Record<string, string>> = {
      completed: '"event":"finished"',
      failed: '"event":"finished"',
      waits: '"event":"signal"',
      sleeps: '"event":"sleep-set"',
      retries: '"event":"attempt-failed"',
    };
    await until(async () => Object.entries(await cluster.histories(client)).every(([id, text]) => text.includes(reached[id]!)));
    // All nodes have all of it, and nothing moves: what is open waits for a minute or for a signal.
    const expected = { deployment: DEPLOYMENT, histories: await cluster.histories(client) };
    for (const other of cluster.clients)
      await until(async () => JSON.stringify(await cluster.histories(other)) === JSON.stringify(expected.histories));
    await new Promise((resolve) => void setTimeout(resolve, 1_000));
    pack(path, sets[0], expected);
    await cluster.close();
    pack(path, sets[1], expected);
  } finally {
    await cluster.close();
    rmSync(path, { recursive: true, force: true });
  }
}
