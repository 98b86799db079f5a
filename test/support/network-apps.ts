/** Nest applications of a test, each a node over a real network transport on 127.0.0.1; all of them, and their folder, are gone after close(). */
import 'reflect-metadata';
import { Controller, Get, Module, type INestApplication, type INestApplicationContext, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  RaftoralModule,
  RaftoralNode,
  Workflow,
  WorkflowClient,
  WorkflowQuery,
  context,
  signalRef,
  type RaftoralModuleOptions,
} from '../../lib/index.js';
import { createAuthority, type Authority } from './certificates.js';

@Workflow('count_words', 1)
export class CountWords {
  private said = 0;

  async run(count: number): Promise<number> {
    for (; this.said < count; this.said++) await context().waitForSignal('word');
    return count;
  }

  @WorkflowQuery()
  heard(): number {
    return this.said;
  }
}

export const WORD = signalRef('word');

/** A route of the application itself. */
@Controller('orders')
class OrdersController {
  @Get()
  list(): string[] {
    return ['lamp'];
  }
}

export type Framework = 'express' | 'fastify';

export class NetworkApps {
  readonly folder = mkdtempSync(join(tmpdir(), 'raftoral-network-apps-'));
  private readonly apps = new Set<INestApplicationContext>();

  /** Resolves when the node is a member. */
  async boot(options: RaftoralModuleOptions, more: readonly Provider[] = []): Promise<INestApplicationContext> {
    class App {}
    Module({ imports: [RaftoralModule.forRoot(options)], providers: [CountWords, ...more] })(App);
    const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    this.apps.add(app);
    return app;
  }

  /** With an HTTP server of the application's own, listening on `port`. */
  async serve(
    framework: Framework,
    port: number,
    options: RaftoralModuleOptions,
    controllers: readonly Type[] = [OrdersController],
  ): Promise<INestApplication> {
    class App {}
    Module({ imports: [RaftoralModule.forRoot(options)], providers: [CountWords], controllers: [...controllers] })(App);
    const adapter = framework === 'express' ? new ExpressAdapter() : new FastifyAdapter();
    const app = await NestFactory.create(App, adapter as never, { logger: false, abortOnError: false });
    this.apps.add(app);
    await app.listen(port, '127.0.0.1');
    return app;
  }

  async stop(app: INestApplicationContext): Promise<void> {
    this.apps.delete(app);
    await app.close();
  }

  /** Certificate files of one node or client. */
  certificateFiles(
    name: string,
    authority: Authority,
    ca: string = authority.cert,
  ): { readonly cert: string; readonly key: string; readonly ca: string } {
    const { cert, key } = authority.issue({ name, hosts: ['127.0.0.1', 'localhost'] });
    const at = (ending: string, text: string): string => {
      const file = join(this.folder, `${name}.${ending}`);
      writeFileSync(file, text);
      return file;
    };
    return { cert: at('crt', cert), key: at('key', key), ca: at('ca', ca) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.apps].map((app) => app.close()));
    this.apps.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export { createAuthority };

export const nodeOf = (app: INestApplicationContext): RaftoralNode => app.get(RaftoralNode);
export const clientOf = (app: INestApplicationContext): WorkflowClient => app.get(WorkflowClient);

/** Waits until all of them are voters of one group with a leader. */
export async function untilVoters(apps: readonly INestApplicationContext[]): Promise<void> {
  const isThere = (app: INestApplicationContext): boolean => {
    const node = nodeOf(app);
    if (node.hosted === null) return false;
    const { group } = node;
    return group.membership.voters.length === apps.length && group.leaderId !== 0;
  };
  while (!apps.every(isThere)) {
    for (const app of apps) {
      const { failure } = nodeOf(app).nodeStatus();
      if (failure !== null) throw new Error(failure);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
