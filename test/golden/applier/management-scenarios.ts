/**
 * Logs of the management cluster for golden files: together they have every kind of command, event and refusal.
 */
import { encodeTopologyCommand } from '../../../lib/management/command-codec.js';
import { TopologyKind, type TopologyCommand } from '../../../lib/management/command.js';
import type { TopologyAnswer } from '../../../lib/management/state.js';
import type { ConfState } from '../../../lib/raft/types.js';
import { stampLogTime } from '../../../lib/state-machine/index.js';
import { DEPLOYMENT, TopologyUnderTest, nodeInfo } from '../../support/topology-machine.js';
import { hexOf } from '../plain.js';

type Step = { readonly frame: string } | { readonly membership: ConfState } | { readonly restore: true };

/** Writes down what it applies; some of it is meant to be refused. */
class Recorder extends TopologyUnderTest {
  readonly steps: Step[] = [];

  override apply(command: TopologyCommand): TopologyAnswer {
    const frame = encodeTopologyCommand(command);
    stampLogTime(frame, this.nowMs);
    this.steps.push({ frame: hexOf(frame) });
    this.nowMs += 250;
    return this.machine.apply(++this.index, 1, frame);
  }

  override membership(voters: readonly number[], more: Partial<ConfState> = {}): void {
    const membership = { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false, ...more };
    this.steps.push({ membership });
    this.machine.applyMembership(++this.index, membership);
  }

  override restart(): void {
    this.steps.push({ restore: true });
    this.machine.restore(++this.index, this.machine.snapshot());
  }

  /** Level 9, which every member says that it knows, and this build does not: it halts. */
  halt(): void {
    const frame = encodeTopologyCommand({ kind: TopologyKind.RAISE_CODEC_LEVEL, level: 9 });
    stampLogTime(frame, this.nowMs);
    this.steps.push({ frame: hexOf(frame) });
  }

  begin(nodes = 6, deployment = DEPLOYMENT): TopologyAnswer {
    const infos = Array.from({ length: nodes }, (_, i) => ({ node: i + 1, info: nodeInfo({ zone: 'abc'[i % 3]!, codecLevelMax: 9 }) }));
    return this.apply({ kind: TopologyKind.FOUND, deployment, nodes: infos, members: [1, 2, 3], targetSize: 3, nodeIdHighest: 20 });
  }
}

const SCENARIOS: Readonly<Record<string, (r: Recorder) => void>> = {
  'founding and take-over': (r) => {
    r.addNode('early');
    r.begin();
    r.begin();
    r.begin(3, 'another');
    r.membership([1, 2, 3], { learners: [4, 5, 6, 30] });
    r.addNode('t1');
    r.restart();
    r.addNode('t1');
    r.apply({ kind: TopologyKind.SET_LIMITS, expectedRevision: 0, limits: { nodesMax: 7, clustersMax: 2, movesMax: 1 } });
    r.apply({ kind: TopologyKind.SET_LIMITS, expectedRevision: 0, limits: { nodesMax: 9, clustersMax: 2, movesMax: 1 } });
    r.addNode('t2');
    r.apply({ kind: TopologyKind.RAISE_CODEC_LEVEL, level: 9 });
    r.apply({ kind: TopologyKind.RAISE_CODEC_LEVEL, level: 1 });
    r.membership([1, 2, 3], { learners: [4, 5, 6] });
    r.halt();
  },
  nodes: (r) => {
    r.begin();
    r.addNode('t1', { role: 'client' });
    for (const state of ['active', 'draining', 'down', 'active', 'active', 'joining', 'left', 'active'] as const) r.nodeState(21, state);
    r.nodeState(99, 'down');
    r.nodeState(4, 'draining', 99);
    r.nodeState(4, 'draining');
    r.nodeState(4, 'active', 1);
    r.nodeInfo(5, { incarnation: 2, zone: 'z', capacity: 0, workflows: [] });
    r.nodeInfo(5, { incarnation: 1 });
    r.nodeInfo(1, { role: 'client' });
    r.removeNode(4, 0);
    r.removeNode(21);
    r.removeNode(21);
    r.removeNode(1);
    r.restart();
    r.addNode('t1');
  },
  clusters: (r) => {
    r.begin(9);
    r.create([4, 5, 6], { metadata: [{ name: 'name', value: 'second' }] });
    r.create([4], { decidedOn: 1 });
    r.create([]);
    r.apply({ kind: TopologyKind.SET_METADATA, clusterId: 2, targetSize: 5, metadata: [], decidedOn: r.version });
    r.associate(2, 7);
    r.associate(2, 7);
    r.associate(2, 8, { replaces: 9 });
    r.associate(2, 8, { replaces: 4 });
    r.associate(2, 9, { replaces: 4 });
    r.nodeState(9, 'draining');
    r.associate(2, 9);
    r.nodeInfo(9, { incarnation: 1, role: 'client' });
    r.associate(2, 9);
    r.nodeInfo(9, { incarnation: 1, capacity: 0 });
    r.nodeState(9, 'active');
    r.associate(2, 9);
    r.record(2, 8, [4, 5, 6], [7, 8, 3]);
    r.restart();
    r.record(2, 12, [5, 6, 7, 8]);
    r.record(2, 11, [5]);
    r.record(2, 13, [5, 77]);
    r.disassociate(2, 9);
    r.disassociate(2, 5);
    r.record(2, 20, [6, 7, 8]);
    for (const node of [6, 7]) r.nodeState(node, 'down');
    r.disassociate(2, 8);
    r.disassociate(7, 8);
    r.destroy(2, 3);
    r.destroy(2);
    r.destroy(2);
    r.destroy(1);
    r.clusterState(1, 'retiring');
  },
  'slots and moves': (r) => {
    r.begin(6);
    r.create([4, 5, 6]);
    r.targets({ 1: 2000, 2: 2000 });
    r.targets({ 1: 2000, 2: 2096 });
    r.targets({ 1: 2000, 2: 2096 });
    r.beginMove(1, 2, [
      { first: 5, count: 90 },
      { first: 2_000, count: 2_006 },
    ]);
    r.beginMove(1, 2, [{ first: 94, count: 2 }]);
    r.beginMove(2, 1, [{ first: 0, count: 1 }]);
    r.advance(1, 'activated');
    r.advance(1, 'frozen');
    r.restart();
    r.advance(1, 'imported');
    r.advance(1, 'activated');
    r.abort(1);
    r.destroy(2);
    r.finish(1);
    r.finish(1);
    r.finish(9);
    r.beginMove(2, 1, [{ first: 5, count: 5 }]);
    r.advance(2, 'frozen');
    r.abort(2);
    r.finish(2);
    r.advance(2, 'aborted');
    r.finish(2);
    r.clusterState(2, 'retiring');
    r.beginMove(1, 2, [{ first: 0, count: 1 }]);
    r.targets({ 1: 4096 });
    r.beginMove(2, 1, [
      { first: 5, count: 90 },
      { first: 2_000, count: 2_006 },
    ]);
    r.destroy(2);
    for (const phase of ['frozen', 'imported', 'aborting', 'activated'] as const) r.advance(3, phase);
    r.finish(3);
    r.destroy(2);
    r.create([4]);
  },
};

export function managementScenarios(): ReadonlyArray<{ readonly name: string; readonly steps: readonly Step[] }> {
  return Object.entries(SCENARIOS).map(([name, play]) => {
    const recorder = new Recorder();
    play(recorder);
    return { name, steps: recorder.steps };
  });
}
