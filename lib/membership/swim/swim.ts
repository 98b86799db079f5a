/**
 * The membership of one node: who else is there, as far as it knows. Pure: time and chance come in, messages and changes go out; no timer, no bytes.
 * Owns: when what is said to whom.
 *
 * W4. Nothing is taken from a node that is not known, or from an earlier process of one that is; such a ping is answered, which says nothing but that this process lives, and
 *     its sender asked for an exchange, one at a time. A node makes itself known by its own record, which comes first in every exchange.
 * W5. What a full exchange says to be down is suspected first: the other table may be the stale one (as in memberlist). What was learned while alone is not told on: others know it.
 * W6. Memory is O(members): a record each, a change and a load each to be told, a suspicion each.
 * W7. A process that stood still counts the time neither as silence of others nor as time to refute.
 * W1 to W3: beliefs.ts. Source: SWIM §3, §4; Lifeguard §IV; hashicorp/memberlist, state.go. Tests: test/membership/swim.spec.ts, test/membership/swim.property.spec.ts.
 */
import { invariant } from '../../errors/index.js';
import { Beliefs, claimOf, type MemberChange, type SwimStatistics } from './beliefs.js';
import { retransmissions } from './broadcast-queue.js';
import { LocalHealth } from './local-health.js';
import { MemberTable, type Chance, type Member } from './member-table.js';
import { bytesOfRecord, bytesOfUpdate } from './message-codec.js';
import { MessageKind, UpdateKind, type ExchangeMessage, type GossipMessage, type Update } from './message.js';
import { Prober } from './prober.js';
import { MemberStatus, type MemberFacts, type MemberRecord } from './record.js';
import type { MembershipSettings } from './settings.js';

export interface SwimOptions {
  readonly nodeId: number;
  /** Incarnation of this process: higher than that of any earlier one of the node. */
  readonly process: number;
  readonly facts: MemberFacts;
  /** Nodes to begin with; they need not be there. */
  readonly seeds: readonly number[];
  readonly settings: MembershipSettings;
  readonly chance: Chance;
  readonly nowMs: number;
}

export interface Outgoing {
  readonly to: number;
  readonly message: GossipMessage;
}

/** Of a group up to this size tables are exchanged at the full rate. */
const EXCHANGE_SCALE_NODES = 32;
const JOIN_CONTACTS = 3;

export class Swim {
  readonly statistics: SwimStatistics = {
    strangers: 0,
    outdated: 0,
    refused: 0,
    crowdedOut: 0,
    refutations: 0,
    failedProbes: 0,
    givenUp: 0,
    superseded: 0,
    stalls: 0,
  };
  readonly health: LocalHealth;
  /** When tick() has something to do next. */
  dueAtMs: number;
  /** The same, of what is due at a time of its own, and not as soon as there is something to say: who is late for this stood still. */
  private timedAtMs: number;
  private readonly table: MemberTable;
  private readonly beliefs: Beliefs;
  private readonly prober: Prober;
  private messages: Outgoing[] = [];
  private loadNow = { openWorkflows: 0, commandsPerSecond: 0 };
  private gossipAtMs: number;
  private joinAtMs: number;
  private strangerAtMs: number;
  private exchangeAtMs: number;
  private loadAtMs: number;
  /** Whose table was the first that this node saw, until it has all of it. */
  private joiningFrom: number | null = null;

  constructor(private readonly options: SwimOptions) {
    const { nodeId, process, facts, settings, chance, nowMs } = options;
    const { statistics } = this;
    const health = new LocalHealth(settings.healthMultiplierMax);
    const table = new MemberTable(settings.membersMax, chance);
    this.health = health;
    this.table = table;
    this.beliefs = new Beliefs({ nodeId, process, facts, settings, table, health, statistics }, nowMs);
    // Nodes that start at the same moment do not probe at the same moment.
    const later = (intervalMs: number): number => nowMs + (intervalMs * chance.int(1 << 20)) / (1 << 20);
    this.prober = new Prober(
      {
        settings,
        health,
        table,
        chance,
        send: (to, kind, sequence) => this.send(to, { kind, process, sequence, updates: this.ride(to) }),
        sendRequest: (to, sequence, target) =>
          this.send(to, { kind: MessageKind.PING_REQ, process, sequence, target, updates: this.ride(to) }),
        failed: (member) => {
          statistics.failedProbes++;
          this.beliefs.blame({ ...claimOf(member), status: MemberStatus.SUSPECT }, nodeId);
        },
      },
      later(settings.probeIntervalMs),
    );
    this.gossipAtMs = nowMs;
    this.joinAtMs = nowMs;
    this.strangerAtMs = nowMs;
    this.exchangeAtMs = later(settings.exchangeIntervalMs);
    this.loadAtMs = nowMs;
    this.dueAtMs = nowMs;
    this.timedAtMs = nowMs;
    this.arm();
  }

