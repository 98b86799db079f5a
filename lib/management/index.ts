/** The door of lib/management. */
export { encodeTopologyCommand, decodeTopologyCommand } from './command-codec.js';
export {
  DEFAULT_TOPOLOGY_LIMITS,
  SLOT_COUNT,
  TOPOLOGY_CODEC_LEVEL_MAX,
  TopologyKind,
  type NodeInfo,
  type NodeRole,
  type NodeState,
  type TopologyCommand,
  type TopologyLimits,
} from './command.js';
export { TOPOLOGY_EVENT_TYPES, type TopologyEvent, type TopologySink } from './event.js';
export { TOPOLOGY_REFUSAL_REASONS } from './state.js';
export type { ClusterView, MemberView, MoveView, NodeView, TopologyAnswer, TopologyRefusalReason, TopologyView } from './state.js';
export { TopologyStateMachine } from './state-machine.js';
export { mintWorkflowId, type MintRequest } from './placement/mint.js';
export { planRound } from './placement/manager/manager.js';
export {
  DEFAULT_MANAGER_POLICY,
  type Decision,
  type GroupObservation,
  type GroupStep,
  type ManagerPlan,
  type ManagerPolicy,
  type ManagerRule,
  type ManagerView,
  type NodeObservation,
} from './placement/manager/view.js';
export type { HostedExecutionGroup, ManagementNode } from './node-port.js';
export { ManagementService, type ManagementOptions } from './management-service.js';
export { ManagementRuntime, type NewCluster, type NewNode, type TopologyCallOptions } from './management-runtime.js';
export { ClusterFollower } from './cluster-follower.js';
export { CLIENT_INFO_METHOD, CLIENT_LEAVE_METHOD } from './client-desk.js';
export { factsOf, inOneForm, openWorkflowsToldBy } from './node-info.js';
export { encodeInfo } from './request-codec.js';
export { UNKNOWN_NODE_INFO, type FirstCluster } from './founding.js';
export type { TopologyNotice } from './topology-changes.js';
