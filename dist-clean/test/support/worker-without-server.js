var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** A program of a test: a Nest application context without an HTTP server runs one workflow to its end, and closes. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InProcessNetwork, RaftoralModule, Workflow, WorkflowClient, context } from '../../lib/index.js';
let Nap = class Nap {
    async run() {
        await context().sleep(200);
        return 'rested';
    }
};
Nap = __decorate([
    Workflow('nap', 1)
], Nap);
let WorkerModule = class WorkerModule {
};
WorkerModule = __decorate([
    Module({
        imports: [RaftoralModule.forRoot({ node: { id: 1 }, cluster: { members: [1] }, network: new InProcessNetwork() })],
        providers: [Nap],
    })
], WorkerModule);
const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error', 'warn'] });
process.stdout.write(`${await app.get(WorkflowClient).execute(Nap, undefined)}\n`);
await app.close();
process.stdout.write('closed\n');
//# sourceMappingURL=worker-without-server.js.map