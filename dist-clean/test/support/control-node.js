var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * A real node in this process, alone and in memory, and a control client that calls its ControlService directly: for specs of what stands in front of it.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ControlService } from '../../lib/client/control-service.js';
import { reportMembers, reportNode } from '../../lib/client/node-report.js';
import { RequestForwarder } from '../../lib/client/request-forwarder.js';
import { SystemClock } from '../../lib/cluster/clock.js';
import { SystemRandom } from '../../lib/cluster/random.js';
import { RaftoralModule } from '../../lib/raftoral.module.js';
import { RaftoralNode } from '../../lib/raftoral.node.js';
export async function startControlNode(workflows) {
    let ControlNodeModule = class ControlNodeModule {
    };
    ControlNodeModule = __decorate([
        Module({ imports: [RaftoralModule.forRoot({ node: { id: 1 }, cluster: { members: [1] } })], providers: [...workflows] })
    ], ControlNodeModule);
    const app = await NestFactory.createApplicationContext(ControlNodeModule, { logger: false });
    const node = app.get(RaftoralNode);
    const api = new ControlService({
        forwarder: app.get(RequestForwarder),
        administration: administrationOf(node),
        clock: new SystemClock(),
        random: new SystemRandom(),
    });
    return { api, node, connect: () => clientOf(api), close: () => app.close() };
}
function administrationOf(node) {
    const seen = () => ({ live: node.group.livePeers(), addresses: [{ nodeId: 1, address: '127.0.0.1:7400', incarnation: 5 }] });
    return {
        status: () => reportNode({
            ...seen(),
            nodeId: node.nodeId,
            deployment: 'd-1',
            incarnation: 5,
            state: 'running',
            progress: null,
            failure: null,
            address: '127.0.0.1:7400',
            host: { alarm: null, groups: node.nodeStatus().groups, loopLagMs: 0, loopLagMsMax: 3, stalls: 0 },
            connections: [],
            runs: new Map([[1, node.state]]),
        }),
        members: () => reportMembers({ ...seen(), group: node.group.status() }),
        nodes: () => ({ deployment: 'd-1', nodeId: 1, nodes: seen().addresses }),
        addLearner: (nodeId) => node.group.addLearner(nodeId),
        promote: (nodeId) => node.group.promote(nodeId),
        remove: (nodeId) => node.group.remove(nodeId),
        replace: ({ lost, replacement }) => node.group.replace(lost, replacement),
        transferLeadership: (to) => node.group.transferLeadership(to),
        leave: () => Promise.resolve(),
        isServing: () => node.group.leaderId !== 0,
    };
}
function clientOf(api) {
    const gone = new AbortController();
    return {
        call: (method, request, options) => api.call(method, throughJson(request), { signal: gone.signal, ...options }),
        stream: (method, request, signal) => api.stream(method, throughJson(request), { signal: AbortSignal.any([signal, gone.signal]) }),
        close: () => {
            gone.abort();
            return Promise.resolve();
        },
    };
}
function throughJson(request) {
    return JSON.parse(JSON.stringify(request));
}
//# sourceMappingURL=control-node.js.map