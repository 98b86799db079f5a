/**
 * A real node in this process, alone and in memory, and a control client that calls its ControlService directly: for specs of what stands in front of it.
 */
import 'reflect-metadata';
import { Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NodeAdministration } from '../../lib/client/administration-port.js';
import type { ControlClient, JsonObject } from '../../lib/client/control-port.js';
import { ControlService } from '../../lib/client/control-service.js';
import { reportMembers, reportNode } from '../../lib/client/node-report.js';
import { RequestForwarder } from '../../lib/client/request-forwarder.js';
import { SystemClock } from '../../lib/cluster/clock.js';
import { SystemRandom } from '../../lib/cluster/random.js';
import { RaftoralModule } from '../../lib/raftoral.module.js';
import { RaftoralNode } from '../../lib/raftoral.node.js';
import { RaftoralTopology } from '../../lib/raftoral.topology.js';

export interface ControlNode {
  readonly api: ControlService;
  readonly node: RaftoralNode;
  /** As a network client would be, but that nothing is between. */
  connect(): ControlClient;
  close(): Promise<void>;
}

export async function startControlNode(workflows: readonly Type[]): Promise<ControlNode> {
  @Module({ imports: [RaftoralModule.forRoot({ node: { id: 1 }, cluster: { members: [1] } })], providers: [...workflows] })
  class ControlNodeModule {}
  const app: INestApplicationContext = await NestFactory.createApplicationContext(ControlNodeModule, { logger: false });
  const node = app.get(RaftoralNode);
  const api = new ControlService({
    forwarder: app.get(RequestForwarder),
    administration: administrationOf(node),
    clock: new SystemClock(),
    random: new SystemRandom(),
  });
  return { api, node, connect: () => clientOf(api), close: () => app.close() };
}

function administrationOf(node: RaftoralNode): NodeAdministration {
  const seen = () => ({ live: node.group.livePeers(), addresses: [{ nodeId: 1, address: '127.0.0.1:7400', incarnation: 5 }] });
  return {
    topology: new RaftoralTopology(() => null),
    status: () =>
      reportNode({
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

function clientOf(api: ControlService): ControlClient {
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

function throughJson(request: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(request)) as JsonObject;
}
