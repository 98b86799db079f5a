/**
 * What `npm run bench -- NAME` takes beside the name. Every bench reads what concerns it and ignores the rest.
 */
import { parseArgs } from 'node:util';
import type { CarrierKind } from './carriers.js';

export type StorageKind = 'sqlite' | 'memory';

export interface BenchOptions {
  readonly json: boolean;
  readonly storage: StorageKind;
  /** Nodes in this process, on an in-process network. */
  readonly nodes: number;
  /** Steps of the one long workflow. */
  readonly steps: number;
  /** Workflows one after the other, and with `clients` at once. */
  readonly sequential: number;
  readonly workflows: number;
  /** Workflows before anything is measured; the peers get as many. */
  readonly warmUp: number;
  readonly clients: number;
  /** raft.busyPollMs of our nodes. */
  readonly busyPollMs: number;
  /** Open idle runs. */
  readonly open: number;
  /** Closed runs. */
  readonly closed: number;
  /** Bytes of state. */
  readonly bytes: number;
  /** Runs go through a node from start to end, instead of through its state machine and store alone. */
  readonly real: boolean;
  /** Folder on the disk that is measured; everything is made, and removed, in a folder of its own inside. */
  readonly data: string | null;
  readonly rounds: number;
  /** Folder that holds peers/. */
  readonly shared: string;
  readonly peers: readonly string[];
  /** Between nodes in processes of their own. */
  readonly transport: CarrierKind;
  /** Commands with `clients` at once. */
  readonly commands: number;
  /** Deaths of each kind. */
  readonly kills: number;
  /** Only the kinds with this in their name; empty: all. */
  readonly only: string;
  readonly groups: number;
  /** Execution clusters of a simulated deployment. */
  readonly clusters: number;
  /** How long an idle state is watched, s. */
  readonly seconds: number;
}

const MIB = 1024 * 1024;

export const USAGE = `options (with their defaults):
  --json               one line per measure
  --storage sqlite     or memory
  --nodes 1            w10, w1000: nodes in this process; w10 --nodes 3 and idle --nodes 3: three processes
  --steps 1000         w1000; long: 1000000, --clients of them at once
  --sequential 200     w10: workflows one after the other
  --workflows 500      w10: workflows with --clients at once; flush: 20000
  --warm-up 30         w10, w1000, peers: workflows before anything is measured, ours and the peers'
  --clients 64
  --busy-poll 0        w10, w1000, raft-durable, peers: raft.busyPollMs of our nodes
  --open 10000         idle: open idle runs
  --closed 1000000     idle: closed runs
  --real               idle: the closed runs go through a node from start to end
  --mib 1024           start-up: MiB of state
  --data DIR           a folder on the disk to be measured (default: the system's folder for temporary files)
  --rounds 3           peers: rounds, interleaved
  --shared DIR         peers: folder that holds peers/ (default: RAFTORAL_SHARED, else ../shared)
  --peers restate,bullmq
  --transport grpc     raft-durable, w10 --nodes 3, failover, idle --nodes 3, join: http, or tcp (a bare socket, the yardstick)
  --commands 10000     raft-durable: commands with --clients at once
  --kills 30           failover: of a leader, of a follower, and of each other kind; gossip: 10
  --only KIND          failover: only the kinds with this in their name ('stop', 'a leader'); gossip: idle, loads, failure, slow; scale: messages, groups, thousand, management, forward
  --groups 100         idle --nodes 3: groups on each process; scale thousand: 1000
  --clusters 300       scale management: execution clusters of --nodes 500
  --seconds 20         idle --nodes 3, scale thousand: how long they are watched; gossip slow: 80, scale management: of virtual time
`;

/** Name of the bench, what stands behind it, and its options. */
export function readOptions(args: readonly string[], defaultsOf: (name: string) => Partial<BenchOptions>): [string[], BenchOptions] {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      real: { type: 'boolean', default: false },
      storage: { type: 'string' },
      nodes: { type: 'string' },
      steps: { type: 'string' },
      sequential: { type: 'string' },
      workflows: { type: 'string' },
      'warm-up': { type: 'string' },
      clients: { type: 'string' },
      'busy-poll': { type: 'string' },
      open: { type: 'string' },
      closed: { type: 'string' },
      mib: { type: 'string' },
      data: { type: 'string' },
      rounds: { type: 'string' },
      shared: { type: 'string' },
      peers: { type: 'string' },
      transport: { type: 'string' },
      commands: { type: 'string' },
      kills: { type: 'string' },
      only: { type: 'string' },
      groups: { type: 'string' },
      clusters: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  const defaults = defaultsOf(positionals[0] ?? '');
  const count = (name: CountName, otherwise: number): number => readCount(name, values[name], defaults[name] ?? otherwise);
  const storage = values.storage ?? defaults.storage ?? 'sqlite';
  if (storage !== 'sqlite' && storage !== 'memory') throw new Error(`--storage is ${storage}; it must be sqlite or memory`);
  const options: BenchOptions = {
    json: values.json,
    real: values.real,
    storage,
    nodes: count('nodes', 1),
    steps: count('steps', 1_000),
    sequential: count('sequential', 200),
    workflows: count('workflows', 500),
    warmUp: readCount('warm-up', values['warm-up'], 30),
    clients: count('clients', 64),
    busyPollMs: readCount('busy-poll', values['busy-poll'], 0),
    open: count('open', 10_000),
    closed: count('closed', 1_000_000),
    bytes: values.mib === undefined ? (defaults.bytes ?? 1_024 * MIB) : readCount('mib', values.mib, 0) * MIB,
    data: values.data ?? null,
    rounds: count('rounds', 3),
    shared: values.shared ?? process.env['RAFTORAL_SHARED'] ?? '../shared',
    transport: readTransport(values.transport),
    commands: count('commands', 10_000),
    kills: count('kills', 30),
    only: values.only ?? '',
    groups: count('groups', 100),
    clusters: count('clusters', 300),
    seconds: count('seconds', 20),
    peers: (values.peers ?? 'restate,bullmq').split(',').filter((peer) => peer !== ''),
  };
  return [positionals, options];
}

type CountName =
  | 'nodes'
  | 'steps'
  | 'sequential'
  | 'workflows'
  | 'clients'
  | 'open'
  | 'closed'
  | 'rounds'
  | 'commands'
  | 'kills'
  | 'groups'
  | 'clusters'
  | 'seconds';

function readTransport(given: string | undefined): CarrierKind {
  if (given === undefined || given === 'grpc') return 'grpc';
  if (given === 'http' || given === 'tcp') return given;
  throw new Error(`--transport is ${given}; it must be grpc, http or tcp`);
}

function readCount(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is ${given}; it must be a whole number`);
  return value;
}
