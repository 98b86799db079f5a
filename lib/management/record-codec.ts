/**
 * Binary form of what commands and snapshots of the management cluster share: node info, labels, lists of ids, ranges of slots, enumerations. Pure.
 *
 * B1. Field limits are part of the format (W1 of binary-writer.ts): a writer refuses what a reader would.
 * B2. Lists have one form: labels ascend by name, workflows by name, versions and ranges by number, ranges do not touch each other, no id stands in a list twice.
 */
import { RaftoralError } from '../errors/index.js';
import type { BinaryReader, BinaryWriter } from '../state-machine/index.js';
import {
  SLOT_COUNT,
  TOPOLOGY_ID_MAX,
  type ClusterState,
  type Label,
  type MovePhase,
  type NodeInfo,
  type NodeRole,
  type NodeState,
  type RegisteredWorkflow,
  type SlotRange,
  type SlotTarget,
  type TopologyLimits,
} from './command.js';

export const ID_BYTES_MAX = 128;
const ADDRESSES_MAX = 8;
const ADDRESS_BYTES_MAX = 256;
const ZONE_BYTES_MAX = 128;
const LABELS_MAX = 32;
const NAME_BYTES_MAX = 1024;
const VALUE_BYTES_MAX = 1024;
const WORKFLOWS_MAX = 4_096;
const VERSIONS_MAX = 256;
/** More than a group may have voters while it is joint: what it has is recorded, not judged. */
const MEMBERS_LISTED_MAX = 64;

/** In the order of their numbers in a frame: append only. */
export const NODE_ROLES: readonly NodeRole[] = ['full', 'voter-only', 'client'];
export const NODE_STATES: readonly NodeState[] = ['joining', 'active', 'draining', 'down', 'left'];
export const CLUSTER_STATES: readonly ClusterState[] = ['active', 'retiring'];
export const MOVE_PHASES: readonly MovePhase[] = ['copying', 'frozen', 'imported', 'activated', 'aborting', 'aborted'];

function refuse(field: string, why: string): never {
  throw new RaftoralError('INVALID_ARGUMENT', `${field} can not be encoded: ${why}.`, { details: { field } });
}

export function writeChoice<T extends string>(writer: BinaryWriter, choices: readonly T[], value: T, field: string): void {
  const index = choices.indexOf(value);
  if (index < 0) refuse(field, `'${value}' is none of ${choices.join(', ')}`);
  writer.u8(index);
}

export function readChoice<T extends string>(reader: BinaryReader, choices: readonly T[], field: string): T {
  const index = reader.u8(field);
  return choices[index] ?? reader.fail(field, `${index} stands for nothing`);
}

/** Of a node or a cluster, or 0. */
export function writeId(writer: BinaryWriter, id: number, field: string): void {
  if (id > TOPOLOGY_ID_MAX) refuse(field, `${id} is above ${TOPOLOGY_ID_MAX}`);
  writer.uint(id, field);
}

export function readId(reader: BinaryReader, field: string): number {
  const id = reader.uint(field);
  return id > TOPOLOGY_ID_MAX ? reader.fail(field, `${id} is above ${TOPOLOGY_ID_MAX}`) : id;
}

/** Ids of members: in the order in which they were given; none twice, none 0. */
export function writeMemberIds(writer: BinaryWriter, ids: readonly number[], field: string): void {
  const problem = ids.length > MEMBERS_LISTED_MAX ? `${ids.length} are too many` : idsProblem(ids);
  if (problem !== null) refuse(field, problem);
  writer.uint(ids.length, field);
  for (const id of ids) writeId(writer, id, field);
}

export function readMemberIds(reader: BinaryReader, field: string): number[] {
  const ids: number[] = [];
  for (let left = reader.count(field, 1, MEMBERS_LISTED_MAX); left > 0; left--) ids.push(readId(reader, field));
  const problem = idsProblem(ids);
  if (problem !== null) reader.fail(field, problem);
  return ids;
}

export function idsProblem(ids: readonly number[]): string | null {
  if (ids.some((id) => !Number.isSafeInteger(id) || id < 1)) return 'an id is less than 1';
  return new Set(ids).size === ids.length ? null : 'an id stands there twice';
}

function isAscending(values: readonly (string | number)[]): boolean {
  return values.every((value, i) => i === 0 || values[i - 1]! < value);
}

function labelsProblem(labels: readonly Label[]): string | null {
  if (labels.length > LABELS_MAX) return `${labels.length} are more than ${LABELS_MAX}`;
  return isAscending(labels.map(({ name }) => name)) ? null : 'they do not ascend by name, each once';
}

export function writeLabels(writer: BinaryWriter, labels: readonly Label[], field: string): void {
  const problem = labelsProblem(labels);
  if (problem !== null) refuse(field, problem);
  writer.uint(labels.length, field);
  for (const { name, value } of labels) {
    writer.text(name, field, NAME_BYTES_MAX);
    writer.text(value, field, VALUE_BYTES_MAX);
  }
}

export function readLabels(reader: BinaryReader, field: string): Label[] {
  const labels: Label[] = [];
  for (let left = reader.count(field, 2, LABELS_MAX); left > 0; left--) {
    labels.push({ name: reader.text(field, NAME_BYTES_MAX), value: reader.text(field, VALUE_BYTES_MAX) });
  }
  const problem = labelsProblem(labels);
  if (problem !== null) reader.fail(field, problem);
  return labels;
}

function workflowsProblem(workflows: readonly RegisteredWorkflow[]): string | null {
  if (workflows.length > WORKFLOWS_MAX) return `${workflows.length} are more than ${WORKFLOWS_MAX}`;
  if (!isAscending(workflows.map(({ name }) => name))) return 'they do not ascend by name, each once';
  return workflows.every(({ versions }) => versions.length <= VERSIONS_MAX && isAscending(versions))
    ? null
    : `versions do not ascend, or are more than ${VERSIONS_MAX}`;
}

