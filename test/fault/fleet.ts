/**
 * Several victims that are one cluster: boots them as a team would, and answers calls by whichever of them does. Owns their processes.
 *
 * E1. A call is sent again, with its request id, to another victim until one answers for good: what is in doubt is not an answer.
 * E2. Every victim has its own folder, port and environment, and keeps them over its restarts.
 * E3. A seat may be empty: of one that comes later, or is lost for good. Nobody is booted there unless by name.
 * E4. The next process of a seat may be loaded while the one before it lives: it begins at boot(), and counts as one that ran from then on.
 */
import { createServer } from 'node:net';
import type { SeededRandom } from '../../lib/testing/index.js';
import { sleep } from './fault-case.js';
import type { Machine } from './machine.js';
import type { NetworkSections, Request, SaidStatus, SaidTopology, VictimOptions } from './protocol.js';
import type { Boot, Target, Torture } from './torture.js';
import { Refused, VictimGone, type Victim } from './victim-process.js';

/** What says no more than "not now, not here". */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'OUTCOME_UNKNOWN',
  'NO_LEADER',
  'NOT_LEADER',
  'OVERLOADED',
  'NOT_MEMBER',
  'SHUTTING_DOWN',
  'WRONG_CLUSTER',
  'NO_ROUTE',
]);
const PATIENCE_MS = 90_000;
const PAUSE_MS = 20;
const LOOK_EVERY_MS = 25;
const RESULT_PATIENCE_MS = 2_500;
/** Who says nothing for so long may be paused: another one is asked. */
const ANSWER_WITHIN_MS = 5_000;
const AGREE_WITHIN_MS = 60_000;
export const PEER_SECRET = 'the peers of a cluster under torture';

export interface FleetOptions {
  readonly machine: Machine;
  readonly torture: Torture;
  readonly random: SeededRandom;
  readonly name: string;
  readonly members: readonly FleetMember[];
  readonly transport?: 'grpc' | 'http';
  /** Default: a secret. */
  readonly security?: NetworkSections['security'];
  readonly raft?: NetworkSections['raft'];
  /** Two layers. Default: cluster 1 alone. */
  readonly management?: NetworkSections['management'];
  /** Ids and first members are given, as of a build whose groups give out no ids. Default: they agree by themselves. */
  readonly isStatic?: boolean;
  /** What each victim runs until change() says otherwise. */
  readonly first?: Dress;
}

/** A build, and options of its victims. */
export interface Dress {
  /** Path of its victim.js; absent: this build. */
  readonly program?: string;
  readonly options?: Partial<VictimOptions>;
}

export interface FleetMember {
  /** `host:port` on which it listens. */
  readonly listen: string;
  /** Where the others reach it. Default: `listen`. */
  readonly advertise?: string;
  /** Where its folder lies now, asked at each start and look. Default: a new folder on the machine's own disk. */
  readonly storagePath?: () => string;
  readonly wrapper?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** It is not one of the first. */
  readonly isLater?: boolean;
}

interface Seat {
  readonly index: number;
  readonly member: FleetMember;
  readonly storagePath: () => string;
  victim: Victim | null;
  dress: Dress;
  /** It stands still: nobody asks it anything new. */
  isPaused: boolean;
  /** E3. */
  isEmpty: boolean;
  /** E4. */
  spare: { readonly victim: Victim; readonly boot: Boot } | null;
}

export class Fleet implements Target {
  readonly isGone = false;
  private readonly seats: Seat[];
  private readonly seeds: readonly string[];
  private readonly dead: Victim[] = [];

  constructor(private readonly options: FleetOptions) {
    const { machine, name, members } = options;
    this.seeds = members.filter(({ isLater }) => isLater !== true).map(({ listen, advertise }) => advertise ?? listen);
    this.seats = members.map((member, index) => ({
      index,
      member,
      storagePath: member.storagePath ?? folderOf(machine.newFolder(`${name}-${index + 1}`)),
      victim: null,
      dress: options.first ?? {},
      isPaused: false,
      isEmpty: member.isLater === true,
      spare: null,
    }));
  }

  /** Of seats that are not empty. */
  get indexes(): readonly number[] {
    return this.seats.filter(({ isEmpty }) => !isEmpty).map(({ index }) => index);
  }

