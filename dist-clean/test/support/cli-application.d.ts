/** An application that `raftoral start --app` runs in a test: one workflow, and what it injects. */
import 'reflect-metadata';
import { WorkflowClient } from '@raftoral/nestjs';
declare class Stock {
    readonly client: WorkflowClient;
    constructor(client: WorkflowClient);
    take(item: string): string;
}
export declare class Order {
    private readonly stock;
    private state;
    constructor(stock: Stock);
    run(input: {
        readonly item: string;
    }): Promise<{
        readonly state: string;
        readonly paid: number;
    }>;
    take(item: string): Promise<string>;
    current(): string;
}
export declare class AppModule {
}
export {};
