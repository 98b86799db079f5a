/**
 * `raftoral workflow start` and `workflow wait`.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, SubCommand } from 'nest-commander';
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import type { Json, JsonObject } from '../../index.js';
import { parseInteger, parseJson } from '../parse.js';
import { waitForRun } from '../run-waiter.js';
import { visible } from '../text-table.js';
import { UsageError } from '../usage-error.js';
import { RunCommand, requestIdOf, runOf, type RunFlags } from './run-command.js';
import { ClientCommand, type ClientFlags } from '../client-command.js';

interface StartFlags extends ClientFlags {
  readonly id?: string;
  readonly workflowVersion?: number;
  readonly inputFile?: string;
  readonly attach?: boolean;
  readonly wait?: boolean;
  readonly requestId?: string;
}

interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly existing: boolean;
  readonly requestId: string;
}

@SubCommand({
  name: 'start',
  arguments: '<name> [input]',
  description: 'start a workflow; answers once the start is committed',
  argsDescription: { name: 'name of the workflow', input: `its input as JSON: '{"item":"lamp"}'` },
})
export class WorkflowStartCommand extends ClientCommand<StartFlags> {
  @Option({ flags: '--id <workflow-id>', description: 'default: one is minted' })
  readId(text: string): string {
    return text;
  }

  @Option({ flags: '--workflow-version <number>', description: 'default: the highest that every voter has' })
  readWorkflowVersion(text: string): number {
    return parseInteger(text, '--workflow-version');
  }

  @Option({ flags: '--input-file <file>', description: 'file with the input as JSON; - reads standard input' })
  readInputFile(text: string): string {
    return text;
  }

  @Option({ flags: '--attach', description: 'a run of the same id, name and input that is there is no error' })
  readAttach(): boolean {
    return true;
  }

  @Option({ flags: '--wait', description: 'wait for the result, and print it (--timeout is then of the whole; default no end)' })
  readWait(): boolean {
    return true;
  }

  @Option({ flags: '--request-id <id>', description: 'of an earlier attempt whose outcome is unknown: nothing is done twice' })
  readRequestId(text: string): string {
    return text;
  }

  override async run([name, inputText]: string[], flags: StartFlags): Promise<void> {
    const input = await this.readInput(inputText, flags.inputFile);
    const request: JsonObject = {
      name: name!,
      requestId: requestIdOf(flags),
      ...(input === undefined ? {} : { input }),
      ...(flags.id === undefined ? {} : { workflowId: flags.id }),
      ...(flags.workflowVersion === undefined ? {} : { version: flags.workflowVersion }),
      ...(flags.attach === true ? { onExisting: 'attach' } : {}),
    };
    await this.connected(flags, async (client) => {
      const beganMs = this.environment.now();
      const started = (await this.ask(client, flags, 'workflow.start', request, true)) as unknown as Started;
      const { workflowId, runId, existing } = started;
      if (flags.wait !== true) {
        if (flags.json === true) return this.printJson(started);
        return this.print(`${existing ? 'Was there' : 'Started'}: workflow id ${visible(workflowId)}, run ${runId}`);
      }
      const progress = this.progress(flags);
      progress.say(`started: workflow id ${workflowId}, run ${runId}`);
      const timeoutMs =
        flags.timeout === undefined ? undefined : Math.max(1, Math.floor(flags.timeout - (this.environment.now() - beganMs)));
      try {
        const { result = null } = await waitForRun({
          environment: this.environment,
          client,
          run: { workflowId, runId },
          timeoutMs,
          progress,
        });
        this.printJson(flags.json === true ? { ...started, result } : result);
      } catch (error) {
        if (!isRaftoralError(error) || error.requestId !== undefined) throw error;
        throw new RaftoralError(error.code, error.message, {
          cause: error.cause,
          requestId: started.requestId,
          details: { workflowId, runId, ...error.details },
        });
      }
    });
  }

  private async readInput(text: string | undefined, file: string | undefined): Promise<Json | undefined> {
    if (text !== undefined && file !== undefined) throw new UsageError('the input: give it as an argument or with --input-file, not both.');
    if (text !== undefined) return parseJson(text, 'the input');
    if (file === undefined) return undefined;
    if (file === '-') return parseJson(await this.environment.readInput(), 'the input');
    return parseJson(await readFileNamed(resolve(this.environment.folder, file), '--input-file'), 'the input');
  }
}

async function readFileNamed(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}

@SubCommand({
  name: 'wait',
  arguments: '<workflow-id>',
  description: 'wait until a run has ended, and print its result; exit code 5 if it did not complete',
})
export class WorkflowWaitCommand extends RunCommand<RunFlags> {
  override async run([workflowId]: string[], flags: RunFlags): Promise<void> {
    const { environment } = this;
    const answer = await this.connected(flags, (client) =>
      waitForRun({ environment, client, run: runOf(workflowId!, flags), timeoutMs: flags.timeout, progress: this.progress(flags) }),
    );
    this.printJson(flags.json === true ? answer : (answer['result'] ?? null));
  }
}
