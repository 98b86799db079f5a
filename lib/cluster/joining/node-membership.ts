/**
 * How this process comes by its identity, becomes a member, and ends as one: the order of the steps, and what is kept on disk of them.
 *
 * B1. An identity comes, in this order, from the configuration (static membership), the files, or, without files: `bootstrap`, `bootstrapExpect`, joining.
 * B2. Whoever is to begin a deployment looks first whether its seeds belong to one, and joins that instead.
 * B3. Promises of the beginning (the vote) are forgotten once the identity is in the files: an id is never used again with an empty folder (R42).
 * B4. Who was removed, or left, says so on disk, and does not come back under that id.
 * B5. Known addresses are written down when they change: a cache, so that a node whose seeds are gone finds the others again.
 * Source: docs/adr/0043. Tests: test/cluster/joining.spec.ts, test/cluster/bootstrap.spec.ts.
 */
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { BOOTSTRAP_NOTE, LEFT_NOTE, PEERS_NOTE, type NodeNotes } from '../../storage/node-notes.js';
import type { RaftStorage } from '../../storage/storage.js';
import type { NetworkTransport, NodeAddress } from '../../transport/network-transport-port.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { isMember } from '../membership-rules.js';
import type { Random } from '../random.js';
import { BootstrapAgreement } from './bootstrap-agreement.js';
import { BootstrapBallot } from './bootstrap-ballot.js';
import { Contacts, type ResolveAddress } from './contacts.js';
import { JoinDesk, type Standing } from './join-desk.js';
import { Joiner } from './joiner.js';
import { JoiningStop, NODE_HELLO, type JoinedGroup, type NodeIdentity } from './joining-port.js';
import { Meeting, readIntroduction } from './meeting.js';

/** Id of the node that begins a deployment. */
export const FIRST_NODE_ID = 1;
const HELLO_TIMEOUT_MS = 2_000;
/** A node without a leader for so long asks whether it still is a member, and again after so long. */
const STANDING_EVERY_MS = 5_000;
const SAME_PROGRESS_EVERY_MS = 30_000;

export interface MembershipSettings {
  readonly bootstrap: boolean;
  /** 0: no. */
  readonly bootstrapExpect: number;
  readonly seeds: readonly string[];
  readonly votersMax: number;
  /** 0: nobody. */
  readonly replaces: number;
  /** '' : any. */
  readonly deployment: string;
  readonly rejoinEmpty: boolean;
  /** It becomes a member of nothing. */
  readonly isClient?: boolean;
}

export interface NodeMembershipOptions {
  readonly settings: MembershipSettings;
  readonly network: NetworkTransport;
  readonly storage: Pick<RaftStorage, 'owner' | 'volatile'>;
  readonly notes: NodeNotes;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly resolve?: ResolveAddress;
}

export interface EstablishedIdentity extends NodeIdentity {
  /** It begins the deployment, as its only voter. */
  readonly isFirst: boolean;
  /** Of the deployment: 2 where there is a management cluster, which it joins then. */
  readonly layers: 1 | 2;
}

export class NodeMembership {
  readonly desk: JoinDesk;
  /** What it is at while it starts or joins; null once it has got there. */
  progress: string | null = null;
  private readonly stop: JoiningStop;
  private readonly meeting: Meeting;
  private readonly contacts: Contacts;
  private readonly joiner: Joiner;
  private ballot: BootstrapBallot | null = null;
  private isOpen = false;
  private peersToWrite: readonly NodeAddress[] | null = null;
  private isWritingPeers = false;
  private progressAt = 0;

  constructor(private readonly options: NodeMembershipOptions) {
    const { network, settings, clock, random, logger, resolve } = options;
    this.stop = new JoiningStop(clock);
    this.meeting = new Meeting(clock, network.processId);
    this.contacts = new Contacts({ network, seeds: settings.seeds, random, ...(resolve === undefined ? {} : { resolve }) });
    const progress = (text: string): void => this.say(text);
    this.joiner = new Joiner({ network, contacts: this.contacts, clock, random, stop: this.stop, progress });
    this.desk = new JoinDesk({
      network,
      meeting: this.meeting,
      contacts: this.contacts,
      logger,
      votersMax: settings.votersMax,
      expect: settings.bootstrapExpect,
      ballotId: () => this.ballot?.ballotId ?? '',
    });
  }

