/**
 * What nodes of role `client` ask of the members of cluster 0, as they are no members themselves: that the topology says what they are, and, when they leave, that it forgets them
 * (docs/adr/0073).
 *
 * K1. A client speaks for itself: whose call it is, the transport has proved.
 * K2. What is so already costs no entry, so that a client may say it again and again.
 * K3. Who is not known here is looked up with a read index first: this replica may be behind. Who was removed hears so, NODE_LEFT.
 * Tests: client-desk.spec.ts, test/e2e/two-layers-client.spec.ts.
 */
import type { RaftGroup } from '../cluster/group.js';
import { RaftoralError } from '../errors/index.js';
import { encodeTopologyCommand } from './command-codec.js';
import { TopologyKind, type TopologyCommand } from './command.js';
import type { ManagementNode } from './node-port.js';
import { decodeInfo } from './request-codec.js';
import type { NodeView, TopologyAnswer, TopologyView } from './state.js';

/** Body: the info of the caller. Answered once the topology has it. */
export const CLIENT_INFO_METHOD = 'management.client-info';
/** Answered once the caller is forgotten. */
export const CLIENT_LEAVE_METHOD = 'management.client-leave';

const STEP_TIMEOUT_MS = 5_000;
const NO_BYTES = new Uint8Array(0);

export interface ClientDeskParts {
  readonly node: Pick<ManagementNode, 'handle'>;
  readonly group: Pick<RaftGroup<TopologyAnswer>, 'propose' | 'readIndex'>;
  readonly topology: () => TopologyView;
}

export class ClientDesk {
  constructor(private readonly parts: ClientDeskParts) {}

  start(): void {
    const { node } = this.parts;
    node.handle(CLIENT_INFO_METHOD, (from, body) => this.hear(from, body));
    node.handle(CLIENT_LEAVE_METHOD, (from) => this.forget(from));
  }

  private async hear(from: number, body: Uint8Array): Promise<Uint8Array> {
    const info = decodeInfo(body);
    const known = await this.find(from);
    if (known === null) throw removed(from);
    if (info.role !== 'client') throw noClient(from, info.role);
    // A higher incarnation is another process under this id: this one does not speak over it (D2 of node-duty.ts).
    if (known.info.incarnation <= info.incarnation && JSON.stringify(known.info) !== JSON.stringify(info))
      await this.send({ kind: TopologyKind.SET_NODE_INFO, node: from, info });
    return NO_BYTES;
  }

  private async forget(from: number): Promise<Uint8Array> {
    const known = await this.find(from);
    if (known === null) return NO_BYTES;
    if (known.info.role !== 'client') throw noClient(from, known.info.role);
    const decidedOn = (): number => this.parts.topology().version;
    await this.send({ kind: TopologyKind.SET_NODE_STATE, node: from, state: 'draining', decidedOn: decidedOn() });
    await this.send({ kind: TopologyKind.REMOVE_NODE, node: from, decidedOn: decidedOn() });
    return NO_BYTES;
  }

  /** K3. null: it was one, and is none any more. */
  private async find(node: number): Promise<NodeView | null> {
    const { group, topology } = this.parts;
    if (topology().nodes.get(node) === undefined) await group.readIndex({ deadlineMs: STEP_TIMEOUT_MS });
    const { nodes, nodeIdHighest, deployment } = topology();
    const known = nodes.get(node);
    if (known !== undefined) return known.state === 'left' ? null : known;
    if (deployment !== '' && node <= nodeIdHighest) return null;
    throw new RaftoralError('TOPOLOGY_REFUSED', `Node ${node} has no place in the topology: its id was not given out by this deployment.`, {
      details: { reason: 'unknown-node' },
    });
  }

  private async send(command: TopologyCommand): Promise<void> {
    const { group, topology } = this.parts;
    const { result } = await group.propose(encodeTopologyCommand(command, topology().codecLevel), { deadlineMs: STEP_TIMEOUT_MS });
    if (!result.ok) throw new RaftoralError(result.code, result.message, { details: { reason: result.reason, version: result.version } });
  }
}

function removed(node: number): RaftoralError {
  return new RaftoralError('NODE_LEFT', `Node ${node} was removed from the topology, and its id is never used again.`, {
    details: { nodeId: node },
  });
}

function noClient(node: number, role: string): RaftoralError {
  return new RaftoralError('INVALID_ARGUMENT', `Node ${node} is of role ${role}: what it is, it says as a member of cluster 0.`, {
    details: { role },
  });
}
