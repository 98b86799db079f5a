/**
 * The module's options: the builder of forRoot() and forRootAsync(), every default, and the check of what was given.
 *
 * O1. A wrong option stops the boot with one INVALID_CONFIGURATION that lists every wrong option by its name.
 * O2. An option of an unknown name is wrong too: a misspelt one would be silently without effect.
 */
import { ConfigurableModuleBuilder } from '@nestjs/common';
import { RaftoralError } from './errors/index.js';
import type { RaftoralModuleOptions } from './interfaces/options.js';
import type { RaftoralSettings } from './interfaces/settings.js';
import { readManagement, readPlacement } from './raftoral.management-options.js';
import { readCluster, readDeployment, readSecurity, readTransport } from './raftoral.network-options.js';
import { isRecord, readNumber, readSection, show, unknownKeys, type NumberRule } from './raftoral.option-readers.js';
import { RAFTORAL_OPTIONS } from './raftoral.tokens.js';
import { DEFAULT_LIMITS } from './workflow/command.js';

/** `alwaysTransient`: each forRoot() makes a module of its own, so a second one is seen (DUPLICATE_MODULE), whatever its options. */
export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } = new ConfigurableModuleBuilder<RaftoralModuleOptions>({
  optionsInjectionToken: RAFTORAL_OPTIONS,
  alwaysTransient: true,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRaftoralOptions')
  .build();

const MINUTE_MS = 60_000;
const KIB = 1024;

const RAFT: Record<keyof RaftoralSettings['raft'], NumberRule> = {
  tickMs: [50, 1, MINUTE_MS],
  electionTimeoutTicks: [10, 2, 10_000],
  heartbeatTimeoutTicks: [1, 1, 9_999],
  peerDownAfterMs: [600, 1, 60 * MINUTE_MS],
  messageBytesMax: [KIB * KIB, KIB, 64 * KIB * KIB],
  inflightMessagesMax: [256, 1, 1_000_000],
  snapshotEntriesMax: [10_000, 1, 2 ** 31],
  compactionKeepEntries: [5_000, 0, 2 ** 31],
  stateFlushEntriesMax: [5_000, 1, 2 ** 31],
  stateFlushBytesMax: [8 * KIB * KIB, KIB, 2 ** 40],
  snapshotBytesPerSecondMax: [64 * KIB * KIB, 0, 2 ** 40],
  busyPollMs: [0, 0, 1_000],
};
const PROPOSALS: Record<keyof RaftoralSettings['proposals'], NumberRule> = {
  queueLengthMax: [10_000, 1, 10_000_000],
  queueBytesMax: [64 * KIB * KIB, KIB, 2 ** 40],
};
const RUNS: Record<keyof RaftoralSettings['runs'], NumberRule> = {
  residentRunsMax: [10_000, 1, 100_000_000],
  residentBytesMax: [64 * KIB * KIB, KIB, 2 ** 40],
};
const STATE_CHECKS: Record<keyof RaftoralSettings['stateChecks'], NumberRule> = {
  everyMs: [10 * MINUTE_MS, 0, 365 * 24 * 60 * MINUTE_MS],
  entriesMin: [1_000, 1, 2 ** 31],
};
const EVENTS: Record<keyof RaftoralSettings['events'], NumberRule> = { subscriberBufferMax: [1_024, 1, 10_000_000] };
const SHUTDOWN: Record<keyof RaftoralSettings['shutdown'], NumberRule> = { drainTimeoutMs: [2_000, 0, 60 * MINUTE_MS] };
const HEALTH: Record<keyof RaftoralSettings['health'], NumberRule> = {
  loopDelayMsMax: [2_000, 1, 60 * MINUTE_MS],
  applyLagEntriesMax: [1_000, 0, 2 ** 31],
};
const LIMITS: Record<keyof RaftoralSettings['limits'], NumberRule> = {
  payloadBytesMax: [DEFAULT_LIMITS.payloadBytesMax, 64, 64 * KIB * KIB],
  openRunsMax: [DEFAULT_LIMITS.openRunsMax, 1, 2 ** 31],
  crashSuspectLimit: [DEFAULT_LIMITS.crashSuspectLimit, 0, 1_000],
  retentionMs: [DEFAULT_LIMITS.retentionMs, 0, 3_650 * 24 * 60 * MINUTE_MS],
  requestRetentionMs: [DEFAULT_LIMITS.requestRetentionMs, 1_000, 365 * 24 * 60 * MINUTE_MS],
};
const TOP_LEVEL = [
  'node',
  'cluster',
  'deployment',
  'network',
  'transport',
  'security',
  'storage',
  'buildId',
  'raft',
  'proposals',
  'requestTimeoutMs',
  'limits',
  'runs',
  'stateChecks',
  'events',
  'shutdown',
  'health',
  'maxClockSkewMs',
  'management',
  'placement',
];

/** Fills in the defaults. Throws INVALID_CONFIGURATION with every wrong option in `details.problems`. */
export function resolveSettings(options: RaftoralModuleOptions): RaftoralSettings {
  const problems: string[] = [];
  if (!isRecord(options)) {
    refuse([`options: expected an object with \`node\` and \`cluster\`, got ${show(options)}`]);
  }
  unknownKeys('', options, TOP_LEVEL, problems);
  const cluster = readCluster(options, problems);
  const raft = readSection('raft', options.raft, RAFT, problems);
  if (raft.heartbeatTimeoutTicks >= raft.electionTimeoutTicks)
    problems.push(
      `raft.heartbeatTimeoutTicks: must be smaller than raft.electionTimeoutTicks (${raft.electionTimeoutTicks}), got ${raft.heartbeatTimeoutTicks}`,
    );
  const limits = readSection('limits', options.limits, LIMITS, problems);
  const settings: RaftoralSettings = {
    nodeId: cluster.nodeId,
    members: cluster.members,
    deployment: readDeployment(options, cluster, problems),
    cluster,
    transport: readTransport(options, cluster, problems),
    security: readSecurity(options, problems),
    network: readNetwork(options, problems),
    storage: readStorage(options, problems),
    buildId: readBuildId(options, problems),
    raft,
    proposals: readSection('proposals', options.proposals, PROPOSALS, problems),
    requestTimeoutMs: readNumber('requestTimeoutMs', options.requestTimeoutMs, [10_000, 1, 24 * 60 * MINUTE_MS], problems),
    limits,
    runs: readSection('runs', options.runs, RUNS, problems),
    stateChecks: readSection('stateChecks', options.stateChecks, STATE_CHECKS, problems),
    events: readSection('events', options.events, EVENTS, problems),
    shutdown: readSection('shutdown', options.shutdown, SHUTDOWN, problems),
    health: readSection('health', options.health, HEALTH, problems),
    management: readManagement(options, cluster, problems),
    placement: readPlacement(options.placement, problems),
    maxClockSkewMs: readNumber('maxClockSkewMs', options.maxClockSkewMs, [2_000, 0, 24 * 60 * MINUTE_MS], problems),
  };
  if (problems.length > 0) refuse(problems);
  return settings;
}

function refuse(problems: readonly string[]): never {
  const list = problems.length === 1 ? problems[0]! : problems.map((problem) => `\n  - ${problem}`).join('');
  throw new RaftoralError('INVALID_CONFIGURATION', `RaftoralModule: ${list}`, { details: { problems: [...problems] } });
}

function readNetwork(options: RaftoralModuleOptions, problems: string[]): RaftoralSettings['network'] {
  const { network } = options;
  if (network === undefined) return null;
  if (typeof network === 'object' && network !== null && typeof network.createTransport === 'function') return network;
  problems.push(`network: expected an InProcessNetwork (or any object with createTransport()), got ${show(network)}`);
  return null;
}

function readStorage(options: RaftoralModuleOptions, problems: string[]): RaftoralSettings['storage'] {
  const { storage } = options;
  if (storage === undefined) return { type: 'memory' };
  if (!isRecord(storage) || (storage.type !== 'memory' && storage.type !== 'sqlite')) {
    problems.push(`storage.type: expected 'memory' or 'sqlite', got ${show(isRecord(storage) ? storage.type : storage)}`);
    return { type: 'memory' };
  }
  if (storage.type === 'memory') {
    unknownKeys('storage.', storage, ['type'], problems);
    return { type: 'memory' };
  }
  unknownKeys('storage.', storage, ['type', 'path', 'rejoinEmpty'], problems);
  const { path, rejoinEmpty } = storage as { path?: unknown; rejoinEmpty?: unknown };
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    problems.push(`storage.path: expected the folder for this node's files, got ${show(path)}`);
  if (rejoinEmpty !== undefined && typeof rejoinEmpty !== 'boolean')
    problems.push(`storage.rejoinEmpty: expected true or false, got ${show(rejoinEmpty)}`);
  if (rejoinEmpty === true && isRecord(options.cluster) && options.cluster.members !== undefined)
    problems.push(
      'storage.rejoinEmpty: a node that rejoins empty is in no first membership; give cluster.join: true, or cluster.seeds without members',
    );
  return { type: 'sqlite', path: String(path), rejoinEmpty: rejoinEmpty === true };
}

function readBuildId(options: RaftoralModuleOptions, problems: string[]): string | null {
  const { buildId } = options;
  if (buildId === undefined) return null;
  if (typeof buildId === 'string' && buildId.length >= 1 && buildId.length <= 128) return buildId;
  problems.push(`buildId: expected a text of 1 to 128 characters, got ${show(buildId)}`);
  return null;
}
