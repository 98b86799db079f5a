/**
 * Tokens and metadata keys of the Nest face.
 *
 * C1. A metadata key is part of the contract between decorators and the accessor, also across two copies of the package: never renamed.
 */
export declare const WORKFLOW_METADATA = "raftoral:workflow";
export declare const OPERATION_METADATA = "raftoral:operation";
export declare const QUERY_METADATA = "raftoral:query";
export declare const SIGNAL_METADATA = "raftoral:signal";
