/**
 * What a node answers to those who join, at every stage of its own life: introductions, votes, ids, admissions.
 *
 * D1. It answers from the moment the transport listens; what it can not answer yet is NOT_MEMBER, a retryable answer.
 * D2. Ids are given out by the group itself (R42): a token has one id, whichever member is asked.
 * D3. Admission is level-triggered: each call looks what the caller is, and takes the next step towards a voter, or a learner where there are enough
 *     voters. It may be repeated at any time, at any member; the leader takes the steps, one at a time.
 * D4. A member that was removed is refused for good. A node that takes the place of a lost one takes it in one change of the voters.
 * D5. A volatile node that comes back under a new id at the same address takes the place of what it was, once that counts as down.
 * D6. In a deployment of two layers the group is the management cluster: a node is taken in as a learner of it, and that is all. Who votes there, whose places are
 *     taken, and who hosts what, is the cluster manager's matter. A node of role `client` gets an id, and is taken in nowhere (docs/adr/0073).
 * Tests: test/cluster/joining.spec.ts.
 */
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import type { NetworkTransport, PeerIdentity } from '../../transport/network-transport-port.js';
import type { RaftGroup } from '../group.js';
import type { Logger } from '../logger.js';
import { isMember } from '../membership-rules.js';
import type { BootstrapAgreement } from './bootstrap-agreement.js';
import type { Contacts } from './contacts.js';
import {
  BOOTSTRAP_OUTCOME,
  BOOTSTRAP_VOTE,
  CallReader,
  JOIN_ADMIT,
  JOIN_RESERVE,
  JOIN_STANDING,
  NODE_HELLO,
  type CallBody,
  type JoinedGroup,
  type NodeIdentity,
} from './joining-port.js';
import { introduce, readIntroduction, type Meeting } from './meeting.js';

/** A member's own part of a call; the caller waits a little longer. */
export const STEP_TIMEOUT_MS = 8_000;
/** Refusals of a membership change that pass. */
const PASSING = ['under-way', 'lagging', 'no-quorum', 'codec-level', 'already', 'unknown-node'];

export type Standing = 'voter' | 'learner' | 'removed' | 'none';

interface AdmissionRequest {
  readonly nodeId: number;
  /** 0: nobody's place. */
  readonly replaces: number;
  readonly votersMax: number;
  readonly isVolatile: boolean;
  readonly address: string;
}

export interface JoinDeskOptions {
  readonly network: NetworkTransport;
  readonly meeting: Meeting;
  readonly contacts: Contacts;
  readonly logger: Logger;
  readonly votersMax: number;
  readonly expect: number;
  readonly ballotId: () => string;
}

