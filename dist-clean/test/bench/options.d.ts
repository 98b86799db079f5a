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
    readonly groups: number;
    /** How long an idle state is watched, s. */
    readonly seconds: number;
}
export declare const USAGE = "options (with their defaults):\n  --json               one line per measure\n  --storage sqlite     or memory\n  --nodes 1            w10, w1000: nodes in this process; w10 --nodes 3 and idle --nodes 3: three processes\n  --steps 1000         w1000\n  --sequential 200     w10: workflows one after the other\n  --workflows 500      w10: workflows with --clients at once; flush: 20000\n  --warm-up 30         w10, w1000, peers: workflows before anything is measured, ours and the peers'\n  --clients 64\n  --busy-poll 0        w10, w1000, raft-durable, peers: raft.busyPollMs of our nodes\n  --open 10000         idle: open idle runs\n  --closed 1000000     idle: closed runs\n  --real               idle: the closed runs go through a node from start to end\n  --mib 1024           start-up: MiB of state\n  --data DIR           a folder on the disk to be measured (default: the system's folder for temporary files)\n  --rounds 3           peers: rounds, interleaved\n  --shared DIR         peers: folder that holds peers/ (default: RAFTORAL_SHARED, else ../shared)\n  --peers restate,bullmq\n  --transport grpc     raft-durable, w10 --nodes 3, failover, idle --nodes 3, join: http, or tcp (a bare socket, the yardstick)\n  --commands 10000     raft-durable: commands with --clients at once\n  --kills 30           failover: of a leader, of a follower, and of each other kind\n  --groups 100         idle --nodes 3: groups on each process\n  --seconds 20         idle --nodes 3: how long they are watched\n";
/** Name of the bench, what stands behind it, and its options. */
export declare function readOptions(args: readonly string[], defaultsOf: (name: string) => Partial<BenchOptions>): [string[], BenchOptions];
