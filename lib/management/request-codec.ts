/**
 * Bytes of the requests that the management of one node sends to that of another. Pure. JSON, but for what a node says of itself, which has the form of the commands.
 *
 * Q1. Another node's answer is input: what does not fit is MALFORMED_FRAME, and names the field (P8).
 * Q2. Fields that are not known are passed over: a newer build may say more.
 * Tests: request-codec.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { BinaryReader, BinaryWriter } from '../state-machine/index.js';
import type { MovePhase, NodeInfo, SlotRange } from './command.js';
import type { Decision, GroupStep, ManagerPlan } from './placement/manager/view.js';
import { readNodeInfo, writeNodeInfo } from './record-codec.js';

/** What a node says of a group that it leads. */
export interface LedGroup {
  readonly clusterId: number;
  readonly term: number;
  /** Index of its log as of which the rest holds. */
  readonly confIndex: number;
  readonly voters: readonly number[];
  readonly learners: readonly number[];
  readonly isChanging: boolean;
  readonly caughtUp: readonly number[];
  readonly openWorkflows: number;
  readonly startsTotal: number;
}

const OPERATIONS: readonly GroupStep['operation'][] = ['add-learner', 'promote', 'remove', 'demote', 'replace', 'exchange'];
const INFO_VERSION = 1;

export function encodeLedGroups(groups: readonly LedGroup[]): Uint8Array {
  return encode({ groups });
}

export function decodeLedGroups(body: Uint8Array): LedGroup[] {
  const what = 'report of groups';
  return listOf(what, 'groups', decode(what, body)['groups']).map((item) => {
    const fields = objectOf(what, 'groups', item);
    return {
      clusterId: wholeOf(what, 'clusterId', fields['clusterId']),
      term: wholeOf(what, 'term', fields['term']),
      confIndex: wholeOf(what, 'confIndex', fields['confIndex']),
      voters: idsOf(what, 'voters', fields['voters']),
      learners: idsOf(what, 'learners', fields['learners']),
      isChanging: fields['isChanging'] === true,
      caughtUp: idsOf(what, 'caughtUp', fields['caughtUp']),
      openWorkflows: wholeOf(what, 'openWorkflows', fields['openWorkflows']),
      startsTotal: wholeOf(what, 'startsTotal', fields['startsTotal']),
    };
  });
}

/** A move of slots, as whoever leads its source is asked for it. */
export interface MoveOrder {
  readonly moveId: number;
  readonly from: number;
  readonly to: number;
  readonly ranges: readonly SlotRange[];
  /** Nodes that host the target. */
  readonly targets: readonly number[];
  /** Lowest move that is under way anywhere. */
  readonly oldestMoveId: number;
  readonly isAborting: boolean;
  /** What the topology says: the answer waits for something new. */
  readonly knownPhase: MovePhase;
}

export interface MoveReport {
  readonly phase: MovePhase;
  /** The source has dropped the slots, or unfrozen them. */
  readonly isFinished: boolean;
  /** Why it does not go on; empty: nothing is known to be wrong. */
  readonly problem: string;
}

const REPORTED_PHASES: readonly MovePhase[] = ['copying', 'frozen', 'imported', 'activated', 'aborted'];

export function encodeMoveOrder(order: MoveOrder): Uint8Array {
  return encode(order);
}

export function decodeMoveReport(body: Uint8Array): MoveReport {
  const what = 'report of a move';
  const fields = decode(what, body);
  const phase = REPORTED_PHASES.find((one) => one === fields['phase']);
  if (phase === undefined) fail(what, 'phase');
  const problem = fields['problem'];
  return { phase, isFinished: fields['isFinished'] === true, problem: typeof problem === 'string' ? problem : '' };
}

export function encodeStep(step: GroupStep): Uint8Array {
  return encode(step);
}

export function decodeStep(body: Uint8Array): GroupStep {
  const what = 'step of a group';
  const fields = decode(what, body);
  const operation = OPERATIONS.find((one) => one === fields['operation']);
  if (operation === undefined) return fail(what, 'operation');
  const base = { clusterId: wholeOf(what, 'clusterId', fields['clusterId']), node: idOf(what, 'node', fields['node']) };
  if (operation !== 'replace' && operation !== 'exchange') return { ...base, operation };
  return { ...base, operation, lost: idOf(what, 'lost', fields['lost']) };
}

export function encodePlan(plan: ManagerPlan): Uint8Array {
  return encode(plan);
}

/** Commands and steps of a plan are for people and programs to look at; nobody carries out what another node planned. */
export function decodePlan(body: Uint8Array): ManagerPlan {
  const what = 'plan';
  const fields = decode(what, body);
  const decisions = listOf(what, 'decisions', fields['decisions']).map((item) => {
    const decision = objectOf(what, 'decisions', item);
    textOf(what, 'rule', decision['rule']);
    textOf(what, 'explanation', decision['explanation']);
    objectOf(what, 'decisions', decision['command'] ?? decision['step']);
    return decision as unknown as Decision;
  });
  return { decisions, waiting: listOf(what, 'waiting', fields['waiting']).map((item) => textOf(what, 'waiting', item)) };
}

const writer = new BinaryWriter();
const reader = new BinaryReader('node info');

/** Throws INVALID_ARGUMENT for what no other node would take. */
export function encodeInfo(info: NodeInfo): Uint8Array {
  writer.reset();
  writer.u8(INFO_VERSION);
  writeNodeInfo(writer, info);
  return writer.finish();
}

export function decodeInfo(body: Uint8Array): NodeInfo {
  try {
    reader.open(body);
    const version = reader.u8('version');
    if (version !== INFO_VERSION) reader.fail('version', `${version} is not known`);
    const info = readNodeInfo(reader);
    reader.end();
    return info;
  } finally {
    reader.close();
  }
}

// --- JSON -------------------------------------------------------------------------------------------------------------------------

type Fields = Readonly<Record<string, unknown>>;

function encode(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode(what: string, body: Uint8Array): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new RaftoralError('MALFORMED_FRAME', `A ${what} of another node is not JSON.`, { cause });
  }
  return objectOf(what, 'body', parsed);
}

function fail(what: string, field: string): never {
  throw new RaftoralError('MALFORMED_FRAME', `A ${what} of another node has no proper ${field}.`, { details: { field } });
}

function objectOf(what: string, field: string, value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : fail(what, field);
}

function listOf(what: string, field: string, value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : fail(what, field);
}

function textOf(what: string, field: string, value: unknown): string {
  return typeof value === 'string' ? value : fail(what, field);
}

function wholeOf(what: string, field: string, value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail(what, field);
}

function idOf(what: string, field: string, value: unknown): number {
  return wholeOf(what, field, value) > 0 ? (value as number) : fail(what, field);
}

function idsOf(what: string, field: string, value: unknown): number[] {
  return listOf(what, field, value).map((item) => idOf(what, field, item));
}
