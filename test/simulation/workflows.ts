/**
 * The workflows of the simulation. Each ends with a result that follows from its input alone, so that every acknowledged start has one
 * right answer, whatever happened on the way.
 */
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { WorkflowSignal } from '../../lib/decorators/workflow-signal.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { executeChild, startChild } from '../../lib/raftoral.children.js';
import { context, idempotencyKey } from '../../lib/workflow/context.js';

/** What the world outside gives to the code of one node. */
export interface Surroundings {
  readonly nodeId: number;
  /** The service with the side effects: shared by all nodes, knows every key once. */
  readonly inventory: Inventory;
  /** Virtual time of the node, for bodies. */
  sleep(ms: number): Promise<void>;
  /** A body begins here. */
  onAttempt(runId: string, operation: string, attempt: number): void;
  /** A body of `version` of the versioned workflow runs here. */
  onVersion(runId: string, version: number): void;
  /** This node's copy of Divergent behaves in its own way. */
  readonly isOdd: boolean;
}

export interface InventoryCall {
  readonly runId: string;
  readonly operation: string;
  readonly key: string;
  readonly nodeId: number;
}

/** A service outside, with a state of its own: a repeated key has no second effect. */
export class Inventory {
  readonly effects = new Map<string, number>();
  readonly calls: InventoryCall[] = [];
  repeated = 0;

  reserve(call: InventoryCall, quantity: number): number {
    this.calls.push(call);
    const known = this.effects.get(call.key);
    if (known !== undefined) {
      this.repeated++;
      return known;
    }
    this.effects.set(call.key, quantity);
    return quantity;
  }
}

export interface OrderInput {
  readonly lines: readonly number[];
  /** Attempts of each line that fail before one succeeds. */
  readonly failures: number;
  readonly bodyMs: number;
  readonly pauseMs: number;
}

/** A line after the other: checkpoint, compute with retries, durable pause. Result: the sum of all lines. */
@Workflow('order', 1)
export class Order {
  private status = 'new';
  private total = 0;

  constructor(private readonly surroundings: Surroundings) {}

  async run(input: OrderInput): Promise<{ total: number; status: string }> {
    const paid = context().checkpoint<number>('paid', 0);
    for (const [line, quantity] of input.lines.entries()) {
      this.status = await this.record(`line ${line}`);
      const reserved = await this.reserve(line, quantity, input);
      this.total = await paid.update((sum) => sum + reserved);
      if (input.pauseMs > 0) await context().sleep(input.pauseMs);
    }
    this.status = await this.record('done');
    return { total: this.total, status: this.status };
  }

  @Checkpoint('status')
  async record(status: string): Promise<string> {
    return status;
  }

  @CheckpointCompute('reserve', { timeout: '2s', retry: { maxAttempts: 1000, initialDelay: 20, factor: 1.5, maxDelay: 200 } })
  async reserve(line: number, quantity: number, input: OrderInput): Promise<number> {
    const { info } = context();
    this.surroundings.onAttempt(info.runId, `reserve/${line}`, info.attempt);
    await this.surroundings.sleep(input.bodyMs);
    if (info.attempt <= input.failures) throw new Error(`line ${line} fails at attempt ${info.attempt}`);
    const { inventory, nodeId } = this.surroundings;
    return inventory.reserve({ runId: info.runId, operation: `reserve/${line}`, key: idempotencyKey(), nodeId }, quantity);
  }

  @WorkflowQuery()
  progress(): number {
    return this.total;
  }
}

/** Waits for signals with distinct numbers. Result: the numbers, sorted. */
@Workflow('collector', 1)
export class Collector {
  private readonly seen: number[] = [];

  async run(input: { count: number }): Promise<{ seen: number[] }> {
    while (this.seen.length < input.count) await context().sleep(40);
    return { seen: [...this.seen].sort((a, b) => a - b) };
  }

  @WorkflowSignal('add')
  add(payload: { number: number }): void {
    this.seen.push(payload.number);
  }

  @WorkflowQuery('seen')
  seenCount(): number {
    return this.seen.length;
  }
}

/** Operations at the same time, and a race that either side may win. Result: the sum, which does not depend on the order. */
@Workflow('fan', 1)
export class Fan {
  constructor(private readonly surroundings: Surroundings) {}

