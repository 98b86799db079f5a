/**
 * Options of the management cluster: checked, with defaults. A node without them takes part all the same once cluster 1 has founded it (docs/adr/0061): with the defaults.
 */
import { PLACEMENT_POLICIES, isPlacementPolicy } from './client/arguments.js';
import type { RaftoralModuleOptions } from './interfaces/options.js';
import type { ClusterSettings, ManagementSettings } from './interfaces/settings.js';
import { isRecord, readNumber, show, unknownKeys, type NumberRule } from './raftoral.option-readers.js';
import type { ManagerPolicy, NodeInfo } from './management/index.js';
import { DEFAULT_MANAGER_POLICY } from './management/index.js';
import { NODE_ID_MAX } from './workflow/command.js';
import type { PlacementPolicy } from './workflow/service.js';

const POLICY = DEFAULT_MANAGER_POLICY;
const DAY_MS = 24 * 3_600_000;
const PINNED_MAX = 5;
const TEXT_CHARS_MAX = 128;
const LABELS_MAX = 32;
const VOTERS: readonly unknown[] = [1, 3, 5];
const ROLES: readonly unknown[] = ['full', 'voter-only', 'client'];

type NumberKey = Exclude<keyof ManagementSettings, 'policy' | 'zone' | 'labels' | 'role'> | PolicyKey;
type PolicyKey = Exclude<keyof ManagerPolicy, 'managementVoters' | 'managementPinned' | 'mergeBelow' | 'imbalance'>;

const NUMBERS: Record<NumberKey, NumberRule> = {
  capacity: [64, 0, 100_000],
  roundEveryMs: [1_000, 10, 3_600_000],
  targetSize: [POLICY.targetSize, 1, 7],
  nodeDownAfterMs: [POLICY.nodeDownAfterMs, 100, DAY_MS],
  nodeForgetAfterMs: [POLICY.nodeForgetAfterMs, 1_000, 365 * DAY_MS],
  decisionsMax: [POLICY.decisionsMax, 1, 10_000],
  changingClustersMax: [POLICY.changingClustersMax, 1, 10_000],
  movesMax: [POLICY.movesMax, 1, 10_000],
  slotsPerMoveMax: [POLICY.slotsPerMoveMax, 1, 4_096],
  openWorkflowsMax: [POLICY.openWorkflowsMax, 1, 2 ** 31],
  startsPerSecondMax: [POLICY.startsPerSecondMax, 1, 2 ** 31],
  balanceFrom: [POLICY.balanceFrom, 0, 2 ** 31],
  settleMs: [POLICY.settleMs, 0, DAY_MS],
};
const KEYS = ['voters', 'pinned', 'zone', 'labels', 'role', ...Object.keys(NUMBERS)];

/** For a node that was given none, in a deployment that has two layers. */
export function defaultManagement(): ManagementSettings {
  return read({}, []);
}

/** null: not asked for. */
export function readManagement(options: RaftoralModuleOptions, cluster: ClusterSettings, problems: string[]): ManagementSettings | null {
  const given: unknown = options.management;
  if (given === undefined) return null;
  if (!isRecord(given)) {
    problems.push(`management: expected an object, {} for the defaults, got ${show(given)}`);
    return null;
  }
  unknownKeys('management.', given, KEYS, problems);
  const settings = read(given, problems);
  if (settings.role === 'client' && (cluster.isStatic || cluster.bootstrap || cluster.bootstrapExpect > 0 || cluster.replaces > 0))
    problems.push(
      'management.role: a client is a member of no cluster: it begins none and takes nobody’s place; give cluster.seeds alone, by which it joins',
    );
  return settings;
}

export function readPlacement(given: unknown, problems: string[]): PlacementPolicy {
  if (given === undefined) return 'round-robin';
  if (isPlacementPolicy(given)) return given;
  problems.push(`placement: expected ${PLACEMENT_POLICIES}, got ${show(given)}`);
  return 'round-robin';
}

function read(given: Record<string, unknown>, problems: string[]): ManagementSettings {
  const numbers = {} as Record<NumberKey, number>;
  for (const key of Object.keys(NUMBERS) as NumberKey[]) numbers[key] = readNumber(`management.${key}`, given[key], NUMBERS[key], problems);
  const { capacity, roundEveryMs, ...policy } = numbers;
  const { voters = 3, role = 'full', zone = '' } = given;
  if (!VOTERS.includes(voters)) problems.push(`management.voters: expected 1, 3 or 5, got ${show(voters)}`);
  if (!ROLES.includes(role)) problems.push(`management.role: expected 'full', 'voter-only' or 'client', got ${show(role)}`);
  if (!isName(zone, 0)) problems.push(`management.zone: expected a text of at most ${TEXT_CHARS_MAX} characters, got ${show(zone)}`);
  return {
    capacity,
    roundEveryMs,
    role: role as NodeInfo['role'],
    zone: String(zone),
    labels: readLabels(given['labels'], problems),
    policy: {
      ...POLICY,
      ...policy,
      managementVoters: voters as 1 | 3 | 5,
      managementPinned: readPinned(given['pinned'], problems),
    },
  };
}

function readPinned(given: unknown, problems: string[]): readonly number[] {
  if (given === undefined) return [];
  const isId = (id: unknown): boolean => Number.isSafeInteger(id) && (id as number) >= 1 && (id as number) <= NODE_ID_MAX;
  if (Array.isArray(given) && given.length <= PINNED_MAX && given.every(isId) && new Set(given).size === given.length)
    return [...(given as number[])].sort((a, b) => a - b);
  problems.push(`management.pinned: expected at most ${PINNED_MAX} different node ids, got ${show(given)}`);
  return [];
}

function readLabels(given: unknown, problems: string[]): ManagementSettings['labels'] {
  if (given === undefined) return [];
  const entries = isRecord(given) ? Object.entries(given) : [];
  if (isRecord(given) && entries.length <= LABELS_MAX && entries.every(([name, value]) => isName(name, 1) && isName(value, 0)))
    return entries.map(([name, value]) => ({ name, value: String(value) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  problems.push(
    `management.labels: expected at most ${LABELS_MAX} names with texts of at most ${TEXT_CHARS_MAX} characters, got ${show(given)}`,
  );
  return [];
}

function isName(value: unknown, charsMin: number): boolean {
  return typeof value === 'string' && value.length >= charsMin && value.length <= TEXT_CHARS_MAX;
}