  get size(): number {
    return this.indexes.length;
  }

  /** Victims that run, in any state. */
  get victims(): readonly Victim[] {
    return this.seats.flatMap(({ victim }) => (victim === null || victim.isGone ? [] : [victim]));
  }

  /** Every process that there ever was. */
  get all(): readonly Victim[] {
    return [...this.dead, ...this.seats.flatMap(({ victim }) => (victim === null ? [] : [victim]))];
  }

  get log(): string {
    return this.seats.map(({ index, victim }) => `--- victim ${index + 1}\n${victim?.log ?? 'never ran'}`).join('\n');
  }

  victim(index: number): Victim {
    return this.seats[index]!.victim!;
  }

  /** null: it has no process now. */
  pidOf(index: number): number | null {
    const { victim } = this.seats[index]!;
    return victim === null || victim.isGone ? null : victim.pid;
  }

  storagePath(index: number): string {
    return this.seats[index]!.storagePath();
  }

  /** Boots those that do not run, at once. Resolves when all are ready. */
  async bootAll(): Promise<void> {
    for (const { index, victim, isEmpty } of this.seats) if (!isEmpty && (victim === null || victim.isGone)) this.boot(index);
    await this.ready();
  }

  /** What its next victims run. */
  change(index: number, dress: Dress): void {
    this.seats[index]!.dress = dress;
  }

  /** E4. */
  prepare(...indexes: readonly number[]): void {
    for (const index of indexes) {
      const boot = this.bootOf(index);
      this.seats[index]!.spare ??= { victim: this.options.torture.prepare(boot), boot };
    }
  }

  /** Not ready yet. */
  boot(index: number): Victim {
    const seat = this.seats[index]!;
    seat.isEmpty = false;
    if (seat.victim !== null) this.dead.push(seat.victim);
    const boot = this.bootOf(index);
    const { spare } = seat;
    seat.spare = null;
    if (spare === null) return (seat.victim = this.options.torture.boot(boot));
    if (JSON.stringify(spare.boot) !== JSON.stringify(boot))
      throw new Error(`what seat ${index} is to run has changed since it was prepared`);
    spare.victim.begin();
    return (seat.victim = spare.victim);
  }

  private bootOf(index: number): Boot {
    const { transport, security, raft, management, isStatic, members } = this.options;
    const { member, storagePath, dress } = this.seats[index]!;
    const first = members.filter(({ isLater }) => isLater !== true).length;
    const seeds = this.seeds.filter((_, other) => other !== index);
    const network: NetworkSections = {
      cluster: isStatic === true ? { members: this.seats.map((each) => each.index + 1), seeds } : { bootstrapExpect: first, seeds },
      transport: {
        type: transport ?? 'grpc',
        listen: member.listen,
        ...(member.advertise === undefined ? {} : { advertise: member.advertise }),
      },
      security: security ?? { peerSecret: PEER_SECRET },
      requestTimeoutMs: 2_000,
      shutdown: { drainTimeoutMs: 2_000 },
      ...(raft === undefined ? {} : { raft }),
      ...(management === undefined ? {} : { management }),
    };
    return {
      storagePath: storagePath(),
      options: { ...dress.options, nodeId: index + 1, network },
      ...(dress.program === undefined ? {} : { program: dress.program }),
      ...(member.wrapper === undefined ? {} : { wrapper: member.wrapper }),
      ...(member.environment === undefined ? {} : { environment: member.environment }),
    };
  }

  async ready(): Promise<void> {
    for (const victim of this.victims) {
      try {
        await victim.ready;
      } catch (error) {
        throw new Error(`a node did not get ready: ${(error as Error).message}\n${this.log}`, { cause: error });
      }
    }
  }

  /** kill -9 of these, at once. */
  async kill(...indexes: readonly number[]): Promise<void> {
    await Promise.all(indexes.map((index) => this.victim(index).kill()));
    for (const index of indexes) this.seats[index]!.isPaused = false;
  }

  /** kill -9, and it never comes back (E3). */
  async lose(index: number): Promise<void> {
    this.seats[index]!.isEmpty = true;
    await this.kill(index);
  }

