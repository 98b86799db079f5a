/**
 * How a node that has left says so. By then it is no member of cluster 0 and can propose nothing there: it asks one that is.
 *
 * L1. A node speaks for itself alone: whose state is set is who asks, as the transport knows it.
 * L2. Apply decides: it refuses to call a node gone that is still a member of something. Until that is recorded, the node asks again.
 * L3. Who is not heard is silent, and no more: it is down after nodeDownAfter, and forgotten after nodeForgetAfter.
 * Source: docs/adr/0077. Tests: test/management/management.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
import { RaftoralError } from '../errors/index.js';
import { encodeTopologyCommand } from './command-codec.js';
import { TopologyKind } from './command.js';
import type { ManagementNode } from './node-port.js';
import type { TopologyAnswer, TopologyView } from './state.js';

export const LEFT_METHOD = 'management.left';

/** The other side gives up sooner. */
const ASK_TIMEOUT_MS = 3_000;
const PROPOSE_TIMEOUT_MS = 2_500;
const RETRY_AFTER_MS = 100;
const NO_BYTES = new Uint8Array(0);

export interface FarewellParts {
  readonly node: Pick<ManagementNode, 'nodeId' | 'request' | 'handle'>;
  readonly group: RaftGroup<TopologyAnswer>;
  readonly topology: () => TopologyView;
  readonly clock: Clock;
}

export class Farewell {
  private isStopped = false;

  constructor(private readonly parts: FarewellParts) {}

  start(): void {
    this.parts.node.handle(LEFT_METHOD, async (from) => {
      await this.record(from);
      return NO_BYTES;
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Resolves once the topology says that this node has left. Rejects with what the last one answered, after `timeoutMs` or once the node stops. */
  async say(timeoutMs: number): Promise<void> {
    const { node, clock } = this.parts;
    const until = clock.monotonic() + timeoutMs;
    let last: unknown = new RaftoralError('NO_LEADER', 'no other voter of cluster 0 is known');
    for (;;) {
      for (const voter of this.voters()) {
        try {
          await node.request(voter, LEFT_METHOD, NO_BYTES, ASK_TIMEOUT_MS);
          return;
        } catch (error) {
          last = error;
        }
        if (this.isStopped) throw last;
      }
      if (clock.monotonic() >= until) throw last;
      await new Promise<void>((resolve) => clock.setTimer(RETRY_AFTER_MS, resolve));
    }
  }

  /** The leader first, as far as it is known. */
  private voters(): number[] {
    const { node, group } = this.parts;
    const others = group.membership.voters.filter((voter) => voter !== node.nodeId);
    return others.sort((a, b) => Number(b === group.leaderId) - Number(a === group.leaderId));
  }

  /** L1, L2. */
  private async record(node: number): Promise<void> {
    const { group, topology } = this.parts;
    const { nodes, version, codecLevel } = topology();
    // Forgotten by now.
    if (!nodes.has(node)) return;
    const command = { kind: TopologyKind.SET_NODE_STATE, node, state: 'left', decidedOn: version } as const;
    const { result } = await group.propose(encodeTopologyCommand(command, codecLevel), { deadlineMs: PROPOSE_TIMEOUT_MS });
    if (!result.ok) throw new RaftoralError(result.code, result.message, { details: { reason: result.reason, version: result.version } });
  }
}
