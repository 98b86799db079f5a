/**
 * Registers as the tenant of the first group.
 */
import type { RaftGroup } from '../../lib/cluster/group.js';
import type { KvService } from './kv-clients.js';
import { KvMachine, type PutResult } from './kv-machine.js';
import type { Sabotage, Tenancy, Tenant, TenantContext } from './world.js';

export class KvTenant implements Tenant<KvService> {
  constructor(private readonly sabotage: Sabotage = (_nodeId, machine) => machine) {}

  reference(): KvMachine {
    return new KvMachine();
  }

  install(context: TenantContext): Tenancy<KvService> {
    const machine = new KvMachine();
    const { oracle } = context.world;
    return {
      machine: oracle.observe(context.nodeId, this.sabotage(context.nodeId, machine)),
      start: (group: RaftGroup): KvService => ({ group: group as RaftGroup<PutResult>, machine }),
    };
  }
}
