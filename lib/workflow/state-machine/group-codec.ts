/**
 * What an execution cluster replicates besides runs and answers: log time, codec level, limits, membership, slots, hellos, and from codec level 2 on
 * node ids, from level 3 on the chain of events and the state check, from level 4 on the founders of the management cluster, from level 5 on moves of slots, from level 6 on the children
 * that are held; as a part of a
 * snapshot, and as the group's own row. Pure.
 *
 *   u8    version of the row (1)
 *   ...   of this node alone: sequence of the last row of answers, threshold of the forgotten ones, numbers of the closings
 *   ...   from here on as in a snapshot
 */
import { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import type { ConfState } from '../../raft/index.js';
import { writeLimits } from '../command-codec.js';
import { CHILDREN_LEVEL, CODEC_LEVEL_MAX, MANAGEMENT_LEVEL, MOVES_LEVEL, NODE_ID_MAX, STATE_CHECK_LEVEL } from '../command.js';
import { readLimits } from '../command-decoder.js';
import { ID_BYTES_MAX, NAME_BYTES_MAX, readParent, writeParent } from '../record-codec.js';
import { SLOT_COUNT } from '../slot.js';
import type { Children } from './children.js';
import { GroupState, ascending, type MemberHello } from './group-state.js';
import { readMoves, writeMoves } from './moves.js';
import { NODE_IDS_LEVEL, REMOVED_MAX, RESERVATIONS_MAX, type NodeIds } from './node-ids.js';
import { SlotState, SlotTable } from './slots.js';
import { readStateCheck, writeStateCheck } from './state-check.js';
import { EventChain } from './state-hash.js';

export const GROUP_ROW_VERSION = 1;

/** Where the rows of a group stand, on this node. */
export interface RowNumbers {
  readonly requestSequence: number;
  readonly forgottenMs: number;
  readonly forgottenId: string;
  readonly closings: number;
  readonly sweptClosings: number;
  readonly newestSweptMs: number;
}

export function writeGroupRow(writer: BinaryWriter, numbers: RowNumbers): void {
  writer.u8(GROUP_ROW_VERSION);
  writer.uint(numbers.requestSequence, 'requestSequence');
  writer.ms(numbers.forgottenMs, 'forgottenMs');
  writer.id(numbers.forgottenId, 'forgottenId', ID_BYTES_MAX);
  writer.uint(numbers.closings, 'closings');
  writer.uint(numbers.sweptClosings, 'sweptClosings');
  writer.ms(numbers.newestSweptMs, 'newestSweptMs');
}

/** Up to where the part of the snapshot begins. */
export function readGroupRow(reader: BinaryReader): RowNumbers {
  const version = reader.u8('version');
  if (version !== GROUP_ROW_VERSION) reader.fail('version', `${version} is not known to this build`);
  const requestSequence = reader.uint('requestSequence');
  const forgottenMs = reader.ms('forgottenMs');
  const forgottenId = reader.id('forgottenId', ID_BYTES_MAX);
  const closings = reader.uint('closings');
  const sweptClosings = reader.uint('sweptClosings');
  if (sweptClosings > closings) reader.fail('sweptClosings', `${sweptClosings} of ${closings} runs are swept`);
  return { requestSequence, forgottenMs, forgottenId, closings, sweptClosings, newestSweptMs: reader.ms('newestSweptMs') };
}

export function writeGroup(writer: BinaryWriter, state: GroupState): void {
  writeOwnPart(writer, state);
  if (state.codecLevel < STATE_CHECK_LEVEL) return;
  for (const word of state.chain.words) writer.u32(word);
  writeStateCheck(writer, state.check);
}

/** What the state hash counts as the group's own: the chain of events is a part of its own there. */
export function writeHashedGroup(writer: BinaryWriter, state: GroupState): void {
  writeOwnPart(writer, state);
  writeStateCheck(writer, state.check);
}

function writeOwnPart(writer: BinaryWriter, state: GroupState): void {
  writer.uint(state.groupId, 'groupId');
  writer.ms(state.logTimeMs, 'logTimeMs');
  writer.uint(state.codecLevel, 'codecLevel');
  writer.uint(state.limitsRevision, 'limitsRevision');
  writeLimits(writer, state.limits);
  writeMembership(writer, state.membership);
  writeSlots(writer, state.slots);
  writeHellos(writer, state);
  if (state.codecLevel >= NODE_IDS_LEVEL) writeNodeIds(writer, state.nodeIds);
  if (state.codecLevel >= MANAGEMENT_LEVEL) writeIds(writer, state.founders, 'founders');
  if (state.codecLevel >= MOVES_LEVEL) writeMoves(writer, state.moves, state.slots);
  if (state.codecLevel >= CHILDREN_LEVEL) writeHeld(writer, state.children);
}

/** A new state without runs and answers. */
export function readGroup(reader: BinaryReader, groupId: number): GroupState {
  const theirs = reader.uint('groupId');
  if (theirs !== groupId) reader.fail('groupId', `it is of cluster ${theirs}, not of ${groupId}`);
  const state = new GroupState(groupId);
  state.logTimeMs = reader.ms('logTimeMs');
  state.codecLevel = reader.uint('codecLevel');
  if (state.codecLevel > CODEC_LEVEL_MAX)
    reader.fail(
      'codecLevel',
      `the group is at level ${state.codecLevel}, and this build applies up to ${CODEC_LEVEL_MAX}: upgrade this node`,
    );
  state.limitsRevision = reader.uint('limitsRevision');
  state.limits = readLimits(reader);
  state.membership = readMembership(reader);
  state.slots = readSlots(reader);
  readHellos(reader, state);
  if (state.codecLevel >= NODE_IDS_LEVEL) readNodeIds(reader, state.nodeIds);
  if (state.codecLevel >= MANAGEMENT_LEVEL) state.founders = readIds(reader, 'founders');
  if (state.codecLevel >= MOVES_LEVEL) readMoves(reader, state.moves, state.slots);
  if (state.codecLevel >= CHILDREN_LEVEL) readHeld(reader, state.children);
  if (state.codecLevel < STATE_CHECK_LEVEL) return state;
  state.chain = new EventChain(reader.u32('chain'), reader.u32('chain'));
  readStateCheck(reader, state.check);
  return state;
}

function writeIds(writer: BinaryWriter, ids: readonly number[], field: string): void {
  writer.uint(ids.length, field);
  for (const id of ids) writer.uint(id, field);
}

function readIds(reader: BinaryReader, field: string): number[] {
  const ids: number[] = [];
  for (let left = reader.count(field, 1); left > 0; left--) ids.push(reader.uint(field));
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

/** Runs of slots that are alike: state, epoch, length. */
function writeSlots(writer: BinaryWriter, slots: SlotTable): void {
  for (let slot = 0; slot < SLOT_COUNT;) {
    let end = slot + 1;
    while (end < SLOT_COUNT && slots.states[end] === slots.states[slot] && slots.epochs[end] === slots.epochs[slot]) end++;
    writer.u8(slots.states[slot]!);
    writer.uint(slots.epochs[slot]!, 'slotEpoch');
    writer.uint(end - slot, 'slots');
    slot = end;
  }
}

function readSlots(reader: BinaryReader): SlotTable {
  const slots = new SlotTable();
  for (let slot = 0; slot < SLOT_COUNT;) {
    const state = reader.u8('slotState');
    if (state > SlotState.IMPORTING) reader.fail('slotState', `${state} stands for nothing`);
    const epoch = reader.uint('slotEpoch');
    const length = reader.uintFrom(1, 'slots');
    if (slot + length > SLOT_COUNT) reader.fail('slots', `${slot + length} are more than ${SLOT_COUNT}`);
    slots.fill(slot, length, state, epoch);
    slot += length;
  }
  return slots;
}

function writeHellos(writer: BinaryWriter, state: GroupState): void {
  writer.uint(state.hellos.size, 'hellos');
  for (const node of [...state.hellos.keys()].sort(ascending)) {
    const hello = state.hellos.get(node)!;
    writer.uint(node, 'hello.node');
    writer.uint(hello.incarnation, 'hello.incarnation');
    writer.text(hello.buildId, 'hello.buildId', NAME_BYTES_MAX);
    writer.boolean(hello.draining);
    writer.boolean(hello.down);
    writer.uint(hello.codecLevelMax, 'hello.codecLevelMax');
    writer.uint(hello.workflows.size, 'hello.workflows');
    for (const [name, versions] of hello.workflows) {
      writer.text(name, 'hello.workflows', NAME_BYTES_MAX);
      writeIds(writer, versions, 'hello.versions');
    }
  }
}

function readHellos(reader: BinaryReader, state: GroupState): void {
  for (let left = reader.count('hellos', 7); left > 0; left--) {
    const node = reader.uint('hello.node');
    const incarnation = reader.uint('hello.incarnation');
    const buildId = reader.text('hello.buildId', NAME_BYTES_MAX);
    const draining = reader.boolean('hello.draining');
    const down = reader.boolean('hello.down');
    const codecLevelMax = reader.uint('hello.codecLevelMax');
    const workflows = new Map<string, readonly number[]>();
    for (let names = reader.count('hello.workflows', 2); names > 0; names--) {
      const name = reader.text('hello.workflows', NAME_BYTES_MAX);
      workflows.set(name, readIds(reader, 'hello.versions'));
    }
    const hello: MemberHello = { node, incarnation, buildId, draining, down, codecLevelMax, workflows };
    state.hellos.set(node, hello);
  }
}

/** In the order of their closing. */
function writeHeld(writer: BinaryWriter, children: Children): void {
  writer.uint(children.heldCount, 'held');
  for (const { runId, workflowId, closedMs, parent } of children.held()) {
    writer.id(runId, 'held.runId', ID_BYTES_MAX);
    writer.id(workflowId, 'held.workflowId', ID_BYTES_MAX);
    writer.ms(closedMs, 'held.closedMs');
    writeParent(writer, parent);
  }
}

function readHeld(reader: BinaryReader, children: Children): void {
  for (let left = reader.count('held', 14); left > 0; left--) {
    const runId = reader.id('held.runId', ID_BYTES_MAX);
    if (children.isHeld(runId)) reader.fail('held.runId', `run ${runId} stands here twice`);
    const workflowId = reader.id('held.workflowId', ID_BYTES_MAX);
    const closedMs = reader.ms('held.closedMs');
    children.hold({ runId, workflowId, closedMs, parent: readParent(reader) });
  }
}

function writeNodeIds(writer: BinaryWriter, ids: NodeIds): void {
  writer.uint(ids.highest, 'nodeIdHighest');
  const reservations = [...ids.reservations()];
  writer.uint(reservations.length, 'reservations');
  for (const [token, { nodeId, atMs }] of reservations) {
    writer.id(token, 'reservation.token', ID_BYTES_MAX);
    writer.uint(nodeId, 'reservation.nodeId');
    writer.ms(atMs, 'reservation.atMs');
  }
  writeIds(writer, ids.removedIds(), 'removed');
}

function readNodeIds(reader: BinaryReader, ids: NodeIds): void {
  const nodeId = (field: string): number => {
    const value = reader.uint(field);
    if (value > NODE_ID_MAX) reader.fail(field, `${value} is no node id`);
    return value;
  };
  ids.raise(nodeId('nodeIdHighest'));
  for (let left = reader.count('reservations', 10, RESERVATIONS_MAX); left > 0; left--) {
    const token = reader.id('reservation.token', ID_BYTES_MAX);
    ids.restoreReservation(token, { nodeId: nodeId('reservation.nodeId'), atMs: reader.ms('reservation.atMs') });
  }
  for (let left = reader.count('removed', 1, REMOVED_MAX); left > 0; left--) ids.restoreRemoved(nodeId('removed'));
}