  // --- what the node itself says -----------------------------------------------------------------------------------

  get self(): MemberRecord {
    return this.beliefs.self;
  }

  setFacts(nowMs: number, facts: MemberFacts): void {
    this.beliefs.nowMs = nowMs;
    this.beliefs.setFacts(facts);
    this.arm();
  }

  setLoad(nowMs: number, load: { readonly openWorkflows: number; readonly commandsPerSecond: number }): void {
    this.beliefs.nowMs = nowMs;
    this.loadNow = { openWorkflows: load.openWorkflows, commandsPerSecond: load.commandsPerSecond };
    this.arm();
  }

  /** From now on it says that it has left, and probes nobody. It still answers, until it is told no more. */
  leave(nowMs: number): void {
    this.beliefs.nowMs = nowMs;
    this.beliefs.leave();
    this.arm();
  }

  /** What this node last said of itself was told often enough, or nobody is there to be told. */
  get isOwnNewsTold(): boolean {
    return this.table.hereCount === 0 || !this.beliefs.news.has(this.options.nodeId);
  }

  // --- what is known -----------------------------------------------------------------------------------------------

  get(nodeId: number): MemberRecord | undefined {
    return this.table.get(nodeId)?.record;
  }

  /** All others, in no order. */
  others(): MemberRecord[] {
    return Array.from(this.table.all(), (member) => member.record);
  }

  get size(): number {
    return this.table.size;
  }

  /** What waits, and what runs: all of it is bounded by the number of members, and by relaysMax (W6). */
  get waiting(): { readonly news: number; readonly loads: number; readonly suspicions: number; readonly relays: number } {
    const { news, loads } = this.beliefs;
    return { news: news.size, loads: loads.size, suspicions: this.table.suspects.size, relays: this.prober.relayCount };
  }

  takeMessages(): Outgoing[] {
    const taken = this.messages;
    this.messages = [];
    return taken;
  }

  takeChanges(): MemberChange[] {
    return this.beliefs.takeChanges();
  }

  // --- time --------------------------------------------------------------------------------------------------------

  tick(nowMs: number): void {
    this.beliefs.nowMs = nowMs;
    const lateMs = nowMs - this.timedAtMs;
    if (lateMs > this.options.settings.stallMs) this.stoodStill(lateMs);
    if (this.isStaying) this.prober.tick(nowMs);
    this.giveUp(nowMs);
    if (nowMs >= this.loadAtMs && this.isLoadNews) this.tellLoad(nowMs);
    if (this.table.hereCount === 0 && nowMs >= this.joinAtMs) this.join(nowMs);
    if (nowMs >= this.exchangeAtMs) this.keepTable(nowMs);
    if (nowMs >= this.gossipAtMs && this.hasNews) this.gossip(nowMs);
    this.arm();
  }

  private get isStaying(): boolean {
    return this.beliefs.status === MemberStatus.ALIVE;
  }

  private giveUp(nowMs: number): void {
    for (const member of this.table.suspects) {
      if (nowMs < member.suspicion!.endsAtMs) continue;
      this.statistics.givenUp++;
      this.beliefs.blame({ ...claimOf(member), status: MemberStatus.DOWN }, this.options.nodeId);
    }
  }

  private arm(): void {
    const { nowMs, status } = this.beliefs;
    invariant(status === MemberStatus.ALIVE || status === MemberStatus.LEFT, 'a node never declares itself suspect or down');
    let timedAt = Math.min(this.exchangeAtMs, this.isStaying ? this.prober.dueAtMs() : Infinity);
    for (const member of this.table.suspects) timedAt = Math.min(timedAt, member.suspicion!.endsAtMs);
    this.timedAtMs = timedAt;
    let soonAt = Infinity;
    if (this.table.hereCount === 0 && this.isStaying) soonAt = this.joinAtMs;
    if (this.hasNews) soonAt = Math.min(soonAt, this.gossipAtMs);
    if (this.isLoadNews) soonAt = Math.min(soonAt, this.loadAtMs);
    this.dueAtMs = Math.min(timedAt, Math.max(soonAt, nowMs));
  }

  /** W7. */
  private stoodStill(ms: number): void {
    this.statistics.stalls++;
    this.health.worse();
    this.prober.putOff(ms);
    for (const member of this.table.suspects) member.suspicion!.putOff(ms);
  }

