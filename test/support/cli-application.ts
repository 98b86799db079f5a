/** An application that `raftoral start --app` runs in a test: one workflow, and what it injects. */
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { CheckpointCompute, Workflow, WorkflowClient, WorkflowQuery, context } from '@raftoral/nestjs';

@Injectable()
class Stock {
  // The client of the very engine that runs here: only there if both use the same copy of the package.
  constructor(readonly client: WorkflowClient) {}

  take(item: string): string {
    if (item === 'none') throw new Error('out of stock');
    return `${item}-taken`;
  }
}

@Workflow('order', 1)
export class Order {
  private state = 'new';

  constructor(private readonly stock: Stock) {}

  async run(input: { readonly item: string }): Promise<{ readonly state: string; readonly paid: number }> {
    this.state = await this.take(input.item);
    const paid = await context().waitForSignal<number>('paid');
    return { state: this.state, paid };
  }

  @CheckpointCompute('take', { retry: { maxAttempts: 1 } })
  async take(item: string): Promise<string> {
    return this.stock.take(item);
  }

  @WorkflowQuery()
  current(): string {
    return this.state;
  }
}

@Module({ providers: [Stock, Order] })
export class AppModule {}
