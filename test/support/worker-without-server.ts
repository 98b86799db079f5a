/** A program of a test: a Nest application context without an HTTP server runs one workflow to its end, and closes. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InProcessNetwork, RaftoralModule, Workflow, WorkflowClient, context } from '../../lib/index.js';

@Workflow('nap', 1)
class Nap {
  async run(): Promise<string> {
    await context().sleep(200);
    return 'rested';
  }
}

@Module({
  imports: [RaftoralModule.forRoot({ node: { id: 1 }, cluster: { members: [1] }, network: new InProcessNetwork() })],
  providers: [Nap],
})
class WorkerModule {}

const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error', 'warn'] });
process.stdout.write(`${await app.get(WorkflowClient).execute(Nap, undefined)}\n`);
await app.close();
process.stdout.write('closed\n');
