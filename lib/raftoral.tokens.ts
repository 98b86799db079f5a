/**
 * Injection tokens. Every part of the engine is a provider behind one of them (or behind its class), so a test can override it:
 *
 *   Test.createTestingModule({ imports: [AppModule] }).overrideProvider(RAFTORAL_CLOCK).useValue(clock)
 *
 * D1. Tokens come from the global symbol registry, so two copies of the package in one process agree on them.
 */

/** Options as the application gave them. `RaftoralModuleOptions`. */
export const RAFTORAL_OPTIONS = Symbol.for('raftoral:options');
/** Options with defaults, validated. `RaftoralSettings`. */
export const RAFTORAL_SETTINGS = Symbol.for('raftoral:settings');
/** `Clock`. */
export const RAFTORAL_CLOCK = Symbol.for('raftoral:clock');
/** `Random`. */
export const RAFTORAL_RANDOM = Symbol.for('raftoral:random');
/** `Scheduler`. */
export const RAFTORAL_SCHEDULER = Symbol.for('raftoral:scheduler');
/** number: of this start of the process, higher than that of any start of the node before. */
export const RAFTORAL_INCARNATION = Symbol.for('raftoral:incarnation');
/** `NodeTransport` or null: the transport that the options describe, with its carrier. */
export const RAFTORAL_NODE_TRANSPORT = Symbol.for('raftoral:node-transport');
/** `Transport`. */
export const RAFTORAL_TRANSPORT = Symbol.for('raftoral:transport');
/** `RaftStorage`. */
export const RAFTORAL_STORAGE = Symbol.for('raftoral:storage');
/** `Logger` of lib/cluster: what the engine says. */
export const RAFTORAL_LOGGER = Symbol.for('raftoral:logger');
/** `WorkflowRegistry`: what the explorer found. */
export const RAFTORAL_REGISTRY = Symbol.for('raftoral:registry');
/** `NodeNotes`: small facts that the node keeps beside its log and state. */
export const RAFTORAL_NOTES = Symbol.for('raftoral:notes');
/** `HostFactory`: makes the host, which drives every group of this node, once the node has an identity. */
export const RAFTORAL_HOST_FACTORY = Symbol.for('raftoral:host-factory');
/** `GroupFactory`: makes the Raft group of an execution cluster when the node starts. */
export const RAFTORAL_GROUP_FACTORY = Symbol.for('raftoral:group-factory');
/** `ServiceFactory`: makes the workflow runtime and service over a group when the node starts. */
export const RAFTORAL_SERVICE_FACTORY = Symbol.for('raftoral:service-factory');
/** `ManagementFactory`: makes the service of the management cluster, where the deployment has one. */
export const RAFTORAL_MANAGEMENT_FACTORY = Symbol.for('raftoral:management-factory');
/** `ComputeOverride` or null: what stands in for compute bodies in a test. */
export const RAFTORAL_COMPUTE_OVERRIDE = Symbol.for('raftoral:compute-override');
/** `NodeAdministration`: status and membership calls, as operators make them. */
export const RAFTORAL_ADMINISTRATION = Symbol.for('raftoral:administration');
/** `ControlApi`: everything that clients and operators can ask of this node from outside. */
export const RAFTORAL_CONTROL = Symbol.for('raftoral:control');
/** `SlotMap`. */
export const RAFTORAL_SLOT_MAP = Symbol.for('raftoral:slot-map');
