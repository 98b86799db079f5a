/**
 * Probes: one node at a time, straight, then by way of others; and the probes that others want of this node. Pure. Owns: what has no answer yet.
 *
 * P1. One probe at a time; the next begins a probe interval after the begin of the last, stretched by the local health.
 * P2. An answer counts from who was asked, to the number that it was asked by, before the probe ends. All else changes nothing.
 * P3. A probe without an answer is a suspicion, no more; and it says something of this node where those who were asked to help are silent too (local-health.ts).
 * P4. Whoever probes for another says so when it has no answer after most of the time (NACK). At most `relaysMax` such probes run; more are not begun.
 * Source: SWIM, §3.1; Lifeguard, §IV-A. Tests: test/membership/swim.spec.ts.
 */
import type { LocalHealth } from './local-health.js';
import type { Member, MemberTable } from './member-table.js';
import { MessageKind } from './message.js';
import type { MembershipSettings } from './settings.js';

/** Of the time that a probe has to be answered: then there is still time for the NACK to travel. */
const NACK_SHARE = 0.8;
/** The first number is drawn, so that an answer to an earlier process of this node fits nothing. */
const SEQUENCE_START_BOUND = 2 ** 31 - 1;

interface Probe {
  readonly member: Member;
  readonly sequence: number;
  askAtMs: number;
  endAtMs: number;
  /** Who was asked to probe too; null: it is not time yet. */
  asked: readonly number[] | null;
  readonly spoke: Set<number>;
}

interface Relay {
  readonly origin: number;
  readonly originSequence: number;
  readonly target: number;
  nackAtMs: number;
  endAtMs: number;
  isNacked: boolean;
}

export interface ProberParts {
  readonly settings: MembershipSettings;
  readonly health: LocalHealth;
  readonly table: MemberTable;
  readonly chance: { int(bound: number): number };
  send(to: number, kind: typeof MessageKind.PING | typeof MessageKind.ACK | typeof MessageKind.NACK, sequence: number): void;
  sendRequest(to: number, sequence: number, target: number): void;
  /** A probe of it failed. */
  failed(member: Member): void;
}

export class Prober {
  private probe: Probe | null = null;
  private readonly relays = new Map<number, Relay>();
  private sequence: number;

  constructor(
    private readonly parts: ProberParts,
    private nextAtMs: number,
  ) {
    this.sequence = parts.chance.int(SEQUENCE_START_BOUND);
  }

  get relayCount(): number {
    return this.relays.size;
  }

  tick(nowMs: number): void {
    this.tickRelays(nowMs);
    const { probe } = this;
    if (probe !== null) {
      if (probe.asked === null && nowMs >= probe.askAtMs) this.askOthers(probe);
      if (nowMs >= probe.endAtMs) this.fail(probe);
    }
    if (this.probe === null && nowMs >= this.nextAtMs) this.begin(nowMs);
  }

  /** When tick() has something to do next. */
  dueAtMs(): number {
    let dueAt = this.nextAtMs;
    if (this.probe !== null) dueAt = this.probe.asked === null ? this.probe.askAtMs : this.probe.endAtMs;
    for (const relay of this.relays.values()) dueAt = Math.min(dueAt, relay.isNacked ? relay.endAtMs : relay.nackAtMs);
    return dueAt;
  }

  /** This process stood still meanwhile: whoever was asked may have answered. */
  putOff(ms: number): void {
    if (this.probe !== null) {
      this.probe.askAtMs += ms;
      this.probe.endAtMs += ms;
    }
    for (const relay of this.relays.values()) {
      relay.nackAtMs += ms;
      relay.endAtMs += ms;
    }
  }

  acked(from: number, sequence: number): void {
    const { probe } = this;
    if (probe !== null && probe.sequence === sequence) {
      if (from !== probe.member.nodeId && probe.asked?.includes(from) !== true) return;
      this.probe = null;
      this.parts.health.better();
      return;
    }
    const relay = this.relays.get(sequence);
    if (relay === undefined || relay.target !== from) return;
    this.relays.delete(sequence);
    this.parts.send(relay.origin, MessageKind.ACK, relay.originSequence);
  }

  nacked(from: number, sequence: number): void {
    if (this.probe?.sequence === sequence && this.probe.asked?.includes(from) === true) this.probe.spoke.add(from);
  }

  /** `origin` could not reach `target`, and asks this node to. */
  relay(nowMs: number, origin: number, originSequence: number, target: number): void {
    const { settings, send } = this.parts;
    if (this.relays.size >= settings.relaysMax) return;
    const sequence = ++this.sequence;
    const nackAtMs = nowMs + NACK_SHARE * settings.probeTimeoutMs;
    this.relays.set(sequence, { origin, originSequence, target, nackAtMs, endAtMs: nowMs + settings.probeIntervalMs, isNacked: false });
    send(target, MessageKind.PING, sequence);
  }

  private begin(nowMs: number): void {
    const { settings, health, table, send } = this.parts;
    const intervalMs = settings.probeIntervalMs * health.multiplier;
    this.nextAtMs = nowMs + intervalMs;
    const member = table.nextToProbe();
    if (member === null) return;
    const sequence = ++this.sequence;
    const askAtMs = nowMs + settings.probeTimeoutMs * health.multiplier;
    this.probe = { member, sequence, askAtMs, endAtMs: nowMs + intervalMs, asked: null, spoke: new Set() };
    send(member.nodeId, MessageKind.PING, sequence);
  }

  private askOthers(probe: Probe): void {
    const { settings, table, sendRequest } = this.parts;
    const others = table.some(settings.indirectProbes, (other) => other !== probe.member && !other.isGone);
    probe.asked = others.map((other) => other.nodeId);
    for (const other of probe.asked) sendRequest(other, probe.sequence, probe.member.nodeId);
  }

  private fail(probe: Probe): void {
    const { health, failed } = this.parts;
    this.probe = null;
    const asked = probe.asked ?? [];
    health.worse(asked.length === 0 ? 1 : asked.length - probe.spoke.size);
    if (!probe.member.isGone) failed(probe.member);
  }

  private tickRelays(nowMs: number): void {
    for (const [sequence, relay] of this.relays) {
      if (nowMs >= relay.endAtMs) this.relays.delete(sequence);
      else if (!relay.isNacked && nowMs >= relay.nackAtMs) {
        relay.isNacked = true;
        this.parts.send(relay.origin, MessageKind.NACK, relay.originSequence);
      }
    }
  }
}
