/** The door of lib/state-machine. */
export {
  COMMAND_BODY_OFFSET,
  COMMAND_FRAME_VERSION,
  COMMAND_KIND_OFFSET,
  readLogTimeStamp,
  stampLogTime,
} from './command-frame.js';
export type { StateMachine } from './state-machine.js';
