/**
 * The whole state of the management cluster as bytes, and back. Pure.
 *
 *   "RTPL"   magic
 *   u8       format version (1)
 *   u32      CRC-32 of everything after it
 *   ...      deployment, versions, times, highest ids, limits, membership of cluster 0
 *   ...      lists of registered workflows (each list once), nodes, clusters, owners of slots (run-length coded), moves
 *
 * Z1. Equal states have equal bytes (S3 of the port). Everything ascends by id.
 * Z2. Decoding builds a new state and changes nothing else. Damage is MALFORMED_FRAME; so is what could not have come about (T3, T4 of topology.ts).
 * Z3. O(nodes x clusters + slots) bytes: a test counts them.
 */
import type { ConfState } from '../../raft/types.js';
import { BinaryReader, BinaryWriter, crc32 } from '../../state-machine/index.js';
import { CLUSTER_SIZE_MAX, SLOT_COUNT, type RegisteredWorkflow, type SlotRange } from '../command.js';
import {
  CLUSTER_STATES,
  ID_BYTES_MAX,
  MOVE_PHASES,
  NODE_STATES,
  readChoice,
  readId,
  readLabels,
  readNodeHead,
  readRanges,
  readTopologyLimits,
  readWorkflows,
  writeChoice,
  writeId,
  writeLabels,
  writeNodeHead,
  writeRanges,
  writeTopologyLimits,
  writeWorkflows,
} from '../record-codec.js';
import type { MemberState, MemberView } from '../state.js';
import { Topology, equalWorkflows } from './topology.js';

const MAGIC = [0x52, 0x54, 0x50, 0x4c] as const;
export const TOPOLOGY_SNAPSHOT_VERSION = 1;
const CRC_OFFSET = 5;
const BODY_OFFSET = 9;

/** In the order of their numbers in a snapshot: append only. */
const MEMBER_STATES: readonly MemberState[] = ['joining', 'voter', 'leaving'];

export function encodeTopology(state: Topology): Uint8Array {
  const writer = new BinaryWriter();
  for (const byte of MAGIC) writer.u8(byte);
  writer.u8(TOPOLOGY_SNAPSHOT_VERSION);
  writer.u32(0);
  writeHead(writer, state);
  writeNodes(writer, state);
  writeClusters(writer, state);
  writeSlots(writer, state);
  writeMoves(writer, state);
  const bytes = writer.finish();
  const crc = crc32(bytes, BODY_OFFSET);
  for (let i = 0; i < 4; i++) bytes[CRC_OFFSET + i] = crc >>> (8 * i);
  return bytes;
}

/** Throws MALFORMED_FRAME, with offset and field. */
export function decodeTopology(bytes: Uint8Array): Topology {
  const reader = new BinaryReader('management snapshot').open(bytes);
  for (const byte of MAGIC) if (reader.u8('magic') !== byte) reader.fail('magic', 'these bytes are no snapshot of a management cluster');
  const version = reader.u8('version');
  if (version !== TOPOLOGY_SNAPSHOT_VERSION) reader.fail('version', `${version} is not known to this build`);
  const crc = reader.u32('checksum');
  if (crc !== crc32(bytes, BODY_OFFSET)) reader.fail('checksum', 'the snapshot is damaged');
  const state = new Topology();
  readHead(reader, state);
  readNodes(reader, state);
  readClusters(reader, state);
  readSlots(reader, state);
  readMoves(reader, state);
  reader.end();
  return state;
}

function writeHead(writer: BinaryWriter, state: Topology): void {
  writer.id(state.deployment, 'deployment', ID_BYTES_MAX);
  writer.uint(state.version, 'version');
  writer.ms(state.logTimeMs, 'logTimeMs');
  writer.uint(state.codecLevel, 'codecLevel');
  writer.uint(state.limitsRevision, 'limitsRevision');
  writeTopologyLimits(writer, state.limits);
  writeMembership(writer, state.membership);
  writeId(writer, state.nodeIdHighest, 'nodeIdHighest');
  writeId(writer, state.clusterIdHighest, 'clusterIdHighest');
  writer.uint(state.moveIdHighest, 'moveIdHighest');
  writer.uint(state.clustersChangedAt, 'clustersChangedAt');
  writer.uint(state.slotsChangedAt, 'slotsChangedAt');
  writer.ms(state.slotsChangedMs, 'slotsChangedMs');
}

