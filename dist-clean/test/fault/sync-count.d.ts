/**
 * Syncs are counted where the process asks the system for them. A setting that is read back proves nothing: a build of SQLite can say FULL and
 * behave as NORMAL, which syncs only at checkpoints, and a power cut takes everything that was acknowledged since.
 */
import { type FaultCase } from './fault-case.js';
export declare const syncCountCase: FaultCase;
