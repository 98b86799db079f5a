/**
 * Changes of a group's own membership, as the cluster manager asks for them: carried out on the node that leads the group, one at a time for each group.
 *
 * S1. The group decides: what it refuses (lib/cluster/membership-rules.ts) rises to the manager, which looks again in its next round.
 * S2. Learners of cluster 0 are not watched by its group (docs/adr/0062): one that is to vote has to answer first, now. A majority that counts on a dead one could not even undo it.
 * S3. An answer that is lost costs nothing: the step is in the group's log or it is not, and the next observation shows which. One that is done by what the group's leader
 *     says is over, and holds up no other until its answer's deadline; one that is not may still be on its way.
 * Tests: group-steps.spec.ts.
 */
import type { RaftGroup } from '../cluster/group.js';
import { isDone, type MembershipOperation } from '../cluster/membership-rules.js';
import { RaftoralError } from '../errors/index.js';
import type { ManagementNode } from './node-port.js';
import type { GroupStep } from './placement/manager/view.js';
import { decodeStep, encodeStep, type LedGroup } from './request-codec.js';

export const STEP_METHOD = 'management.step';
export const ALIVE_METHOD = 'management.alive';

const ALIVE_TIMEOUT_MS = 1_000;

const MANAGEMENT_CLUSTER_ID = 0;
const NO_BYTES = new Uint8Array(0);

interface UnderWay {
  readonly step: GroupStep;
  /** Carried out by another node. */
  readonly isAsked: boolean;
}

export class GroupSteps {
  /** By cluster. */
  private readonly underWay = new Map<number, UnderWay>();

  constructor(
    private readonly node: ManagementNode,
    private readonly management: RaftGroup,
  ) {}

  start(): void {
    this.node.handle(ALIVE_METHOD, () => Promise.resolve(NO_BYTES));
    this.node.handle(STEP_METHOD, async (_from, body) => {
      await this.take(decodeStep(body));
      return NO_BYTES;
    });
  }

  /** Here, or asked for from here. */
  isUnderWay(clusterId: number): boolean {
    return this.underWay.has(clusterId);
  }

  /** S3. What a group's leader says of it, in answer to a question that was put after the step. */
  heard({ clusterId, isChanging, voters, learners }: LedGroup): void {
    const one = this.underWay.get(clusterId);
    if (one === undefined || !one.isAsked || isChanging) return;
    const confState = { voters: [...voters], votersOutgoing: [], learners: [...learners], learnersNext: [], autoLeave: false };
    if (isDone(operationOf(one.step), confState)) this.underWay.delete(clusterId);
  }

  /** Has it carried out by the node that leads the group. Rejects with the group's refusal, NOT_LEADER, NOT_MEMBER or OUTCOME_UNKNOWN. */
  async ask(leader: number, step: GroupStep, timeoutMs: number): Promise<void> {
    if (leader === this.node.nodeId) return this.take(step);
    await this.whileUnderWay({ step, isAsked: true }, () => this.node.request(leader, STEP_METHOD, encodeStep(step), timeoutMs));
  }

  private async take(step: GroupStep): Promise<void> {
    const { clusterId } = step;
    const group = this.groupOf(clusterId);
    if (group === undefined)
      throw new RaftoralError('NOT_MEMBER', `Node ${this.node.nodeId} hosts no cluster ${clusterId}; ask one of its members.`);
    if (!group.isLeader) {
      throw new RaftoralError('NOT_LEADER', `Node ${this.node.nodeId} does not lead cluster ${clusterId}; ask node ${group.leaderId}.`, {
        details: { leaderId: group.leaderId },
      });
    }
    await this.whileUnderWay({ step, isAsked: false }, async () => {
      if (clusterId === MANAGEMENT_CLUSTER_ID && step.operation !== 'add-learner') await this.hear(step);
      await carryOut(group, step);
    });
  }

  /** S2. */
  private async hear({ node, operation }: GroupStep): Promise<void> {
    if (operation === 'remove' || operation === 'demote' || node === this.node.nodeId) return;
    try {
      await this.node.request(node, ALIVE_METHOD, NO_BYTES, ALIVE_TIMEOUT_MS);
    } catch (cause) {
      throw new RaftoralError('MEMBERSHIP_REFUSED', `Cluster 0: node ${node}, that is to vote, does not answer; look again when it does.`, {
        cause,
        details: { reason: 'lagging', node },
      });
    }
  }

  private groupOf(clusterId: number): RaftGroup | undefined {
    if (clusterId === MANAGEMENT_CLUSTER_ID) return this.management;
    return this.node.groups().find(({ group }) => group.groupId === clusterId)?.group;
  }

  private async whileUnderWay(one: UnderWay, work: () => Promise<unknown>): Promise<void> {
    const { clusterId } = one.step;
    if (this.underWay.has(clusterId)) {
      throw new RaftoralError(
        'MEMBERSHIP_REFUSED',
        `Cluster ${clusterId}: another step of its membership is under way; look again when it has ended.`,
        {
          details: { reason: 'under-way' },
        },
      );
    }
    this.underWay.set(clusterId, one);
    try {
      await work();
    } finally {
      if (this.underWay.get(clusterId) === one) this.underWay.delete(clusterId);
    }
  }
}

function operationOf(step: GroupStep): MembershipOperation {
  const { node } = step;
  if (step.operation === 'replace' || step.operation === 'exchange') return { type: step.operation, node, lost: step.lost };
  return { type: step.operation, node };
}

function carryOut(group: RaftGroup, step: GroupStep): Promise<void> {
  switch (step.operation) {
    case 'add-learner':
      return group.addLearner(step.node);
    case 'promote':
      return group.promote(step.node);
    case 'remove':
      return group.remove(step.node);
    case 'demote':
      return group.demote(step.node);
    case 'replace':
      return group.replace(step.lost, step.node);
    case 'exchange':
      return group.exchange(step.lost, step.node);
  }
}