function readHead(reader: BinaryReader, state: Topology): void {
  state.deployment = reader.id('deployment', ID_BYTES_MAX);
  state.version = reader.uint('version');
  state.changing = state.version + 1;
  state.logTimeMs = reader.ms('logTimeMs');
  state.codecLevel = reader.uintFrom(1, 'codecLevel');
  state.limitsRevision = reader.uint('limitsRevision');
  state.limits = readTopologyLimits(reader);
  state.membership = readMembership(reader);
  state.nodeIdHighest = readId(reader, 'nodeIdHighest');
  state.clusterIdHighest = readId(reader, 'clusterIdHighest');
  state.moveIdHighest = reader.uint('moveIdHighest');
  state.clustersChangedAt = reader.uint('clustersChangedAt');
  state.slotsChangedAt = reader.uint('slotsChangedAt');
  state.slotsChangedMs = reader.ms('slotsChangedMs');
}

function writeIds(writer: BinaryWriter, ids: readonly number[], field: string): void {
  writer.uint(ids.length, field);
  for (const id of ids) writeId(writer, id, field);
}

function readIds(reader: BinaryReader, field: string): number[] {
  const ids: number[] = [];
  for (let left = reader.count(field, 1); left > 0; left--) ids.push(readId(reader, field));
  return ids;
}

function writeMembership(writer: BinaryWriter, membership: ConfState): void {
  writeIds(writer, membership.voters, 'voters');
  writeIds(writer, membership.votersOutgoing, 'votersOutgoing');
  writeIds(writer, membership.learners, 'learners');
  writeIds(writer, membership.learnersNext, 'learnersNext');
  writer.boolean(membership.autoLeave);
}

function readMembership(reader: BinaryReader): ConfState {
  const voters = readIds(reader, 'voters');
  const votersOutgoing = readIds(reader, 'votersOutgoing');
  const learners = readIds(reader, 'learners');
  const learnersNext = readIds(reader, 'learnersNext');
  return { voters, votersOutgoing, learners, learnersNext, autoLeave: reader.boolean('autoLeave') };
}

/** Distinct lists of workflows, in the order of the first node that has each. */
function workflowLists(state: Topology): Array<readonly RegisteredWorkflow[]> {
  const lists: Array<readonly RegisteredWorkflow[]> = [];
  for (const { info } of state.nodes.values()) if (listIndex(lists, info.workflows) < 0) lists.push(info.workflows);
  return lists;
}

function listIndex(lists: ReadonlyArray<readonly RegisteredWorkflow[]>, list: readonly RegisteredWorkflow[]): number {
  const same = lists.indexOf(list);
  return same >= 0 ? same : lists.findIndex((other) => equalWorkflows(other, list));
}

function writeNodes(writer: BinaryWriter, state: Topology): void {
  const lists = workflowLists(state);
  writer.uint(lists.length, 'workflowLists');
  for (const list of lists) writeWorkflows(writer, list);
  writer.uint(state.nodes.size, 'nodes');
  for (const node of state.nodes.values()) {
    writeId(writer, node.node, 'node');
    writer.id(node.token, 'node.token', ID_BYTES_MAX);
    writeChoice(writer, NODE_STATES, node.state, 'node.state');
    writer.boolean(node.isDraining);
    writer.ms(node.stateSinceMs, 'node.stateSinceMs');
    writer.uint(node.changedAt, 'node.changedAt');
    writeNodeHead(writer, node.info);
    writer.uint(listIndex(lists, node.info.workflows), 'node.workflowList');
  }
}

function readNodes(reader: BinaryReader, state: Topology): void {
  const lists: RegisteredWorkflow[][] = [];
  for (let left = reader.count('workflowLists', 1); left > 0; left--) lists.push(readWorkflows(reader));
  let last = 0;
  for (let left = reader.count('nodes', 20); left > 0; left--) {
    const node = readId(reader, 'node');
    if (node <= last || node > state.nodeIdHighest) reader.fail('node', `${node} does not ascend from ${last} to ${state.nodeIdHighest}`);
    last = node;
    const record = {
      node,
      token: reader.id('node.token', ID_BYTES_MAX),
      state: readChoice(reader, NODE_STATES, 'node.state'),
      isDraining: reader.boolean('node.isDraining'),
      stateSinceMs: reader.ms('node.stateSinceMs'),
      changedAt: reader.uint('node.changedAt'),
    };
    const head = readNodeHead(reader);
    const workflows = lists[reader.uint('node.workflowList')] ?? reader.fail('node.workflowList', 'there is no such list');
    state.putNode({ ...record, info: { ...head, workflows } });
  }
}

function writeClusters(writer: BinaryWriter, state: Topology): void {
  writer.uint(state.clusters.size, 'clusters');
  for (const cluster of state.clusters.values()) {
    writeId(writer, cluster.clusterId, 'clusterId');
    writeChoice(writer, CLUSTER_STATES, cluster.state, 'cluster.state');
    writer.uint(cluster.targetSize, 'cluster.targetSize');
    writer.uint(cluster.slotTarget, 'cluster.slotTarget');
    writeLabels(writer, cluster.metadata, 'cluster.metadata');
    writer.uint(cluster.confIndex, 'cluster.confIndex');
    writer.uint(cluster.changedAt, 'cluster.changedAt');
    writer.ms(cluster.changedMs, 'cluster.changedMs');
    writer.uint(cluster.members.length, 'members');
    for (const { node, state: memberState, replaces } of cluster.members) {
      writeId(writer, node, 'member.node');
      writeChoice(writer, MEMBER_STATES, memberState, 'member.state');
      writeId(writer, replaces, 'member.replaces');
    }
  }
}

