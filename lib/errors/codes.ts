/**
 * The table of every error that Raftoral can report. Owns: code, HTTP status, whether a retry can help, one sentence
 * on what happened and one on the remedy.
 *
 * C1. A released code is never renamed and never changes its meaning (pinned by raftoral-error.spec.ts).
 * C2. docs/ERRORS.md is generated from this table.
 */
export interface ErrorCodeInfo {
  /** Status that RaftoralExceptionFilter answers with. */
  readonly httpStatus: number;
  /** True when the same call may succeed later, unchanged (with the same requestId for writes). */
  readonly retryable: boolean;
  readonly summary: string;
  readonly remedy: string;
}

export const ERROR_CODES = {
  // --- what the caller sent ---------------------------------------------------------------------------------------
  UNKNOWN_WORKFLOW: {
    httpStatus: 404,
    retryable: false,
    summary: 'No member of the cluster has registered this workflow name (or this version of it).',
    remedy: 'Register the class as a provider, or check the spelling and the version.',
  },
  INVALID_WORKFLOW_ID: {
    httpStatus: 400,
    retryable: false,
    summary: 'A workflow id must be 1 to 256 bytes of well-formed UTF-8 without control characters.',
    remedy: 'Choose another id, or leave it out and let the engine mint one.',
  },
  INVALID_ARGUMENT: {
    httpStatus: 400,
    retryable: false,
    summary: 'An argument of the call is missing or has the wrong type.',
    remedy: 'Correct the named argument.',
  },
  MISSING_INPUT: {
    httpStatus: 400,
    retryable: false,
    summary: 'The workflow takes an input, and none was given.',
    remedy: 'Pass the input as the second argument of start().',
  },
  NOT_SERIALIZABLE: {
    httpStatus: 400,
    retryable: false,
    summary: 'A value does not survive JSON; the message names the path inside the value.',
    remedy: 'Convert the named part to a plain JSON value (for a Date, its ISO string) before handing it over.',
  },
  PAYLOAD_TOO_LARGE: {
    httpStatus: 413,
    retryable: false,
    summary: 'A value is larger than the payload limit of the group.',
    remedy: 'Store the bulk elsewhere and pass a reference, or raise limits.payloadBytesMax.',
  },
  WORKFLOW_NOT_FOUND: {
    httpStatus: 404,
    retryable: false,
    summary: 'No open or retained workflow has this id.',
    remedy: 'Check the id; a closed workflow is forgotten once its retention has ended.',
  },
  ALREADY_EXISTS: {
    httpStatus: 409,
    retryable: false,
    summary: 'A workflow with this id, the same name and the same input is open or retained.',
    remedy: "Use onExisting: 'attach' to get a handle on it, or choose another id.",
  },
  CONFLICT: {
    httpStatus: 409,
    retryable: false,
    summary: 'A workflow with this id but another name or input is open or retained.',
    remedy: 'Choose another id.',
  },
  WORKFLOW_CLOSED: {
    httpStatus: 409,
    retryable: false,
    summary: 'The run has ended; it takes no more signals, queries or commands.',
    remedy: 'Read its result() or describe() instead.',
  },
  UNKNOWN_QUERY: {
    httpStatus: 404,
    retryable: false,
    summary: 'The workflow has no query of this name.',
    remedy: 'Decorate the method with @WorkflowQuery(), or register it with context().onQuery().',
  },
  QUERY_FAILED: {
    httpStatus: 500,
    retryable: false,
    summary: 'The query method threw, or it tried to change the state of the run.',
    remedy: 'A query must be synchronous, read only, and must not throw; see the cause.',
  },
  REQUEST_EXPIRED: {
    httpStatus: 409,
    retryable: false,
    summary: 'The command arrived after its expiry; this send did nothing.',
    remedy: 'Look whether an earlier send took effect, then send again with a new requestId.',
  },
  // --- what became of a run ---------------------------------------------------------------------------------------
  WORKFLOW_FAILED: {
    httpStatus: 500,
    retryable: false,
    summary: 'The workflow code threw; the run is failed, and its error is the cause.',
    remedy: 'See the cause.',
  },
  WORKFLOW_CANCELLED: {
    httpStatus: 409,
    retryable: false,
    summary: 'The run was cancelled.',
    remedy: 'Start a new run if the work is still wanted.',
  },
  WORKFLOW_TERMINATED: {
    httpStatus: 409,
    retryable: false,
    summary: 'The run was terminated by an operator.',
    remedy: 'Start a new run if the work is still wanted.',
  },
  WORKFLOW_BLOCKED: {
    httpStatus: 503,
    retryable: true,
    summary: 'The run is blocked, or the one to be started would be: no eligible node can own it; the reason is named.',
    remedy: 'Deploy a node with this workflow version, or reset the run once the reason is gone.',
  },
  NOT_BLOCKED: {
    httpStatus: 409,
    retryable: false,
    summary: 'reset() was called on a run that is not blocked.',
    remedy: 'Nothing is to be done; describe() shows the status.',
  },
  COMPUTE_FAILED: {
    httpStatus: 500,
    retryable: false,
    summary: 'A compute body failed on its last attempt.',
    remedy: 'See the cause; raise retry.maxAttempts or handle the error in the workflow.',
  },
  COMPUTE_TIMEOUT: {
    httpStatus: 500,
    retryable: false,
    summary: 'A compute body did not settle within its timeout.',
    remedy: 'Raise the timeout, and let the body stop when its abortSignal fires.',
  },
  CHILD_FAILED: {
    httpStatus: 500,
    retryable: false,
    summary: 'A child workflow failed; its error is the cause.',
    remedy: 'See the cause; handle the error in the parent, or give executeChild() a retry.',
  },
  CHILD_CANCELLED: {
    httpStatus: 409,
    retryable: false,
    summary: 'A child workflow was cancelled, not by its parent.',
    remedy: 'Handle the error in the parent, or start another child.',
  },
  CHILD_TERMINATED: {
    httpStatus: 409,
    retryable: false,
    summary: 'A child workflow was terminated by an operator.',
    remedy: 'Handle the error in the parent, or start another child.',
  },
  CHILD_NOT_STARTED: {
    httpStatus: 409,
    retryable: false,
    summary:
      'A child workflow can not be started: its name, version, id or input is refused, or a workflow with its id is there that is not this child.',
    remedy: 'See the cause, and correct what it names.',
  },
  // --- how workflow code was written ------------------------------------------------------------------------------
  FOREIGN_AWAIT: {
    httpStatus: 500,
    retryable: false,
    summary: 'Workflow code waited for something that is not in the log (a timer, fetch, a foreign promise).',
    remedy: 'Put side effects into @CheckpointCompute or context().compute(), and wait with context().sleep().',
  },
  OUTSIDE_RUN: {
    httpStatus: 500,
    retryable: false,
    summary: 'An operation was called outside a workflow run.',
    remedy: 'Call it from run() of an instance that the engine made; start runs with WorkflowClient.start().',
  },
  INSIDE_COMPUTE: {
    httpStatus: 500,
    retryable: false,
    summary: 'An operation was called inside the body of a checkpoint, compute, query or signal handler where none is allowed.',
    remedy: 'Call it from the workflow code itself and pass the value in.',
  },
  RUN_ENDED: {
    httpStatus: 500,
    retryable: false,
    summary: 'An operation was called after its run had ended.',
    remedy: 'Await every operation before run() returns.',
  },
  READ_ONLY_THIS: {
    httpStatus: 500,
    retryable: false,
    summary: 'A compute or query body assigned to a field of the workflow.',
    remedy: 'Return the value and assign it in the workflow code, after the await.',
  },
  // --- the cluster ------------------------------------------------------------------------------------------------
  OUTCOME_UNKNOWN: {
    httpStatus: 504,
    retryable: true,
    summary: 'The deadline passed before the outcome was known; the command may still take effect.',
    remedy:
      'Send again with the same requestId: the same answer is given, and nothing is done twice. A call that only waited is made again.',
  },
  NO_LEADER: {
    httpStatus: 503,
    retryable: true,
    summary: 'The group has no leader (no quorum of its voters can be reached), and nothing was sent.',
    remedy: 'Retry; if it lasts, see which nodes are down.',
  },
  NOT_LEADER: {
    httpStatus: 503,
    retryable: true,
    summary: 'The node asked is not the leader of the group.',
    remedy: 'Ask the node named in the hint.',
  },
  OVERLOADED: {
    httpStatus: 429,
    retryable: true,
    summary: 'A bounded queue is full; nothing was sent.',
    remedy: 'Slow down and retry, or raise the named limit.',
  },
  NOT_MEMBER: {
    httpStatus: 503,
    retryable: true,
    summary: 'This node is not (or no longer) a member of the group.',
    remedy: 'Ask another node, or add this one by the membership calls.',
  },
  WRONG_CLUSTER: {
    httpStatus: 503,
    retryable: true,
    summary: 'The slot of this workflow id belongs to another cluster.',
    remedy: 'Refresh the topology and ask the cluster that owns the slot.',
  },
  MEMBERSHIP_REFUSED: {
    httpStatus: 409,
    retryable: true,
    summary: 'A membership change was refused.',
    remedy: 'The message says why; wait until the change under way has ended, then try again.',
  },
  TOPOLOGY_STALE: {
    httpStatus: 409,
    retryable: false,
    summary:
      'A topology command was decided on a version of the topology in which something that it names was otherwise; nothing was changed.',
    remedy: 'Read the topology, and decide again.',
  },
  TOPOLOGY_REFUSED: {
    httpStatus: 409,
    retryable: false,
    summary: 'A topology command was refused; nothing was changed.',
    remedy: 'The message says what would have happened, and what to do instead.',
  },
  NODE_ID_REUSED: {
    httpStatus: 409,
    retryable: false,
    summary: 'A node with a volatile store came back under an id that was used before.',
    remedy: 'Give it a new node id and replace the lost one by the membership calls.',
  },
  SHUTTING_DOWN: {
    httpStatus: 503,
    retryable: true,
    summary: 'The node is shutting down.',
    remedy: 'Ask another node.',
  },
  GROUP_HALTED: {
    httpStatus: 503,
    retryable: false,
    summary: 'The group stopped on this node, because it met a command, an entry or a disk that it can not go on with.',
    remedy: 'The message names group and index; upgrade or repair this node.',
  },
  STATE_DIVERGED: {
    httpStatus: 503,
    retryable: false,
    summary:
      'The replicas of a group differ: this one from a majority, and it stopped; or no majority agrees, and the group refuses commands.',
    remedy: 'Replace the replica that stopped; where no majority agrees, choose the one that is right (docs/OPERATIONS.md).',
  },
  STORAGE_FAILED: {
    httpStatus: 503,
    retryable: false,
    summary: 'The storage of this node failed; the node has stopped.',
    remedy: 'Repair the disk and start the node again; nothing acknowledged is lost while a majority of disks survives.',
  },
  STORAGE_FULL: {
    httpStatus: 503,
    retryable: false,
    summary: 'The disk that holds the files of this node is full; the node has stopped, or did not start.',
    remedy: 'Make room on the file system that the message names, and start the node again.',
  },
  STORAGE_READ_ONLY: {
    httpStatus: 503,
    retryable: false,
    summary: 'The files of this node can not be written: the file system is read-only, or its user may not write them.',
    remedy: 'Give the user of the process write access to the folder that the message names, and start again.',
  },
  STORAGE_LOCKED: {
    httpStatus: 503,
    retryable: false,
    summary: 'Another process has the files of this node open.',
    remedy: 'Stop the other process, or give this node a folder of its own.',
  },
  STORAGE_DAMAGED: {
    httpStatus: 503,
    retryable: false,
    summary: 'A stored row does not have its checksum, or can not be read; nothing was overwritten.',
    remedy: 'Keep the files, and let the node rejoin empty under a new node id (storage.rejoinEmpty); the other nodes have its data.',
  },
  STORAGE_FORMAT: {
    httpStatus: 503,
    retryable: false,
    summary: 'A file was written by another version of the format, or is not a file of this engine.',
    remedy: 'Start the version of the engine that the message names, or give the node another folder.',
  },
  STORAGE_FOREIGN: {
    httpStatus: 503,
    retryable: false,
    summary: 'The files belong to another node or to another deployment.',
    remedy: 'Give every node its own folder, and start it with the node id and deployment that its files name.',
  },
  STORAGE_MISMATCH: {
    httpStatus: 503,
    retryable: false,
    summary: 'The log and the state of this node do not fit together, as when one of the two files was restored from a copy.',
    remedy: 'Put both files of one moment back, or let the node rejoin empty under a new node id.',
  },
  REJOIN_REFUSED: {
    httpStatus: 503,
    retryable: false,
    summary: 'The node may not drop its files and rejoin empty: its data would be lost, or its old node id used again.',
    remedy: 'The message says which; a sole voter has the only copy, and every other node needs a new node id.',
  },
  // --- other processes --------------------------------------------------------------------------------------------
  NO_ROUTE: {
    httpStatus: 503,
    retryable: true,
    summary: 'The other process could not be reached; nothing was sent.',
    remedy: 'The message names the address and why; see that the process runs there and that its port can be reached.',
  },
  PEER_REFUSED: {
    httpStatus: 503,
    retryable: false,
    summary: 'The other process ended the handshake: another secret, certificate, deployment or protocol version.',
    remedy: 'The message says which; give all nodes of a deployment the same.',
  },
  UNAUTHENTICATED: {
    httpStatus: 401,
    retryable: false,
    summary: 'The call bears no valid credentials of a client.',
    remedy: 'Give the secret of the clients, or a certificate of their authority; credentials of peers are not accepted.',
  },
  JOIN_REFUSED: {
    httpStatus: 503,
    retryable: false,
    summary: 'The node can not become a member as it is configured.',
    remedy: 'The message says why and what to change.',
  },
  NODE_LEFT: {
    httpStatus: 503,
    retryable: false,
    summary: 'The files are of a node that left its cluster for good; its id is never used again.',
    remedy: 'Start with an empty folder, or with rejoinEmpty, and join under a new id.',
  },
  // --- configuration and frames -----------------------------------------------------------------------------------
  INVALID_CONFIGURATION: {
    httpStatus: 500,
    retryable: false,
    summary: 'The options given to RaftoralModule are wrong; the message names the option.',
    remedy: 'Correct the option.',
  },
  INVALID_WORKFLOW_DEFINITION: {
    httpStatus: 500,
    retryable: false,
    summary: 'A workflow class can not be used as it is declared; the message names the class and what is wrong.',
    remedy: 'Correct the class.',
  },
  DUPLICATE_MODULE: {
    httpStatus: 500,
    retryable: false,
    summary: 'RaftoralModule.forRoot was imported twice in one application.',
    remedy: 'Import it once, in the root module; it is global.',
  },
  MALFORMED_FRAME: {
    httpStatus: 400,
    retryable: false,
    summary: 'Bytes from the network, the disk or a snapshot do not have the expected form.',
    remedy: 'The message names offset and field; look for a damaged file, or a peer of another version.',
  },
  REPLAY_DIFFERS: {
    httpStatus: 500,
    retryable: false,
    summary:
      'Workflow code behaves otherwise than a recorded history says it did; the message names the event, what the history has and what the code did.',
    remedy: 'Give the changed code a new version, or guard the change with context().hasCheckpoint().',
  },
  SIMULATION_FAILED: {
    httpStatus: 500,
    retryable: false,
    summary:
      'A simulated seed broke what its check demands; the message has the seed, how to run it again, and what happened step by step.',
    remedy: 'Run that seed alone, correct the workflow or what it calls, and run all seeds again.',
  },
  INVARIANT_VIOLATED: {
    httpStatus: 500,
    retryable: false,
    summary: 'The engine found itself in a state that must never be; the node stopped rather than go on.',
    remedy: 'Report it with the message and the log; the other nodes carry on.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;

export type RaftoralErrorCode = keyof typeof ERROR_CODES;
