/** The door of lib/state-machine. */
export { BinaryReader } from './binary-reader.js';
export { BinaryWriter } from './binary-writer.js';
export { COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, COMMAND_KIND_OFFSET, readLogTimeStamp, stampLogTime } from './command-frame.js';
export { crc32 } from './crc32.js';
export { EMPTY, isWellFormed, textOfUtf8, utf8 } from './text.js';
//# sourceMappingURL=index.js.map