  /** Opens the listener: from now on this process answers, whatever it is by then. */
  async open(): Promise<void> {
    const { network, settings } = this.options;
    this.desk.open();
    this.isOpen = true;
    await network.listen();
    network.learnAddresses(await this.storedPeers());
    network.onAddressesChanged = (nodes) => this.peersChanged(nodes);
    network.setSeeds(settings.seeds);
  }

  /** B1. The identity in the files; null: there is none. Rejects with NODE_LEFT, STORAGE_FOREIGN, STORAGE_DAMAGED. */
  async found(): Promise<NodeIdentity | null> {
    const { storage, notes, settings } = this.options;
    const owner = (await storage.owner?.()) ?? null;
    if (owner === null) return null;
    if (settings.deployment !== '' && settings.deployment !== owner.deployment) {
      throw new RaftoralError(
        'STORAGE_FOREIGN',
        `the files are of deployment ${owner.deployment} (node ${owner.nodeId}), and this node is configured for ${settings.deployment}; give it its own folder`,
        { details: { found: { ...owner }, expected: { deployment: settings.deployment } } },
      );
    }
    if ((await notes.read(LEFT_NOTE)) === null) return { deployment: owner.deployment, nodeId: owner.nodeId };
    if (settings.rejoinEmpty) return null;
    throw new RaftoralError(
      'NODE_LEFT',
      `the files are of node ${owner.nodeId}, which left deployment ${owner.deployment} or was removed from it; start with an empty folder, or with rejoinEmpty, and join under a new id`,
      { details: { nodeId: owner.nodeId, deployment: owner.deployment } },
    );
  }

  /** B1, without files. Resolves when there is an identity, however long that takes; rejects when it can not be had, or with SHUTTING_DOWN. */
  async establish(): Promise<EstablishedIdentity> {
    const { settings, random, logger } = this.options;
    let deployment = settings.deployment;
    if (settings.bootstrap) {
      const existing = await this.lookForCluster();
      if (existing === null) return { deployment: deployment || random.uuid(), nodeId: FIRST_NODE_ID, isFirst: true, layers: 1 };
      logger.log('warn', `bootstrap: a seed is of deployment ${existing} already; this node joins it instead of beginning another`);
      deployment = existing;
    } else if (settings.bootstrapExpect > 0) {
      const agreement = await this.agree();
      if (agreement.type === 'begin') return { deployment: agreement.deployment, nodeId: FIRST_NODE_ID, isFirst: true, layers: 1 };
      deployment = agreement.deployment;
    }
    return this.reserve(deployment);
  }

  /** Another identity for a node whose files can not be used any more (`rejoinEmpty`). */
  async reserve(deployment: string): Promise<EstablishedIdentity> {
    const identity = await this.joiner.reserve(deployment, this.options.settings.isClient);
    this.say(`joins deployment ${identity.deployment} as node ${identity.nodeId}`);
    return { ...identity, isFirst: false };
  }

  /** The storage is open under this identity, and the transport runs. */
  async identified(identity: NodeIdentity): Promise<void> {
    const { notes } = this.options;
    this.desk.identified(identity);
    // B3.
    await notes.remove(BOOTSTRAP_NOTE);
    await notes.remove(LEFT_NOTE);
    this.ballot = null;
  }

  /** The first steps of a member, and its last: resolves, with the layers of the deployment, when the node is a voter, or a learner for good. */
  async admit(nodeId: number): Promise<1 | 2> {
    const { settings, storage, logger } = this.options;
    const { replaces, votersMax } = settings;
    const { standing, layers } = await this.joiner.admit({ nodeId, replaces, votersMax, isVolatile: storage.volatile });
    this.progress = null;
    logger.log('info', `node ${nodeId} is a ${standing} of ${layers === 2 ? 'the management cluster' : 'its cluster'}`);
    return layers;
  }

  /** Nothing to wait for any more. */
  arrived(): void {
    this.progress = null;
  }

