/**
 * How this node comes by its identity and its membership, made of the module's options and parts.
 */
import type { Clock } from './cluster/clock.js';
import { NodeMembership } from './cluster/joining/node-membership.js';
import type { Logger } from './cluster/logger.js';
import type { Random } from './cluster/random.js';
import type { RaftoralSettings } from './interfaces/settings.js';
import type { NodeNotes } from './storage/node-notes.js';
import type { RaftStorage } from './storage/storage.js';
import type { NetworkTransport } from './transport/network-transport-port.js';

export interface NodeMembershipParts {
  readonly settings: RaftoralSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly storage: RaftStorage;
  readonly notes: NodeNotes;
}

export function nodeMembershipOf(parts: NodeMembershipParts, network: NetworkTransport): NodeMembership {
  const { settings, storage, notes, clock, random, logger } = parts;
  const { bootstrap, bootstrapExpect, seeds, votersMax, replaces, isStatic } = settings.cluster;
  const rejoinEmpty = settings.storage.type === 'sqlite' && settings.storage.rejoinEmpty;
  const deployment = isStatic ? '' : settings.deployment;
  return new NodeMembership({
    settings: {
      bootstrap,
      bootstrapExpect,
      seeds,
      votersMax,
      replaces,
      deployment,
      rejoinEmpty,
      isClient: settings.management?.role === 'client',
    },
    network,
    storage,
    notes,
    clock,
    random,
    logger,
    resolve: (seed) => network.resolve(seed),
  });
}