export class JoinDesk {
  /** Takes part in a bootstrap while it is set. */
  agreement: BootstrapAgreement | null = null;
  private identity: NodeIdentity | null = null;
  private joined: JoinedGroup | null = null;
  private admissions: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: JoinDeskOptions) {}

  /** Before the transport listens. */
  open(): void {
    const { network } = this.options;
    network.handle(NODE_HELLO, async (_, body) => this.hello(body));
    network.handle(BOOTSTRAP_VOTE, async (from, body) =>
      this.agreement === null ? { granted: false, reason: 'it takes part in no bootstrap', known: [] } : this.agreement.vote(from, body),
    );
    network.handle(BOOTSTRAP_OUTCOME, async (_, body) => this.outcome(body));
    network.handle(JOIN_RESERVE, (_, body) => this.reserve(body));
    network.handle(JOIN_ADMIT, (from, body) => this.admit(from, body));
    network.handle(JOIN_STANDING, (from, body) => this.standing(from, body));
  }

  /** From now on this process has an identity. */
  identified(identity: NodeIdentity): void {
    this.identity = identity;
    this.agreement = null;
  }

  /** From now on this node hosts the group, as a member or not yet. */
  hosts(joined: JoinedGroup): void {
    this.joined = joined;
    joined.group.handle(JOIN_ADMIT, async (_, body) => encode(await this.admitHere(readAdmission(decode(body)))));
  }

  introduction(): CallBody {
    const { network, contacts, expect, ballotId } = this.options;
    const stage = this.identity === null ? 'fresh' : this.isMember() ? 'member' : 'joining';
    const takesPart = stage === 'fresh' && this.agreement !== null;
    return introduce(
      {
        processId: network.processId,
        stage,
        ballotId: takesPart ? ballotId() : '',
        expect: takesPart ? expect : 0,
        address: network.advertised,
        known: contacts.known().slice(-64),
      },
      this.identity,
    );
  }

  private hello(body: CallBody): CallBody {
    const other = readIntroduction(body);
    this.options.meeting.note(other);
    this.options.contacts.learn([other.address, ...other.known]);
    return this.introduction();
  }

  /** A vote is only free where it is certain that nothing was begun with it: not by who has an identity, nor by who has not read its own note yet. */
  private outcome(body: CallBody): CallBody {
    if (this.agreement !== null) return this.agreement.outcome(body);
    if (this.identity !== null) return { outcome: 'began' };
    return { outcome: this.options.expect > 0 ? 'pending' : 'unknown' };
  }

  private async reserve(body: CallBody): Promise<CallBody> {
    const read = new CallReader(JOIN_RESERVE, body);
    const [token, wanted] = [read.id('token'), read.id('deployment')];
    if (token === '') throw new RaftoralError('INVALID_ARGUMENT', `${JOIN_RESERVE}: token is empty; give a uuid`);
    const { joined, identity } = this.member();
    if (wanted !== '' && wanted !== identity.deployment) {
      throw new RaftoralError(
        'JOIN_REFUSED',
        `this is deployment ${identity.deployment}, and the node that joins is configured for ${wanted}; change the option deployment, or the seeds`,
        { details: { reason: 'deployment', deployment: identity.deployment } },
      );
    }
    const { network } = this.options;
    const above = Math.max(0, ...network.addresses().map(({ nodeId }) => nodeId));
    const isClient = body['isClient'] !== undefined && read.flag('isClient');
    if (isClient && joined.layers === 1)
      throw new RaftoralError(
        'NOT_MEMBER',
        'this deployment has cluster 1 alone, and clients need a management cluster: give the option management to its nodes',
      );
    const nodeId = await joined.reserve({ token, above, isClient }, STEP_TIMEOUT_MS);
    // A build that knows no clients does not say so, and has given the id to a node that it takes for another member.
    const role = isClient ? { isClient } : {};
    return { nodeId, deployment: identity.deployment, nodes: network.addresses(), ...saidLayers(joined), ...role };
  }

  private async admit(from: PeerIdentity, body: CallBody): Promise<CallBody> {
    const request = readAdmission(body);
    if (from.nodeId !== request.nodeId)
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `${JOIN_ADMIT}: nodeId is ${request.nodeId}, and node ${from.nodeId} calls; a node asks for itself`,
      );
    const { group } = this.member().joined;
    if (group.isLeader) return this.admitHere({ ...request, address: from.address });
    if (group.leaderId === 0) throw noLeader(group);
    return decode(await group.request(group.leaderId, JOIN_ADMIT, encode({ ...request, address: from.address }), STEP_TIMEOUT_MS));
  }

  /** One after the other, so that two that are promoted at once do not both take the last place. */
  private admitHere(request: AdmissionRequest): Promise<CallBody> {
    const done = this.admissions.then(() => this.step(request));
    this.admissions = done.catch(() => undefined);
    return done;
  }

  private async step(request: AdmissionRequest): Promise<CallBody> {
    const { joined } = this.member();
    const { group } = joined;
    const { nodeId } = request;
    if (!group.isLeader) throw noLeader(group);
    await group.readIndex({ deadlineMs: STEP_TIMEOUT_MS });
    const { voters, learners } = group.membership;
    const isManaged = joined.layers === 2;
    if (voters.includes(nodeId)) return { standing: 'voter', isDone: true, progress: '', ...saidLayers(joined) };
    if (joined.wasRemoved(nodeId)) {
      await untilGone(group, nodeId);
      throw removedForGood(nodeId);
    }
    if (isManaged && learners.includes(nodeId)) return { standing: 'learner', isDone: true, progress: '', ...saidLayers(joined) };
    try {
      const lost = isManaged ? 0 : this.placeOf(request, group);
      if (lost !== 0 && group.livePeers().includes(lost)) return pending(`waits until node ${lost}, whose place it takes, counts as down`);
      if (lost !== 0 && voters.includes(lost)) {
        this.options.logger.log('info', `node ${nodeId} takes the place of node ${lost}`);
        await group.replace(lost, nodeId);
        return { standing: 'voter', isDone: true, progress: '', ...saidLayers(joined) };
      }
      if (lost !== 0) await group.remove(lost);
      if (!learners.includes(nodeId)) {
        this.options.logger.log('info', `node ${nodeId} joins from ${request.address}`);
        await group.addLearner(nodeId);
        return pending('is a learner, and waits until it has caught up');
      }
      if (group.membership.voters.length >= Math.min(request.votersMax, this.options.votersMax))
        return { standing: 'learner', isDone: true, progress: '', ...saidLayers(joined) };
      await group.promote(nodeId);
      return { standing: 'voter', isDone: true, progress: '', ...saidLayers(joined) };
    } catch (error) {
      if (isRaftoralError(error, 'MEMBERSHIP_REFUSED') && PASSING.includes(String(error.details['reason']))) return pending(error.message);
      throw error;
    }
  }

  /** The member whose place the node takes; 0: nobody's. */
  private placeOf({ nodeId, replaces, isVolatile, address }: AdmissionRequest, group: RaftGroup): number {
    if (replaces !== 0) return isMember(group.membership, replaces) ? replaces : 0;
    if (!isVolatile || address === '') return 0;
    const before = this.options.network
      .addresses()
      .find((other) => other.nodeId !== nodeId && other.address === address && isMember(group.membership, other.nodeId));
    return before?.nodeId ?? 0;
  }

  private async standing(from: PeerIdentity, body: CallBody): Promise<CallBody> {
    const nodeId = new CallReader(JOIN_STANDING, body).integer('nodeId', 1);
    if (from.nodeId !== nodeId)
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `${JOIN_STANDING}: nodeId is ${nodeId}, and node ${from.nodeId} calls; a node asks for itself`,
      );
    const { group, wasRemoved } = this.memberGroup();
    await group.readIndex({ deadlineMs: STEP_TIMEOUT_MS });
    const { voters, learners } = group.membership;
    if (wasRemoved(nodeId)) await untilGone(group, nodeId);
    const standing: Standing = voters.includes(nodeId)
      ? 'voter'
      : learners.includes(nodeId)
        ? 'learner'
        : wasRemoved(nodeId)
          ? 'removed'
          : 'none';
    return { standing };
  }

  private memberGroup(): { readonly group: RaftGroup; readonly wasRemoved: (nodeId: number) => boolean } {
    const { joined } = this.member();
    return { group: joined.group, wasRemoved: (nodeId) => joined.wasRemoved(nodeId) };
  }

  private isMember(): boolean {
    const { joined, identity } = this;
    return joined !== null && identity !== null && isMember(joined.group.membership, identity.nodeId);
  }

  private member(): { readonly joined: JoinedGroup; readonly identity: NodeIdentity } {
    const { joined, identity } = this;
    if (joined !== null && identity !== null && this.isMember()) return { joined, identity };
    throw new RaftoralError(
      'NOT_MEMBER',
      `the process at ${this.options.network.advertised} is no member of a cluster yet; ask another, or wait`,
    );
  }
}