  /** SIGSTOP. What it was asked before waits for it. */
  pause(index: number): void {
    this.seats[index]!.isPaused = true;
    process.kill(this.victim(index).pid, 'SIGSTOP');
  }

  resume(index: number): void {
    process.kill(this.victim(index).pid, 'SIGCONT');
    this.seats[index]!.isPaused = false;
  }

  /** E1. */
  async call(request: Request): Promise<unknown> {
    const sent: Request = request.op === 'result' ? { ...request, timeoutMs: RESULT_PATIENCE_MS } : request;
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const ready = this.seats.flatMap(({ victim, isPaused }) => (victim?.isReady === true && !victim.isGone && !isPaused ? [victim] : []));
      try {
        if (ready.length === 0) throw new VictimGone('no victim is ready');
        return await within(this.options.random.pick(ready).call(sent), ANSWER_WITHIN_MS);
      } catch (error) {
        const isElsewhere = error instanceof VictimGone || (error instanceof Refused && ELSEWHERE.has(error.code));
        if (!isElsewhere || performance.now() > endMs) throw error;
      }
      await sleep(PAUSE_MS);
    }
  }

  /** Of those that answer. */
  statuses(): Promise<Array<SaidStatus & { readonly index: number }>> {
    return this.asked<SaidStatus>('status');
  }

  /** Of those that answer. */
  topologies(): Promise<Array<SaidTopology & { readonly index: number }>> {
    return this.asked<SaidTopology>('topology');
  }

  private async asked<Said>(op: 'status' | 'topology'): Promise<Array<Said & { readonly index: number }>> {
    const asked = this.seats.map(async ({ index, victim }) => {
      if (victim === null || victim.isGone || !victim.isReady) return null;
      try {
        return { index, ...((await victim.call({ op })) as Said) };
      } catch (error) {
        if (error instanceof VictimGone || error instanceof Refused) return null;
        throw error;
      }
    });
    return (await Promise.all(asked)).filter((status) => status !== null);
  }

  /** The seat of who leads, as a majority sees it; null if no majority does. */
  async leader(): Promise<number | null> {
    const statuses = await this.statuses();
    for (const { nodeId, index } of statuses)
      if (statuses.filter(({ leaderId }) => leaderId === nodeId).length * 2 > this.seats.length) return index;
    return null;
  }

  /** Resolves when one leader is followed by all; throws when that takes too long. */
  async follow(): Promise<void> {
    await this.agree(false);
  }

  /** Resolves when every node has applied what any of them had at the call; throws when that takes too long. */
  async caughtUp(): Promise<void> {
    const endMs = performance.now() + AGREE_WITHIN_MS;
    const atCall = Math.max(...(await this.statuses()).map(({ appliedIndex }) => appliedIndex));
    for (;;) {
      const statuses = await this.statuses();
      if (statuses.length === this.seats.length && statuses.every(({ appliedIndex }) => appliedIndex >= atCall)) return;
      if (performance.now() > endMs) throw new Error(`not all have applied ${atCall}: ${JSON.stringify(statuses)}\n${this.log}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Resolves when one leader is followed by all, and all have applied the same; throws when that takes too long. Under load use follow(). */
  async agree(haveAppliedAll = true): Promise<void> {
    const endMs = performance.now() + AGREE_WITHIN_MS;
    for (;;) {
      const statuses = await this.statuses();
      const [first] = statuses;
      const isOne =
        first !== undefined &&
        statuses.length === this.seats.length &&
        first.leaderId !== 0 &&
        statuses.every(({ leaderId, failure, appliedIndex }) => {
          return leaderId === first.leaderId && failure === null && (!haveAppliedAll || appliedIndex === first.appliedIndex);
        });
      if (isOne) return;
      if (performance.now() > endMs) throw new Error(`they do not agree: ${JSON.stringify(statuses)}\n${this.log}`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}

function folderOf(path: string): () => string {
  return () => path;
}

async function within<T>(answer: Promise<T>, ms: number): Promise<T> {
  answer.catch(() => undefined); // whoever waits no more hears nothing
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new VictimGone(`no answer within ${ms} ms`)), ms)));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ports on the loopback interface that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
  return ports;
}
