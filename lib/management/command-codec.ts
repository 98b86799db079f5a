/**
 * Bytes of the commands of the management cluster: the frame of lib/state-machine/command-frame.ts and, per kind, a body. Pure.
 *
 * B1. A released body is never edited: a new form is a new kind or a new frame version (C1, R31). Golden frames: test/golden.
 * B2. What a level brought is encoded only for a group that has it: a member of an older build would halt on it (R31).
 * B3. An unknown version or kind is GROUP_HALTED (it may be a newer build's command, and skipping it would fork the state); anything
 *     else that does not read to the last byte is MALFORMED_FRAME.
 * Tests: command-codec.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { BinaryWriter, COMMAND_FRAME_VERSION } from '../state-machine/index.js';
import { TopologyKind, type TopologyCommand } from './command.js';
import {
  CLUSTER_STATES,
  ID_BYTES_MAX,
  MOVE_PHASES,
  NODE_STATES,
  writeChoice,
  writeId,
  writeLabels,
  writeMemberIds,
  writeNodeInfo,
  writeRanges,
  writeTargets,
  writeTopologyLimits,
} from './record-codec.js';

export { decodeTopologyCommand } from './command-decoder.js';

const writer = new BinaryWriter();

/** Codec level of the management cluster from which on a kind may stand in its log; 1 for all others. */
const LEVELS: Readonly<Partial<Record<TopologyKind, number>>> = {};

/**
 * A new frame, with time stamp 0, for a management cluster of this codec level. Throws INVALID_ARGUMENT for what no decoder would take, MEMBERSHIP_REFUSED
 * (retryable) for what the cluster is not ready for.
 */
export function encodeTopologyCommand(command: TopologyCommand, codecLevel = 1): Uint8Array {
  const level = LEVELS[command.kind];
  if (level !== undefined && level > codecLevel) {
    throw new RaftoralError(
      'MEMBERSHIP_REFUSED',
      `a command of codec level ${level} for a management cluster at level ${codecLevel}: a member still runs an older build; upgrade it, then try again`,
      { details: { reason: 'codec-level', level, codecLevel } },
    );
  }
  writer.reset();
  writer.u8(COMMAND_FRAME_VERSION);
  writer.u32(0);
  writer.u32(0);
  writer.u8(command.kind);
  encodeBody(command);
  return writer.finishPooled();
}

function encodeBody(command: TopologyCommand): void {
  switch (command.kind) {
    case TopologyKind.FOUND:
      writer.id(command.deployment, 'deployment', ID_BYTES_MAX);
      writer.uint(command.nodes.length, 'nodes');
      for (const { node, info } of command.nodes) {
        writeId(writer, node, 'nodes.node');
        writeNodeInfo(writer, info);
      }
      writeMemberIds(writer, command.members, 'members');
      writer.uint(command.targetSize, 'targetSize');
      return writeId(writer, command.nodeIdHighest, 'nodeIdHighest');
    case TopologyKind.SET_LIMITS:
      writer.uint(command.expectedRevision, 'expectedRevision');
      return writeTopologyLimits(writer, command.limits);
    case TopologyKind.RAISE_CODEC_LEVEL:
      return writer.uint(command.level, 'level');
    case TopologyKind.ADD_NODE:
      writer.id(command.deployment, 'deployment', ID_BYTES_MAX);
      writer.id(command.token, 'token', ID_BYTES_MAX);
      writeId(writer, command.above, 'above');
      return writeNodeInfo(writer, command.info);
    case TopologyKind.REMOVE_NODE:
      writeId(writer, command.node, 'node');
      return writer.uint(command.decidedOn, 'decidedOn');
    case TopologyKind.SET_NODE_STATE:
      writeId(writer, command.node, 'node');
      writeChoice(writer, NODE_STATES, command.state, 'state');
      return writer.uint(command.decidedOn, 'decidedOn');
    case TopologyKind.SET_NODE_INFO:
      writeId(writer, command.node, 'node');
      return writeNodeInfo(writer, command.info);
    case TopologyKind.SET_SLOT_TARGETS:
      writeTargets(writer, command.targets);
      return writer.uint(command.decidedOn, 'decidedOn');
    case TopologyKind.BEGIN_MOVE:
      writeId(writer, command.from, 'from');
      writeId(writer, command.to, 'to');
      return writeRanges(writer, command.ranges);
    case TopologyKind.ADVANCE_MOVE:
      writer.uint(command.moveId, 'moveId');
      return writeChoice(writer, MOVE_PHASES, command.phase, 'phase');
    case TopologyKind.ABORT_MOVE:
    case TopologyKind.FINISH_MOVE:
      return writer.uint(command.moveId, 'moveId');
    default:
      return encodeClusterBody(command);
  }
}

function encodeClusterBody(command: Extract<TopologyCommand, { readonly kind: 20 | 21 | 22 | 23 | 24 | 25 | 26 }>): void {
  if (command.kind === TopologyKind.CREATE_CLUSTER) {
    writeMemberIds(writer, command.members, 'members');
    writer.uint(command.targetSize, 'targetSize');
    writeLabels(writer, command.metadata, 'metadata');
    return writer.uint(command.decidedOn, 'decidedOn');
  }
  writeId(writer, command.clusterId, 'clusterId');
  switch (command.kind) {
    case TopologyKind.DESTROY_CLUSTER:
      writer.uint(command.openWorkflows, 'openWorkflows');
      break;
    case TopologyKind.ASSOCIATE:
      writeId(writer, command.node, 'node');
      writeId(writer, command.replaces, 'replaces');
      break;
    case TopologyKind.DISASSOCIATE:
      writeId(writer, command.node, 'node');
      break;
    case TopologyKind.RECORD_MEMBERS:
      writer.uint(command.confIndex, 'confIndex');
      writeMemberIds(writer, command.voters, 'voters');
      return writeMemberIds(writer, command.learners, 'learners');
    case TopologyKind.SET_METADATA:
      writer.uint(command.targetSize, 'targetSize');
      writeLabels(writer, command.metadata, 'metadata');
      break;
    case TopologyKind.SET_CLUSTER_STATE:
      writeChoice(writer, CLUSTER_STATES, command.state, 'state');
      break;
  }
  writer.uint(command.decidedOn, 'decidedOn');
}
