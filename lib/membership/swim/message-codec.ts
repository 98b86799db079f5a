/**
 * Messages of the membership as bytes, version 1. Pure. Owns the layout; a released version is never edited, a new one is added beside it.
 *
 *   u8 version · u8 kind · process · body · u32 checksum, little endian    (whole numbers are varints, see transport/byte-io.ts)
 *   PING, ACK, NACK: sequence · updates      PING_REQ: sequence · target · updates      GOSSIP: updates
 *   EXCHANGE: u8 flags (1 answer, 2 last) · count · records
 *   updates: count · (u8 kind · nodeId · process · ALIVE: incarnation · facts · load | SUSPECT, DOWN: incarnation · by | LEFT: incarnation | LOAD: load)
 *   record:  u8 status · nodeId · process · incarnation · factsIncarnation · facts · load
 *   facts:   count · addresses (text) · digest (bytes)      load: version · openWorkflows · commandsPerSecond
 *
 * M1. decode(encode(message)) equals the message, and encode(decode(bytes)) the bytes.
 * M2. decode() of any bytes gives a message or throws MALFORMED_FRAME that names field and offset, in time and memory linear in the bytes.
 * M3. What is not whole is not looked at: the checksum (crc32) is over all before it. It is against damage, not against malice: peers are proved by the transport.
 * M4. A node that blames itself, or a record without its sender, is not well formed: no receiver has to think about it.
 * Tests: test/membership/message-codec.spec.ts, test/golden (family gossip), test/fuzz (target gossip).
 */
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from '../../transport/byte-io.js';
import { MessageKind, UpdateKind, type GossipMessage, type Update } from './message.js';
import {
  ADDRESSES_MAX,
  ADDRESS_BYTES_MAX,
  DIGEST_BYTES_MAX,
  INCARNATION_FIRST,
  INCARNATION_MAX,
  MemberStatus,
  type MemberFacts,
  type MemberLoad,
  type MemberRecord,
} from './record.js';

export const MESSAGE_VERSION = 1;
/** A message is never larger; the sender keeps far below. */
export const MESSAGE_BYTES_MAX = 256 * 1024;

const CHECKSUM_BYTES = 4;
const FLAG_ANSWER = 1;
const FLAG_LAST = 2;
const UPDATES_MAX = 4096;
/** Kind, node, process and one more. */
const UPDATE_BYTES_MIN = 4;
const RECORD_BYTES_MIN = 10;

const scratch = new ByteWriter();

/** Fresh bytes. */
export function encodeMessage(message: GossipMessage): Uint8Array {
  const writer = scratch;
  writer.reset();
  writer.u8(MESSAGE_VERSION);
  writer.u8(message.kind);
  writer.varint(message.process);
  switch (message.kind) {
    case MessageKind.PING:
    case MessageKind.ACK:
    case MessageKind.NACK:
      writer.varint(message.sequence);
      writeUpdates(writer, message.updates);
      break;
    case MessageKind.PING_REQ:
      writer.varint(message.sequence);
      writer.varint(message.target);
      writeUpdates(writer, message.updates);
      break;
    case MessageKind.GOSSIP:
      writeUpdates(writer, message.updates);
      break;
    case MessageKind.EXCHANGE:
      writer.u8((message.isAnswer ? FLAG_ANSWER : 0) | (message.isLast ? FLAG_LAST : 0));
      writer.varint(message.records.length);
      for (const record of message.records) writeRecord(writer, record);
  }
  const bytes = writer.take(0, CHECKSUM_BYTES);
  sealMessage(bytes);
  return bytes;
}

/** Writes the checksum of all before it into the last four bytes. */
export function sealMessage(bytes: Uint8Array): void {
  const at = bytes.length - CHECKSUM_BYTES;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, crc32(bytes.subarray(0, at)), true);
}

