/**
 * The membership of a process: drives the pure core (swim/) over the node's transport. Owns: its timer, and what has arrived and is not heard yet.
 *
 * V1. Messages travel as requests of the node (group 0) that want no answer: they ride on frames that go anyway, and a build that does not know them drops them alone (docs/adr/0057).
 * V2. A message that is damaged, of another version, or malformed changes nothing: it is counted.
 * V3. What arrived is heard before the clock is looked at: a process that stood still reads its network first (FAULTS: a stalled event loop).
 * V4. Nothing of the core is entered twice at a time. A broken invariant rises in a microtask, as an error of the process.
 * Tests: test/membership/membership-service.spec.ts.
 */
import { isRaftoralError, RaftoralError } from '../errors/index.js';
import type { MembershipCarrier, MembershipClock, MembershipScheduler } from './carrier-port.js';
import type { MemberChange, SwimStatistics } from './swim/beliefs.js';
import { decodeMessage, encodeMessage } from './swim/message-codec.js';
import type { GossipMessage } from './swim/message.js';
import { ADDRESS_BYTES_MAX, ADDRESSES_MAX, DIGEST_BYTES_MAX, type MemberFacts, type MemberRecord } from './swim/record.js';
import { resolveMembershipSettings, type MembershipSettings } from './swim/settings.js';
import { Swim } from './swim/swim.js';

export const MEMBERSHIP_METHOD = 'membership';

export interface MembershipOptions {
  readonly nodeId: number;
  /** Incarnation of this process, as the storage has it: higher than that of any earlier one of the node. */
  readonly process: number;
  readonly carrier: MembershipCarrier;
  readonly clock: MembershipClock;
  readonly scheduler: MembershipScheduler;
  readonly random: { int(bound: number): number };
  readonly facts: MemberFacts;
  /** Nodes to begin with; the transport has to know their addresses. */
  readonly seeds: readonly number[];
  readonly settings?: Partial<MembershipSettings>;
}

export interface MembershipStatus extends SwimStatistics {
  /** 1: this process works well, as far as it can tell. */
  readonly healthMultiplier: number;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  readonly bytesSent: number;
  /** That no message could be made of. */
  readonly malformed: number;
  /** That came faster than they could be heard. */
  readonly dropped: number;
}

/** Messages that wait to be heard. */
const INBOX_MAX = 4_096;
/** Shorter timers only cost. */
const TIMER_MS_MIN = 1;
const NO_BYTES = new Uint8Array(0);

export class MembershipService {
  private readonly swim: Swim;
  private readonly listeners = new Set<(change: MemberChange) => void>();
  private readonly counts = { messagesSent: 0, messagesReceived: 0, bytesSent: 0, malformed: 0, dropped: 0 };
  private inbox: Array<{ readonly from: number; readonly body: Uint8Array }> = [];
  private state: 'new' | 'running' | 'stopped' = 'new';
  private timer: { cancel(): void } | null = null;
  private timerAtMs = Infinity;
  private isHearingAsked = false;
  private isTickAsked = false;
  private isPumping = false;
  private onOwnNewsTold: (() => void) | null = null;

  /** Throws INVALID_CONFIGURATION or INVALID_ARGUMENT. */
  constructor(private readonly options: MembershipOptions) {
    const { nodeId, process, facts, seeds, random, clock } = options;
    checkFacts(facts);
    const settings = resolveMembershipSettings(options.settings);
    this.swim = new Swim({ nodeId, process, facts, seeds, settings, chance: random, nowMs: clock.monotonic() });
  }

  /** Once, when frames can be sent. */
  start(): void {
    if (this.state !== 'new') throw new RaftoralError('INVALID_CONFIGURATION', 'this membership was started before; make a new one');
    this.state = 'running';
    this.options.carrier.handle(MEMBERSHIP_METHOD, (from, body) => {
      this.arrived(from, body);
      return NOTHING;
    });
    this.pump();
  }

  /** Says nothing any more, and hears nothing: the others will find out. */
  stop(): void {
    this.state = 'stopped';
    this.timer?.cancel();
    this.timer = null;
    this.inbox = [];
    this.onOwnNewsTold?.();
  }

  /** Tells the others that this node goes, then stops. Resolves when they were told often enough, after `timeoutMs` at the latest. */
  async leave(timeoutMs: number): Promise<void> {
    if (this.state !== 'running') return this.stop();
    await new Promise<void>((resolve) => {
      const timer = this.options.clock.setTimer(timeoutMs, () => this.onOwnNewsTold?.());
      this.onOwnNewsTold = () => {
        this.onOwnNewsTold = null;
        timer.cancel();
        resolve();
      };
      this.swim.leave(this.options.clock.monotonic());
      this.pump();
    });
    this.stop();
  }

  /** All other nodes that are known, by id. */
  members(): readonly MemberRecord[] {
    return this.swim.others().sort((a, b) => a.nodeId - b.nodeId);
  }

