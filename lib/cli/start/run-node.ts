/**
 * Runs a node until it is told to end, has left its cluster, or has failed.
 *
 * N1. The first SIGTERM or SIGINT drains and ends with exit code 0; a second one ends at once. Before the node is ready a signal ends at once.
 * N2. A node that stopped by itself (storage, a halted group) ends the process with exit code 1: a supervisor starts it again. One that left ends with 0.
 */
import { Logger, Module, type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NodeStatus, RaftoralModuleOptions } from '../../index.js';
import { RaftoralError } from '../../errors/index.js';
import type { CliEnvironment } from '../environment.js';
import { Interrupted } from '../interrupted.js';
import type { Application } from './application.js';

const LOOK_EVERY_MS = 500;

@Module({})
class NodeModule {}

export interface RunNodeParts {
  readonly environment: Pick<CliEnvironment, 'onInterrupt'>;
  /** `module` is null: a node that stores and votes, and runs no code. */
  readonly application: Omit<Application, 'module'> & { readonly module: Application['module'] | null };
  readonly options: RaftoralModuleOptions;
  readonly logger: LoggerService;
}

/** Resolves when the node has ended well. */
export async function runNode({ environment, application, options, logger }: RunNodeParts): Promise<void> {
  const { module, engine } = application;
  const root: DynamicModule = {
    module: NodeModule,
    imports: [engine.RaftoralModule.forRoot(options), ...(module === null ? [] : [module])],
  };
  let interrupt: (signal: string) => void = () => undefined;
  const interrupted = new Promise<string>((resolve) => (interrupt = resolve));
  const forget = environment.onInterrupt((signal) => interrupt(signal));
  try {
    const booting = NestFactory.createApplicationContext(root, { logger, abortOnError: false });
    const app = await Promise.race([booting, interrupted.then(() => null)]);
    if (app === null) throw new Interrupted('Ended before the node was ready.');
    const node = app.get(engine.RaftoralNode);
    const log = new Logger('Raftoral');
    log.log(`node ${node.nodeId} is ready`);
    const ended = watch(() => node.nodeStatus());
    const why = await Promise.race([interrupted, ended.promise]);
    ended.stop();
    if (typeof why === 'string') log.log(`${why}: hands over, then ends`);
    await app.close();
    if (typeof why !== 'string' && why.failure !== null) throw stoppedBy(why);
    log.log(`node ${node.nodeId} has ended`);
  } finally {
    forget();
  }
}

/** Resolves with the status of a node that does not run any more. */
function watch(status: () => NodeStatus): { readonly promise: Promise<NodeStatus>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<NodeStatus>((resolve) => {
    timer = setInterval(() => {
      const now = status();
      if (!now.running || now.groups.some((group) => group.halted !== null)) resolve(now);
    }, LOOK_EVERY_MS);
  });
  return { promise, stop: () => clearInterval(timer) };
}

function stoppedBy({ nodeId, failure }: NodeStatus): RaftoralError {
  return new RaftoralError('GROUP_HALTED', `node ${nodeId} stopped: ${failure ?? 'the reason is in its log'}`);
}