  // --- what others say ---------------------------------------------------------------------------------------------

  receive(nowMs: number, from: number, message: GossipMessage): void {
    this.beliefs.nowMs = nowMs;
    const { nodeId, process } = this.options;
    const sender = this.table.get(from);
    if (from === nodeId || (message.kind === MessageKind.EXCHANGE && message.records[0]?.nodeId !== from)) {
      this.statistics.refused++;
    } else if (sender !== undefined && message.process < sender.process) {
      this.statistics.outdated++;
    } else if (message.kind === MessageKind.EXCHANGE) {
      this.merge(from, message);
    } else if (sender === undefined) {
      this.statistics.strangers++;
      if (message.kind === MessageKind.PING) {
        this.send(from, { kind: MessageKind.ACK, process, sequence: message.sequence, updates: [] });
        this.askStranger(nowMs, from);
      }
    } else {
      for (const update of message.updates) this.beliefs.hear(update);
      this.answer(nowMs, from, message);
    }
    this.arm();
  }

  /** Whoever probes this node knows it, and the news of it came to nobody here: told to few, and lost. One is asked at a time, for the answer is a whole table. */
  private askStranger(nowMs: number, from: number): void {
    const { joinIntervalMs, membersMax } = this.options.settings;
    if (!this.isStaying || nowMs < this.strangerAtMs || this.table.size >= membersMax) return;
    this.strangerAtMs = nowMs + joinIntervalMs;
    this.send(from, { kind: MessageKind.EXCHANGE, process: this.options.process, isAnswer: false, isLast: true, records: [this.self] });
  }

  private answer(nowMs: number, from: number, message: Exclude<GossipMessage, ExchangeMessage>): void {
    const { nodeId, process } = this.options;
    const ack = (sequence: number): void => this.send(from, { kind: MessageKind.ACK, process, sequence, updates: this.ride(from) });
    switch (message.kind) {
      case MessageKind.PING:
        return ack(message.sequence);
      case MessageKind.ACK:
        return this.prober.acked(from, message.sequence);
      case MessageKind.NACK:
        return this.prober.nacked(from, message.sequence);
      case MessageKind.PING_REQ:
        if (message.target === nodeId) ack(message.sequence);
        else if (this.table.get(message.target) !== undefined) this.prober.relay(nowMs, from, message.sequence, message.target);
        return;
      case MessageKind.GOSSIP:
        return;
    }
  }

  // --- telling -----------------------------------------------------------------------------------------------------

  private send(to: number, message: GossipMessage): void {
    this.messages.push({ to, message });
  }

  private get hasNews(): boolean {
    return this.table.hereCount > 0 && (this.beliefs.news.size > 0 || this.beliefs.loads.size > 0);
  }

  /** The changes that a message to `to` carries; first of all what it should refute. */
  private ride(to: number): Update[] {
    const { nodeId, settings } = this.options;
    const { news, loads } = this.beliefs;
    const taken: Update[] = [];
    let free = settings.piggybackBytesMax;
    const member = this.table.get(to);
    if (
      settings.buddySystem === 1 &&
      member !== undefined &&
      (member.status === MemberStatus.SUSPECT || member.status === MemberStatus.DOWN)
    ) {
      const kind = member.status === MemberStatus.SUSPECT ? UpdateKind.SUSPECT : UpdateKind.DOWN;
      const { process, incarnation } = member;
      const blame: Update = { kind, nodeId: to, process, incarnation, by: nodeId };
      taken.push(blame);
      free -= bytesOfUpdate(blame);
    }
    const nodes = this.table.hereCount + 1;
    free = news.take(taken, free, retransmissions(settings.retransmitMultiplier, nodes));
    loads.take(taken, free, retransmissions(settings.loadRetransmitMultiplier, nodes));
    return taken;
  }

  private gossip(nowMs: number): void {
    const { process, settings } = this.options;
    this.gossipAtMs = nowMs + settings.gossipIntervalMs;
    const isToBeTold = (member: Member): boolean =>
      !member.isGone || (member.status === MemberStatus.DOWN && nowMs - member.changedAtMs < settings.gossipToDownMs);
    for (const { nodeId } of this.table.some(settings.gossipNodes, isToBeTold)) {
      const updates = this.ride(nodeId);
      if (updates.length > 0) this.send(nodeId, { kind: MessageKind.GOSSIP, process, updates });
    }
  }

