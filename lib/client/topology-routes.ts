/**
 * Routing tables: of a member of the management cluster, out of what it has applied; of another node (role `client`), fetched from one that knows.
 *
 * R1. A table is never replaced by an older one.
 * R2. Fetching is one request at a time, however many wait for it; without anything newer the pause before the next one doubles, up to a bound.
 * R3. Who can not answer is passed over for the next one, whoever was asked before; when a few have answered and none knew more, there is nothing newer. So a refresh costs a few
 *     requests, however many nodes there are.
 * R4. A table that nothing was heard of is asked for again by its age: an idle node keeps up too.
 * Tests: topology-routes.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { RaftoralError } from '../errors/index.js';
import type { NodeCalls, RoutingSource, TopologySource } from './routing-port.js';
import { RoutingTable } from './routing-table.js';

/** Asks for the routing table above a version: {above} → the table, or nothing where it knows none. */
export const TOPOLOGY_METHOD = 'management.topology';

const FETCH_TIMEOUT_MS = 1_000;
const FETCH_PAUSE_MS_MIN = 20;
const FETCH_PAUSE_MS_MAX = 1_000;
/** Nodes that answer, and know of nothing newer. */
const ANSWERS_ENOUGH = 3;
/** R4. With up to a fifth more, by chance. */
const REFRESH_AFTER_MS = 10_000;
const NOTHING = new Uint8Array(0);

/** On a member of the management cluster. */
export class LocalRoutes implements RoutingSource {
  private made: RoutingTable | null = null;
  private changing: Promise<void> | null = null;

  constructor(private readonly source: TopologySource) {}

  table(): RoutingTable | null {
    const { topology } = this.source;
    if (this.made === null || this.made.version !== topology.version) this.made = RoutingTable.of(topology);
    return this.made;
  }

  refresh(above: number): Promise<void> {
    if ((this.table()?.version ?? -1) > above) return Promise.resolve();
    // One listener for all who wait: they may have gone when it is called.
    this.changing ??= new Promise((resolve) => {
      const stop = this.source.onTopology(() => {
        stop();
        this.changing = null;
        resolve();
      });
    });
    return this.changing;
  }
}

export interface FetchedRoutesParts {
  readonly calls: NodeCalls;
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly random: { int(bound: number): number };
  /** Nodes that may know, beside those of the table. */
  readonly seeds: () => readonly number[];
  /** Asked after all others. */
  readonly isDown?: (node: number) => boolean;
}

/** On a node that is no member of it. */
export class FetchedRoutes implements RoutingSource {
  private newest: RoutingTable | null = null;
  private fetching: Promise<void> | null = null;
  private pauseMs = 0;
  private ageTimer: Timer | null = null;

  constructor(private readonly parts: FetchedRoutesParts) {}

  /** R4, from now on. */
  keepFresh(): void {
    const { clock, random } = this.parts;
    const afterMs = REFRESH_AFTER_MS + random.int(REFRESH_AFTER_MS / 5 + 1);
    this.ageTimer = clock.setTimer(afterMs, () => void this.refreshByAge(), { unref: true });
  }

  stop(): void {
    this.ageTimer?.cancel();
    this.ageTimer = null;
  }

  table(): RoutingTable | null {
    return this.newest;
  }

  refresh(above: number): Promise<void> {
    if ((this.newest?.version ?? -1) > above) return Promise.resolve();
    this.fetching ??= this.fetch().finally(() => (this.fetching = null));
    return this.fetching;
  }

  private async refreshByAge(): Promise<void> {
    // An aged table is no reason to slow down who waits for a newer one (R2).
    this.fetching ??= this.fetchOnce()
      .then(() => undefined)
      .finally(() => (this.fetching = null));
    await this.fetching;
    if (this.ageTimer !== null) this.keepFresh();
  }

  private async fetch(): Promise<void> {
    const { clock } = this.parts;
    if (this.pauseMs > 0) await new Promise<void>((resolve) => clock.setTimer(this.pauseMs, resolve, { unref: true }));
    if (await this.fetchOnce()) this.pauseMs = 0;
    else this.pauseMs = Math.min(FETCH_PAUSE_MS_MAX, Math.max(FETCH_PAUSE_MS_MIN, this.pauseMs * 2));
  }

  /** True: a newer table came. */
  private async fetchOnce(): Promise<boolean> {
    const before = this.newest?.version ?? -1;
    let answers = 0;
    for (const node of this.candidates()) {
      if (await this.ask(node)) answers++;
      if ((this.newest?.version ?? -1) > before) return true;
      if (before >= 0 && answers >= ANSWERS_ENOUGH) break;
    }
    return false;
  }

  /** False: it could not say. */
  private async ask(node: number): Promise<boolean> {
    const above = this.newest?.version ?? -1;
    try {
      const body = await this.parts.calls.request(node, TOPOLOGY_METHOD, Buffer.from(JSON.stringify({ above })), FETCH_TIMEOUT_MS);
      if (body.length === 0) return true;
      const table = RoutingTable.decode(body);
      if (table.version > above) this.newest = table;
      return true;
    } catch (error) {
      // The next one is asked; who waits for a table hears in the end that there is none.
      if (!(error instanceof RaftoralError)) throw error;
      return false;
    }
  }

  /** In an order of chance, so that not all ask the same one; members of the clusters of the table before others, as they follow the topology. */
  candidates(): number[] {
    const { seeds, calls, isDown = () => false } = this.parts;
    const members = new Set([...(this.newest?.clusters.values() ?? [])].flatMap(({ members: nodes }) => nodes));
    const nodes = new Set([...members, ...seeds()]);
    nodes.delete(calls.nodeId);
    const shuffled = [...nodes];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const other = this.parts.random.int(i + 1);
      [shuffled[i], shuffled[other]] = [shuffled[other]!, shuffled[i]!];
    }
    const rank = (node: number): number => (isDown(node) ? 2 : members.has(node) ? 0 : 1);
    return shuffled.sort((a, b) => rank(a) - rank(b));
  }
}

/** Answers others who ask for the table. */
export function serveRoutes(calls: NodeCalls, source: RoutingSource): void {
  calls.handle(TOPOLOGY_METHOD, async (_from, body) => {
    const above = readAbove(body);
    const table = source.table();
    return table !== null && table.version > above ? table.encode() : NOTHING;
  });
}

function readAbove(body: Uint8Array): number {
  try {
    const { above } = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as { above?: unknown };
    if (typeof above === 'number') return above;
  } catch {
    // told below
  }
  throw new RaftoralError('MALFORMED_FRAME', `${TOPOLOGY_METHOD}: the body must be {"above": version}.`);
}
