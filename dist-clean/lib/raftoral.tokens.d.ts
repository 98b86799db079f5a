/**
 * Injection tokens. Every part of the engine is a provider behind one of them (or behind its class), so a test can override it:
 *
 *   Test.createTestingModule({ imports: [AppModule] }).overrideProvider(RAFTORAL_CLOCK).useValue(clock)
 *
 * D1. Tokens come from the global symbol registry, so two copies of the package in one process agree on them.
 */
/** Options as the application gave them. `RaftoralModuleOptions`. */
export declare const RAFTORAL_OPTIONS: unique symbol;
/** Options with defaults, validated. `RaftoralSettings`. */
export declare const RAFTORAL_SETTINGS: unique symbol;
/** `Clock`. */
export declare const RAFTORAL_CLOCK: unique symbol;
/** `Random`. */
export declare const RAFTORAL_RANDOM: unique symbol;
/** `Scheduler`. */
export declare const RAFTORAL_SCHEDULER: unique symbol;
/** number: of this start of the process, higher than that of any start of the node before. */
export declare const RAFTORAL_INCARNATION: unique symbol;
/** `NodeTransport` or null: the transport that the options describe, with its carrier. */
export declare const RAFTORAL_NODE_TRANSPORT: unique symbol;
/** `Transport`. */
export declare const RAFTORAL_TRANSPORT: unique symbol;
/** `RaftStorage`. */
export declare const RAFTORAL_STORAGE: unique symbol;
/** `Logger` of lib/cluster: what the engine says. */
export declare const RAFTORAL_LOGGER: unique symbol;
/** `WorkflowRegistry`: what the explorer found. */
export declare const RAFTORAL_REGISTRY: unique symbol;
/** `NodeNotes`: small facts that the node keeps beside its log and state. */
export declare const RAFTORAL_NOTES: unique symbol;
/** `HostFactory`: makes the host, which drives every group of this node, once the node has an identity. */
export declare const RAFTORAL_HOST_FACTORY: unique symbol;
/** `GroupFactory`: makes the Raft group of an execution cluster when the node starts. */
export declare const RAFTORAL_GROUP_FACTORY: unique symbol;
/** `ServiceFactory`: makes the workflow runtime and service over a group when the node starts. */
export declare const RAFTORAL_SERVICE_FACTORY: unique symbol;
/** `ComputeOverride` or null: what stands in for compute bodies in a test. */
export declare const RAFTORAL_COMPUTE_OVERRIDE: unique symbol;
/** `NodeAdministration`: status and membership calls, as operators make them. */
export declare const RAFTORAL_ADMINISTRATION: unique symbol;
/** `ControlApi`: everything that clients and operators can ask of this node from outside. */
export declare const RAFTORAL_CONTROL: unique symbol;
/** `SlotMap`. */
export declare const RAFTORAL_SLOT_MAP: unique symbol;