/** Throws MALFORMED_FRAME, whose details name `field` and `offset`. */
export function decodeMessage(bytes: Uint8Array): GossipMessage {
  const whole = new ByteReader(bytes);
  if (bytes.length > MESSAGE_BYTES_MAX) throw whole.malformed('message', `is larger than ${MESSAGE_BYTES_MAX} bytes`);
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < 0) throw whole.malformed('checksum', 'is missing');
  const body = bytes.subarray(0, end);
  const checksum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true);
  if (crc32(body) !== checksum) throw whole.malformed('checksum', 'does not fit: the message was damaged on its way', end);
  const reader = new ByteReader(body);
  const version = reader.u8('version');
  if (version !== MESSAGE_VERSION) throw reader.malformed('version', `is ${version}, this node speaks ${MESSAGE_VERSION}`, 0);
  const message = readMessage(reader);
  reader.end();
  return message;
}

/** Bytes that an update takes in a message. */
export function bytesOfUpdate(update: Update): number {
  scratch.reset();
  writeUpdate(scratch, update);
  return scratch.length;
}

/** Bytes that a record takes in a message. */
export function bytesOfRecord(record: MemberRecord): number {
  scratch.reset();
  writeRecord(scratch, record);
  return scratch.length;
}

function readMessage(reader: ByteReader): GossipMessage {
  const offset = reader.position;
  const kind = reader.u8('message kind');
  const process = reader.varint('process');
  switch (kind) {
    case MessageKind.PING:
    case MessageKind.ACK:
    case MessageKind.NACK:
      return { kind, process, sequence: reader.varint('sequence'), updates: readUpdates(reader) };
    case MessageKind.PING_REQ:
      return { kind, process, sequence: reader.varint('sequence'), target: readNode(reader, 'target'), updates: readUpdates(reader) };
    case MessageKind.GOSSIP:
      return { kind, process, updates: readUpdates(reader) };
    case MessageKind.EXCHANGE: {
      const flags = reader.u8('flags');
      if (flags > (FLAG_ANSWER | FLAG_LAST)) throw reader.malformed('flags', `are ${flags}`, reader.position - 1);
      const records = readRecords(reader, process);
      return { kind, process, isAnswer: (flags & FLAG_ANSWER) !== 0, isLast: (flags & FLAG_LAST) !== 0, records };
    }
    default:
      throw reader.malformed('message kind', `is ${kind}, which this version does not know`, offset);
  }
}

function writeUpdates(writer: ByteWriter, updates: readonly Update[]): void {
  writer.varint(updates.length);
  for (const update of updates) writeUpdate(writer, update);
}

function readUpdates(reader: ByteReader): Update[] {
  const count = reader.count('update count', UPDATES_MAX, UPDATE_BYTES_MIN);
  const updates: Update[] = [];
  for (let i = 0; i < count; i++) updates.push(readUpdate(reader));
  return updates;
}

function writeUpdate(writer: ByteWriter, update: Update): void {
  writer.u8(update.kind);
  writer.varint(update.nodeId);
  writer.varint(update.process);
  switch (update.kind) {
    case UpdateKind.ALIVE:
      writer.varint(update.incarnation);
      writeFacts(writer, update.facts);
      writeLoad(writer, update.load);
      return;
    case UpdateKind.SUSPECT:
    case UpdateKind.DOWN:
      writer.varint(update.incarnation);
      writer.varint(update.by);
      return;
    case UpdateKind.LEFT:
      writer.varint(update.incarnation);
      return;
    case UpdateKind.LOAD:
      writeLoad(writer, update.load);
  }
}

function readUpdate(reader: ByteReader): Update {
  const offset = reader.position;
  const kind = reader.u8('update kind');
  const nodeId = readNode(reader, 'node');
  const process = reader.varint('process of the node');
  switch (kind) {
    case UpdateKind.ALIVE:
      return { kind, nodeId, process, incarnation: readIncarnation(reader), facts: readFacts(reader), load: readLoad(reader) };
    case UpdateKind.SUSPECT:
    case UpdateKind.DOWN: {
      const incarnation = readIncarnation(reader);
      const by = readNode(reader, 'by');
      if (by === nodeId) throw reader.malformed('by', `is ${by}: a node does not blame itself`, offset);
      return { kind, nodeId, process, incarnation, by };
    }
    case UpdateKind.LEFT:
      return { kind, nodeId, process, incarnation: readIncarnation(reader) };
    case UpdateKind.LOAD:
      return { kind, nodeId, process, load: readLoad(reader) };
    default:
      throw reader.malformed('update kind', `is ${kind}, which this version does not know`, offset);
  }
}

