/**
 * What a node is made of. Types only; raftoral.module.ts makes the parts, raftoral.node.ts uses them.
 */
import type { RequestForwarder } from './client/request-forwarder.js';
import type { Clock } from './cluster/clock.js';
import type { NodeIdentity } from './cluster/joining/joining-port.js';
import type { Logger } from './cluster/logger.js';
import type { Random } from './cluster/random.js';
import type { Scheduler } from './cluster/scheduler.js';
import type { RaftoralSettings } from './interfaces/settings.js';
import type { GroupFactory, NodeHost, ServiceFactory } from './raftoral.clusters.js';
import type { ManagementFactory } from './raftoral.management.js';
import type { NodeNotes } from './storage/node-notes.js';
import type { RaftStorage } from './storage/storage.js';
import type { Transport } from './transport/transport.js';

/** Makes the host once the node has an identity. */
export type HostFactory = (identity: NodeIdentity) => NodeHost;

export interface RaftoralNodeParts {
  readonly settings: RaftoralSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly transport: Transport;
  readonly storage: RaftStorage;
  readonly notes: NodeNotes;
  readonly makeHost: HostFactory;
  readonly makeGroup: GroupFactory;
  readonly makeService: ServiceFactory;
  readonly makeManagement: ManagementFactory;
  readonly forwarder: RequestForwarder;
}

export type NodePhase = 'starting' | 'joining' | 'running' | 'stopping' | 'stopped' | 'left';
