/**
 * Commands about one run, or a request that is written: their flags.
 */
import { randomUUID } from 'node:crypto';
import { Option } from 'nest-commander';
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

export abstract class RunCommand<Flags extends RunFlags = RunFlags> extends ClientCommand<Flags> {
  @Option({ flags: '--run-id <id>', description: 'this run of the workflow id; default the current one' })
  readRunId(text: string): string {
    return text;
  }
}

export abstract class ReadCommand extends RunCommand<ReadFlags> {
  @Option({ flags: '--local', description: 'what the node itself has applied: answers without a leader, and may be behind' })
  readLocal(): boolean {
    return true;
  }
}

export abstract class WriteCommand<Flags extends WriteFlags = WriteFlags> extends RunCommand<Flags> {
  @Option({ flags: '--request-id <id>', description: 'of an earlier attempt whose outcome is unknown: nothing is done twice' })
  readRequestId(text: string): string {
    return text;
  }

  /** Sends, and says in one line that it is done. */
  protected async write(flags: Flags, method: string, request: JsonObject, done: string): Promise<void> {
    await this.show(flags, method, { ...request, requestId: requestIdOf(flags) }, () => done, true);
  }
}

export function runOf(workflowId: string, flags: RunFlags): JsonObject {
  return { workflowId, ...(flags.runId === undefined ? {} : { runId: flags.runId }) };
}

export function readOf(workflowId: string, flags: ReadFlags): JsonObject {
  return { ...runOf(workflowId, flags), ...consistencyOf(flags) };
}

export function consistencyOf({ local }: { readonly local?: boolean }): JsonObject {
  return local === true ? { consistency: 'local' } : {};
}

/** Minted before anything is sent, so that every error can name it. */
export function requestIdOf({ requestId }: { readonly requestId?: string }): string {
  return requestId ?? randomUUID();
}
