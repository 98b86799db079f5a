import { ClientCommand, type ClientFlags } from '../client-command.js';
import { ReadCommand, RunCommand, type ReadFlags, type RunFlags } from './run-command.js';
export declare class WorkflowDescribeCommand extends ReadCommand {
    run([workflowId]: string[], flags: ReadFlags): Promise<void>;
}
export declare class WorkflowExplainCommand extends ReadCommand {
    run([workflowId]: string[], flags: ReadFlags): Promise<void>;
}
interface ListFlags extends ClientFlags {
    readonly name?: string;
    readonly workflowVersion?: number;
    readonly status?: readonly string[];
    readonly startedAfter?: string;
    readonly startedBefore?: string;
    readonly limit?: number;
    readonly cursor?: string;
    readonly all?: boolean;
    readonly local?: boolean;
}
export declare class WorkflowListCommand extends ClientCommand<ListFlags> {
    readName(text: string): string;
    readWorkflowVersion(text: string): number;
    readStatus(text: string, previous?: readonly string[]): readonly string[];
    readStartedAfter(text: string): string;
    readStartedBefore(text: string): string;
    readLimit(text: string): number;
    readCursor(text: string): string;
    readAll(): boolean;
    readLocal(): boolean;
    run(_params: string[], flags: ListFlags): Promise<void>;
}
interface HistoryFlags extends ReadFlags {
    readonly raw?: boolean;
}
export declare class WorkflowHistoryCommand extends ReadCommand {
    readRaw(): boolean;
    run([workflowId]: string[], flags: HistoryFlags): Promise<void>;
}
export declare class WorkflowQueryCommand extends ReadCommand {
    run([workflowId, query, ...texts]: string[], flags: ReadFlags): Promise<void>;
}
interface WatchFlags extends RunFlags {
    readonly after?: number;
}
export declare class WorkflowWatchCommand extends RunCommand<WatchFlags> {
    readAfter(text: string): number;
    run([workflowId]: string[], flags: WatchFlags): Promise<void>;
}
export {};
