/**
 * Watches every group of the deployment, cluster 0 among them, and every run, wherever it lives. Owns a model of who owns which slot, made of the logs alone.
 *
 * A1. Of each group: what group-oracle.ts says (one leader per term, one log, equal states at equal index).
 * A2. Of each run: what workflow-oracle.ts says, over all clusters: one history, which the next cluster continues where the last one ended (P1, P2); owners and epochs in one
 *     order (P4); one open run of an id in the whole deployment (P5).
 * A3. At most one group owns a slot, as of the newest entry of each that anybody has applied; in the end exactly one does, and the topology says the same.
 * A4. In the topology, at every version on every node, each slot has one owner, which is a cluster that is there.
 */
import { decodeTopologyCommand, TopologyStateMachine, type TopologyAnswer } from '../../../lib/management/index.js';
import { SLOT_COUNT, TopologyKind } from '../../../lib/management/command.js';
import { COMMAND_KIND_OFFSET, type StateMachine } from '../../../lib/state-machine/index.js';
import type { TraceHash } from '../../../lib/testing/trace-hash.js';
import { decodeCommand } from '../../../lib/workflow/command-codec.js';
import { CommandKind } from '../../../lib/workflow/command.js';
import { WorkflowStateMachine } from '../../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../../lib/workflow/state.js';
import { GroupOracle } from '../group-oracle.js';
import type { Journal } from '../journal.js';
import { WorkflowOracle } from '../workflow-oracle.js';

const MOVE_KINDS: ReadonlySet<number> = new Set([
  CommandKind.FREEZE_SLOTS,
  CommandKind.UNFREEZE_SLOTS,
  CommandKind.DROP_SLOTS,
  CommandKind.IMPORT_BEGIN,
  CommandKind.ACTIVATE_IMPORT,
  CommandKind.ABORT_IMPORT,
]);

/** What the cluster manager says of what it decided, by what is counted. */
const DECISIONS: ReadonlyArray<readonly [string, RegExp]> = [
  ['splits', /more than one is to have: a new cluster/],
  ['merges', /% of what one may have: cluster/],
  ['repairs', /decided: voter \d+ of cluster \d+ is down/],
  ['drained', /is draining, and is a voter of cluster/],
  ['forgotten', /is forgotten: it has been down/],
  ['filled', /decided: cluster \d+ has \d+ of \d+ voters/],
];

export class TopologyOracle {
  readonly counts = {
    created: 0,
    destroyed: 0,
    splits: 0,
    merges: 0,
    repairs: 0,
    drained: 0,
    forgotten: 0,
    filled: 0,
    moves: 0,
    movesAborted: 0,
    movedRuns: 0,
    slotsMoved: 0,
    refusedByTopology: 0,
    restores: 0,
  };
  readonly groups = new Map<number, GroupOracle>();
  /** For what concerns no group alone. */
  private readonly notes = new GroupOracle();
  readonly workflows = new WorkflowOracle(this.notes);
  /** By group: 1 where it owns the slot. */
  private readonly owned = new Map<number, Uint8Array>();

  constructor(private readonly journal: Journal) {}

  note(promise: string, message: string): void {
    this.notes.note(promise, message);
  }

  /** Throws the first violation that anybody noted. */
  check(): void {
    this.notes.check();
    for (const oracle of this.groups.values()) oracle.check();
  }

  leads(groupId: number, term: number, node: number): void {
    this.group(groupId).leads(term, node);
  }

  addTo(trace: TraceHash): void {
    for (const oracle of this.groups.values()) oracle.addTo(trace);
  }

  get entries(): number {
    return [...this.groups.values()].reduce((sum, { entries }) => sum + entries, 0);
  }

  observe<Result>(groupId: number, node: number, machine: StateMachine<Result>): StateMachine<Result> {
    const oracle = this.group(groupId);
    if (machine instanceof WorkflowStateMachine) {
      this.ownedBy(groupId);
      oracle.beforeEntry ??= (frame) => this.workflows.beforeEntry(frame);
      oracle.onEntry ??= (_node, _index, frame, result) => this.onEntry(groupId, frame, result as CommandAnswer);
      return oracle.observe(node, machine) as StateMachine<Result>;
    }
    if (machine instanceof TopologyStateMachine) {
      oracle.onEntry ??= (_node, index, frame, result) => this.onTopologyEntry(index, frame, result as TopologyAnswer);
      return this.checkedTopology(node, oracle.observe(node, machine as StateMachine<unknown>), machine) as StateMachine<Result>;
    }
    return oracle.observe(node, machine);
  }

  /** The cluster manager, or anybody else, wrote this line. */
  onLog(text: string): void {
    if (!text.startsWith('the cluster manager decided')) return;
    for (const [name, pattern] of DECISIONS) if (pattern.test(text)) this.counts[name as 'splits']++;
  }

