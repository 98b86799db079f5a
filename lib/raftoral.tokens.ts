/**
 * Injection tokens. Every part of the engine is a provider behind one of them, so a test can override any part:
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
/** `Transport`. */
export const RAFTORAL_TRANSPORT = Symbol.for('raftoral:transport');
/** `RaftStorage`. */
export const RAFTORAL_STORAGE = Symbol.for('raftoral:storage');
/** `EngineLogger`. */
export const RAFTORAL_LOGGER = Symbol.for('raftoral:logger');
/** `WorkflowRegistry`: what the explorer found. */
export const RAFTORAL_REGISTRY = Symbol.for('raftoral:registry');
/** `RaftHost`: drives every group of this node. */
export const RAFTORAL_HOST = Symbol.for('raftoral:host');
/** `RaftGroup` of execution cluster 1: membership calls and status. */
export const RAFTORAL_GROUP = Symbol.for('raftoral:group');
/** `WorkflowService` of execution cluster 1. */
export const RAFTORAL_WORKFLOW_SERVICE = Symbol.for('raftoral:workflow-service');
/** `SlotMap`. */
export const RAFTORAL_SLOT_MAP = Symbol.for('raftoral:slot-map');
