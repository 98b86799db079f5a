/**
 * One command and one event of every kind, with fixed contents: for golden bytes and for fuzzing.
 */
import { type WorkflowCommand } from '../../lib/workflow/command.js';
import { type ErrorRecord, type RunEvent } from '../../lib/workflow/event.js';
export declare const SAMPLE_ERROR: ErrorRecord;
export declare const SAMPLE_COMMANDS: ReadonlyArray<readonly [string, WorkflowCommand]>;
export declare const SAMPLE_EVENTS: ReadonlyArray<readonly [string, RunEvent]>;
