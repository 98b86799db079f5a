/**
 * The whole state of an execution cluster as bytes, and back. Pure.
 *
 *   "RWFS"   magic
 *   u8       format version (1)
 *   u32      CRC-32 of everything after it
 *   ...      group id, log time, codec level, limits, membership, slots, hellos, runs (head and history), requests
 *
 * Z1. Equal states have equal bytes (S3 of the port): no order in them depends on when a machine was restored.
 * Z2. Decoding builds a new state and changes nothing else; indexes are rebuilt, not read. Damage is MALFORMED_FRAME.
 * Z3. A restored state shares no bytes with the snapshot: one small event would keep all of it in memory.
 */
import { BinaryReader, BinaryWriter, crc32 } from '../../state-machine/index.js';
import type { ConfState } from '../../raft/index.js';
import { writeLimits } from '../command-codec.js';
import { readLimits } from '../command-decoder.js';
import { NAME_BYTES_MAX } from '../record-codec.js';
import { SLOT_COUNT } from '../slot.js';
import { GroupState, ascending, type MemberHello } from './group-state.js';
import { readRequest, writeRequest } from './snapshot-request.js';
import { readRun, writeRun } from './snapshot-run.js';
import { SlotState, SlotTable } from './slots.js';

const MAGIC = [0x52, 0x57, 0x46, 0x53] as const;
export const SNAPSHOT_VERSION = 1;
const CRC_OFFSET = 5;
const BODY_OFFSET = 9;
const RUN_BYTES_MIN = 20;

export function encodeSnapshot(state: GroupState): Uint8Array {
  const writer = new BinaryWriter();
  for (const byte of MAGIC) writer.u8(byte);
  writer.u8(SNAPSHOT_VERSION);
  writer.u32(0);
  writer.uint(state.groupId, 'groupId');
  writer.ms(state.logTimeMs, 'logTimeMs');
  writer.uint(state.codecLevel, 'codecLevel');
  writer.uint(state.limitsRevision, 'limitsRevision');
  writeLimits(writer, state.limits);
  writeMembership(writer, state.membership);
  writeSlots(writer, state.slots);
  writeHellos(writer, state);
  writer.uint(state.runs.size, 'runs');
  for (const run of state.runs.values()) writeRun(writer, run);
  writer.uint(state.requests.size, 'requests');
  for (const entry of state.requests.entries()) writeRequest(writer, entry);
  const bytes = writer.finish();
  const crc = crc32(bytes, BODY_OFFSET);
  for (let i = 0; i < 4; i++) bytes[CRC_OFFSET + i] = crc >>> (8 * i);
  return bytes;
}

/** Throws MALFORMED_FRAME, with offset and field. */
export function decodeSnapshot(groupId: number, bytes: Uint8Array): GroupState {
  const reader = new BinaryReader('snapshot').open(bytes);
  for (const byte of MAGIC) if (reader.u8('magic') !== byte) reader.fail('magic', 'these bytes are no snapshot of an execution cluster');
  const version = reader.u8('version');
  if (version !== SNAPSHOT_VERSION) reader.fail('version', `${version} is not known to this build`);
  const crc = reader.u32('checksum');
  if (crc !== crc32(bytes, BODY_OFFSET)) reader.fail('checksum', 'the snapshot is damaged');
  const theirs = reader.uint('groupId');
  if (theirs !== groupId) reader.fail('groupId', `it is of cluster ${theirs}, not of ${groupId}`);

  const state = new GroupState(groupId);
  state.logTimeMs = reader.ms('logTimeMs');
  state.codecLevel = reader.uint('codecLevel');
  state.limitsRevision = reader.uint('limitsRevision');
  state.limits = readLimits(reader);
  state.membership = readMembership(reader);
  state.slots = readSlots(reader);
  readHellos(reader, state);
  for (let left = reader.count('runs', RUN_BYTES_MIN); left > 0; left--) readRun(reader, state);
  state.indexClosed();
  for (let left = reader.count('requests', 10); left > 0; left--) readRequest(reader, state);
  reader.end();
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
    if (state > SlotState.OWNED) reader.fail('slotState', `${state} stands for nothing`);
    const epoch = reader.uint('slotEpoch');
    const length = reader.uintFrom(1, 'slots');
    if (slot + length > SLOT_COUNT) reader.fail('slots', `${slot + length} are more than ${SLOT_COUNT}`);
    slots.states.fill(state, slot, slot + length);
    slots.epochs.fill(epoch, slot, slot + length);
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
