/**
 * A program of a test: runs command lines in one process, over a real node in it. (nest-commander is CommonJS and requires Nest, which is an ES module from
 * version 12 on: Node.js can, Jest on Node.js 20 can not.) Takes CliRequests by message, answers CliAnswers.
 */
import 'reflect-metadata';
import { RaftoralError, type RaftoralErrorCode } from '../../lib/errors/index.js';
import { CheckpointCompute, Workflow, WorkflowQuery, context, type ControlClient } from '../../lib/index.js';
import type { Connection } from '../../lib/cli/environment.js';
import { runProgram } from '../../lib/cli/program.js';
import { startControlNode } from './control-node.js';

export interface CliRequest {
  readonly id: number;
  readonly words: readonly string[];
  readonly folder: string;
  readonly input: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Given: the node answers every call so. */
  readonly refusal: { readonly code: RaftoralErrorCode; readonly requestId?: string } | null;
}

export interface CliAnswer {
  readonly id: number;
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly connections: readonly Connection[];
}

/** Sent as soon as the node is there, and whenever a command begins to listen to interrupts. */
export type CliNotice = 'ready' | 'interruptible';

@Workflow('order', 1)
class Order {
  private state = 'new';

  async run(input: { readonly item: string }): Promise<{ readonly item: string; readonly paid: number }> {
    this.state = await this.reserve(input.item);
    const paid = await context().waitForSignal<number>('paid');
    return { item: this.state, paid };
  }

  @CheckpointCompute('reserve', { retry: { maxAttempts: 1 } })
  async reserve(item: string): Promise<string> {
    if (item === 'broken') throw new Error('no such\u001b[2Jitem');
    return item;
  }

  @WorkflowQuery()
  status(prefix?: string): string {
    return (prefix ?? '') + this.state;
  }
}

const interrupts = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>();
const control = await startControlNode([Order]);

async function answer({ id, words, folder, input, variables, refusal }: CliRequest): Promise<CliAnswer> {
  let out = '';
  let err = '';
  const connections: Connection[] = [];
  Object.assign(process.env, variables);
  const code = await runProgram(words, {
    version: '1.2.3',
    environment: {
      folder,
      isErrorTerminal: false,
      now: () => Date.now(),
      out: (text) => (out += text),
      error: (text) => (err += text),
      readInput: () => Promise.resolve(input),
      onInterrupt: (callback) => {
        interrupts.add(callback);
        process.send!('interruptible' satisfies CliNotice);
        return () => interrupts.delete(callback);
      },
      connect: (connection) => {
        connections.push(connection);
        return Promise.resolve(refusal === null ? control.connect() : refusing(new RaftoralError(refusal.code, 'the reason', refusal)));
      },
    },
  });
  for (const name of Object.keys(variables)) delete process.env[name];
  return { id, code, out, err, connections };
}

function refusing(error: RaftoralError): ControlClient {
  return {
    call: () => Promise.reject(error),
     
    stream: async function* () {
      throw error;
    },
    close: () => Promise.resolve(),
  };
}

process.on('message', (message: CliRequest | 'interrupt') => {
  if (message === 'interrupt') for (const interrupt of [...interrupts]) interrupt('SIGINT');
  else void answer(message).then((given) => process.send!(given));
});
process.on('disconnect', () => process.exit(0));
process.send!('ready' satisfies CliNotice);
