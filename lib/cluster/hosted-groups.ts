/**
 * The groups that a host drives: opened, closed and destroyed while the host runs. Owns both maps: engines for the turn loop, faces for everybody else.
 *
 * H1. A group is on this node once. One that is being closed is opened again only behind that.
 * H2. A closed group leaves its rows, as a stop of the node does: votes and log are there when it is opened again. It is out of the maps only once the storage
 *     has answered everything that it was given, so that no late write meets its successor.
 * H3. A destroyed group leaves nothing. Its id is not used again by whoever destroys it (R42).
 * Tests: test/cluster/closed-groups.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import type { StateMachine } from '../state-machine/index.js';
import type { RaftStorage } from '../storage/storage.js';
import { GroupEngine, type GroupParts } from './group-engine.js';
import { openRows, openWhole } from './group-loader.js';
import type { HostedGroup, HostServices } from './host-services.js';
import { RaftNode } from './raft-node.js';
import { withRows } from './whole-rows.js';

export interface GroupOptions<Result> {
  readonly groupId: number;
  /** A fresh one; what is stored is put into it. */
  readonly stateMachine: StateMachine<Result>;
  /** The first membership: voters, the same list on every one of them. Ignored if the storage knows the group. */
  readonly members?: readonly number[];
  /** True: this node is in no first membership, and waits to be added. */
  readonly join?: boolean;
  /** Time until the next timer of the state machine, ms, Infinity for none: a hibernating group is woken by then. */
  readonly nextDeadlineMs?: () => number;
}

export interface HostedGroupsContext {
  readonly nodeId: number;
  readonly storage: RaftStorage;
  readonly services: () => HostServices;
  /** Throws if the host can not open a group now. */
  check(): void;
  /** What was given to the storage until now is answered; null: it is already. */
  written(): Promise<void> | null;
  /** A group came. It is awake. */
  opened(group: HostedGroup): void;
  /** A group went. */
  closed(): void;
}

export class HostedGroups {
  readonly engines = new Map<number, HostedGroup>();
  readonly nodes = new Map<number, RaftNode<unknown>>();
  private readonly opening = new Set<number>();
  private readonly closing = new Map<number, Promise<void>>();

  constructor(private readonly context: HostedGroupsContext) {}

  async create<Result>(options: GroupOptions<Result>): Promise<RaftNode<Result>> {
    const { nodeId, services, check, opened } = this.context;
    const { groupId } = options;
    check();
    await this.closed(groupId);
    if (this.engines.has(groupId) || this.opening.has(groupId))
      throw new RaftoralError('INVALID_CONFIGURATION', `group ${groupId} exists on node ${nodeId}; create it once`);
    this.opening.add(groupId);
    let parts: GroupParts<Result>;
    try {
      parts = await this.open(options);
    } finally {
      this.opening.delete(groupId);
    }
    check();
    const engine = new GroupEngine<Result>(parts, services());
    const node = new RaftNode<Result>(engine);
    this.engines.set(groupId, engine);
    this.nodes.set(groupId, node as unknown as RaftNode<unknown>);
    opened(engine);
    engine.begin();
    return node;
  }

  /** H2. Its callers and waiters get NOT_MEMBER. Resolves once it may be opened again; at once if it is not open. */
  close(groupId: number): Promise<void> {
    return this.closing.get(groupId) ?? this.end(groupId, () => Promise.resolve());
  }

  /** H3. Also of a group that is not open. */
  destroy(groupId: number): Promise<void> {
    return this.end(groupId, () => this.context.storage.destroyGroup(groupId));
  }

  /** H1. Behind the closing that is under way there may be a destruction by then. */
  private async closed(groupId: number): Promise<void> {
    for (let ending = this.closing.get(groupId); ending !== undefined; ending = this.closing.get(groupId)) await ending;
  }

  /** Known as closing from now on, so that who opens it waits for this too. */
  private end(groupId: number, after: () => Promise<void>): Promise<void> {
    const before = this.closing.get(groupId);
    const ending = before === undefined ? this.endNow(groupId, after) : before.then(() => this.endNow(groupId, after));
    const ended = ending.finally(() => {
      if (this.closing.get(groupId) === ended) this.closing.delete(groupId);
    });
    this.closing.set(groupId, ended);
    return ended;
  }

  private async endNow(groupId: number, after: () => Promise<void>): Promise<void> {
    const { nodeId, services, written, closed } = this.context;
    try {
      const engine = this.engines.get(groupId);
      if (engine !== undefined) {
        engine.close(new RaftoralError('NOT_MEMBER', `group ${groupId} was closed on node ${nodeId}; ask another node`));
        await written();
        await engine.settle();
        this.engines.delete(groupId);
        this.nodes.delete(groupId);
        closed();
      }
      await after();
    } catch (error) {
      services().storageFailed(error);
      throw error;
    }
  }

  private async open<Result>({ groupId, stateMachine, members, join, nextDeadlineMs }: GroupOptions<Result>): Promise<GroupParts<Result>> {
    const { nodeId, storage, services } = this.context;
    const { compactionKeepEntries } = services().tuning;
    const group = { nodeId, groupId, storage, members, join, compactionKeepEntries };
    if (storage.state === null) return { groupId, stateMachine, nextDeadlineMs, rows: null, start: await openWhole(group) };
    const rows = withRows(stateMachine);
    return { groupId, stateMachine: rows, nextDeadlineMs, rows, start: await openRows(group, storage.state, rows) };
  }
}