function writeRecord(writer: ByteWriter, record: MemberRecord): void {
  writer.u8(record.status);
  writer.varint(record.nodeId);
  writer.varint(record.process);
  writer.varint(record.incarnation);
  writer.varint(record.factsIncarnation);
  writeFacts(writer, record.facts);
  writeLoad(writer, record.load);
}

/** The first one is the sender's. */
function readRecords(reader: ByteReader, process: number): MemberRecord[] {
  const offset = reader.position;
  const count = reader.count('record count', UPDATES_MAX, RECORD_BYTES_MIN);
  const records: MemberRecord[] = [];
  for (let i = 0; i < count; i++) records.push(readRecord(reader));
  const first = records[0];
  if (first === undefined) throw reader.malformed('record count', 'is 0: the own record of the sender is missing', offset);
  if (first.process !== process) throw reader.malformed('process of the node', 'of the first record is not that of the sender', offset);
  if (first.status !== MemberStatus.ALIVE && first.status !== MemberStatus.LEFT)
    throw reader.malformed('status', 'of the first record is no word of a node about itself', offset);
  return records;
}

function readRecord(reader: ByteReader): MemberRecord {
  const offset = reader.position;
  const status = reader.u8('status');
  if (status < MemberStatus.ALIVE || status > MemberStatus.LEFT) throw reader.malformed('status', `is ${status}`, offset);
  const nodeId = readNode(reader, 'node');
  const process = reader.varint('process of the node');
  const incarnation = readIncarnation(reader);
  const factsIncarnation = reader.varint('incarnation of the facts', incarnation);
  return {
    status: status as MemberStatus,
    nodeId,
    process,
    incarnation,
    factsIncarnation,
    facts: readFacts(reader),
    load: readLoad(reader),
  };
}

function writeFacts(writer: ByteWriter, facts: MemberFacts): void {
  writer.varint(facts.addresses.length);
  for (const address of facts.addresses) writer.text(address);
  writer.blob(facts.workflowsDigest);
}

function readFacts(reader: ByteReader): MemberFacts {
  const count = reader.count('address count', ADDRESSES_MAX, 1);
  const addresses: string[] = [];
  for (let i = 0; i < count; i++) addresses.push(reader.text('address', ADDRESS_BYTES_MAX));
  const offset = reader.position;
  const workflowsDigest = reader.blob('digest');
  if (workflowsDigest.length > DIGEST_BYTES_MAX) throw reader.malformed('digest', `has ${workflowsDigest.length} bytes`, offset);
  // A view would hold the message for as long as the record is kept.
  return { addresses, workflowsDigest: workflowsDigest.slice() };
}

function writeLoad(writer: ByteWriter, load: MemberLoad): void {
  writer.varint(load.version);
  writer.varint(load.openWorkflows);
  writer.varint(load.commandsPerSecond);
}

function readLoad(reader: ByteReader): MemberLoad {
  return {
    version: reader.varint('load version'),
    openWorkflows: reader.varint('open workflows'),
    commandsPerSecond: reader.varint('commands per second'),
  };
}

function readNode(reader: ByteReader, field: string): number {
  const offset = reader.position;
  const nodeId = reader.varint(field);
  if (nodeId === 0) throw reader.malformed(field, 'is 0, which is no node', offset);
  return nodeId;
}

function readIncarnation(reader: ByteReader): number {
  const offset = reader.position;
  const incarnation = reader.varint('incarnation', INCARNATION_MAX);
  if (incarnation < INCARNATION_FIRST) throw reader.malformed('incarnation', `is ${incarnation}`, offset);
  return incarnation;
}
