/**
 * Workflows of the golden data folders. They are part of what is golden: their histories stand in files, and are replayed by this code. Never edit one.
 */
import { Checkpoint, CheckpointCompute, context, signalRef, Workflow } from '../../lib/index.js';

export const GO = signalRef<number>('go');
/** Longer than a set takes to be made: the timers of its files are pending, and due whenever they are opened later. */
const LATER_MS = 60_000;

/** What the outside world does: a failure at first, while the files are made. */
export const outside = { isBroken: true };

/** A stack would name the machine on which the files were made. */
function withoutStack(message: string): Error {
  const error = new Error(message);
  error.stack = '';
  return error;
}

@Workflow('golden_order', 1)
export class GoldenOrder {
  private status = 'new';

  async run(order: { readonly item: string; readonly waits: number; readonly sleeps: boolean; readonly fails: boolean }): Promise<string> {
    this.status = await this.record('größe ✓');
    const reserved = await this.reserve(order.item);
    if (order.fails) throw withoutStack('out of stock');
    let sum = 0;
    for (let i = 0; i < order.waits; i++) sum += await context().waitForSignal<number>('go');
    if (order.sleeps) await context().sleep(LATER_MS);
    return `${this.status} ${reserved} ${sum}`;
  }

  @Checkpoint('status')
  async record(status: string): Promise<string> {
    return status;
  }

  @CheckpointCompute('reserve', { retry: { maxAttempts: 5, initialDelay: LATER_MS, factor: 1, maxDelay: LATER_MS } })
  async reserve(item: string): Promise<string> {
    if (item === 'broken' && outside.isBroken) throw withoutStack('the warehouse does not answer');
    return `1 ${item}`;
  }
}
