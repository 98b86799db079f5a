/**
 * Canonical JSON: the one form in which values of user code enter the log, and in which two replicas compare them. Pure.
 *
 * J1. Equal values have equal text: object keys in code unit order, -0 as 0, no white space, properties that are undefined left out.
 * J2. What would not come back as it went in is refused with NOT_SERIALIZABLE and its path: NaN, ±Infinity, BigInt, functions,
 *     symbols, cycles, undefined or a hole in an array (a property that is undefined is left out, J1), and objects that are more than their own properties (Map, Date, Error, …).
 * J3. `undefined` itself is the empty text, so "no value" is told apart from null.
 * J4. Instances of plain classes (a request body made by a validation pipe) count as their own enumerable properties.
 * Source: RULES R7. Tests: canonical-json.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
/** Deeper values are refused, so that no value can exhaust the stack of another node. */
const DEPTH_MAX = 256;
const EMPTY = new Uint8Array(0);
const utf8Slice = Buffer.prototype.utf8Slice;
/** Canonical text of `value`. `what` names the value in the error ("the input", "result of 'inventory'"). */
export function canonicalText(value, what) {
    switch (typeof value) {
        case 'string':
            return JSON.stringify(value);
        case 'boolean':
            return value ? 'true' : 'false';
        case 'undefined':
            return '';
        default: {
            const at = { what, path: [], ancestors: [] };
            try {
                return write(value, at);
            }
            catch (error) {
                if (error instanceof RaftoralError)
                    throw error;
                throw refusal(at, 'throws when it is read', error); // a getter, a proxy
            }
        }
    }
}
/** Canonical bytes of `value`: UTF-8 of canonicalText. */
export function encodeCanonical(value, what) {
    return bytesOfText(canonicalText(value, what));
}
/** May share a pool with others: whoever keeps the bytes copies them, as encoding a command does. */
export function bytesOfText(text) {
    return text === '' ? EMPTY : Buffer.from(text, 'utf8');
}
export function textOfBytes(bytes) {
    return utf8Slice.call(bytes, 0, bytes.length);
}
/** A fresh value: nothing of it is shared with any other decode (R7). */
export function decodeText(text) {
    return text === '' ? undefined : JSON.parse(text);
}
export function decodeCanonical(bytes) {
    return bytes.length === 0 ? undefined : JSON.parse(textOfBytes(bytes));
}
function write(value, at) {
    switch (typeof value) {
        case 'string':
            return JSON.stringify(value);
        case 'boolean':
            return value ? 'true' : 'false';
        case 'number':
            if (!Number.isFinite(value))
                throw refusal(at, `is ${value}`);
            return value === 0 ? '0' : String(value);
        case 'object':
            return value === null ? 'null' : writeObject(value, at);
        case 'undefined':
            throw refusal(at, 'is undefined, which an array can not hold');
        case 'function':
            throw refusal(at, 'is a function');
        default:
            throw refusal(at, `is a ${typeof value}`);
    }
}
function writeObject(value, at) {
    if (at.ancestors.includes(value))
        throw refusal(at, 'refers to an object that contains it');
    if (at.ancestors.length >= DEPTH_MAX)
        throw refusal(at, `is nested deeper than ${DEPTH_MAX} levels`);
    at.ancestors.push(value);
    const text = Array.isArray(value) ? writeArray(value, at) : writeProperties(value, at);
    at.ancestors.pop();
    return text;
}
function writeArray(value, at) {
    let text = '[';
    for (let i = 0; i < value.length; i++) {
        at.path.push(`[${i}]`);
        text += i === 0 ? write(value[i], at) : `,${write(value[i], at)}`;
        at.path.pop();
    }
    return `${text}]`;
}
function writeProperties(value, at) {
    refuseExotic(value, at);
    const keys = Object.keys(value).sort();
    let text = '';
    for (const key of keys) {
        const property = value[key];
        if (property === undefined)
            continue;
        at.path.push(/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
        text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${write(property, at)}`;
        at.path.pop();
    }
    return `{${text}}`;
}
function refuseExotic(value, at) {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag !== 'Object')
        throw refusal(at, `is a ${tag}`);
    if (typeof value.toJSON === 'function')
        throw refusal(at, `is a ${nameOfClass(value)} with a toJSON() of its own`);
}
function nameOfClass(value) {
    return Object.getPrototypeOf(value)?.constructor?.name ?? 'object';
}
function refusal(at, reason, cause) {
    const path = at.path.join('');
    const place = path === '' ? at.what : `${at.what} at ${path.startsWith('.') ? path.slice(1) : path}`;
    return new RaftoralError('NOT_SERIALIZABLE', `${place} ${reason}; convert it to a plain JSON value first`, { cause, details: { path } });
}
//# sourceMappingURL=canonical-json.js.map