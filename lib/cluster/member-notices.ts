/**
 * What one member tells another of itself, or of that one, beside the log: it was removed, or wants to go; the group halted on a node whose process
 * lives, which by its pings would seem well (R19, R39).
 *
 * T1. Nothing is awaited, and what is lost is told again: a removed node asks again, for votes or to go, and whoever goes on sending to a halted
 *     group is reminded, at most once a second: a new leader may not know.
 * Tests: test/cluster/membership.spec.ts, failover.spec.ts.
 */
import type { RequestHandler } from './group.js';
import type { HostServices } from './host-services.js';

const REMOVED_METHOD = 'raft.removed';
const LEAVING_METHOD = 'raft.leaving';
const HALTED_METHOD = 'raft.halted';
const REMIND_EVERY_MS = 1_000;
const NO_BYTES = new Uint8Array(0);

export interface MemberNoticesContext {
  readonly groupId: number;
  readonly host: HostServices;
  /** This node is in no membership from `index` on. */
  onRemoved(index: number): void;
  /** That node has applied its own removal, and waits to be told that it may go. */
  onLeaving(node: number): void;
  onHalted(node: number): void;
}

export class MemberNotices {
  private isHalted = false;
  private readonly remindedAt = new Map<number, number>();

  constructor(private readonly context: MemberNoticesContext) {}

  handlerOf(method: string): RequestHandler | undefined {
    if (method === REMOVED_METHOD) return (_from, body) => this.takeRemoved(body);
    if (method === LEAVING_METHOD) return (from) => this.takeLeaving(from);
    if (method === HALTED_METHOD) return (from) => this.takeHalted(from);
    return undefined;
  }

  /** Tells a node that it was removed, and that the others can do without it. */
  tellRemoved(node: number, index: number): void {
    const { host, groupId } = this.context;
    host.requests.tell(node, groupId, REMOVED_METHOD, Buffer.from(JSON.stringify({ index }), 'utf8'));
  }

  tellLeaving(to: number): void {
    const { host, groupId } = this.context;
    host.requests.tell(to, groupId, LEAVING_METHOD, NO_BYTES);
  }

  halted(members: readonly number[]): void {
    this.isHalted = true;
    for (const node of members) this.remind(node);
  }

  /** Does nothing while the group is well. */
  remind(node: number): void {
    const { host, groupId } = this.context;
    const now = host.clock.monotonic();
    if (!this.isHalted || node === host.nodeId || now - (this.remindedAt.get(node) ?? -Infinity) < REMIND_EVERY_MS) return;
    this.remindedAt.set(node, now);
    host.requests.tell(node, groupId, HALTED_METHOD, NO_BYTES);
  }

  private async takeRemoved(body: Uint8Array): Promise<Uint8Array> {
    const { index } = JSON.parse(Buffer.from(body).toString('utf8')) as { index: number };
    if (Number.isSafeInteger(index)) this.context.onRemoved(index);
    return NO_BYTES;
  }

  private async takeLeaving(from: number): Promise<Uint8Array> {
    this.context.onLeaving(from);
    return NO_BYTES;
  }

  private async takeHalted(from: number): Promise<Uint8Array> {
    this.context.onHalted(from);
    return NO_BYTES;
  }
}
