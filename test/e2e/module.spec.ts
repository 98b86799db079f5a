/** The module in real applications: boot, shutdown, providers, health. */
import 'reflect-metadata';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Injectable, Module, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  context,
  InProcessNetwork,
  RAFTORAL_CLOCK,
  RAFTORAL_COMPUTE_OVERRIDE,
  RAFTORAL_GROUP_FACTORY,
  RAFTORAL_HOST_FACTORY,
  RAFTORAL_INCARNATION,
  RAFTORAL_LOGGER,
  RAFTORAL_OPTIONS,
  RAFTORAL_RANDOM,
  RAFTORAL_REGISTRY,
  RAFTORAL_SCHEDULER,
  RAFTORAL_SERVICE_FACTORY,
  RAFTORAL_SETTINGS,
  RAFTORAL_SLOT_MAP,
  RAFTORAL_STORAGE,
  RAFTORAL_TRANSPORT,
  RaftoralEvents,
  RaftoralHealthIndicator,
  RaftoralModule,
  RaftoralNode,
  RequestForwarder,
  Workflow,
  WorkflowClient,
  type Clock,
  type Logger,
  type RaftoralModuleOptions,
} from '../../lib/index.js';

@Workflow('greet', 1)
class Greet {
  async run(name: string): Promise<string> {
    return `hello ${name}`;
  }
}

@Workflow('patient', 1)
class Patient {
  async run(): Promise<void> {
    await context().sleep('1h');
  }
}

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly raftoral: RaftoralHealthIndicator,
  ) {}
  @Get('live')
  @HealthCheck()
  live() {
    return this.health.check([() => this.raftoral.isAlive()]);
  }
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.raftoral.isReady()]);
  }
}

const apps: INestApplication[] = [];

async function boot(metadata: ModuleMetadata, configure = (builder: TestingModuleBuilder) => builder): Promise<INestApplication> {
  @Module({
    ...metadata,
    imports: [TerminusModule.forRoot(), ...(metadata.imports ?? [])],
    controllers: [HealthController, ...(metadata.controllers ?? [])],
  })
  class Root {}
  const app = (await configure(Test.createTestingModule({ imports: [Root] })).compile()).createNestApplication({ logger: false });
  apps.push(app);
  await app.init();
  return app;
}

async function bootNode(
  id: number,
  members: readonly number[],
  network: InProcessNetwork,
  providers: ModuleMetadata['providers'] = [Greet],
): Promise<INestApplication> {
  return boot({ imports: [RaftoralModule.forRoot({ node: { id }, cluster: { members }, network, raft: { tickMs: 10 } })], providers });
}

const ALONE: RaftoralModuleOptions = { node: { id: 1 }, cluster: { members: [1] }, raft: { tickMs: 10 } };

