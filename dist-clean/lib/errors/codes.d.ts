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
export declare const ERROR_CODES: {
    readonly UNKNOWN_WORKFLOW: {
        readonly httpStatus: 404;
        readonly retryable: false;
        readonly summary: "No member of the cluster has registered this workflow name (or this version of it).";
        readonly remedy: "Register the class as a provider, or check the spelling and the version.";
    };
    readonly INVALID_WORKFLOW_ID: {
        readonly httpStatus: 400;
        readonly retryable: false;
        readonly summary: "A workflow id must be 1 to 256 bytes of well-formed UTF-8 without control characters.";
        readonly remedy: "Choose another id, or leave it out and let the engine mint one.";
    };
    readonly INVALID_ARGUMENT: {
        readonly httpStatus: 400;
        readonly retryable: false;
        readonly summary: "An argument of the call is missing or has the wrong type.";
        readonly remedy: "Correct the named argument.";
    };
    readonly MISSING_INPUT: {
        readonly httpStatus: 400;
        readonly retryable: false;
        readonly summary: "The workflow takes an input, and none was given.";
        readonly remedy: "Pass the input as the second argument of start().";
    };
    readonly NOT_SERIALIZABLE: {
        readonly httpStatus: 400;
        readonly retryable: false;
        readonly summary: "A value does not survive JSON; the message names the path inside the value.";
        readonly remedy: "Convert the named part to a plain JSON value (for a Date, its ISO string) before handing it over.";
    };
    readonly PAYLOAD_TOO_LARGE: {
        readonly httpStatus: 413;
        readonly retryable: false;
        readonly summary: "A value is larger than the payload limit of the group.";
        readonly remedy: "Store the bulk elsewhere and pass a reference, or raise limits.payloadBytesMax.";
    };
    readonly WORKFLOW_NOT_FOUND: {
        readonly httpStatus: 404;
        readonly retryable: false;
        readonly summary: "No open or retained workflow has this id.";
        readonly remedy: "Check the id; a closed workflow is forgotten once its retention has ended.";
    };
    readonly ALREADY_EXISTS: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "A workflow with this id, the same name and the same input is open or retained.";
        readonly remedy: "Use onExisting: 'attach' to get a handle on it, or choose another id.";
    };
    readonly CONFLICT: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "A workflow with this id but another name or input is open or retained.";
        readonly remedy: "Choose another id.";
    };
    readonly WORKFLOW_CLOSED: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "The run has ended; it takes no more signals, queries or commands.";
        readonly remedy: "Read its result() or describe() instead.";
    };
    readonly UNKNOWN_QUERY: {
        readonly httpStatus: 404;
        readonly retryable: false;
        readonly summary: "The workflow has no query of this name.";
        readonly remedy: "Decorate the method with @WorkflowQuery(), or register it with context().onQuery().";
    };
    readonly QUERY_FAILED: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "The query method threw, or it tried to change the state of the run.";
        readonly remedy: "A query must be synchronous, read only, and must not throw; see the cause.";
    };
    readonly REQUEST_EXPIRED: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "The command arrived after its expiry; this send did nothing.";
        readonly remedy: "Look whether an earlier send took effect, then send again with a new requestId.";
    };
    readonly WORKFLOW_FAILED: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "The workflow code threw; the run is failed, and its error is the cause.";
        readonly remedy: "See the cause.";
    };
    readonly WORKFLOW_CANCELLED: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "The run was cancelled.";
        readonly remedy: "Start a new run if the work is still wanted.";
    };
    readonly WORKFLOW_TERMINATED: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "The run was terminated by an operator.";
        readonly remedy: "Start a new run if the work is still wanted.";
    };
    readonly WORKFLOW_BLOCKED: {
        readonly httpStatus: 503;
        readonly retryable: true;
        readonly summary: "The run is blocked: no eligible node can own it; the reason is named.";
        readonly remedy: "Deploy a node with this workflow version, or reset the run once the reason is gone.";
    };
    readonly NOT_BLOCKED: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "reset() was called on a run that is not blocked.";
        readonly remedy: "Nothing is to be done; describe() shows the status.";
    };
    readonly COMPUTE_FAILED: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "A compute body failed on its last attempt.";
        readonly remedy: "See the cause; raise retry.maxAttempts or handle the error in the workflow.";
    };
    readonly COMPUTE_TIMEOUT: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "A compute body did not settle within its timeout.";
        readonly remedy: "Raise the timeout, and let the body stop when its abortSignal fires.";
    };
    readonly FOREIGN_AWAIT: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "Workflow code waited for something that is not in the log (a timer, fetch, a foreign promise).";
        readonly remedy: "Put side effects into @CheckpointCompute or context().compute(), and wait with context().sleep().";
    };
    readonly OUTSIDE_RUN: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "An operation was called outside a workflow run.";
        readonly remedy: "Call it from run() of an instance that the engine made; start runs with WorkflowClient.start().";
    };
    readonly INSIDE_COMPUTE: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "An operation was called inside the body of a checkpoint, compute, query or signal handler where none is allowed.";
        readonly remedy: "Call it from the workflow code itself and pass the value in.";
    };
    readonly RUN_ENDED: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "An operation was called after its run had ended.";
        readonly remedy: "Await every operation before run() returns.";
    };
    readonly READ_ONLY_THIS: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "A compute or query body assigned to a field of the workflow.";
        readonly remedy: "Return the value and assign it in the workflow code, after the await.";
    };
    readonly OUTCOME_UNKNOWN: {
        readonly httpStatus: 504;
        readonly retryable: true;
        readonly summary: "The deadline passed before the outcome was known; the command may still take effect.";
        readonly remedy: "Send again with the same requestId: the same answer is given, and nothing is done twice. A call that only waited is made again.";
    };
    readonly NO_LEADER: {
        readonly httpStatus: 503;
        readonly retryable: true;
        readonly summary: "The group has no leader (no quorum of its voters can be reached), and nothing was sent.";
        readonly remedy: "Retry; if it lasts, see which nodes are down.";
    };
    readonly NOT_LEADER: {
        readonly httpStatus: 503;
        readonly retryable: true;
        readonly summary: "The node asked is not the leader of the group.";
        readonly remedy: "Ask the node named in the hint.";
    };
    readonly OVERLOADED: {
        readonly httpStatus: 429;
        readonly retryable: true;
        readonly summary: "A bounded queue is full; nothing was sent.";
        readonly remedy: "Slow down and retry, or raise the named limit.";
    };
    readonly NOT_MEMBER: {
        readonly httpStatus: 503;
        readonly retryable: true;
        readonly summary: "This node is not (or no longer) a member of the group.";
        readonly remedy: "Ask another node, or add this one by the membership calls.";
    };
    readonly WRONG_CLUSTER: {
        readonly httpStatus: 503;
        readonly retryable: true;
        readonly summary: "The slot of this workflow id belongs to another cluster.";
        readonly remedy: "Refresh the topology and ask the cluster that owns the slot.";
    };
    readonly MEMBERSHIP_REFUSED: {
        readonly httpStatus: 409;
        readonly retryable: true;
        readonly summary: "A membership change was refused.";
        readonly remedy: "The message says why; wait until the change under way has ended, then try again.";
    };
    readonly NODE_ID_REUSED: {
        readonly httpStatus: 409;
        readonly retryable: false;
        readonly summary: "A node with a volatile store came back under an id that was used before.";
        readonly remedy: "Give it a new node id and replace the lost one by the membership calls.";
    };
    readonly SHUTTING_DOWN: {
        readonly httpStatus: 503;
        readonly retryable: true;
        readonly summary: "The node is shutting down.";
        readonly remedy: "Ask another node.";
    };
    readonly GROUP_HALTED: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The group stopped on this node, because it met a command, an entry or a disk that it can not go on with.";
        readonly remedy: "The message names group and index; upgrade or repair this node.";
    };
    readonly STORAGE_FAILED: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The storage of this node failed; the node has stopped.";
        readonly remedy: "Repair the disk and start the node again; nothing acknowledged is lost while a majority of disks survives.";
    };
    readonly STORAGE_FULL: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The disk that holds the files of this node is full; the node has stopped, or did not start.";
        readonly remedy: "Make room on the file system that the message names, and start the node again.";
    };
    readonly STORAGE_READ_ONLY: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The files of this node can not be written: the file system is read-only, or its user may not write them.";
        readonly remedy: "Give the user of the process write access to the folder that the message names, and start again.";
    };
    readonly STORAGE_LOCKED: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "Another process has the files of this node open.";
        readonly remedy: "Stop the other process, or give this node a folder of its own.";
    };
    readonly STORAGE_DAMAGED: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "A stored row does not have its checksum, or can not be read; nothing was overwritten.";
        readonly remedy: "Keep the files, and let the node rejoin empty under a new node id (storage.rejoinEmpty); the other nodes have its data.";
    };
    readonly STORAGE_FORMAT: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "A file was written by another version of the format, or is not a file of this engine.";
        readonly remedy: "Start the version of the engine that the message names, or give the node another folder.";
    };
    readonly STORAGE_FOREIGN: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The files belong to another node or to another deployment.";
        readonly remedy: "Give every node its own folder, and start it with the node id and deployment that its files name.";
    };
    readonly STORAGE_MISMATCH: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The log and the state of this node do not fit together, as when one of the two files was restored from a copy.";
        readonly remedy: "Put both files of one moment back, or let the node rejoin empty under a new node id.";
    };
    readonly REJOIN_REFUSED: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The node may not drop its files and rejoin empty: its data would be lost, or its old node id used again.";
        readonly remedy: "The message says which; a sole voter has the only copy, and every other node needs a new node id.";
    };
    readonly NO_ROUTE: {
        readonly httpStatus: 503;
        readonly retryable: true;
        readonly summary: "The other process could not be reached; nothing was sent.";
        readonly remedy: "The message names the address and why; see that the process runs there and that its port can be reached.";
    };
    readonly PEER_REFUSED: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The other process ended the handshake: another secret, certificate, deployment or protocol version.";
        readonly remedy: "The message says which; give all nodes of a deployment the same.";
    };
    readonly UNAUTHENTICATED: {
        readonly httpStatus: 401;
        readonly retryable: false;
        readonly summary: "The call bears no valid credentials of a client.";
        readonly remedy: "Give the secret of the clients, or a certificate of their authority; credentials of peers are not accepted.";
    };
    readonly JOIN_REFUSED: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The node can not become a member as it is configured.";
        readonly remedy: "The message says why and what to change.";
    };
    readonly NODE_LEFT: {
        readonly httpStatus: 503;
        readonly retryable: false;
        readonly summary: "The files are of a node that left its cluster for good; its id is never used again.";
        readonly remedy: "Start with an empty folder, or with rejoinEmpty, and join under a new id.";
    };
    readonly INVALID_CONFIGURATION: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "The options given to RaftoralModule are wrong; the message names the option.";
        readonly remedy: "Correct the option.";
    };
    readonly INVALID_WORKFLOW_DEFINITION: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "A workflow class can not be used as it is declared; the message names the class and what is wrong.";
        readonly remedy: "Correct the class.";
    };
    readonly DUPLICATE_MODULE: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "RaftoralModule.forRoot was imported twice in one application.";
        readonly remedy: "Import it once, in the root module; it is global.";
    };
    readonly MALFORMED_FRAME: {
        readonly httpStatus: 400;
        readonly retryable: false;
        readonly summary: "Bytes from the network, the disk or a snapshot do not have the expected form.";
        readonly remedy: "The message names offset and field; look for a damaged file, or a peer of another version.";
    };
    readonly INVARIANT_VIOLATED: {
        readonly httpStatus: 500;
        readonly retryable: false;
        readonly summary: "The engine found itself in a state that must never be; the node stopped rather than go on.";
        readonly remedy: "Report it with the message and the log; the other nodes carry on.";
    };
};
export type RaftoralErrorCode = keyof typeof ERROR_CODES;
