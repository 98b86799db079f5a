/**
 * Clients of registers on a group alone, without workflows: what the Raft shell promises by itself.
 *
 * K1. An acknowledged put is never lost, and is applied once, however often it was sent.
 * K2. Linearizable reads are linearizable (P6): a read sees every write that was acknowledged, and everything that any read saw, before it began; and in the end
 *     there is one order of all puts and reads that explains every answer.
 */
import type { Applied, RaftGroup } from '../../lib/cluster/group.js';
import type { SeededRandom } from '../../lib/testing/seeded-random.js';
import { registerModel, type RegisterInput } from '../support/linearizability-models.js';
import { HistoryRecorder } from '../support/linearizability-recorder.js';
import { checkByKey, explain } from '../support/linearizability.js';
import type { Journal } from './journal.js';
import { encodePut, type KvMachine, type PutResult } from './kv-machine.js';
import { Violation } from './violation.js';

const KEYS = ['a', 'b', 'c'];
const PATIENCE_MS = 700;

export interface KvService {
  readonly group: RaftGroup<PutResult>;
  readonly machine: KvMachine;
}

/** What the clients need of the world around their group. */
export interface KvSurroundings {
  readonly plan: { readonly clients: number; readonly thinkMsMax: number };
  readonly random: SeededRandom;
  readonly journal: Journal;
  sleep(ms: number): Promise<void>;
  within<T>(promise: Promise<T>, ms: number): Promise<T>;
  pickLive(random: SeededRandom): Promise<{ readonly id: number; readonly service: KvService }>;
}

export class KvClients {
  puts = 0;
  reads = 0;
  /** Keys whose history was too hard to decide. */
  undecided = 0;
  private readonly history = new HistoryRecorder<RegisterInput, string>();
  /** Version that every read from now on must see, by key. */
  private readonly floor = new Map<string, number>();
  private readonly acknowledged = new Map<string, number>();
  private stopping = false;

  constructor(private readonly world: KvSurroundings) {}

  /** Resolves when every client has had an answer to its last call, after stop(). */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.world.plan.clients }, (_, i) => this.client(i + 1)));
  }

  stop(): void {
    this.stopping = true;
  }

  /** K1, on a node that has applied everything. */
  verify(machine: KvMachine): void {
    for (const [value, version] of this.acknowledged) {
      const key = value.split('/')[0]!;
      const register = machine.registers.get(key);
      if (register === undefined || register.version < version)
        throw new Violation('P1', `acknowledged put ${value} at ${version} is lost`);
      if (register.version === version && register.value !== value)
        throw new Violation('P1', `put ${value} was overwritten at its own index`);
    }
  }

  /** K2, once all clients have ended. */
  verifyHistory(): void {
    const verdict = checkByKey(registerModel, this.history.operations, ({ key }) => key);
    if (verdict.verdict === 'violated') throw new Violation('P6', explain(verdict));
    if (verdict.verdict === 'not decided') this.undecided++;
  }

  private async client(id: number): Promise<void> {
    const { world } = this;
    const random = world.random.fork(`client/${id}`);
    for (let sequence = 1; !this.stopping; sequence++) {
      const key = random.pick(KEYS);
      if (random.chance(0.6)) await this.put(id, sequence, key);
      else await this.read(id, key);
      await world.sleep(random.between(0, world.plan.thinkMsMax));
    }
  }

  private async put(client: number, sequence: number, key: string): Promise<void> {
    const { world } = this;
    const random = world.random.fork(`put/${client}/${sequence}`);
    const value = `${key}/${client}/${sequence}`;
    const before = this.floor.get(key) ?? 0;
    // Sent again and again, it is one put: it is applied once.
    const call = this.history.invoke(`client ${client}`, { key, put: value });
    for (;;) {
      const node = await world.pickLive(random);
      try {
        const proposed = node.service.group.propose(encodePut({ client, sequence, key, value }), { deadlineMs: PATIENCE_MS });
        const { result }: Applied<PutResult> = await world.within(proposed, 2 * PATIENCE_MS);
        if (!result.repeated && result.version <= before) {
          throw new Violation('P6', `put ${value} took effect at ${result.version}, before ${before} that was known when it began`);
        }
        this.history.returned(call, '');
        this.acknowledged.set(value, result.version);
        this.see(key, result.version);
        this.puts++;
        return;
      } catch (error) {
        if (error instanceof Violation) throw error;
        world.journal.write(() => `put ${value} on node ${node.id}: ${String(error)}`);
      }
      await world.sleep(random.between(1, 80));
    }
  }

  private async read(client: number, key: string): Promise<void> {
    const { world } = this;
    const node = await world.pickLive(world.random.fork(`read/${client}/${this.reads++}`));
    const floor = this.floor.get(key) ?? 0;
    const call = this.history.invoke(`client ${client} on node ${node.id}`, { key });
    try {
      await world.within(node.service.group.readIndex({ deadlineMs: PATIENCE_MS }), 2 * PATIENCE_MS);
    } catch (error) {
      this.history.hadNoEffect(call);
      world.journal.write(() => `read of ${key} on node ${node.id}: ${String(error)}`);
      return;
    }
    const register = node.service.machine.registers.get(key);
    this.history.returned(call, register?.value ?? '');
    const version = register?.version ?? 0;
    if (version < floor)
      throw new Violation('P6', `client ${client} read ${key} at ${version} on node ${node.id}, but ${floor} was known when it began`);
    this.see(key, version);
  }

  private see(key: string, version: number): void {
    this.floor.set(key, Math.max(this.floor.get(key) ?? 0, version));
  }
}
