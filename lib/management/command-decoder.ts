/**
 * From bytes to a command of the management cluster: the other half of command-codec.ts, which states the rules. Pure.
 */
import { RaftoralError } from '../errors/index.js';
import { BinaryReader, COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, COMMAND_KIND_OFFSET } from '../state-machine/index.js';
import { TopologyKind, type FoundCommand, type TopologyCommand } from './command.js';
import {
  CLUSTER_STATES,
  ID_BYTES_MAX,
  MOVE_PHASES,
  NODE_STATES,
  readChoice,
  readId,
  readLabels,
  readMemberIds,
  readNodeInfo,
  readRanges,
  readTargets,
  readTopologyLimits,
} from './record-codec.js';

const NODE_BYTES_MIN = 9;

const reader = new BinaryReader('management command');

/**
 * The command of a frame. Throws GROUP_HALTED for a version or kind that this build does not know, MALFORMED_FRAME for anything else
 * that is no frame.
 */
export function decodeTopologyCommand(frame: Uint8Array): TopologyCommand {
  if (frame.length < COMMAND_BODY_OFFSET) {
    throw new RaftoralError(
      'MALFORMED_FRAME',
      `Malformed management command: kind at offset ${frame.length}: the frame ends in its head.`,
      {
        details: { frame: 'management command', field: 'kind', offset: frame.length },
      },
    );
  }
  const version = frame[0]!;
  if (version !== COMMAND_FRAME_VERSION) throw unknown(`frame version ${version}`);
  const stamp = reader.open(frame, 1).f64('stamp');
  if (stamp < 0) reader.fail('stamp', `${stamp} is negative`);
  reader.open(frame, COMMAND_BODY_OFFSET);
  const command = decodeBody(frame[COMMAND_KIND_OFFSET]!);
  reader.end();
  reader.close();
  return command;
}

function unknown(what: string): RaftoralError {
  return new RaftoralError('GROUP_HALTED', `A management command has ${what}, which this build does not know; upgrade this node.`, {
    details: { what },
  });
}

function decodeBody(kind: number): TopologyCommand {
  switch (kind) {
    case TopologyKind.FOUND:
      return readFound();
    case TopologyKind.SET_LIMITS:
      return { kind, expectedRevision: reader.uint('expectedRevision'), limits: readTopologyLimits(reader) };
    case TopologyKind.RAISE_CODEC_LEVEL:
      return { kind, level: reader.uint('level') };
    case TopologyKind.ADD_NODE:
      return {
        kind,
        deployment: reader.id('deployment', ID_BYTES_MAX),
        token: reader.id('token', ID_BYTES_MAX),
        above: readId(reader, 'above'),
        info: readNodeInfo(reader),
      };
    case TopologyKind.REMOVE_NODE:
      return { kind, node: readId(reader, 'node'), decidedOn: reader.uint('decidedOn') };
    case TopologyKind.SET_NODE_STATE:
      return { kind, node: readId(reader, 'node'), state: readChoice(reader, NODE_STATES, 'state'), decidedOn: reader.uint('decidedOn') };
    case TopologyKind.SET_NODE_INFO:
      return { kind, node: readId(reader, 'node'), info: readNodeInfo(reader) };
    case TopologyKind.SET_SLOT_TARGETS:
      return { kind, targets: readTargets(reader), decidedOn: reader.uint('decidedOn') };
    case TopologyKind.BEGIN_MOVE:
      return { kind, from: readId(reader, 'from'), to: readId(reader, 'to'), ranges: readRanges(reader) };
    case TopologyKind.ADVANCE_MOVE:
      return { kind, moveId: reader.uint('moveId'), phase: readChoice(reader, MOVE_PHASES, 'phase') };
    case TopologyKind.ABORT_MOVE:
    case TopologyKind.FINISH_MOVE:
      return { kind, moveId: reader.uint('moveId') };
    default:
      return decodeClusterBody(kind);
  }
}

function decodeClusterBody(kind: number): TopologyCommand {
  switch (kind) {
    case TopologyKind.CREATE_CLUSTER:
      return {
        kind,
        members: readMemberIds(reader, 'members'),
        targetSize: reader.uint('targetSize'),
        metadata: readLabels(reader, 'metadata'),
        decidedOn: reader.uint('decidedOn'),
      };
    case TopologyKind.DESTROY_CLUSTER:
      return { kind, clusterId: readClusterId(), openWorkflows: reader.uint('openWorkflows'), decidedOn: reader.uint('decidedOn') };
    case TopologyKind.ASSOCIATE:
      return {
        kind,
        clusterId: readClusterId(),
        node: readId(reader, 'node'),
        replaces: readId(reader, 'replaces'),
        decidedOn: reader.uint('decidedOn'),
      };
    case TopologyKind.DISASSOCIATE:
      return { kind, clusterId: readClusterId(), node: readId(reader, 'node'), decidedOn: reader.uint('decidedOn') };
    case TopologyKind.RECORD_MEMBERS:
      return {
        kind,
        clusterId: readClusterId(),
        confIndex: reader.uint('confIndex'),
        voters: readMemberIds(reader, 'voters'),
        learners: readMemberIds(reader, 'learners'),
      };
    case TopologyKind.SET_METADATA:
      return {
        kind,
        clusterId: readClusterId(),
        targetSize: reader.uint('targetSize'),
        metadata: readLabels(reader, 'metadata'),
        decidedOn: reader.uint('decidedOn'),
      };
    case TopologyKind.SET_CLUSTER_STATE:
      return {
        kind,
        clusterId: readClusterId(),
        state: readChoice(reader, CLUSTER_STATES, 'state'),
        decidedOn: reader.uint('decidedOn'),
      };
    default:
      throw unknown(`kind ${kind}`);
  }
}

const readClusterId = (): number => readId(reader, 'clusterId');

function readFound(): FoundCommand {
  const deployment = reader.id('deployment', ID_BYTES_MAX);
  const nodes: Array<FoundCommand['nodes'][number]> = [];
  for (let left = reader.count('nodes', NODE_BYTES_MIN); left > 0; left--) {
    nodes.push({ node: readId(reader, 'nodes.node'), info: readNodeInfo(reader) });
  }
  const members = readMemberIds(reader, 'members');
  const targetSize = reader.uint('targetSize');
  return { kind: TopologyKind.FOUND, deployment, nodes, members, targetSize, nodeIdHighest: readId(reader, 'nodeIdHighest') };
}
