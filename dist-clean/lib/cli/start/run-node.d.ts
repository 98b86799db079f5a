/**
 * Runs a node until it is told to end, has left its cluster, or has failed.
 *
 * N1. The first SIGTERM or SIGINT drains and ends with exit code 0; a second one ends at once. Before the node is ready a signal ends at once.
 * N2. A node that stopped by itself (storage, a halted group) ends the process with exit code 1: a supervisor starts it again. One that left ends with 0.
 */
import { type LoggerService } from '@nestjs/common';
import type { RaftoralModuleOptions } from '../../index.js';
import type { CliEnvironment } from '../environment.js';
import type { Application } from './application.js';
export interface RunNodeParts {
    readonly environment: Pick<CliEnvironment, 'onInterrupt'>;
    /** `module` is null: a node that stores and votes, and runs no code. */
    readonly application: Omit<Application, 'module'> & {
        readonly module: Application['module'] | null;
    };
    readonly options: RaftoralModuleOptions;
    readonly logger: LoggerService;
}
/** Resolves when the node has ended well. */
export declare function runNode({ environment, application, options, logger }: RunNodeParts): Promise<void>;
