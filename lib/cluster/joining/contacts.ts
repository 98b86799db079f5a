/**
 * Whom a process can ask: its seeds, resolved again each time, and every address that it was told of.
 *
 * C1. The own address is never among them.
 * C2. In an order drawn anew each time, so that many who join do not all ask the same one first.
 * C3. At most LEARNED_MAX addresses are remembered; the oldest goes first.
 * Tests: contacts.spec.ts.
 */
import type { NetworkTransport, NodeAddress } from '../../transport/network-transport-port.js';
import type { Random } from '../random.js';

/** One `host:port` → those that its name stands for now; throws if it stands for none. */
export type ResolveAddress = (address: string) => Promise<readonly string[]>;

const LEARNED_MAX = 256;

export interface ContactsOptions {
  readonly network: Pick<NetworkTransport, 'advertised' | 'addresses' | 'learnAddresses'>;
  readonly seeds: readonly string[];
  readonly random: Random;
  readonly resolve?: ResolveAddress;
}

export class Contacts {
  private readonly learned = new Set<string>();
  /** Seeds whose name stood for nothing at the last attempt, and why. */
  readonly unresolved = new Map<string, string>();

  constructor(private readonly options: ContactsOptions) {}

  learn(addresses: readonly string[]): void {
    for (const address of addresses) {
      if (address === '' || address === this.options.network.advertised) continue;
      this.learned.delete(address);
      this.learned.add(address);
      if (this.learned.size > LEARNED_MAX) this.learned.delete(this.learned.keys().next().value!);
    }
  }

  learnNodes(nodes: readonly NodeAddress[]): void {
    this.options.network.learnAddresses(nodes);
    this.learn(nodes.map(({ address }) => address));
  }

  /** Those that were learned and those of the address book; without the seeds' names. */
  known(): string[] {
    return [...new Set([...this.learned, ...this.options.network.addresses().map(({ address }) => address)])];
  }

  async all(): Promise<string[]> {
    const { network, seeds, random } = this.options;
    const resolved = await Promise.all(seeds.map((seed) => this.resolve(seed)));
    const found = [...new Set([...resolved.flat(), ...this.known()])].filter((address) => address !== network.advertised);
    for (let i = found.length - 1; i > 0; i--) {
      const j = random.int(i + 1);
      [found[i], found[j]] = [found[j]!, found[i]!];
    }
    return found;
  }

  private async resolve(seed: string): Promise<readonly string[]> {
    if (this.options.resolve === undefined) return [seed];
    try {
      const addresses = await this.options.resolve(seed);
      this.unresolved.delete(seed);
      return addresses;
    } catch (error) {
      this.unresolved.set(seed, error instanceof Error ? error.message : String(error));
      return [];
    }
  }
}
