/** The only door of @raftoral/nestjs. */
// The face.
export { RaftoralModule } from './raftoral.module.js';
export { RaftoralExceptionFilter } from './raftoral.exception-filter.js';
export { RaftoralHealthIndicator } from './health/raftoral-health-indicator.js';
// Writing workflows.
export { Workflow } from './decorators/workflow.decorator.js';
export { Checkpoint, CheckpointCompute } from './decorators/checkpoint.decorator.js';
export { WorkflowQuery } from './decorators/workflow-query.decorator.js';
export { WorkflowSignal } from './decorators/workflow-signal.decorator.js';
export { context, idempotencyKey } from './workflow/context.js';
export { NonRetryableError } from './workflow/error-record.js';
export { WorkAborted } from './workflow/abort-scope.js';
// Starting and watching them.
export { WorkflowClient } from './client/workflow-client.js';
export { StartedWorkflowHandle, WorkflowHandle } from './client/workflow-handle.js';
export { RaftoralEvents } from './client/raftoral-events.js';
export { QueryRef, SignalRef, WorkflowRef, queryRef, signalRef, workflowRef, } from './client/workflow-target.js';
// Errors.
export { ERROR_CODES, RaftoralError, isRaftoralError } from './errors/index.js';
// The engine's parts: for operators, and for tests that override one.
export { RaftoralNode, } from './raftoral.node.js';
export { RAFTORAL_ADMINISTRATION, RAFTORAL_CLOCK, RAFTORAL_COMPUTE_OVERRIDE, RAFTORAL_CONTROL, RAFTORAL_GROUP_FACTORY, RAFTORAL_HOST_FACTORY, RAFTORAL_INCARNATION, RAFTORAL_LOGGER, RAFTORAL_NOTES, RAFTORAL_OPTIONS, RAFTORAL_RANDOM, RAFTORAL_REGISTRY, RAFTORAL_SCHEDULER, RAFTORAL_SERVICE_FACTORY, RAFTORAL_SETTINGS, RAFTORAL_SLOT_MAP, RAFTORAL_STORAGE, RAFTORAL_TRANSPORT, } from './raftoral.tokens.js';
export { RequestForwarder } from './client/request-forwarder.js';
export { InProcessNetwork } from './transport/in-process.js';
//# sourceMappingURL=index.js.map