export function writeWorkflows(writer: BinaryWriter, workflows: readonly RegisteredWorkflow[]): void {
  const problem = workflowsProblem(workflows);
  if (problem !== null) refuse('workflows', problem);
  writer.uint(workflows.length, 'workflows');
  for (const { name, versions } of workflows) {
    writer.text(name, 'workflows.name', NAME_BYTES_MAX);
    writer.uint(versions.length, 'workflows.versions');
    for (const version of versions) writer.uint(version, 'workflows.versions');
  }
}

export function readWorkflows(reader: BinaryReader): RegisteredWorkflow[] {
  const workflows: RegisteredWorkflow[] = [];
  for (let left = reader.count('workflows', 2, WORKFLOWS_MAX); left > 0; left--) {
    const name = reader.text('workflows.name', NAME_BYTES_MAX);
    const versions: number[] = [];
    for (let count = reader.count('workflows.versions', 1, VERSIONS_MAX); count > 0; count--) {
      versions.push(reader.uint('workflows.versions'));
    }
    workflows.push({ name, versions });
  }
  const problem = workflowsProblem(workflows);
  if (problem !== null) reader.fail('workflows', problem);
  return workflows;
}

/** All but the workflows, which a snapshot has once for all nodes that have the same. */
export function writeNodeHead(writer: BinaryWriter, info: NodeInfo): void {
  writer.uint(info.incarnation, 'incarnation');
  if (info.addresses.length > ADDRESSES_MAX) refuse('addresses', `${info.addresses.length} are more than ${ADDRESSES_MAX}`);
  writer.uint(info.addresses.length, 'addresses');
  for (const address of info.addresses) writer.text(address, 'addresses', ADDRESS_BYTES_MAX);
  writer.text(info.zone, 'zone', ZONE_BYTES_MAX);
  writeLabels(writer, info.labels, 'labels');
  writer.uint(info.capacity, 'capacity');
  writeChoice(writer, NODE_ROLES, info.role, 'role');
  writer.uint(info.codecLevelMax, 'codecLevelMax');
}

export function readNodeHead(reader: BinaryReader): Omit<NodeInfo, 'workflows'> {
  const incarnation = reader.uint('incarnation');
  const addresses: string[] = [];
  for (let left = reader.count('addresses', 1, ADDRESSES_MAX); left > 0; left--)
    addresses.push(reader.text('addresses', ADDRESS_BYTES_MAX));
  return {
    incarnation,
    addresses,
    zone: reader.text('zone', ZONE_BYTES_MAX),
    labels: readLabels(reader, 'labels'),
    capacity: reader.uint('capacity'),
    role: readChoice(reader, NODE_ROLES, 'role'),
    codecLevelMax: reader.uint('codecLevelMax'),
  };
}

export function writeNodeInfo(writer: BinaryWriter, info: NodeInfo): void {
  writeNodeHead(writer, info);
  writeWorkflows(writer, info.workflows);
}

export function readNodeInfo(reader: BinaryReader): NodeInfo {
  return { ...readNodeHead(reader), workflows: readWorkflows(reader) };
}

export function writeTopologyLimits(writer: BinaryWriter, limits: TopologyLimits): void {
  writer.uint(limits.nodesMax, 'nodesMax');
  writer.uint(limits.clustersMax, 'clustersMax');
  writer.uint(limits.movesMax, 'movesMax');
}

export function readTopologyLimits(reader: BinaryReader): TopologyLimits {
  return { nodesMax: reader.uint('nodesMax'), clustersMax: reader.uint('clustersMax'), movesMax: reader.uint('movesMax') };
}

/** Why these are no ranges of slots; null when they are. */
function rangesProblem(ranges: readonly SlotRange[]): string | null {
  let next = 0;
  for (const [i, { first, count }] of ranges.entries()) {
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || first < 0 || count < 1) return 'a range is empty or no range';
    if (i > 0 && first <= next) return 'ranges do not ascend, or touch each other';
    next = first + count;
    if (next > SLOT_COUNT) return `slot ${next - 1} is beyond ${SLOT_COUNT - 1}`;
  }
  return ranges.length === 0 ? 'there is no range' : null;
}

export function writeRanges(writer: BinaryWriter, ranges: readonly SlotRange[]): void {
  const problem = rangesProblem(ranges);
  if (problem !== null) refuse('ranges', problem);
  writer.uint(ranges.length, 'ranges');
  for (const { first, count } of ranges) {
    writer.uint(first, 'ranges');
    writer.uint(count, 'ranges');
  }
}

export function readRanges(reader: BinaryReader): SlotRange[] {
  const ranges: SlotRange[] = [];
  for (let left = reader.count('ranges', 2, SLOT_COUNT); left > 0; left--) {
    ranges.push({ first: reader.uint('ranges'), count: reader.uint('ranges') });
  }
  const problem = rangesProblem(ranges);
  if (problem !== null) reader.fail('ranges', problem);
  return ranges;
}

export function writeTargets(writer: BinaryWriter, targets: readonly SlotTarget[]): void {
  writer.uint(targets.length, 'targets');
  for (const { clusterId, slots } of targets) {
    writeId(writer, clusterId, 'targets.clusterId');
    writer.uint(slots, 'targets.slots');
  }
}

export function readTargets(reader: BinaryReader): SlotTarget[] {
  const targets: SlotTarget[] = [];
  for (let left = reader.count('targets', 2); left > 0; left--) {
    targets.push({ clusterId: readId(reader, 'targets.clusterId'), slots: reader.uint('targets.slots') });
  }
  return targets;
}
