/**
 * A snapshot as it travels: the membership and the state machine's bytes in one checksummed stream. Pure.
 *
 *   u8 version (1) · u32 length of the membership, little endian · membership as UTF-8 JSON · state machine bytes
 *
 * Z1. What can't be decoded is MALFORMED_FRAME, and names what is wrong; nothing of it is used.
 */
import { crc32 } from 'node:zlib';
import { RaftoralError } from '../errors/index.js';
import type { ConfState } from '../raft/index.js';

const VERSION = 1;
const HEADER_BYTES = 5;

export function encodeSnapshotStream(confState: ConfState, data: Uint8Array): Uint8Array {
  const membership = Buffer.from(JSON.stringify(confState), 'utf8');
  const stream = new Uint8Array(HEADER_BYTES + membership.length + data.length);
  stream[0] = VERSION;
  new DataView(stream.buffer).setUint32(1, membership.length, true);
  stream.set(membership, HEADER_BYTES);
  stream.set(data, HEADER_BYTES + membership.length);
  return stream;
}

export function decodeSnapshotStream(stream: Uint8Array): { readonly confState: ConfState; readonly data: Uint8Array } {
  if (stream.length < HEADER_BYTES) throw malformed(`it has ${stream.length} bytes, less than its header`);
  if (stream[0] !== VERSION) throw malformed(`version ${stream[0]} is not known here`);
  const length = new DataView(stream.buffer, stream.byteOffset).getUint32(1, true);
  if (HEADER_BYTES + length > stream.length) throw malformed(`a membership of ${length} bytes does not fit into ${stream.length}`);
  const confState = decodeMembership(stream.subarray(HEADER_BYTES, HEADER_BYTES + length));
  // A copy: a view would keep the whole stream in memory as long as the state machine keeps any of it.
  return { confState, data: new Uint8Array(stream.subarray(HEADER_BYTES + length)) };
}

export function checksumOf(stream: Uint8Array): number {
  return crc32(stream);
}

function decodeMembership(bytes: Uint8Array): ConfState {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw malformed('its membership is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null) throw malformed('its membership is not an object');
  const fields = parsed as Record<string, unknown>;
  const ids = (name: string): readonly number[] => {
    const list = fields[name];
    if (!Array.isArray(list) || !list.every((id) => Number.isSafeInteger(id) && id > 0))
      throw malformed(`${name} of its membership is not a list of node ids`);
    return list as number[];
  };
  return {
    voters: ids('voters'),
    votersOutgoing: ids('votersOutgoing'),
    learners: ids('learners'),
    learnersNext: ids('learnersNext'),
    autoLeave: fields['autoLeave'] === true,
  };
}

function malformed(what: string): RaftoralError {
  return new RaftoralError('MALFORMED_FRAME', `the stream of a snapshot can't be decoded: ${what}`);
}