  async run(input: { values: readonly number[]; raceMs: number }): Promise<{ sum: number; order: boolean }> {
    const arrived: number[] = [];
    const started = context().now();
    const parts = input.values.map(async (value, at) => {
      const part = await this.part(value, at);
      arrived.push(part);
      return part;
    });
    await Promise.race([Promise.all(parts), context().sleep(input.raceMs)]);
    await this.mark(`${arrived.join()} ${context().random() < 0.5} ${context().uuid()} ${context().now() >= started}`);
    const sum = (await Promise.all(parts)).reduce((a, b) => a + b, 0);
    await this.mark(arrived.join());
    return { sum, order: arrived.length === input.values.length };
  }

  @CheckpointCompute('part')
  async part(value: number, at: number): Promise<number> {
    await this.surroundings.sleep((at * 13) % 40);
    return value;
  }

  @Checkpoint('mark')
  async mark(text: string): Promise<string> {
    return text;
  }
}

/** One run after the other under one id. Result: how many. */
@Workflow('chain', 1)
export class Chain {
  async run(input: { left: number; done: number }): Promise<{ done: number }> {
    const counted = await this.count(input.done + 1);
    if (input.left === 0) return { done: counted };
    return context().continueAsNew({ left: input.left - 1, done: counted });
  }

  @Checkpoint('count')
  async count(value: number): Promise<number> {
    return value;
  }
}

/** Fails for good: its compute has no attempt left. */
@Workflow('doomed', 1)
export class Doomed {
  async run(): Promise<never> {
    await context().compute('fail', () => Promise.reject(new Error('no such item')), { retry: { maxAttempts: 2, initialDelay: 10 } });
    throw new Error('not reached');
  }
}

/** Waits until it is cancelled. */
@Workflow('waiter', 1)
export class Waiter {
  async run(): Promise<void> {
    await context().waitForSignal('never');
  }
}

/** Behaves in its own way on one node: must be detected there or everywhere else (P7). Goes on until it is told to stop. */
@Workflow('divergent', 1)
export class Divergent {
  private isStopping = false;

  constructor(private readonly surroundings: Surroundings) {}

  async run(): Promise<void> {
    while (!this.isStopping) {
      await context().sleep(30);
      await this.decide(this.surroundings.isOdd ? 'odd' : 'even');
    }
  }

  @Checkpoint('decide')
  async decide(value: string): Promise<string> {
    return value;
  }

  @WorkflowSignal('stop')
  stop(): void {
    this.isStopping = true;
  }
}

export interface TripInput {
  /** Of each branch: its value, and how many of its attempts fail; three are made. */
  readonly branches: ReadonlyArray<{ readonly value: number; readonly failures: number }>;
  /** A confirmation is waited for so long. */
  readonly patienceMs: number;
}

/**
 * Branches at the same time, some of which fail for good and are made up for; a signal that comes or does not, in time or late. Result: the sum of what
 * succeeded and the number of what did not.
 */
@Workflow('trip', 1)
export class Trip {
  constructor(private readonly surroundings: Surroundings) {}

  async run(input: TripInput): Promise<{ sum: number; failed: number }> {
    const parts = input.branches.map(({ value, failures }, at) => this.branch(value, failures, at));
    const confirmed = context().waitForSignal<{ by: string }>('confirm', { timeout: input.patienceMs });
    const settled = await Promise.all(parts);
    const answer = await confirmed;
    await this.note(answer === undefined ? 'not confirmed' : `confirmed by ${answer.by}`);
    const sum = settled.reduce<number>((total, part) => total + (part ?? 0), 0);
    return { sum, failed: settled.filter((part) => part === null).length };
  }

  private async branch(value: number, failures: number, at: number): Promise<number | null> {
    if (at % 2 === 1) await context().sleep(5 * at);
    try {
      return await this.book(value, failures, at);
    } catch {
      await this.note(`branch ${at} is made up for`);
      await context().sleep(10);
      return null;
    }
  }

  @CheckpointCompute('book', { timeout: '2s', retry: { maxAttempts: 3, initialDelay: 10, factor: 2, maxDelay: 50 } })
  async book(value: number, failures: number, at: number): Promise<number> {
    const { runId, attempt } = context().info;
    this.surroundings.onAttempt(runId, `book/${at}`, attempt);
    await this.surroundings.sleep((at * 7) % 30);
    if (attempt <= failures) throw new Error(`branch ${at} fails at attempt ${attempt}`);
    return value;
  }