function readClusters(reader: BinaryReader, state: Topology): void {
  let last = 0;
  for (let left = reader.count('clusters', 16); left > 0; left--) {
    const clusterId = readId(reader, 'clusterId');
    if (clusterId <= last || clusterId > state.clusterIdHighest) reader.fail('clusterId', `${clusterId} does not ascend from ${last}`);
    last = clusterId;
    const head = {
      clusterId,
      state: readChoice(reader, CLUSTER_STATES, 'cluster.state'),
      targetSize: reader.uintFrom(1, 'cluster.targetSize'),
      slotTarget: reader.uint('cluster.slotTarget'),
      metadata: readLabels(reader, 'cluster.metadata'),
      confIndex: reader.uint('cluster.confIndex'),
      changedAt: reader.uint('cluster.changedAt'),
      changedMs: reader.ms('cluster.changedMs'),
    };
    if (head.targetSize > CLUSTER_SIZE_MAX || head.slotTarget > SLOT_COUNT) reader.fail('cluster', 'its target is out of bounds');
    state.putCluster({ ...head, members: readMembers(reader, state) });
  }
}

function readMembers(reader: BinaryReader, state: Topology): MemberView[] {
  const members: MemberView[] = [];
  let last = 0;
  for (let left = reader.count('members', 3); left > 0; left--) {
    const node = readId(reader, 'member.node');
    if (node <= last || !state.nodes.has(node)) reader.fail('member.node', `${node} is no node, or does not ascend from ${last}`);
    last = node;
    members.push({ node, state: readChoice(reader, MEMBER_STATES, 'member.state'), replaces: readId(reader, 'member.replaces') });
  }
  return members;
}

function writeSlots(writer: BinaryWriter, state: Topology): void {
  for (const { owner, count } of state.slots.runs()) {
    writeId(writer, owner, 'slots.owner');
    writer.uint(count, 'slots.count');
  }
}

function readSlots(reader: BinaryReader, state: Topology): void {
  const given = new Map<number, SlotRange[]>();
  for (let first = 0; first < SLOT_COUNT;) {
    const owner = readId(reader, 'slots.owner');
    const count = reader.uintFrom(1, 'slots.count');
    if (first + count > SLOT_COUNT) reader.fail('slots.count', `${first + count} are more than ${SLOT_COUNT}`);
    if (owner !== 0 && !state.clusters.has(owner)) reader.fail('slots.owner', `there is no cluster ${owner}`);
    if (owner !== 0) given.set(owner, [...(given.get(owner) ?? []), { first, count }]);
    first += count;
  }
  for (const [owner, ranges] of given) state.slots.give(ranges, owner);
}

function writeMoves(writer: BinaryWriter, state: Topology): void {
  writer.uint(state.moves.size, 'moves');
  for (const move of state.moves.values()) {
    writer.uint(move.moveId, 'moveId');
    writeId(writer, move.from, 'move.from');
    writeId(writer, move.to, 'move.to');
    writeChoice(writer, MOVE_PHASES, move.phase, 'move.phase');
    writer.ms(move.begunMs, 'move.begunMs');
    writer.ms(move.phaseSinceMs, 'move.phaseSinceMs');
    writeRanges(writer, move.ranges);
  }
}

function readMoves(reader: BinaryReader, state: Topology): void {
  let last = 0;
  for (let left = reader.count('moves', 23); left > 0; left--) {
    const moveId = reader.uint('moveId');
    if (moveId <= last || moveId > state.moveIdHighest) reader.fail('moveId', `${moveId} does not ascend from ${last}`);
    last = moveId;
    const head = {
      moveId,
      from: readId(reader, 'move.from'),
      to: readId(reader, 'move.to'),
      phase: readChoice(reader, MOVE_PHASES, 'move.phase'),
      begunMs: reader.ms('move.begunMs'),
      phaseSinceMs: reader.ms('move.phaseSinceMs'),
    };
    if (!state.clusters.has(head.from) || !state.clusters.has(head.to))
      reader.fail('move', `it is between ${head.from} and ${head.to}, and one is no cluster`);
    const ranges = readRanges(reader);
    for (const { first, count } of ranges) {
      for (let slot = first; slot < first + count; slot++)
        if (state.slots.moveOf(slot) !== 0) reader.fail('move.ranges', `slot ${slot} is in two moves`);
    }
    state.putMove({ ...head, ranges });
  }
}