/** A node of one is its own leader as soon as its election timeout has passed. */
async function untilReady(app: INestApplication): Promise<void> {
  while ((await app.get(RaftoralHealthIndicator).isReady())['raftoral'].status !== 'up')
    await new Promise((resolve) => void setTimeout(resolve, 10));
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

describe('RaftoralModule', () => {
  it('a boot never waits for a quorum, and a lonely node is alive and not ready', async () => {
    const network = new InProcessNetwork();
    const app = await bootNode(1, [1, 2, 3], network);
    const health = app.get(RaftoralHealthIndicator);
    expect(await health.isAlive()).toMatchObject({ raftoral: { status: 'up', nodeId: 1 } });
    expect(await health.isReady('node')).toMatchObject({
      node: { status: 'down', message: 'cluster 1 has no leader that this node knows of' },
    });
    await expect(app.get(WorkflowClient).start(Greet, 'you', { timeoutMs: 50 })).rejects.toMatchObject({ retryable: true });

    await bootNode(2, [1, 2, 3], network);
    await untilReady(app);
    expect(await app.get(WorkflowClient).execute(Greet, 'you')).toBe('hello you');
  });

  it('health is a terminus indicator: 200 and 503', async () => {
    const app = await bootNode(1, [1, 2], new InProcessNetwork());
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      status: 'error',
      error: { raftoral: { status: 'down', nodeId: 1, clusters: [{ clusterId: 1, leader: 0 }] } },
    });
  });

  it('two forRoot in one application are a boot error', async () => {
    @Module({ imports: [RaftoralModule.forRoot({ ...ALONE, node: { id: 2 }, cluster: { members: [2] } })] })
    class Feature {}
    await expect(boot({ imports: [RaftoralModule.forRoot(ALONE), Feature] })).rejects.toMatchObject({
      code: 'DUPLICATE_MODULE',
      message: expect.stringMatching(/imported 2 times/),
    });
    await expect(
      boot({ imports: [RaftoralModule.forRoot(ALONE), RaftoralModule.forRootAsync({ useFactory: () => ALONE })] }),
    ).rejects.toMatchObject({
      code: 'DUPLICATE_MODULE',
    });
  });

  it('one forRoot that two modules import is one module', async () => {
    const shared = RaftoralModule.forRoot(ALONE);
    @Module({ imports: [shared] })
    class Feature {}
    const app = await boot({ imports: [shared, Feature], providers: [Greet] });
    await untilReady(app);
    expect(await app.get(WorkflowClient).execute(Greet, 'one')).toBe('hello one');
  });

  it('a wrong option is a boot error that names it', async () => {
    await expect(boot({ imports: [RaftoralModule.forRoot({ ...ALONE, raft: { tickMs: -5 } })] })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(/raft\.tickMs/),
    });
    await expect(boot({ imports: [RaftoralModule.forRoot({ node: { id: 1 }, cluster: { members: [1, 2, 3] } })] })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringMatching(/network/),
    });
  });

  it('a wrong workflow is a boot error', async () => {
    class NoRun {}
    Workflow('no-run', 1)(NoRun as never);
    await expect(boot({ imports: [RaftoralModule.forRoot(ALONE)], providers: [NoRun, Greet] })).rejects.toMatchObject({
      code: 'INVALID_WORKFLOW_DEFINITION',
      message: expect.stringMatching(/NoRun has no method run/),
    });
  });

  it('forRootAsync takes a factory with injected dependencies, a class, or an existing provider', async () => {
    @Injectable()
    class Config {
      readonly nodeId = 7;
      createRaftoralOptions(): RaftoralModuleOptions {
        return { node: { id: this.nodeId }, cluster: { members: [this.nodeId] } };
      }
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    const asyncOptions = [
      { imports: [ConfigModule], inject: [Config], useFactory: async (config: Config) => config.createRaftoralOptions() },
      { useClass: Config },
      { imports: [ConfigModule], useExisting: Config },
    ];
    for (const options of asyncOptions) {
      const app = await boot({ imports: [RaftoralModule.forRootAsync(options)] });
      expect(app.get(RaftoralNode).nodeId).toBe(7);
    }
  });

  it('every part is a provider behind an exported token', async () => {
    const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)] });
    const tokens = [
      RAFTORAL_CLOCK,
      RAFTORAL_COMPUTE_OVERRIDE,
      RAFTORAL_GROUP_FACTORY,
      RAFTORAL_HOST_FACTORY,
      RAFTORAL_INCARNATION,
      RAFTORAL_LOGGER,
      RAFTORAL_OPTIONS,
      RAFTORAL_RANDOM,
      RAFTORAL_REGISTRY,
      RAFTORAL_SCHEDULER,
      RAFTORAL_SERVICE_FACTORY,
      RAFTORAL_SETTINGS,
      RAFTORAL_SLOT_MAP,
      RAFTORAL_STORAGE,
      RAFTORAL_TRANSPORT,
      RaftoralEvents,
      RaftoralHealthIndicator,
      RaftoralNode,
      RequestForwarder,
      WorkflowClient,
    ];
    for (const token of tokens) expect(app.get(token as never)).toBeDefined();
  });

  it('a part can be overridden in a test', async () => {
    const lines: string[] = [];
    const logger: Logger = { isDebug: false, log: (_level, text) => void lines.push(text) };
    const real = Date.now();
    const clock: Clock = {
      now: () => real + 3_600_000,
      monotonic: () => performance.now(),
      setTimer: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
    };
    const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)], providers: [Greet] }, (builder) =>
      builder.overrideProvider(RAFTORAL_LOGGER).useValue(logger).overrideProvider(RAFTORAL_CLOCK).useValue(clock),
    );
    await untilReady(app);
    const handle = await app.get(WorkflowClient).start(Greet, 'late');
    const { startedAt } = await handle.describe();
    expect(Date.parse(startedAt)).toBeGreaterThan(real + 3_000_000);
    expect(app.get(RAFTORAL_LOGGER)).toBe(logger);
  });

  it('a shutdown hands the runs over before it ends, and rejects those who still wait', async () => {
    const network = new InProcessNetwork();
    const [first, second] = [await bootNode(1, [1, 2, 3], network, [Patient]), await bootNode(2, [1, 2, 3], network, [Patient])];
    await bootNode(3, [1, 2, 3], network, [Patient]);
    await untilReady(first!);
    await untilReady(second!);
    const handle = await first!.get(WorkflowClient).start(Patient, undefined, { workflowId: 'patient' });
    expect((await handle.describe()).owner).toBe(1);
    const waiting = handle.result();
    const rejected = expect(waiting).rejects.toMatchObject({ code: 'SHUTTING_DOWN', retryable: true });
    const completed = jest.fn();
    handle.events$.subscribe({ complete: completed });

    await first!.close();
    await rejected;
    expect(completed).toHaveBeenCalled();
    expect((await second!.get(WorkflowClient).getHandle(Patient, 'patient').describe()).owner).not.toBe(1);
    expect(await first!.get(RaftoralHealthIndicator).isAlive()).toMatchObject({ raftoral: { status: 'down' } });
  });

  it('closing twice, and closing an application that never started, is no error', async () => {
    const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)] });
    await app.close();
    await app.close();
    const never = (await Test.createTestingModule({ imports: [RaftoralModule.forRoot(ALONE)] }).compile()).createNestApplication({
      logger: false,
    });
    await never.close();
  });

  it('a node id that ran before on this network is refused (R42)', async () => {
    const network = new InProcessNetwork();
    const app = await bootNode(1, [1], network);
    await app.close();
    await expect(bootNode(1, [1], network)).rejects.toMatchObject({ code: 'NODE_ID_REUSED' });
    apps.pop();
  });

  it('events come per workflow, per cluster, and for all', async () => {
    const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)], providers: [Greet] });
    await untilReady(app);
    const events = app.get(RaftoralEvents);
    const seen: Record<string, string[]> = { all: [], cluster: [], workflow: [] };
    const note = (stream: string) => (item: { readonly type: string; readonly workflowId: string }) => seen[stream]!.push(item.workflowId);
    events.all$.subscribe(note('all'));
    events.cluster$(1).subscribe(note('cluster'));
    const client = app.get(WorkflowClient);
    await client.execute(Greet, 'a', { workflowId: 'a' });
    await client.execute(Greet, 'b', { workflowId: 'b' });
    events.workflow$('b').subscribe(note('workflow'));
    while (Object.values(seen).flat().length < 10) await new Promise((resolve) => void setTimeout(resolve, 10));
    expect(seen).toEqual({ all: ['a', 'a', 'b', 'b'], cluster: ['a', 'a', 'b', 'b'], workflow: ['b', 'b'] });
    await expect(new Promise((_, reject) => events.cluster$(9).subscribe({ error: reject }))).rejects.toMatchObject({ code: 'NOT_MEMBER' });
  });
});