  /** A3, at the end: `owners` of the slots by the topology. */
  verifySlots(ownerOf: (slot: number) => number): void {
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      const owners = [...this.owned].filter(([, owned]) => owned[slot] === 1).map(([groupId]) => groupId);
      if (owners.length === 1 && owners[0] === ownerOf(slot)) continue;
      this.note(
        'R40',
        `slot ${slot} is owned by cluster ${ownerOf(slot)} in the topology, and by group ${owners.join(' and ') || 'none'} by their logs`,
      );
    }
  }

  private group(groupId: number): GroupOracle {
    let oracle = this.groups.get(groupId);
    if (oracle === undefined) {
      this.groups.set(groupId, (oracle = new GroupOracle()));
      // Every answer of apply is compared with that of a machine that was never stopped.
      oracle.compareWith(groupId === 0 ? new TopologyStateMachine() : new WorkflowStateMachine({ groupId }));
    }
    return oracle;
  }

  private ownedBy(groupId: number): Uint8Array {
    let owned = this.owned.get(groupId);
    if (owned === undefined) this.owned.set(groupId, (owned = new Uint8Array(SLOT_COUNT).fill(groupId === 1 ? 1 : 0)));
    return owned;
  }

  private onEntry(groupId: number, frame: Uint8Array, result: CommandAnswer): void {
    if (!MOVE_KINDS.has(frame[COMMAND_KIND_OFFSET]!)) return;
    const command = decodeCommand(frame);
    this.journal.write(
      () => `group ${groupId}: ${describeMove(command)}: ${result.ok ? 'done' : 'reason' in result ? result.reason : result.code}`,
    );
    if (!result.ok || !('moveId' in command)) return;
    const move = `${groupId}/${command.moveId}`;
    const mine = this.ownedBy(groupId);
    switch (command.kind) {
      case CommandKind.FREEZE_SLOTS:
        this.ranges.set(move, command.ranges);
        return this.set(groupId, command.ranges, 0);
      case CommandKind.UNFREEZE_SLOTS:
        // Said again, it is answered again, and changes nothing: the slots may have gone elsewhere since.
        if (this.unfrozen.has(move)) return;
        this.unfrozen.add(move);
        return this.set(groupId, this.ranges.get(move) ?? [], 1);
      case CommandKind.IMPORT_BEGIN:
        if (this.activated.has(move)) return;
        this.ranges.set(move, command.ranges);
        for (const { first, count } of command.ranges)
          if (mine.subarray(first, first + count).includes(1))
            this.note('R41', `group ${groupId} imports slots that it owns, in move ${command.moveId}`);
        return;
      case CommandKind.ACTIVATE_IMPORT: {
        if (this.activated.has(move)) return;
        this.activated.add(move);
        const ranges = this.ranges.get(move) ?? [];
        for (const { count } of ranges) this.counts.slotsMoved += count;
        this.counts.movedRuns += command.openRuns;
        return this.set(groupId, ranges, 1);
      }
      default:
        return;
    }
  }

  /** By group and move. */
  private readonly ranges = new Map<string, ReadonlyArray<{ readonly first: number; readonly count: number }>>();
  private readonly activated = new Set<string>();
  private readonly unfrozen = new Set<string>();

  private set(groupId: number, ranges: ReadonlyArray<{ readonly first: number; readonly count: number }>, value: 0 | 1): void {
    const mine = this.ownedBy(groupId);
    for (const { first, count } of ranges) {
      for (let slot = first; slot < first + count; slot++) {
        mine[slot] = value;
        if (value === 0) continue;
        for (const [other, owned] of this.owned)
          if (other !== groupId && owned[slot] === 1) this.note('P5', `slot ${slot} is owned by groups ${other} and ${groupId}`);
      }
    }
  }

  private onTopologyEntry(index: number, frame: Uint8Array, answer: TopologyAnswer): void {
    const command = decodeTopologyCommand(frame);
    this.journal.write(
      () =>
        `topology, entry ${index}: ${JSON.stringify(command).slice(0, 300)}: ${answer.ok ? (answer.changed ? 'done' : 'was so') : `${answer.code} ${answer.reason}`}`,
    );
    if (!answer.ok) {
      this.counts.refusedByTopology++;
      return;
    }
    if (!answer.changed) return;
    if (command.kind === TopologyKind.CREATE_CLUSTER) this.counts.created++;
    if (command.kind === TopologyKind.DESTROY_CLUSTER) this.counts.destroyed++;
    if (command.kind === TopologyKind.ADVANCE_MOVE && command.phase === 'activated') this.counts.moves++;
    if (command.kind === TopologyKind.ADVANCE_MOVE && command.phase === 'aborted') this.counts.movesAborted++;
  }

  /** A4, after each entry that changed the topology. */
  private checkedTopology(node: number, observed: StateMachine<unknown>, machine: TopologyStateMachine): StateMachine<unknown> {
    const apply = observed.apply.bind(observed);
    let version = machine.topology.version;
    observed.apply = (index, term, frame): unknown => {
      const result = apply(index, term, frame);
      const { topology } = machine;
      if (topology.version === version) return result;
      if (topology.version < version) this.note('topology', `node ${node}: version ${topology.version} after ${version}`);
      version = topology.version;
      if (topology.deployment === '') return result;
      let sum = 0;
      for (const clusterId of topology.clusters.keys()) sum += topology.slots.countOf(clusterId);
      if (topology.clusters.size > 0 && sum !== SLOT_COUNT)
        this.note(
          'R40',
          `node ${node}: in version ${version} of the topology ${sum} of ${SLOT_COUNT} slots belong to clusters that are there`,
        );
      return result;
    };
    return observed;
  }
}

function describeMove(command: object): string {
  return JSON.stringify(command, (_key, value: unknown) => (value instanceof Uint8Array ? `${value.length} bytes` : value)).slice(0, 200);
}
