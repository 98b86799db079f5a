/**
 * Conf changes to and from the payload of a log entry. Pure.
 * V1. An empty payload is the empty V2 change: leaving a joint configuration costs no bytes of the uncommitted limit.
 * V2. Whatever the decoder accepts, the encoder writes back to the same bytes; anything else is a ConfChangeDecodeError.
 * Format, integers as little-endian base-128 varints:
 *   V1: 1, type, node id, context length, context.   V2: 2, transition, count, (type, node id)*, context length, context.
 */
import { confChangeV1, confChangeV2 } from './conf-change.js';
import { EntryType, NO_BYTES } from './types.js';
export const CONF_CHANGES_MAX = 1024;
export const CONF_CHANGE_CONTEXT_BYTES_MAX = 1 << 20;
export const ConfChangeDecodeCode = {
    Truncated: 1,
    TrailingBytes: 2,
    NumberTooLarge: 3,
    UnknownTag: 4,
    TooMany: 5,
    NotMinimal: 6,
};
export class ConfChangeDecodeError extends Error {
    name = 'ConfChangeDecodeError';
    code;
    offset;
    constructor(code, offset) {
        super(`conf change cannot be decoded: code ${code} at byte ${offset}`);
        this.code = code;
        this.offset = offset;
    }
}
export function confChangeEntryType(change) {
    return change.version === 1 ? EntryType.ConfChange : EntryType.ConfChangeV2;
}
/** Throws ConfChangeDecodeError if the change exceeds what the decoder would take back. */
export function encodeConfChange(change) {
    if (change.version === 2 && change.transition === 0 && change.changes.length === 0 && change.context.length === 0)
        return NO_BYTES;
    const bytes = [];
    putNumber(bytes, change.version);
    if (change.version === 1) {
        putNumber(bytes, change.type);
        putNumber(bytes, change.nodeId);
    }
    else {
        if (change.changes.length > CONF_CHANGES_MAX)
            throw new ConfChangeDecodeError(ConfChangeDecodeCode.TooMany, 0);
        putNumber(bytes, change.transition);
        putNumber(bytes, change.changes.length);
        for (const single of change.changes) {
            putNumber(bytes, single.type);
            putNumber(bytes, single.nodeId);
        }
    }
    if (change.context.length > CONF_CHANGE_CONTEXT_BYTES_MAX)
        throw new ConfChangeDecodeError(ConfChangeDecodeCode.TooMany, 0);
    putNumber(bytes, change.context.length);
    const encoded = new Uint8Array(bytes.length + change.context.length);
    encoded.set(bytes);
    encoded.set(change.context, bytes.length);
    return encoded;
}
/** `type` is the entry's type, which must agree with the payload. The context is a copy. */
export function decodeConfChange(type, data) {
    if (data.length === 0 && type === EntryType.ConfChangeV2)
        return confChangeV2([]);
    const reader = new Reader(data);
    const version = reader.number(2);
    if ((version === 1) !== (type === EntryType.ConfChange) || version === 0)
        reader.fail(ConfChangeDecodeCode.UnknownTag);
    if (version === 1) {
        const single = reader.single();
        return confChangeV1(single.type, single.nodeId, reader.rest());
    }
    const transition = reader.number(2);
    const count = reader.number(CONF_CHANGES_MAX, ConfChangeDecodeCode.TooMany);
    const changes = [];
    for (let i = 0; i < count; i++)
        changes.push(reader.single());
    const context = reader.rest();
    if (transition === 0 && count === 0 && context.length === 0)
        reader.fail(ConfChangeDecodeCode.NotMinimal);
    return confChangeV2(changes, transition, context);
}
function putNumber(bytes, value) {
    if (!Number.isSafeInteger(value) || value < 0)
        throw new ConfChangeDecodeError(ConfChangeDecodeCode.NumberTooLarge, bytes.length);
    let rest = value;
    while (rest >= 128) {
        bytes.push((rest % 128) + 128);
        rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
}
class Reader {
    at = 0;
    data;
    constructor(data) {
        this.data = data;
    }
    fail(code) {
        throw new ConfChangeDecodeError(code, this.at);
    }
    number(max, code = ConfChangeDecodeCode.UnknownTag) {
        let value = 0;
        let scale = 1;
        for (;;) {
            if (this.at >= this.data.length)
                this.fail(ConfChangeDecodeCode.Truncated);
            const byte = this.data[this.at];
            value += (byte % 128) * scale;
            if (value > Number.MAX_SAFE_INTEGER)
                this.fail(ConfChangeDecodeCode.NumberTooLarge);
            this.at++;
            if (byte < 128) {
                if (byte === 0 && scale > 1)
                    this.fail(ConfChangeDecodeCode.NotMinimal);
                break;
            }
            scale *= 128;
            if (scale > Number.MAX_SAFE_INTEGER)
                this.fail(ConfChangeDecodeCode.NumberTooLarge);
        }
        if (value > max)
            this.fail(code);
        return value;
    }
    single() {
        const type = this.number(3);
        return { type, nodeId: this.number(Number.MAX_SAFE_INTEGER) };
    }
    rest() {
        const length = this.number(CONF_CHANGE_CONTEXT_BYTES_MAX, ConfChangeDecodeCode.TooMany);
        const left = this.data.length - this.at;
        if (left < length)
            this.fail(ConfChangeDecodeCode.Truncated);
        if (left > length)
            this.fail(ConfChangeDecodeCode.TrailingBytes);
        return length === 0 ? NO_BYTES : this.data.slice(this.at, this.at + length);
    }
}
//# sourceMappingURL=conf-change-codec.js.map