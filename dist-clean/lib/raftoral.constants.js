/**
 * Tokens and metadata keys of the Nest face.
 *
 * C1. A metadata key is part of the contract between decorators and the accessor, also across two copies of the package: never renamed.
 */
export const WORKFLOW_METADATA = 'raftoral:workflow';
export const OPERATION_METADATA = 'raftoral:operation';
export const QUERY_METADATA = 'raftoral:query';
export const SIGNAL_METADATA = 'raftoral:signal';
//# sourceMappingURL=raftoral.constants.js.map