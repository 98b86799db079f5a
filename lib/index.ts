/** The only door of @raftoral/nestjs. */
export { RaftoralEvents } from './client/raftoral-events.js';
export { StartedWorkflowHandle, WorkflowHandle } from './client/workflow-handle.js';
export { WorkflowClient, type ExecuteOptions } from './client/workflow-client.js';
export type { WorkflowEventStream, WorkflowEventView, WorkflowStreamView } from './client/event-view.js';
export {
  QueryRef,
  SignalRef,
  WorkflowRef,
  queryRef,
  signalRef,
  workflowRef,
  type InputOf,
  type OutputOf,
  type WorkflowClass,
  type WorkflowName,
  type WorkflowTarget,
  type WorkflowTypes,
} from './client/workflow-target.js';
export { ERROR_CODES, RaftoralError, isRaftoralError, type ErrorCodeInfo, type RaftoralErrorCode } from './errors/index.js';
export type {
  CallOptions,
  ListFilter,
  ListPage,
  QueryOptions,
  RunDescription,
  RunExplanation,
  StartOptions,
  WriteOptions,
} from './workflow/service.js';
