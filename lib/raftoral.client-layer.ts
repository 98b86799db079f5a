/**
 * A node of role `client`: a member of no cluster, which finds the others by gossip, fetches the routing table, and forwards every call (docs/adr/0073).
 *
 * C1. Nothing of it waits for a quorum but its first id: any node that has the topology hands out the table.
 * C2. The topology has it as a node of this role, so that operators see it, and gossip tells them whether it is there. It says what it is until a member of cluster 0 has taken that in, and again now
 *     and then: a topology that forgot it tells it so.
 * C3. One whose store is memory has its id for this process only, and takes it out of the topology when it stops.
 */
import { sumOfKnown } from './client/placement.js';
import type { RequestForwarder } from './client/request-forwarder.js';
import type { NodeCalls } from './client/routing-port.js';
import { FetchedRoutes } from './client/topology-routes.js';
import type { Clock, Timer } from './cluster/clock.js';
import type { NodeIdentity } from './cluster/joining/joining-port.js';
import type { Logger } from './cluster/logger.js';
import type { Random } from './cluster/random.js';
import type { Scheduler } from './cluster/scheduler.js';
import { RaftoralError, invariant, isRaftoralError } from './errors/index.js';
import type { ManagementSettings, RaftoralSettings } from './interfaces/settings.js';
import {
  CLIENT_INFO_METHOD,
  CLIENT_LEAVE_METHOD,
  TOPOLOGY_CODEC_LEVEL_MAX,
  encodeInfo,
  factsOf,
  inOneForm,
  openWorkflowsToldBy,
  type NodeInfo,
} from './management/index.js';
import { MembershipService, MemberStatus } from './membership/index.js';
import { nodeCallsOf, type NodeHost } from './raftoral.clusters.js';
import type { RaftoralNodeParts } from './raftoral.node-parts.js';

/** Between two looks for somebody to ask, and between two attempts to be heard. */
const PAUSE_MS = 200;
const CALL_TIMEOUT_MS = 6_000;
const SAY_AGAIN_MS = 60_000;
const LEAVE_TIMEOUT_MS = 500;

export interface ClientLayerParts {
  readonly identity: NodeIdentity;
  readonly host: NodeHost;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: Logger;
  readonly forwarder: Pick<RequestForwarder, 'route'>;
  readonly settings: ManagementSettings;
  readonly placement: RaftoralSettings['placement'];
  readonly requestTimeoutMs: number;
  /** The store ends with the process. */
  readonly isVolatile: boolean;
  readonly addresses: () => readonly string[];
  /** Nodes whose addresses are known. */
  readonly knownNodes: () => readonly number[];
  /** This node was removed from the topology. */
  readonly removed: () => void;
}

export class ClientLayer {
  private readonly calls: NodeCalls;
  private readonly routes: FetchedRoutes;
  private readonly info: NodeInfo;
  private gossip: MembershipService | null = null;
  private timer: Timer | null = null;
  private endPause: (() => void) | null = null;
  private isStopped = false;

  /** Throws INVALID_ARGUMENT for what the topology would not take. */
  constructor(private readonly parts: ClientLayerParts) {
    const { host, identity, clock, random, forwarder, settings, placement, requestTimeoutMs, addresses, knownNodes } = parts;
    const { zone, labels, capacity } = settings;
    const { incarnation } = host;
    this.info = inOneForm({
      incarnation,
      addresses: [...addresses()],
      zone,
      labels,
      capacity,
      role: 'client',
      codecLevelMax: TOPOLOGY_CODEC_LEVEL_MAX,
      workflows: [],
    });
    this.calls = nodeCallsOf(identity.nodeId, host);
    this.routes = new FetchedRoutes({
      calls: this.calls,
      clock,
      random,
      seeds: knownNodes,
      isDown: (node) => {
        const status = this.gossip?.member(node)?.status;
        return status === MemberStatus.DOWN || status === MemberStatus.LEFT;
      },
    });
    forwarder.route({
      calls: this.calls,
      routes: this.routes,
      clock,
      random,
      requestTimeoutMs,
      placement,
      load: (clusterId) => this.loadOf(clusterId),
    });
  }

  /** Throws INVALID_CONFIGURATION where the node's files hold more than its identity. */
  static of(
    parts: RaftoralNodeParts,
    own: Pick<ClientLayerParts, 'identity' | 'host' | 'addresses' | 'knownNodes' | 'removed'>,
  ): ClientLayer {
    const { settings, storage } = parts;
    const { management, placement, requestTimeoutMs } = settings;
    const stored = own.host.storedGroups();
    if (stored.length > 0) throw countedOn(own.identity.nodeId, stored);
    invariant(management !== null, () => 'a node of a role has the settings that name it');
    return new ClientLayer({ ...parts, ...own, settings: management, placement, requestTimeoutMs, isVolatile: storage.volatile });
  }