  member(nodeId: number): MemberRecord | undefined {
    return nodeId === this.options.nodeId ? this.swim.self : this.swim.get(nodeId);
  }

  get self(): MemberRecord {
    return this.swim.self;
  }

  /** `listener` is called in a microtask of the service, never inside a call to it. */
  subscribe(listener: (change: MemberChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Throws INVALID_ARGUMENT. */
  setFacts(facts: MemberFacts): void {
    checkFacts(facts);
    this.swim.setFacts(this.options.clock.monotonic(), facts);
    this.pump();
  }

  /** Whole numbers from 0. Told when they changed much, and not often. Throws INVALID_ARGUMENT. */
  setLoad(load: { readonly openWorkflows: number; readonly commandsPerSecond: number }): void {
    for (const [name, value] of Object.entries(load)) {
      if (!Number.isSafeInteger(value) || value < 0) throw refused(name, `is ${String(value)}; it must be a whole number from 0`);
    }
    this.swim.setLoad(this.options.clock.monotonic(), load);
    this.pump();
  }

  status(): MembershipStatus {
    return { ...this.swim.statistics, ...this.counts, healthMultiplier: this.swim.health.multiplier };
  }

  private arrived(from: number, body: Uint8Array): void {
    if (this.state !== 'running') return;
    if (this.inbox.length >= INBOX_MAX) {
      this.counts.dropped++;
      return;
    }
    this.inbox.push({ from, body });
    if (this.isHearingAsked) return;
    this.isHearingAsked = true;
    this.options.scheduler.soon(() => {
      this.isHearingAsked = false;
      this.pump();
    });
  }

  private readonly onTimer = (): void => {
    this.timer = null;
    this.isTickAsked = true;
    // Timers run before the sockets are read, and what a first reading sets in motion arrives a turn later (V3).
    const { scheduler } = this.options;
    scheduler.turn(() =>
      scheduler.turn(() => {
        this.isTickAsked = false;
        if (this.state !== 'running') return;
        this.hear();
        this.swim.tick(this.options.clock.monotonic());
        this.pump();
      }),
    );
  };

  private hear(): void {
    const { inbox } = this;
    this.inbox = [];
    const nowMs = this.options.clock.monotonic();
    for (const { from, body } of inbox) {
      const message = this.open(body);
      if (message !== null) this.swim.receive(nowMs, from, message);
    }
  }

  private open(body: Uint8Array): GossipMessage | null {
    try {
      const message = decodeMessage(body);
      this.counts.messagesReceived++;
      return message;
    } catch (error) {
      if (!isRaftoralError(error) || error.code !== 'MALFORMED_FRAME') throw error;
      this.counts.malformed++;
      return null;
    }
  }

  /** Hears, does what is due, says what there is to say, and sets the timer. */
  private pump(): void {
    if (this.state !== 'running' || this.isPumping) return;
    this.isPumping = true;
    try {
      this.hear();
      this.say();
    } finally {
      this.isPumping = false;
    }
    this.arm();
    if (this.onOwnNewsTold !== null && this.swim.isOwnNewsTold) this.onOwnNewsTold();
  }

  private say(): void {
    const { carrier, scheduler } = this.options;
    for (const { to, message } of this.swim.takeMessages()) {
      const body = encodeMessage(message);
      this.counts.messagesSent++;
      this.counts.bytesSent += body.length;
      carrier.tell(to, MEMBERSHIP_METHOD, body);
    }
    for (const change of this.swim.takeChanges()) {
      for (const listener of this.listeners) scheduler.soon(() => listener(change));
    }
  }

  private arm(): void {
    const { clock } = this.options;
    const dueAtMs = this.swim.dueAtMs;
    if (this.isTickAsked || (this.timer !== null && this.timerAtMs <= dueAtMs)) return;
    this.timer?.cancel();
    this.timerAtMs = dueAtMs;
    const delayMs = Math.max(TIMER_MS_MIN, dueAtMs - clock.monotonic());
    this.timer = clock.setTimer(delayMs, this.onTimer, { unref: true });
  }
}

const NOTHING = Promise.resolve(NO_BYTES);

function checkFacts({ addresses, workflowsDigest }: MemberFacts): void {
  if (addresses.length > ADDRESSES_MAX) throw refused('addresses', `are ${addresses.length}; there may be ${ADDRESSES_MAX}`);
  const encoder = new TextEncoder();
  for (const address of addresses) {
    const { length } = encoder.encode(address);
    if (length === 0 || length > ADDRESS_BYTES_MAX)
      throw refused('addresses', `hold one of ${length} bytes; 1 to ${ADDRESS_BYTES_MAX} are allowed`);
  }
  if (workflowsDigest.length > DIGEST_BYTES_MAX)
    throw refused('workflowsDigest', `has ${workflowsDigest.length} bytes; ${DIGEST_BYTES_MAX} are allowed`);
}

function refused(field: string, why: string): RaftoralError {
  return new RaftoralError('INVALID_ARGUMENT', `${field} of this node ${why}.`, { details: { field } });
}
