/**
 * Are the replicas of a group alike? What is replicated of the answer (docs/adr/0053). Pure.
 *
 * C1. A STATE_CHECK asks each member for the hash of its state at the index of that entry; STATE_HASH is the answer of one of them. Both are commands of the log: the
 *     verdict is computed where they are applied, from the voters at the index of the check, and is the same on every replica, whoever leads.
 * C2. A node answers once. One that went past the index by a snapshot has nothing to say, and is not counted as another opinion.
 * C3. A hash that more than half of those voters have is right. Whoever reported another differs: that node halts as it applies this (STATE_DIVERGED), learners too.
 * C4. Where no hash can get that many any more, nobody knows who is right: the group refuses commands until a later check finds a majority. Who differs then halts, and what
 *     was refused to owners is proposed again under new epochs.
 * C5. A later check replaces an earlier one. Differences without a verdict (a voter is silent) are shown, and decided by the next check.
 * Tests: state-check.spec.ts.
 */
import type { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import type { StateCheckView } from '../state.js';

const PARTS_MAX = 16;
const MEMBERS_MAX = 4_096;

let revisions = 0;

export class StateCheck {
  /** Another number after each change, of any group. */
  revision = ++revisions;
  /** Of the last check; 0: there was none. */
  index = 0;
  /** Log time. */
  atMs = 0;
  voters: readonly number[] = [];
  readonly reports = new Map<number, readonly number[]>();
  /** Index of the last check that a majority agreed on. */
  agreedIndex = 0;
  /** Nodes that were found to differ → index of the check. */
  readonly diverged = new Map<number, number>();
  /** Index of the check since which commands are refused; 0: they are not. */
  refusingSince = 0;

  get isRefusing(): boolean {
    return this.refusingSince > 0;
  }

  begin(index: number, atMs: number, voters: readonly number[]): void {
    this.index = index;
    this.atMs = atMs;
    this.voters = voters;
    this.reports.clear();
    this.revision = ++revisions;
  }

  /** Nodes that this makes known to differ. */
  report(node: number, parts: readonly number[]): readonly number[] {
    this.reports.set(node, parts);
    this.revision = ++revisions;
    const { outcome, hash } = this.tally();
    if (outcome === 'conflict' && !this.isRefusing) this.refusingSince = this.index;
    if (outcome !== 'agreed') return [];
    this.agreedIndex = this.index;
    const found: number[] = [];
    for (const [other, theirs] of this.reports) {
      if (keyOf(theirs) === hash || this.diverged.get(other) === this.index) continue;
      this.diverged.set(other, this.index);
      found.push(other);
    }
    return found;
  }

  /** The hash that a majority has; null: none has. */
  majority(): readonly number[] | null {
    const { outcome, hash } = this.tally();
    if (outcome !== 'agreed') return null;
    for (const parts of this.reports.values()) if (keyOf(parts) === hash) return parts;
    return null;
  }

  /** C3, C4. */
  tally(): { readonly outcome: StateCheckView['outcome']; readonly hash: string } {
    const counts = new Map<string, number>();
    let silent = 0;
    let best = '';
    for (const voter of this.voters) {
      const parts = this.reports.get(voter);
      if (parts === undefined) {
        silent++;
        continue;
      }
      const hash = keyOf(parts);
      counts.set(hash, (counts.get(hash) ?? 0) + 1);
      if (best === '' || counts.get(hash)! > counts.get(best)!) best = hash;
    }
    const most = counts.get(best) ?? 0;
    if (most * 2 > this.voters.length) return { outcome: 'agreed', hash: best };
    return { outcome: this.voters.length > 0 && (most + silent) * 2 <= this.voters.length ? 'conflict' : 'open', hash: best };
  }

  /** Members that left are forgotten: their ids are never used again. */
  membersChanged(members: readonly number[]): void {
    for (const node of [...this.diverged.keys()]) {
      if (members.includes(node)) continue;
      this.diverged.delete(node);
      this.revision = ++revisions;
    }
  }

  view(): StateCheckView {
    const hashes = new Set([...this.reports.values()].map(keyOf));
    const { outcome } = this.tally();
    const view: Omit<StateCheckView, 'problem'> = {
      index: this.index,
      atMs: this.atMs,
      voters: this.voters,
      reported: [...this.reports.keys()].sort((a, b) => a - b),
      outcome,
      isDiffering: hashes.size > 1,
      agreedIndex: this.agreedIndex,
      diverged: [...this.diverged.keys()].sort((a, b) => a - b),
      isRefusing: this.isRefusing,
    };
    return { ...view, problem: problemOf(view) };
  }
}

function keyOf(parts: readonly number[]): string {
  return parts.join();
}

function problemOf(check: Omit<StateCheckView, 'problem'>): string | null {
  const { index, voters, reported, isDiffering, outcome, diverged, isRefusing } = check;
  if (isRefusing) {
    const since = `the replicas of nodes ${voters.join(', ')} differ at index ${index}, and no majority agrees`;
    return `${since}: commands are refused until an operator has chosen the one that is right`;
  }
  if (diverged.length > 0) return `the replica of node ${diverged.join(', ')} differs from that of a majority, and has stopped: replace it`;
  if (isDiffering && outcome === 'open')
    return `replicas differ at index ${index}, of nodes ${reported.join(', ')}: which is right is not known before more of them have answered`;
  return null;
}

export function writeStateCheck(writer: BinaryWriter, check: StateCheck): void {
  writer.uint(check.index, 'check.index');
  writer.ms(check.atMs, 'check.atMs');
  writeNodes(writer, check.voters);
  const reporters = [...check.reports.keys()].sort((a, b) => a - b);
  writer.uint(reporters.length, 'check.reports');
  for (const node of reporters) {
    writer.uint(node, 'check.node');
    writeParts(writer, check.reports.get(node)!);
  }
  writer.uint(check.agreedIndex, 'check.agreedIndex');
  const diverged = [...check.diverged].sort(([a], [b]) => a - b);
  writer.uint(diverged.length, 'check.diverged');
  for (const [node, index] of diverged) {
    writer.uint(node, 'check.node');
    writer.uint(index, 'check.index');
  }
  writer.uint(check.refusingSince, 'check.refusingSince');
}

export function readStateCheck(reader: BinaryReader, check: StateCheck): void {
  check.index = reader.uint('check.index');
  check.atMs = reader.ms('check.atMs');
  const voters: number[] = [];
  for (let left = reader.count('check.voters', 1, MEMBERS_MAX); left > 0; left--) voters.push(reader.uint('check.voters'));
  check.voters = voters;
  for (let left = reader.count('check.reports', 2, MEMBERS_MAX); left > 0; left--) {
    const node = reader.uint('check.node');
    check.reports.set(node, readParts(reader));
  }
  check.agreedIndex = reader.uint('check.agreedIndex');
  for (let left = reader.count('check.diverged', 2, MEMBERS_MAX); left > 0; left--) {
    const node = reader.uint('check.node');
    check.diverged.set(node, reader.uint('check.index'));
  }
  check.refusingSince = reader.uint('check.refusingSince');
}

function writeNodes(writer: BinaryWriter, nodes: readonly number[]): void {
  writer.uint(nodes.length, 'check.voters');
  for (const node of nodes) writer.uint(node, 'check.voters');
}

function writeParts(writer: BinaryWriter, parts: readonly number[]): void {
  writer.uint(parts.length, 'parts');
  for (const part of parts) writer.u53(part, 'parts');
}

function readParts(reader: BinaryReader): readonly number[] {
  const parts: number[] = [];
  for (let left = reader.count('parts', 7, PARTS_MAX); left > 0; left--) parts.push(reader.u53('parts'));
  return parts;
}
