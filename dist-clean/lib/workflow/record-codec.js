/**
 * Binary form of the parts that commands, events and snapshots share: call position, error record, enumerations. Pure.
 *
 * Field limits are part of the format (W1 of binary.ts): a writer refuses what a reader would. Payloads are bounded by the replicated
 * limits of the group instead (R30), and prose by the frame.
 */
import { RaftoralError } from '../errors/index.js';
/** More than a workflow id may have: apply refuses the rest with INVALID_WORKFLOW_ID, which is an answer and not a halt. */
export const ID_BYTES_MAX = 1024;
export const KEY_BYTES_MAX = 1024;
export const NAME_BYTES_MAX = 1024;
/** An error's chain of causes; what is deeper is not encoded. */
export const ERROR_CAUSES_MAX = 16;
/** In the order of their numbers in a frame: append only. */
export const OWNER_POLICIES = ['starter', 'leader', 'spread'];
export const DECLINE_REASONS = ['diverged', 'foreign-await', 'instantiation-failed', 'over-budget', 'draining'];
export const FINISH_OUTCOMES = ['completed', 'failed', 'cancelled'];
export function writePosition(writer, position) {
    writer.uint(position.wseq, 'position.wseq');
    writer.uint(position.ordinal, 'position.ordinal');
}
export function readPosition(reader) {
    return { wseq: reader.uint('position.wseq'), ordinal: reader.uint('position.ordinal') };
}
export function writeError(writer, error, causesLeft = ERROR_CAUSES_MAX) {
    writer.boolean(error !== null);
    if (error === null)
        return;
    writer.prose(error.name);
    writer.prose(error.message);
    writer.prose(error.code);
    writer.prose(error.stack);
    writeError(writer, causesLeft === 0 ? null : error.cause, causesLeft - 1);
}
export function readError(reader, causesLeft = ERROR_CAUSES_MAX) {
    if (!reader.boolean('error'))
        return null;
    if (causesLeft < 0)
        reader.fail('error.cause', `more than ${ERROR_CAUSES_MAX} causes in a chain`);
    const name = reader.prose('error.name');
    const message = reader.prose('error.message');
    const code = reader.prose('error.code');
    const stack = reader.prose('error.stack');
    return { name, message, code, stack, cause: readError(reader, causesLeft - 1) };
}
/** An error where the format demands one. */
export function readErrorRequired(reader) {
    return readError(reader) ?? reader.fail('error', 'there must be one');
}
export function writeChoice(writer, choices, value, field) {
    const index = choices.indexOf(value);
    if (index < 0) {
        throw new RaftoralError('INVALID_ARGUMENT', `${field} can not be encoded: '${value}' is none of ${choices.join(', ')}.`, {
            details: { field },
        });
    }
    writer.u8(index);
}
export function readChoice(reader, choices, field) {
    const index = reader.u8(field);
    return choices[index] ?? reader.fail(field, `${index} stands for nothing`);
}
/** Bytes of an error's texts, causes included: what the payload limit counts (R30). */
export function errorBytes(error) {
    let bytes = 0;
    for (let at = error; at !== null; at = at.cause) {
        bytes += utf8Length(at.name) + utf8Length(at.message) + utf8Length(at.code) + utf8Length(at.stack);
    }
    return bytes;
}
function utf8Length(text) {
    let bytes = 0;
    for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        // Each half of a surrogate pair counts two of its four bytes.
        bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
    }
    return bytes;
}
//# sourceMappingURL=record-codec.js.map