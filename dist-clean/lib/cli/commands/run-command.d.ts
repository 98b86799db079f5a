import { ClientCommand, type ClientFlags } from '../client-command.js';
import type { JsonObject } from '../../index.js';
export interface RunFlags extends ClientFlags {
    readonly runId?: string;
}
export interface WriteFlags extends RunFlags {
    readonly requestId?: string;
}
export interface ReadFlags extends RunFlags {
    readonly local?: boolean;
}
export declare abstract class RunCommand<Flags extends RunFlags = RunFlags> extends ClientCommand<Flags> {
    readRunId(text: string): string;
}
export declare abstract class ReadCommand extends RunCommand<ReadFlags> {
    readLocal(): boolean;
}
export declare abstract class WriteCommand<Flags extends WriteFlags = WriteFlags> extends RunCommand<Flags> {
    readRequestId(text: string): string;
    /** Sends, and says in one line that it is done. */
    protected write(flags: Flags, method: string, request: JsonObject, done: string): Promise<void>;
}
export declare function runOf(workflowId: string, flags: RunFlags): JsonObject;
export declare function readOf(workflowId: string, flags: ReadFlags): JsonObject;
export declare function consistencyOf({ local }: {
    readonly local?: boolean;
}): JsonObject;
/** Minted before anything is sent, so that every error can name it. */
export declare function requestIdOf({ requestId }: {
    readonly requestId?: string;
}): string;
