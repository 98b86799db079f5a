/**
 * What changes in the topology, for those who watch: events by version, and a plain call for those who only have to look again.
 *
 * T1. The version is the cursor: each change has the next one. The last EVENTS_KEPT are kept; what is older, or came as a snapshot, is a gap.
 * T2. Listeners of onVersion() are called between two applied batches, never inside apply; each hears of the newest version only.
 * Tests: topology-changes.spec.ts.
 */
import { EventBus, type EventStream } from '../cluster/event-bus.js';
import type { RaftGroup } from '../cluster/group.js';
import type { Scheduler } from '../cluster/scheduler.js';
import type { TopologyEvent } from './event.js';
import type { TopologyStateMachine } from './state-machine.js';

/** `gap`: changes from..to were not delivered. `restored`: the state was replaced as of this version. Either way: read the topology. */
export type TopologyNotice =
  | TopologyEvent
  | { readonly type: 'gap'; readonly from: number; readonly to: number }
  | { readonly type: 'restored'; readonly version: number; readonly timeMs: number };

const KEY = 'topology';
const EVENTS_KEPT = 1_024;
const SUBSCRIBER_BUFFER_MAX = 1_024;

export interface TopologyChangesParts {
  readonly group: Pick<RaftGroup, 'subscribe'>;
  readonly state: TopologyStateMachine;
  readonly scheduler: Scheduler;
}

export class TopologyChanges {
  private readonly bus: EventBus<TopologyNotice>;
  private readonly listeners = new Set<(version: number) => void>();
  private readonly kept: TopologyNotice[] = [];
  private toldVersion: number;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: TopologyChangesParts) {
    const { group, state, scheduler } = parts;
    this.bus = new EventBus<TopologyNotice>({
      scheduler,
      subscriberBufferMax: SUBSCRIBER_BUFFER_MAX,
      history: {
        keyOf: () => KEY,
        labelOf: () => KEY,
        sequenceOf: versionOf,
        read: (_key, from, limit) => this.kept.filter((notice) => versionOf(notice) >= from).slice(0, limit),
        ended: () => false,
        gap: (_key, _label, from, to) => ({ type: 'gap', from, to }),
      },
    });
    this.toldVersion = state.topology.version;
    if (this.toldVersion > 0) this.keepRestored();
    state.listen((event) => {
      this.keep(event);
      this.bus.publish(event);
    });
    this.unsubscribe = group.subscribe({
      onApplied: () => this.tell(),
      onRestored: () => {
        const before = this.lastKept;
        if (state.topology.version > before) {
          this.keepRestored();
          this.bus.skipped(KEY, KEY, before + 1, state.topology.version);
        }
        this.tell();
      },
    });
  }

  /**
   * Changes after this version, then live; without one, live only. Cold: each subscription has a cursor of its own. Never completes before close().
   */
  stream(after?: number): EventStream<TopologyNotice> {
    return after === undefined ? this.bus.all() : this.bus.stream(KEY, { after });
  }

  /** Returns what ends it. */
  onVersion(listener: (version: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Completes the streams, and hears no more. */
  close(): void {
    this.unsubscribe();
    this.parts.state.listen(null);
    this.listeners.clear();
    this.bus.close();
  }

  private get lastKept(): number {
    const last = this.kept.at(-1);
    return last === undefined ? 0 : versionOf(last);
  }

  private keepRestored(): void {
    const { version, logTimeMs } = this.parts.state.topology;
    this.keep({ type: 'restored', version, timeMs: logTimeMs });
  }

  private keep(notice: TopologyNotice): void {
    this.kept.push(notice);
    if (this.kept.length > EVENTS_KEPT) this.kept.splice(0, this.kept.length - EVENTS_KEPT);
  }

  private tell(): void {
    const { version } = this.parts.state.topology;
    if (version === this.toldVersion) return;
    this.toldVersion = version;
    for (const listener of [...this.listeners]) listener(version);
  }
}

function versionOf(notice: TopologyNotice): number {
  return notice.type === 'gap' ? notice.to : notice.version;
}
