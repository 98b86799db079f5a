/** The door of lib/cluster: the shell of Raft groups, and the ports that it takes in. */
export { SystemClock, type Clock, type Timer } from './clock.js';
export { EventLoopScheduler, type Scheduler } from './scheduler.js';
export { SystemRandom, type Random } from './random.js';
export {
  EventBus,
  type EventBusOptions,
  type EventHistory,
  type EventStream,
  type FetchedItems,
  type KeyStreamOptions,
  type StreamOptions,
} from './event-bus.js';
export { SILENT_LOGGER, type LogLevel, type Logger } from './logger.js';
export { DEFAULT_TUNING, type RaftHostTuning } from './host-options.js';
export { RaftHost, type RaftHostOptions } from './raft-host.js';
export type { GroupOptions } from './hosted-groups.js';
export { RaftNode } from './raft-node.js';
export type { HostStatus, PeerHealth } from './host-status.js';
export type {
  Applied,
  GroupId,
  GroupListener,
  GroupStatus,
  LeadershipChange,
  NodeId,
  ProposeOptions,
  RaftGroup,
  RequestHandler,
} from './group.js';