  @Checkpoint('note')
  async note(text: string): Promise<string> {
    return text;
  }
}

export interface FamilyInput {
  /** One child for each. */
  readonly values: readonly number[];
  readonly bodyMs: number;
  readonly pauseMs: number;
}

/**
 * Children: some that are waited for, one of which is a chain, one that is told to end, one that fails, and one that is left behind and must not outlive its
 * parent. Result: what follows from the input, whatever happened to the owners of all of them.
 */
@Workflow('family', 1)
export class Family {
  async run({ values, bodyMs, pauseMs }: FamilyInput): Promise<{ sum: number; done: number; failed: string }> {
    const { workflowId } = context().info;
    const left = await startChild(Waiter, undefined, { key: 'left', workflowId: `${workflowId}/left` });
    const parts = values.map((value, at) =>
      executeChild(Leaf, { value, bodyMs, pauseMs }, { key: 'leaf', workflowId: `${workflowId}/${at}` }),
    );
    const chain = executeChild(Chain, { left: 2, done: 0 }, { key: 'chain', workflowId: `${workflowId}/chain` });
    const collector = await startChild(Collector, { count: 1 }, { key: 'collector', workflowId: `${workflowId}/collector` });
    await collector.signal('add', { number: left.workflowId.length });
    const failed = executeChild(Doomed, undefined, { key: 'doomed', workflowId: `${workflowId}/doomed` }).then(
      () => 'not at all',
      (error: unknown) => (error as { readonly code: string }).code,
    );
    const { seen } = await collector.result();
    const sum = (await Promise.all(parts)).reduce((a, b) => a + b, 0) + seen[0]! - left.workflowId.length;
    return { sum, done: (await chain).done, failed: await failed };
  }
}

@Workflow('leaf', 1)
export class Leaf {
  constructor(private readonly surroundings: Surroundings) {}

  async run({ value, bodyMs, pauseMs }: { value: number; bodyMs: number; pauseMs: number }): Promise<number> {
    if (pauseMs > 0) await context().sleep(pauseMs);
    return this.grow(value, bodyMs);
  }

  @CheckpointCompute('grow')
  async grow(value: number, bodyMs: number): Promise<number> {
    const { runId, attempt } = context().info;
    this.surroundings.onAttempt(runId, 'grow', attempt);
    await this.surroundings.sleep(bodyMs);
    const { inventory, nodeId } = this.surroundings;
    return inventory.reserve({ runId, operation: 'grow', key: idempotencyKey(), nodeId }, value);
  }
}

interface ReleaseInput {
  readonly steps: number;
}

export interface ReleaseResult {
  readonly version: number;
  readonly text: string;
}

/** Two versions of one workflow, whose operations have nothing in common. Result: which one ran. */
@Workflow('release', 1)
export class FirstRelease {
  constructor(private readonly surroundings: Surroundings) {}

  async run(input: ReleaseInput): Promise<ReleaseResult> {
    let text = '';
    for (let step = 0; step < input.steps; step++) {
      text += await this.build(step);
      await context().sleep(60);
    }
    return { version: context().info.version, text };
  }

  @CheckpointCompute('build')
  async build(step: number): Promise<string> {
    const { runId } = context().info;
    this.surroundings.onVersion(runId, 1);
    await this.surroundings.sleep(5);
    return `a${step}`;
  }
}

@Workflow('release', 2)
export class SecondRelease {
  constructor(private readonly surroundings: Surroundings) {}

  async run(input: ReleaseInput): Promise<ReleaseResult> {
    await this.announce(input.steps);
    const parts = Array.from({ length: input.steps }, (_, step) => this.assemble(step));
    await context().sleep(80);
    return { version: context().info.version, text: (await Promise.all(parts)).join('') };
  }

  @Checkpoint('announce')
  async announce(steps: number): Promise<number> {
    return steps;
  }

  @CheckpointCompute('assemble')
  async assemble(step: number): Promise<string> {
    const { runId } = context().info;
    this.surroundings.onVersion(runId, 2);
    await this.surroundings.sleep(step);
    return `b${step}`;
  }
}