function readAdmission(body: CallBody): AdmissionRequest {
  const read = new CallReader(JOIN_ADMIT, body);
  return {
    nodeId: read.integer('nodeId', 1),
    replaces: read.integer('replaces'),
    votersMax: read.integer('votersMax'),
    isVolatile: read.flag('isVolatile'),
    address: read.address('address'),
  };
}

/** Said only where there are two: whoever knows one only is answered as ever. */
function saidLayers({ layers }: JoinedGroup): CallBody {
  return layers === 2 ? { layers } : {};
}

function pending(progress: string): CallBody {
  return { standing: 'none', isDone: false, progress };
}

/** That a node was removed is said once the others can do without it (docs/adr/0060): the removal, asked for again, is refused then, and not before. */
async function untilGone(group: RaftGroup, nodeId: number): Promise<void> {
  if (isMember(group.membership, nodeId)) return;
  try {
    await group.remove(nodeId);
  } catch (error) {
    if (!isRaftoralError(error, 'MEMBERSHIP_REFUSED') || error.details['reason'] !== 'unknown-node') throw error;
  }
}

function noLeader(group: RaftGroup): RaftoralError {
  return new RaftoralError('NO_LEADER', `group ${group.groupId} has no leader that node ${group.nodeId} knows of; retry`);
}

export function removedForGood(nodeId: number): RaftoralError {
  return new RaftoralError(
    'JOIN_REFUSED',
    `node ${nodeId} was removed from its cluster, and its id is never used again; start it with an empty folder, or with rejoinEmpty, and it joins under a new id`,
    { details: { reason: 'removed', nodeId } },
  );
}

function encode(body: CallBody | AdmissionRequest): Uint8Array {
  return Buffer.from(JSON.stringify(body), 'utf8');
}

function decode(body: Uint8Array): CallBody {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as CallBody;
  } catch {
    throw new RaftoralError('MALFORMED_FRAME', `${JOIN_ADMIT}: what a member passed on is not JSON`);
  }
}
