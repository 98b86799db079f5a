/** The door of lib/cluster: the shell of Raft groups, and the ports that it takes in. */
export { SystemClock } from './clock.js';
export { EventLoopScheduler } from './scheduler.js';
export { SystemRandom } from './random.js';
export { EventBus, } from './event-bus.js';
export { SILENT_LOGGER } from './logger.js';
export { DEFAULT_TUNING } from './host-options.js';
export { RaftHost } from './raft-host.js';
export { RaftNode } from './raft-node.js';
//# sourceMappingURL=index.js.map