  /** Resolves once this node has a routing table: it can carry out calls. Rejects with SHUTTING_DOWN. */
  async arrive(): Promise<void> {
    while (this.parts.knownNodes().every((node) => node === this.calls.nodeId)) await this.pause(PAUSE_MS);
    this.startGossip();
    void this.sayAndGoOn();
    while (this.routes.table() === null) {
      await this.routes.refresh(-1);
      if (this.routes.table() === null) await this.pause(PAUSE_MS);
    }
    if (!this.isStopped) this.routes.keepFresh();
  }

  /** Out of the topology, for good. Rejects where no member of cluster 0 could do it. */
  async leave(): Promise<void> {
    await this.askAny(CLIENT_LEAVE_METHOD, new Uint8Array(0), CALL_TIMEOUT_MS);
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.timer?.cancel();
    this.endPause?.();
    this.routes.stop();
    // C3. Who can not be told finds out by gossip, and forgets it later.
    if (this.parts.isVolatile && this.gossip !== null)
      await this.askAny(CLIENT_LEAVE_METHOD, new Uint8Array(0), LEAVE_TIMEOUT_MS, 2).catch(() => undefined);
    await this.gossip?.leave(LEAVE_TIMEOUT_MS);
  }

  private startGossip(): void {
    const { host, clock, scheduler, random, knownNodes } = this.parts;
    const { nodeId } = this.calls;
    this.gossip = new MembershipService({
      nodeId,
      process: host.incarnation,
      carrier: {
        tell: (to, method, body) => host.tell(to, method, body),
        handle: (method, handler) => host.handle(method, handler),
      },
      clock,
      scheduler,
      random,
      facts: factsOf(this.info),
      seeds: knownNodes().filter((node) => node !== nodeId),
    });
    this.gossip.start();
  }

  /** C2. */
  private async sayAndGoOn(): Promise<void> {
    const { clock, logger, removed } = this.parts;
    let afterMs = SAY_AGAIN_MS;
    try {
      await this.askAny(CLIENT_INFO_METHOD, encodeInfo(this.info), CALL_TIMEOUT_MS);
    } catch (error) {
      if (this.isStopped) return;
      if (isRaftoralError(error, 'NODE_LEFT')) return removed();
      logger.log('warn', `node ${this.calls.nodeId}: the topology does not say yet what this node is: ${String(error)}`);
      afterMs = PAUSE_MS * 10;
    }
    if (!this.isStopped) this.timer = clock.setTimer(afterMs, () => void this.sayAndGoOn(), { unref: true });
  }

  /** The first node that answers; a refusal of what was asked is an answer. Rejects with it, or with what the last one said. */
  private async askAny(method: string, body: Uint8Array, timeoutMs: number, most = Infinity): Promise<void> {
    let last = new RaftoralError('NO_ROUTE', `${method}: this node knows nobody to ask`);
    for (const node of this.routes.candidates().slice(0, most)) {
      try {
        await this.calls.request(node, method, body, timeoutMs);
        return;
      } catch (error) {
        if (!isRaftoralError(error) || !error.retryable) throw error;
        last = error;
      }
    }
    throw last;
  }

  /** What gossip says of its members, which may lead other clusters too: a guess. */
  private loadOf(clusterId: number): number | undefined {
    const told = (this.routes.table()?.membersOf(clusterId) ?? []).map((node) => openWorkflowsToldBy(this.gossip?.member(node)));
    return sumOfKnown(told);
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.parts.clock.setTimer(ms, resolve);
      this.endPause = () => {
        timer.cancel();
        resolve();
      };
    });
    if (this.isStopped) throw new RaftoralError('SHUTTING_DOWN', `node ${this.calls.nodeId} is shutting down; ask another node`);
  }
}

/** A node that others count on can not become a client by its options. */
function countedOn(nodeId: number, stored: readonly number[]): RaftoralError {
  return new RaftoralError(
    'INVALID_CONFIGURATION',
    `RaftoralModule: management.role: the files of node ${nodeId} hold clusters ${stored.join(', ')}, and a client is a member of none: the others would wait for its votes, and what it stores would be lost to them. Let it leave first (raftoral leave), and start with an empty folder; or take the role out.`,
    { details: { option: 'management.role', clusters: [...stored] } },
  );
}
