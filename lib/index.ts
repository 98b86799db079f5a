/** The only door of @raftoral/nestjs. */

// The face.
export { RaftoralModule } from './raftoral.module.js';
export type { RaftoralModuleOptions, TransportMaker } from './interfaces/options.js';
export type { RaftoralSettings } from './interfaces/settings.js';
export { RaftoralExceptionFilter, type RaftoralErrorBody } from './raftoral.exception-filter.js';
export { RaftoralHealthIndicator, type HealthThresholds, type RaftoralHealthResult } from './health/raftoral-health-indicator.js';

// Writing workflows.
export { Workflow } from './decorators/workflow.decorator.js';
export { Checkpoint, CheckpointCompute } from './decorators/checkpoint.decorator.js';
export { WorkflowQuery } from './decorators/workflow-query.decorator.js';
export { WorkflowSignal } from './decorators/workflow-signal.decorator.js';
export { context, idempotencyKey } from './workflow/context.js';
export { executeChild, startChild, type ChildArgs } from './raftoral.children.js';
export type { ChildHandle } from './workflow/child-handle.js';
export type { ChildOptions, ChildTarget, StartedChildOptions } from './workflow/child-options.js';
export { ChildWorkflowError, type ChildErrorCode } from './workflow/child-error.js';
export { NonRetryableError } from './workflow/error-record.js';
export { WorkAborted } from './workflow/abort-scope.js';
export type { ReplicatedVariable, RunInfo, WorkflowContext } from './workflow/context-types.js';
export type { ComputeOptions, RetryOptions, WorkflowOptions } from './workflow/definition.js';

// Starting and watching them.
export { WorkflowClient, type ExecuteOptions } from './client/workflow-client.js';
export { StartedWorkflowHandle, WorkflowHandle } from './client/workflow-handle.js';
export { RaftoralEvents } from './client/raftoral-events.js';
export type { WorkflowEventStream, WorkflowEventView, WorkflowStreamView } from './client/event-view.js';
export {
  QueryRef,
  SignalRef,
  WorkflowRef,
  queryRef,
  signalRef,
  workflowRef,
  type InputArgs,
  type InputOf,
  type OutputOf,
  type WorkflowClass,
  type WorkflowName,
  type WorkflowRefMaker,
  type WorkflowTarget,
  type WorkflowTypes,
} from './client/workflow-target.js';
export type {
  CallOptions,
  ListFilter,
  ListPage,
  QueryOptions,
  RunDescription,
  RunExplanation,
  StartOptions,
  StateCheckEvent,
  WriteOptions,
} from './workflow/service.js';
export type { BlockedReason, ErrorRecord, OwnerChangeCause, RunOutcome, RunStatus } from './workflow/event.js';

// Asking a node from outside.
export type { ControlApi, ControlClient, ControlContext, ControlStream, Json, JsonObject } from './client/control-port.js';
export type {
  ClusterReport,
  StateCheckReport,
  MemberReport,
  MembersReport,
  NodeAdministration,
  NodeReport,
  NodesReport,
  ReplicationReport,
  RunCountsReport,
} from './client/administration-port.js';
export type {
  DecidedOn,
  PlanReport,
  TopologyAdministration,
  TopologyClusterReport,
  TopologyMemberReport,
  TopologyMoveReport,
  TopologyNodeReport,
  TopologyReport,
} from './client/topology-administration-port.js';

// Errors.
export { ERROR_CODES, RaftoralError, isRaftoralError, type ErrorCodeInfo, type RaftoralErrorCode } from './errors/index.js';

// The engine's parts: for operators, and for tests that override one.
export { RaftoralNode } from './raftoral.node.js';
export type { HostFactory, NodePhase } from './raftoral.node-parts.js';
export type {
  GroupFactory,
  GroupRequest,
  HostedCluster,
  NodeHost,
  ServiceFactory,
  ServiceRequest,
  WorkflowParts,
} from './raftoral.clusters.js';
export type { ManagementFactory, ManagementRequest } from './raftoral.management.js';
export {
  RAFTORAL_ADMINISTRATION,
  RAFTORAL_CLOCK,
  RAFTORAL_COMPUTE_OVERRIDE,
  RAFTORAL_CONTROL,
  RAFTORAL_GROUP_FACTORY,
  RAFTORAL_HOST_FACTORY,
  RAFTORAL_INCARNATION,
  RAFTORAL_LOGGER,
  RAFTORAL_MANAGEMENT_FACTORY,
  RAFTORAL_NOTES,
  RAFTORAL_OPTIONS,
  RAFTORAL_RANDOM,
  RAFTORAL_REGISTRY,
  RAFTORAL_SCHEDULER,
  RAFTORAL_SERVICE_FACTORY,
  RAFTORAL_SETTINGS,
  RAFTORAL_SLOT_MAP,
  RAFTORAL_STORAGE,
  RAFTORAL_TRANSPORT,
} from './raftoral.tokens.js';
export { RequestForwarder } from './client/request-forwarder.js';
export { InProcessNetwork, type InProcessNetworkOptions } from './transport/in-process.js';
export type { Transport } from './transport/transport.js';
export type { RaftStorage } from './storage/storage.js';
export type { Clock, Timer } from './cluster/clock.js';
export type { Random } from './cluster/random.js';
export type { Scheduler } from './cluster/scheduler.js';
export type { Logger, LogLevel } from './cluster/logger.js';
export type { SlotMap } from './cluster/slot-map-port.js';
export type { GroupStatus, RaftGroup } from './cluster/group.js';
export type { NodeStatus, NodeStatusSource } from './cluster/status-port.js';
export type { ComputeOverride } from './workflow/run-environment.js';
export type { GroupLimits } from './workflow/command.js';
