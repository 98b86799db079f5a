/**
 * Routing tables: of a member of the management cluster, out of what it has applied; of another node (role `client`), fetched from one that knows.
 *
 * R1. A table is never replaced by an older one.
 * R2. Fetching is one request at a time, however many wait for it; without anything newer the pause before the next one doubles, up to a bound.
 * Tests: topology-routes.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import { RaftoralError } from '../errors/index.js';
import type { NodeCalls, RoutingSource, TopologySource } from './routing-port.js';
import { RoutingTable } from './routing-table.js';

/** Asks for the routing table above a version: {above} → the table, or nothing where it knows none. */
export const TOPOLOGY_METHOD = 'management.topology';

const FETCH_TIMEOUT_MS = 1_000;
const FETCH_PAUSE_MS_MIN = 20;
const FETCH_PAUSE_MS_MAX = 1_000;
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
}

/** On a node that is no member of it. */
export class FetchedRoutes implements RoutingSource {
  private newest: RoutingTable | null = null;
  private fetching: Promise<void> | null = null;
  private pauseMs = 0;

  constructor(private readonly parts: FetchedRoutesParts) {}

  table(): RoutingTable | null {
    return this.newest;
  }

  refresh(above: number): Promise<void> {
    if ((this.newest?.version ?? -1) > above) return Promise.resolve();
    this.fetching ??= this.fetch().finally(() => (this.fetching = null));
    return this.fetching;
  }

  private async fetch(): Promise<void> {
    const { clock } = this.parts;
    if (this.pauseMs > 0) await new Promise<void>((resolve) => clock.setTimer(this.pauseMs, resolve, { unref: true }));
    const before = this.newest?.version ?? -1;
    for (const node of this.candidates()) {
      await this.ask(node);
      if ((this.newest?.version ?? -1) <= before) continue;
      this.pauseMs = 0;
      return;
    }
    this.pauseMs = Math.min(FETCH_PAUSE_MS_MAX, Math.max(FETCH_PAUSE_MS_MIN, this.pauseMs * 2));
  }

  private async ask(node: number): Promise<void> {
    const above = this.newest?.version ?? -1;
    try {
      const body = await this.parts.calls.request(node, TOPOLOGY_METHOD, Buffer.from(JSON.stringify({ above })), FETCH_TIMEOUT_MS);
      if (body.length === 0) return;
      const table = RoutingTable.decode(body);
      if (table.version > above) this.newest = table;
    } catch (error) {
      // The next one is asked; who waits for a table hears in the end that there is none.
      if (!(error instanceof RaftoralError)) throw error;
    }
  }

  /** In an order of chance, so that not all ask the same one. */
  private candidates(): number[] {
    const nodes = new Set(this.parts.seeds());
    for (const { members } of this.newest?.clusters.values() ?? []) for (const node of members) nodes.add(node);
    nodes.delete(this.parts.calls.nodeId);
    const shuffled = [...nodes];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const other = this.parts.random.int(i + 1);
      [shuffled[i], shuffled[other]] = [shuffled[other]!, shuffled[i]!];
    }
    return shuffled;
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
