/**
 * A body of the peer channels: messages one behind the other, each behind its length as u32, low byte first. Pure.
 *
 * I1. What decodes is a sequence of whole messages and nothing else; whatever is cut off or too long is MALFORMED_FRAME naming the offset.
 * I2. A message that is handed out pins no larger buffer: it is a copy, or it is all but the length of the body.
 * I3. A length that lies allocates nothing.
 * Tests: http-parts.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';

export const LENGTH_BYTES = 4;

/** Bytes that a batch of these messages has. */
export function batchBytes(messages: readonly Uint8Array[]): number {
  let total = 0;
  for (const message of messages) total += LENGTH_BYTES + message.length;
  return total;
}

export function encodeBatch(messages: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(batchBytes(messages));
  const view = new DataView(body.buffer);
  let position = 0;
  for (const message of messages) {
    view.setUint32(position, message.length, true);
    body.set(message, position + LENGTH_BYTES);
    position += LENGTH_BYTES + message.length;
  }
  return body;
}

/** @param body owned by the caller of this and given up by it: a sole message is a view of it. */
export function decodeBatch(body: Uint8Array, messageBytesMax: number): Uint8Array[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const messages: Uint8Array[] = [];
  let position = 0;
  while (position < body.length) {
    if (body.length - position < LENGTH_BYTES) throw malformed(body, position, 'length is cut off');
    const length = view.getUint32(position, true);
    if (length > messageBytesMax) throw malformed(body, position, `length is ${length}, more than ${messageBytesMax}`);
    const start = position + LENGTH_BYTES;
    const end = start + length;
    if (end > body.length) throw malformed(body, position, `length is ${length}, but ${body.length - start} bytes follow`);
    messages.push(position === 0 && end === body.length ? body.subarray(start, end) : body.slice(start, end));
    position = end;
  }
  return messages;
}

function malformed(body: Uint8Array, offset: number, why: string): RaftoralError {
  return new RaftoralError('MALFORMED_FRAME', `batch of ${body.length} bytes: at offset ${offset} the message's ${why}`, {
    details: { offset },
  });
}

export function tooLarge(length: number, max: number): string {
  return `a message has ${length} bytes, and ${max} are taken now`;
}
