/**
 * Every bound and interval of the shell, with its default. Owns the names; validated once, when the host is made.
 */
import { RaftoralError } from '../errors/index.js';

export interface RaftHostTuning {
  /** Length of a tick of the core, ms. */
  readonly tickMs: number;
  /** An election starts after [n, 2n) ticks of silence. */
  readonly electionTimeoutTicks: number;
  readonly heartbeatTimeoutTicks: number;
  /** Ticks made up for after the event loop stalled, at most: far below the election timeout, or a stall makes every group a candidate. */
  readonly catchUpTicksMax: number;
  /** Silence after which a peer counts as down, ms. */
  readonly peerDownAfterMs: number;
  /** Silence after a broken connection until the peer counts as down, ms. */
  readonly peerGraceMs: number;
  /** Ticks without any work after which a leader lets its group hibernate, for the first time after an election timeout if that is shorter; 0 = never. */
  readonly hibernateAfterTicks: number;
  /** Entries in one append message, bytes. */
  readonly messageBytesMax: number;
  /** What a turn has for one peer goes in frames of about this size, bytes: well below what the transport takes. */
  readonly frameBytesMax: number;
  /** Append messages in flight to one peer. */
  readonly inflightMessagesMax: number;
  /** Payload appended by this leader and not yet applied, bytes. */
  readonly uncommittedBytesMax: number;
  /** A whole snapshot is due after so many applied entries, once they have as many bytes as the last one had. Only without a state store. */
  readonly snapshotEntriesMax: number;
  /**
   * Bytes of applied entries after which a whole snapshot is due in any case; with a state store, that the log may grow by while a snapshot is on
   * its way to a peer. Bounds the log.
   */
  readonly snapshotLogBytesMax: number;
  /** With a state store: a flush is due after so many applied entries, or so many bytes of them. So much is replayed at a start. */
  readonly stateFlushEntriesMax: number;
  readonly stateFlushBytesMax: number;
  /** Runs that are encoded in one go for a flush. */
  readonly stateSliceRunsMax: number;
  /** At a graceful stop no flush begins after this, ms. */
  readonly stopFlushMs: number;
  /** Entries kept behind the durable state for slow followers. */
  readonly compactionKeepEntries: number;
  /** A snapshot travels in parts of this size, so many of them on their way to one peer. */
  readonly snapshotPartBytes: number;
  readonly snapshotPartsInFlightMax: number;
  /** What leaves this node for snapshots, of all groups and to all peers together; 0 = no bound. */
  readonly snapshotBytesPerSecondMax: number;
  /** A snapshot that is received may be this large; a larger one is refused. */
  readonly snapshotBytesMax: number;
  /** Snapshots on their way to peers at the same time, over all groups. */
  readonly snapshotSendsMax: number;
  /** A transfer that failed may be resumed for so long, ms: the state that it was read from, and the log behind it, are held. */
  readonly snapshotResumeMs: number;
  /** A node that can not store what it receives (a full disk) asks for nothing more for so long, ms. */
  readonly snapshotPutOffMs: number;
  /** A part without an answer is sent again after this, ms; five times, then the snapshot failed. */
  readonly snapshotRetryMs: number;
  /** Proposals of one group on this node that are not answered: number and bytes. */
  readonly queueLengthMax: number;
  readonly queueBytesMax: number;
  /** Default deadline of client commands, reads and membership calls, ms. */
  readonly requestTimeoutMs: number;
  /** Requests to other nodes without an answer yet. */
  readonly requestsInFlightMax: number;
  /** Frames that wait for the host's next turn; more are dropped and counted. */
  readonly inboxFramesMax: number;
  /** Rounds of one turn; what is left goes to a turn of its own, so that the process breathes. */
  readonly turnRoundsMax: number;
  /** Turns in microtasks without a macrotask between them. */
  readonly microtaskTurnsMax: number;
  /**
   * While a write of this node is on its way to its disk, the event loop does not sleep, for so long at most, ms; 0 = it does. Commits that come one at a time are faster by what an idle
   * core takes to wake up; a core that would have slept is busy meanwhile. For nodes that have cores to spare.
   */
  readonly busyPollMs: number;
  /** Entries that a learner may lack when it is promoted. */
  readonly promoteLagEntriesMax: number;
  /** A leader whose clock is ahead of the voters' median by more hands over, ms; 0 = off (R23). */
  readonly maxClockSkewMs: number;
}