  private get isLoadNews(): boolean {
    const { loadChangeShare } = this.options.settings;
    const isFar = (now: number, told: number): boolean => Math.abs(now - told) > loadChangeShare * Math.max(told, 1);
    const { load } = this.beliefs;
    const { openWorkflows, commandsPerSecond } = this.loadNow;
    return isFar(openWorkflows, load.openWorkflows) || isFar(commandsPerSecond, load.commandsPerSecond);
  }

  private tellLoad(nowMs: number): void {
    const { nodeId, process, settings } = this.options;
    this.loadAtMs = nowMs + settings.loadIntervalMs;
    const load = { version: this.beliefs.load.version + 1, ...this.loadNow };
    this.beliefs.load = load;
    this.beliefs.loads.put({ kind: UpdateKind.LOAD, nodeId, process, load });
  }

  // --- whole tables ------------------------------------------------------------------------------------------------

  private join(nowMs: number): void {
    this.joinAtMs = nowMs + this.options.settings.joinIntervalMs;
    if (!this.isStaying) return;
    for (const nodeId of this.pick(this.maybeBack(), JOIN_CONTACTS)) this.sendTable(nodeId, false);
  }

  /** Now and then: a table is exchanged, with somebody who is here and with somebody who may be back; and who was gone for long is forgotten. */
  private keepTable(nowMs: number): void {
    const { settings } = this.options;
    const nodes = this.table.hereCount + 1;
    const scale = nodes <= EXCHANGE_SCALE_NODES ? 1 : Math.ceil(Math.log2(nodes) - Math.log2(EXCHANGE_SCALE_NODES)) + 1;
    this.exchangeAtMs = nowMs + settings.exchangeIntervalMs * scale;
    for (const member of [...this.table.all()]) {
      if (!member.isGone || nowMs - member.changedAtMs < settings.forgetAfterMs) continue;
      this.table.forget(member);
      this.beliefs.forgotten(member);
    }
    if (!this.isStaying) return;
    for (const { nodeId } of this.table.some(1, (member) => !member.isGone)) this.sendTable(nodeId, false);
    for (const nodeId of this.pick(this.maybeBack(), 1)) this.sendTable(nodeId, false);
  }

  /** Who is down, and seeds that are not known: so two halves of a group, or two groups that know of each other's seeds alone, find together. */
  private maybeBack(): number[] {
    const { nodeId, seeds } = this.options;
    const found = new Set(seeds.filter((seed) => seed !== nodeId && this.table.get(seed) === undefined));
    for (const member of this.table.all()) if (member.status === MemberStatus.DOWN) found.add(member.nodeId);
    return [...found];
  }

  private pick(from: number[], count: number): number[] {
    const picked: number[] = [];
    while (picked.length < count && from.length > 0) picked.push(...from.splice(this.options.chance.int(from.length), 1));
    return picked;
  }

  private sendTable(to: number, isAnswer: boolean): void {
    const { process, settings } = this.options;
    const { self } = this;
    const ownBytes = bytesOfRecord(self);
    let records: MemberRecord[] = [self];
    let bytes = ownBytes;
    for (const member of this.table.all()) {
      const { record } = member;
      const more = bytesOfRecord(record);
      if (bytes + more > settings.exchangeBytesMax) {
        this.send(to, { kind: MessageKind.EXCHANGE, process, isAnswer, isLast: false, records });
        records = [self];
        bytes = ownBytes;
      }
      records.push(record);
      bytes += more;
    }
    this.send(to, { kind: MessageKind.EXCHANGE, process, isAnswer, isLast: true, records });
  }

  /** W5. */
  private merge(from: number, message: ExchangeMessage): void {
    const { beliefs } = this;
    if (this.table.hereCount === 0 && message.isAnswer) this.joiningFrom = from;
    const isTold = !(message.isAnswer && this.joiningFrom === from);
    for (const record of message.records) {
      const { nodeId, status } = record;
      if (nodeId === this.options.nodeId) beliefs.hearOfSelf(record);
      else if (status === MemberStatus.LEFT) beliefs.part(record);
      else if (status === MemberStatus.ALIVE) beliefs.praise(record, isTold);
      else if (status === MemberStatus.SUSPECT || this.table.get(nodeId) !== undefined) {
        // Blamed or not, this incarnation of it was there.
        beliefs.praise({ ...record, status: MemberStatus.ALIVE }, isTold);
        beliefs.blame({ ...claimOf(record), status: MemberStatus.SUSPECT }, from);
      }
    }
    if (!message.isLast) return;
    if (message.isAnswer) this.joiningFrom = null;
    else this.sendTable(from, true);
  }
}