  /**
   * Runs beside the node: a voter that was removed while it was away hears it from nobody, as its own log does not say so. Resolves with true if that is
   * what became of it, with false when the node stops.
   */
  async watchStanding(joined: () => JoinedGroup, nodeId: number): Promise<boolean> {
    try {
      for (let isAlone = false; ;) {
        await this.stop.pause(STANDING_EVERY_MS);
        const { group } = joined();
        const { voters } = group.membership;
        const wasAlone = isAlone;
        isAlone = group.leaderId === 0 && voters.some((voter) => voter !== nodeId);
        if (!isAlone || !wasAlone) continue;
        const standing: Standing | null = await this.joiner.standing(nodeId);
        if (standing === 'removed' && group.leaderId === 0) return true;
      }
    } catch (error) {
      if (isRaftoralError(error, 'SHUTTING_DOWN')) return false;
      throw error;
    }
  }

  /** B4. */
  async left(identity: NodeIdentity): Promise<void> {
    await this.options.notes.write(LEFT_NOTE, { format: 1, deployment: identity.deployment, nodeId: identity.nodeId });
  }

  /** Ends every wait with SHUTTING_DOWN. The transport is its owner's to stop. */
  close(): void {
    this.stop.stop();
    this.options.network.onAddressesChanged = null;
  }

  get isListening(): boolean {
    return this.isOpen;
  }

  isMember({ group }: JoinedGroup, nodeId: number): boolean {
    return isMember(group.membership, nodeId);
  }

  private async agree(): ReturnType<BootstrapAgreement['run']> {
    const { settings, network, notes, clock, random, logger } = this.options;
    this.ballot = await BootstrapBallot.open(notes, random.uuid());
    const agreement = new BootstrapAgreement({
      network,
      contacts: this.contacts,
      meeting: this.meeting,
      ballot: this.ballot,
      expect: settings.bootstrapExpect,
      deployment: settings.deployment,
      introduction: () => this.desk.introduction(),
      newDeployment: () => random.uuid(),
      clock,
      logger,
      stop: this.stop,
      progress: (text) => this.say(text),
    });
    this.desk.agreement = agreement;
    return agreement.run();
  }

  /** B2. One look: whoever does not answer is not there. */
  private async lookForCluster(): Promise<string | null> {
    const { network, settings } = this.options;
    for (const address of await this.contacts.all()) {
      try {
        const answer = readIntroduction(await network.call(address, NODE_HELLO, this.desk.introduction(), { timeoutMs: HELLO_TIMEOUT_MS }));
        this.meeting.note(answer);
      } catch (error) {
        if (!isRaftoralError(error)) throw error;
      }
    }
    return this.meeting.cluster(settings.deployment)?.deployment ?? null;
  }

  private async storedPeers(): Promise<NodeAddress[]> {
    let nodes: unknown;
    try {
      nodes = (await this.options.notes.read(PEERS_NOTE))?.['nodes'];
    } catch (error) {
      // A cache: without it the seeds are asked.
      this.options.logger.log('warn', `the known addresses can not be read: ${String(error)}`);
    }
    return Array.isArray(nodes) ? nodes.filter(isNodeAddress) : [];
  }

  private peersChanged(nodes: readonly NodeAddress[]): void {
    this.contacts.learn(nodes.map(({ address }) => address));
    this.peersToWrite = nodes;
    if (!this.isWritingPeers) void this.writePeers();
  }

  private async writePeers(): Promise<void> {
    this.isWritingPeers = true;
    while (this.peersToWrite !== null) {
      const nodes = this.peersToWrite;
      this.peersToWrite = null;
      try {
        await this.options.notes.write(PEERS_NOTE, { format: 1, nodes });
      } catch (error) {
        this.options.logger.log('warn', `the known addresses could not be written down: ${String(error)}`);
      }
    }
    this.isWritingPeers = false;
  }

  private say(text: string): void {
    const now = this.options.clock.monotonic();
    if (text === this.progress && now - this.progressAt < SAME_PROGRESS_EVERY_MS) return;
    this.progress = text;
    this.progressAt = now;
    this.options.logger.log('info', `this node ${text}`);
  }
}

function isNodeAddress(value: unknown): value is NodeAddress {
  if (typeof value !== 'object' || value === null) return false;
  const { nodeId, address, incarnation } = value as Partial<NodeAddress>;
  return Number.isSafeInteger(nodeId) && typeof address === 'string' && Number.isSafeInteger(incarnation);
}
