import type { CliEnvironment } from './environment.js';
export declare const PROCESS_ENVIRONMENT: CliEnvironment;