export const DEFAULT_TUNING: RaftHostTuning = {
  tickMs: 50,
  electionTimeoutTicks: 10,
  heartbeatTimeoutTicks: 1,
  catchUpTicksMax: 2,
  peerDownAfterMs: 600,
  peerGraceMs: 100,
  hibernateAfterTicks: 40,
  messageBytesMax: 1024 * 1024,
  frameBytesMax: 32 * 1024 * 1024,
  inflightMessagesMax: 256,
  uncommittedBytesMax: 64 * 1024 * 1024,
  snapshotEntriesMax: 10_000,
  snapshotLogBytesMax: 64 * 1024 * 1024,
  stateFlushEntriesMax: 5_000,
  stateFlushBytesMax: 8 * 1024 * 1024,
  stateSliceRunsMax: 64,
  stopFlushMs: 5_000,
  compactionKeepEntries: 5_000,
  snapshotPartBytes: 256 * 1024,
  snapshotPartsInFlightMax: 4,
  snapshotBytesPerSecondMax: 64 * 1024 * 1024,
  snapshotBytesMax: 1024 * 1024 * 1024,
  snapshotSendsMax: 4,
  snapshotRetryMs: 500,
  snapshotResumeMs: 30_000,
  snapshotPutOffMs: 5_000,
  queueLengthMax: 10_000,
  queueBytesMax: 64 * 1024 * 1024,
  requestTimeoutMs: 10_000,
  requestsInFlightMax: 10_000,
  inboxFramesMax: 65_536,
  turnRoundsMax: 64,
  microtaskTurnsMax: 200,
  busyPollMs: 0,
  promoteLagEntriesMax: 100,
  maxClockSkewMs: 2_000,
};

const MAY_BE_ZERO: ReadonlySet<string> = new Set([
  'hibernateAfterTicks',
  'compactionKeepEntries',
  'maxClockSkewMs',
  'promoteLagEntriesMax',
  'peerGraceMs',
  'stopFlushMs',
  'snapshotBytesPerSecondMax',
  'snapshotResumeMs',
  'snapshotPutOffMs',
  'busyPollMs',
]);

/** Throws INVALID_CONFIGURATION that names the option. */
export function resolveTuning(given: Partial<RaftHostTuning> = {}): RaftHostTuning {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  const tuning: RaftHostTuning = { ...DEFAULT_TUNING, ...Object.fromEntries(defined) };
  for (const [name, value] of Object.entries(tuning) as Array<[string, unknown]>) {
    const isValid = typeof value === 'number' && !Number.isNaN(value) && (value > 0 || (value === 0 && MAY_BE_ZERO.has(name)));
    if (!isValid) refuse(name, value, MAY_BE_ZERO.has(name) ? 'a number from 0' : 'a positive number');
  }
  if (tuning.electionTimeoutTicks <= tuning.heartbeatTimeoutTicks) {
    refuse('electionTimeoutTicks', tuning.electionTimeoutTicks, `more than heartbeatTimeoutTicks (${tuning.heartbeatTimeoutTicks})`);
  }
  if (tuning.catchUpTicksMax >= tuning.electionTimeoutTicks) {
    refuse('catchUpTicksMax', tuning.catchUpTicksMax, `less than electionTimeoutTicks (${tuning.electionTimeoutTicks})`);
  }
  if (tuning.frameBytesMax < 2 * tuning.messageBytesMax) {
    refuse('messageBytesMax', tuning.messageBytesMax, `at most half of frameBytesMax (${tuning.frameBytesMax})`);
  }
  return tuning;
}

function refuse(name: string, value: unknown, wanted: string): never {
  throw new RaftoralError('INVALID_CONFIGURATION', `option ${name} is ${String(value)}; it must be ${wanted}`, {
    details: { option: name },
  });
}
