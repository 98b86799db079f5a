/** A deployment of two layers in real applications over gRPC on 127.0.0.1: the first node founds it, others join by its seeds. All of them are gone after close(). */
import type { INestApplicationContext, Type } from '@nestjs/common';
import { join } from 'node:path';
import { RAFTORAL_ADMINISTRATION, type NodeAdministration, type RaftoralModuleOptions } from '../../lib/index.js';
import { freePorts } from './cluster-processes.js';
import { NetworkApps, nodeOf } from './network-apps.js';

/** A machine that has other work too, and slots that move meanwhile. */
export const PATIENT = { timeoutMs: 60_000 } as const;

const MANAGED = { roundEveryMs: 50, nodeDownAfterMs: 60_000 } as const;
const POLL_MS = 20;
const PATIENCE_MS = 180_000;

export type NodeOptions = NonNullable<RaftoralModuleOptions['management']>;

export async function until(what: () => boolean, about: () => unknown = () => ''): Promise<void> {
  for (const endMs = Date.now() + PATIENCE_MS; !what();) {
    if (Date.now() > endMs) throw new Error(`it did not come to that: ${JSON.stringify(about())}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export const topologyOf = (app: INestApplicationContext) => nodeOf(app).management.topology;
export const clusterIdsOf = (app: INestApplicationContext): number[] =>
  (nodeOf(app).clusters?.all() ?? []).map(({ clusterId }) => clusterId);
export const administrationOf = (app: INestApplicationContext): NodeAdministration => app.get<NodeAdministration>(RAFTORAL_ADMINISTRATION);
/** Of the topology: each cluster with its members. */
export const membersOf = (app: INestApplicationContext): unknown =>
  [...topologyOf(app).clusters.values()].map(({ clusterId, members }) => [
    clusterId,
    ...members.map(({ node, state }) => `${node} ${state}`),
  ]);

export class TwoLayerApps {
  readonly apps = new NetworkApps();
  /** Members of cluster 0, in the order of their ids. */
  readonly nodes: INestApplicationContext[] = [];
  private ports: number[] = [];

  /** @param providers of every application, beside its workflows. */
  constructor(
    private readonly isOnDisk = false,
    private readonly providers: readonly Type[] = [],
  ) {}

  /** So many ports, all taken at once, so that none of them is given out twice. */
  async open(count: number): Promise<void> {
    this.ports = await freePorts(count);
  }

  /** The next node; the first founds the deployment. */
  async add(more: NodeOptions = {}, options: Partial<RaftoralModuleOptions> = {}): Promise<INestApplicationContext> {
    const app = await this.start(this.nodes.length, more, options);
    this.nodes.push(app);
    return app;
  }

  /** A node at a port of its own, which is no member of cluster 0 (role client): not among `nodes`. */
  start(at: number, more: NodeOptions = {}, options: Partial<RaftoralModuleOptions> = {}): Promise<INestApplicationContext> {
    return this.apps.boot(
      {
        cluster: at === 0 ? { bootstrap: true } : { seeds: this.addresses(0, 1) },
        transport: { type: 'grpc', listen: this.addresses(at)[0]! },
        management: { ...MANAGED, ...more },
        ...(this.isOnDisk ? { storage: { type: 'sqlite', path: this.folderOf(at) } } : {}),
        ...options,
      },
      this.providers,
    );
  }

  async again(at: number): Promise<INestApplicationContext> {
    await this.apps.stop(this.nodes[at]!);
    return (this.nodes[at] = await this.start(at));
  }

  addresses(...at: readonly number[]): string[] {
    return at.map((one) => `127.0.0.1:${this.ports[one]}`);
  }

  folderOf(at: number): string {
    return join(this.apps.folder, `node-${at + 1}`);
  }

  get topology() {
    return topologyOf(this.nodes[0]!);
  }

  async founded(): Promise<void> {
    const [first] = this.nodes;
    await until(() => nodeOf(first!).hasManagement && topologyOf(first!).deployment === nodeOf(first!).deployment);
  }

  /** Voters of a cluster as its members have them, once `size` of them host it. */
  async hosted(clusterId: number, size: number): Promise<INestApplicationContext[]> {
    const hosts = (): INestApplicationContext[] =>
      this.nodes.filter((app) => nodeOf(app).clusters?.get(clusterId)?.group.membership.voters.includes(nodeOf(app).nodeId) === true);
    await until(
      () => hosts().length === size,
      () => this.nodes.map((app) => [nodeOf(app).nodeId, clusterIdsOf(app), membersOf(app)]),
    );
    return hosts();
  }

  /** Six nodes, two clusters of three with half of the slots each, and no move under way. */
  async twoClusters(more: (at: number) => NodeOptions = () => ({}), options: Partial<RaftoralModuleOptions> = {}): Promise<void> {
    for (let at = 0; at < 6; at++) await this.add(more(at), options);
    await this.hosted(1, 3);
    await this.hosted(2, 3);
    const about = (): unknown => ({
      members: membersOf(this.nodes[0]!),
      slots: [...this.topology.clusters.keys()].map((id) => [id, this.topology.slots.countOf(id)]),
      moves: [...this.topology.moves.values()],
    });
    await until(() => this.topology.slots.countOf(2) === 2_048 && this.topology.moves.size === 0, about);
    // Every node knows it.
    const { version } = this.topology;
    await until(() => this.nodes.every((app) => topologyOf(app).version >= version));
  }

  async close(): Promise<void> {
    await this.apps.close();
  }
}
