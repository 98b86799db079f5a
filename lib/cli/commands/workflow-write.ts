/**
 * `raftoral workflow signal`, `cancel`, `terminate` and `reset`: what is recorded in the history of a run.
 */
import { Option, SubCommand } from 'nest-commander';
import type { JsonObject } from '../../index.js';
import { parseJson } from '../parse.js';
import { visible } from '../text-table.js';
import { WriteCommand, runOf, type WriteFlags } from './run-command.js';

@SubCommand({
  name: 'signal',
  arguments: '<workflow-id> <signal> [payload]',
  description: 'record a signal; answers once it is committed, not when it is handled',
  argsDescription: { payload: 'a JSON value' },
})
export class WorkflowSignalCommand extends WriteCommand {
  override async run([workflowId, signal, text]: string[], flags: WriteFlags): Promise<void> {
    const payload: JsonObject = text === undefined ? {} : { payload: parseJson(text, 'the payload') };
    const request = { ...runOf(workflowId!, flags), signal: signal!, ...payload };
    await this.write(flags, 'workflow.signal', request, `Recorded: signal ${visible(signal!)} of workflow ${visible(workflowId!)}`);
  }
}

interface CancelFlags extends WriteFlags {
  readonly reason?: string;
}

@SubCommand({ name: 'cancel', arguments: '<workflow-id>', description: 'ask a run to end: it may clean up first' })
export class WorkflowCancelCommand extends WriteCommand<CancelFlags> {
  @Option({ flags: '--reason <text>', description: 'for the history' })
  readReason(text: string): string {
    return text;
  }

  override async run([workflowId]: string[], flags: CancelFlags): Promise<void> {
    const reason: JsonObject = flags.reason === undefined ? {} : { reason: flags.reason };
    await this.write(
      flags,
      'workflow.cancel',
      { ...runOf(workflowId!, flags), ...reason },
      `Asked workflow ${visible(workflowId!)} to end`,
    );
  }
}

@SubCommand({ name: 'terminate', arguments: '<workflow-id>', description: 'end a run at once: no more of its code runs' })
export class WorkflowTerminateCommand extends WriteCommand {
  override async run([workflowId]: string[], flags: WriteFlags): Promise<void> {
    await this.write(flags, 'workflow.terminate', runOf(workflowId!, flags), `Terminated: workflow ${visible(workflowId!)}`);
  }
}

@SubCommand({ name: 'reset', arguments: '<workflow-id>', description: 'let a blocked run go on, once its reason is gone' })
export class WorkflowResetCommand extends WriteCommand {
  override async run([workflowId]: string[], flags: WriteFlags): Promise<void> {
    await this.write(flags, 'workflow.reset', runOf(workflowId!, flags), `Reset: workflow ${visible(workflowId!)} goes on`);
  }
}
