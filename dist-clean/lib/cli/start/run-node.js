var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * Runs a node until it is told to end, has left its cluster, or has failed.
 *
 * N1. The first SIGTERM or SIGINT drains and ends with exit code 0; a second one ends at once. Before the node is ready a signal ends at once.
 * N2. A node that stopped by itself (storage, a halted group) ends the process with exit code 1: a supervisor starts it again. One that left ends with 0.
 */
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RaftoralError } from '../../errors/index.js';
import { Interrupted } from '../interrupted.js';
const LOOK_EVERY_MS = 500;
/** A group that was left halts before the node knows that it left: a halt counts when it was seen so often. */
const HALTED_LOOKS_MIN = 6;
const LEFT = Symbol('left');
let NodeModule = class NodeModule {
};
NodeModule = __decorate([
    Module({})
], NodeModule);
/** Resolves when the node has ended well. */
export async function runNode({ environment, application, options, logger }) {
    const { module, engine } = application;
    const root = {
        module: NodeModule,
        imports: [engine.RaftoralModule.forRoot(options), ...(module === null ? [] : [module])],
    };
    let interrupt = () => undefined;
    const interrupted = new Promise((resolve) => (interrupt = resolve));
    const forget = environment.onInterrupt((signal) => interrupt(signal));
    try {
        const booting = NestFactory.createApplicationContext(root, { logger, abortOnError: false });
        const app = await Promise.race([booting, interrupted.then(() => null)]);
        if (app === null)
            throw new Interrupted('Ended before the node was ready.');
        const node = app.get(engine.RaftoralNode);
        const log = new Logger('Raftoral');
        log.log(`node ${node.nodeId} is ready`);
        const { nodeId } = node;
        const left = new Promise((resolve) => (node.onLeft = () => resolve(LEFT)));
        const ended = watch(() => node.nodeStatus());
        const why = await Promise.race([interrupted, left, ended.promise]);
        ended.stop();
        if (typeof why === 'string')
            log.log(`${why}: hands over, then ends`);
        if (why === LEFT)
            log.log(`node ${nodeId} is no member of its cluster any more`);
        await app.close();
        if (typeof why === 'object' && why.failure !== null)
            throw stoppedBy(why);
        log.log(`node ${nodeId} has ended`);
    }
    finally {
        forget();
    }
}
/** Resolves with the status of a node that does not run any more. */
function watch(status) {
    let timer;
    let halts = 0;
    const promise = new Promise((resolve) => {
        timer = setInterval(() => {
            const now = status();
            halts = !now.running || now.groups.some((group) => group.halted !== null) ? halts + 1 : 0;
            if (halts >= HALTED_LOOKS_MIN)
                resolve(now);
        }, LOOK_EVERY_MS);
    });
    return { promise, stop: () => clearInterval(timer) };
}
function stoppedBy({ nodeId, failure }) {
    return new RaftoralError('GROUP_HALTED', `node ${nodeId} stopped: ${failure ?? 'the reason is in its log'}`);
}
//# sourceMappingURL=run-node.js.map